"""Faults of a charge point in Authorize (4.1), the authorization cache (3.5.1, 5.4) and idTags (3.9, 3.10)."""

from __future__ import annotations

from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Payload
from suites.ocpp16.faults.answers import ACCEPTED, REJECTED, answers, edits_answer


@fault(kills="OCPP16-4.1-01")
def charges_whom_it_was_told_not_to(charge_point: Any) -> None:
    """Starts a transaction though the Authorize was refused."""
    charge_point.sessions.accepts = lambda info: True


@fault(kills="OCPP16-4.1-01")
def charges_the_expired(charge_point: Any) -> None:
    """Takes Expired and Blocked for good enough."""
    charge_point.sessions.accepts = lambda info: info["status"] != "Invalid"


@fault(kills="OCPP16-4.1-02")
def asks_before_it_stops(charge_point: Any) -> None:
    """Asks with an Authorize before it stops a transaction with the card that started it."""
    stop_by_card = charge_point.sessions.stop_by_card

    async def asks(number: int, id_tag: str) -> None:
        await charge_point.authorization.authorize(id_tag)
        await stop_by_card(number, id_tag)

    charge_point.sessions.stop_by_card = asks


@fault(kills="OCPP16-4.1-03")
def charges_whoever_comes(charge_point: Any) -> None:
    """Starts a transaction with a card that it does not know, and does not ask."""

    async def authorize(id_tag: str) -> Payload:
        return ACCEPTED | {"parentIdTag": "FAMILY"}

    charge_point.authorization.authorize = authorize


@fault(kills="OCPP16-4.1-03")
def takes_a_failure_for_a_yes(charge_point: Any) -> None:
    """Takes an Authorize that failed for good, and asks no more."""
    authorize = charge_point.authorization.authorize
    asked: set[str] = set()

    async def once(id_tag: str) -> Payload:
        if id_tag in asked:
            return ACCEPTED
        asked.add(id_tag)
        return await authorize(id_tag)  # type: ignore[no-any-return]

    charge_point.authorization.authorize = once


@fault(kills="OCPP16-3.10-01")
def stops_for_nobody_else(charge_point: Any) -> None:
    """Does not stop for a card of the same group."""
    charge_point.sessions.same_group = lambda parent, other: False


@fault(kills="OCPP16-3.10-01")
def names_the_first_card(charge_point: Any) -> None:
    """Names the card that started the transaction, though another one of its group stopped it."""
    stop = charge_point.transactions.stop

    def stops(number: int, reason: str, id_tag: str | None = None, **how: Any) -> None:
        stop(number, reason, charge_point.transactions.running(number).id_tag if id_tag else None, **how)

    charge_point.transactions.stop = stops


@fault(kills="OCPP16-3.9-01")
def knows_only_uids(charge_point: Any) -> None:
    """Takes of an idTag only what looks like the UID of a card."""
    start = charge_point.transactions.start

    def starts(number: int, id_tag: str, *more: Any) -> None:
        start(number, "".join(c for c in id_tag if c in "0123456789ABCDEFabcdef") or "0", *more)

    charge_point.transactions.start = starts


@fault(kills="OCPP16-3.5.1-01")
def learns_nothing(charge_point: Any) -> None:
    """Keeps nothing in its cache."""
    charge_point.authorization.learns = lambda id_tag, info: None


@fault(kills="OCPP16-3.5.1-02")
def forgets_its_cache(charge_point: Any) -> None:
    """Its cache does not survive a power cycle."""
    forget = charge_point.sessions.forget

    def forgets() -> None:
        forget()
        charge_point.memory.cache.clear()

    charge_point.sessions.forget = forgets


@fault(kills="OCPP16-3.5.1-03")
def trusts_its_cache_of_refusals(charge_point: Any) -> None:
    """Does not ask again for a card that was refused once."""
    charge_point.authorization.suffices = lambda known: known is not None


@fault(kills="OCPP16-9.1.13-01")
def asks_for_those_that_it_knows(charge_point: Any) -> None:
    """Sends an Authorize though LocalPreAuthorize is true and the card is cached."""
    charge_point.authorization.suffices = lambda known: False


@fault(kills="OCPP16-5.4-01")
def does_not_clear_its_cache(charge_point: Any) -> None:
    """Rejects ClearCache, and keeps what it knows."""
    answers(charge_point, "ClearCache", REJECTED)


@fault(kills="OCPP16-5.4-02")
def only_says_that_it_cleared(charge_point: Any) -> None:
    """Accepts ClearCache, and keeps what it knows."""
    answers(charge_point, "ClearCache", ACCEPTED)


@fault(kills="OCPP16-5.4-03")
def clears_what_it_does_not_have(charge_point: Any) -> None:
    """Accepts ClearCache without having a cache."""
    answers(charge_point, "ClearCache", ACCEPTED)


@fault(kills="OCPP16-PICS-04")
def reads_cards_backwards(charge_point: Any) -> None:
    """Writes the UID of a card in the other byte order."""
    plain = charge_point.sessions.id_tag

    def id_tag(uid: str) -> str:
        return str(plain("".join(reversed([uid[n : n + 2] for n in range(0, len(uid), 2)]))))

    charge_point.sessions.id_tag = id_tag


@fault(kills="OCPP16-PICS-04")
def writes_cards_with_dashes(charge_point: Any) -> None:
    """Writes a dash between the bytes of the UID of a card."""
    plain = charge_point.sessions.id_tag

    def id_tag(uid: str) -> str:
        octets = str(plain(uid))
        return "-".join(octets[n : n + 2] for n in range(0, len(octets), 2))

    charge_point.sessions.id_tag = id_tag


@fault(kills="OCPP16-9.1.6-01")
def waits_for_ever_for_the_cable(charge_point: Any) -> None:
    """Does not give up when no cable comes."""

    async def times_out(number: int, who: Any) -> None:
        return

    charge_point.sessions.times_out = times_out


@fault(kills="OCPP16-9.1.6-02")
def remembers_who_did_not_plug_in(charge_point: Any) -> None:
    """Says Available after ConnectionTimeOut, and starts a transaction all the same when the cable comes."""
    give_up, plug_in = charge_point.sessions.give_up, charge_point.sessions.plug_in
    late: dict[int, Any] = {}

    def gives_up(number: int) -> None:
        late[number] = charge_point.sessions._identified.get(number)
        give_up(number)

    def plugs_in(number: int, fully: bool = True) -> None:
        if number in late:
            charge_point.sessions._identified[number] = late.pop(number)
        plug_in(number, fully)

    charge_point.sessions.give_up, charge_point.sessions.plug_in = gives_up, plugs_in


@fault(kills="OCPP16-5.4-01")
def says_that_it_did_not_clear(charge_point: Any) -> None:
    """Clears its cache, and says Rejected."""
    edits_answer(charge_point, "ClearCache", lambda asked, answer: REJECTED)


@fault(kills="OCPP16-3.10-03")
def stops_for_anybody(charge_point: Any) -> None:
    """Stops a transaction for whatever card is presented."""

    async def stops(number: int, id_tag: str) -> None:
        charge_point.transactions.stop(number, "Local", id_tag)

    charge_point.sessions.stop_by_card = stops


@fault(kills="OCPP16-3.5.1-04")
def trusts_its_cache_for_ever(charge_point: Any) -> None:
    """Does not look at the expiryDate of what its cache holds."""
    charge_point.authorization.cached = lambda id_tag: charge_point.memory.cache.get(id_tag.lower())


@fault(kills="OCPP16-3.5.4-05")
def trusts_its_cache_for_ever_offline(charge_point: Any) -> None:
    """Does not look at the expiryDate of what its cache holds while it is offline."""
    offline = charge_point.authorization.offline
    charge_point.authorization.offline = lambda known: ACCEPTED if known and known["status"] == "Expired" else offline(known)


@fault(kills="OCPP16-3.9-02")
def writes_cards_in_decimal(charge_point: Any) -> None:
    """Writes the UID of a card as one decimal number."""
    charge_point.sessions.id_tag = lambda uid: str(int(uid, 16))


@fault(kills="OCPP16-3.10-02")
def takes_its_group_for_a_card(charge_point: Any) -> None:
    """Stops a transaction, and does not ask, when its parentIdTag is presented as if it were an idTag."""
    stop_by_card = charge_point.sessions.stop_by_card

    async def stops(number: int, id_tag: str) -> None:
        if id_tag == charge_point.transactions.running(number).parent_id_tag:
            charge_point.transactions.stop(number, "Local", id_tag)
        else:
            await stop_by_card(number, id_tag)

    charge_point.sessions.stop_by_card = stops


@fault(kills="OCPP16-3.10-03")
def takes_every_group_for_its_own(charge_point: Any) -> None:
    """Stops a transaction for whoever has any parentIdTag."""
    charge_point.sessions.same_group = lambda parent, other: True
