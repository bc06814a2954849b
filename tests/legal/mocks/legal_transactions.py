"""Legal: transactions, who may start and stop them, and the queue (3.5, 3.7, 4.1, 4.8, 4.10, 5.11)."""

from __future__ import annotations

from typing import Any

from mocks.legal import FIXED, TWO, edits_payload, variant

from evconform.ocpp.channel import Channel
from mocks.charge_point.configuration import Key, whole


def _without(payload: dict[str, Any], name: str) -> dict[str, Any]:
    return {n: v for n, v in payload.items() if n != name}


@variant("4.10: the reason may be left out")
def gives_no_reason_for_local(cp: Any) -> None:
    """Leaves the reason out where it is Local."""
    edits_payload(cp, lambda p: _without(p, "reason") if p["reason"] == "Local" else p, "StopTransaction")


@variant("4.10, table of fields: idTag is optional")
def always_stops_with_an_id_tag(cp: Any) -> None:
    """Gives the idTag of the transaction in every StopTransaction."""
    stop = cp.transactions.stop

    def stops(number: int, reason: str, id_tag: str | None = None, *more: Any, **how: Any) -> None:
        stop(number, reason, id_tag or cp.memory.running[number].id_tag, *more, **how)

    cp.transactions.stop = stops


@variant("7.15: an idTag is a CiString")
def writes_its_cards_in_lower_case(cp: Any) -> None:
    """Its reader writes the UID of a card in lower case."""
    id_tag = cp.sessions.id_tag
    cp.sessions.id_tag = lambda uid: id_tag(uid).lower()


@variant("7.15: an idTag is a CiString", on=TWO)
def writes_every_id_tag_in_upper_case(cp: Any) -> None:
    """Every idTag is in upper case, those of remote starts too."""
    edits_payload(cp, lambda p: p | {"idTag": p["idTag"].upper()} if "idTag" in p else p)


@variant("7.15: an idTag is a CiString")
def writes_every_id_tag_in_lower_case(cp: Any) -> None:
    """Every idTag is in lower case, those of remote starts too."""
    edits_payload(cp, lambda p: p | {"idTag": p["idTag"].lower()} if "idTag" in p else p)


@variant("4.10: a transaction may be resumed after a power loss; only its end must be told")
def resumes_after_a_power_loss(cp: Any) -> None:
    """Goes on with its transaction when the power is back."""

    def resumes() -> None:
        for number, transaction in cp.memory.running.items():
            connector = cp.connectors[number]
            connector.lock()
            connector.contactor = True
            cp.lives.spawn(cp.metering.samples(transaction))
            cp.offer_may_have_changed(number)

    cp.transactions.lost_power = resumes


@variant(
    "5.11: a charge point may want a connector",
    on=TWO,
    inconclusive={"OCPP16-CP-RSTART-08": "what it rejects it does not start"},
)
def wants_a_connector(cp: Any) -> None:
    """Rejects a RemoteStartTransaction without a connectorId."""
    plain = cp.remote.connector_for
    cp.remote.connector_for = lambda payload: plain(payload) if "connectorId" in payload else None


@variant("5.11 gives no time")
def starts_remotely_after_five_seconds(cp: Any) -> None:
    """Takes five seconds from an accepted remote start to the transaction."""
    remotely = cp.remote.remotely

    async def later(*what: Any) -> None:
        await cp.clock.wait(5.0)
        await remotely(*what)

    cp.remote.remotely = later


@variant("5.12 gives no time")
def stops_remotely_after_five_seconds(cp: Any) -> None:
    """Takes five seconds from an accepted remote stop to the end of the transaction."""
    stop = cp.remote.stop

    async def later(*what: Any) -> None:
        await cp.clock.wait(5.0)
        await stop(*what)

    cp.remote.stop = later


@variant("4.1: another card may be of the same group")
def asks_for_every_foreign_card(cp: Any) -> None:
    """Asks for a card that did not start the transaction, though it cannot stop it."""
    plain = cp.sessions.stop_by_card

    async def stops(number: int, id_tag: str) -> None:
        transaction = cp.transactions.running(number)
        if transaction and not transaction.parent_id_tag and id_tag.lower() != transaction.id_tag.lower():
            await cp.authorization.authorize(id_tag)
            return
        await plain(number, id_tag)

    cp.sessions.stop_by_card = stops


@variant("3.7.1: at least the interval")
def repeats_a_little_later(cp: Any) -> None:
    """Waits three seconds more than it must before it sends a message again."""
    plain = cp.queue.retry_after
    cp.queue.retry_after = lambda failures: plain(failures) + 3.0


@variant("3.7: the queue holds transaction-related messages only", on=TWO)
def tells_statuses_before_the_queue(cp: Any) -> None:
    """Empties its queue two seconds after it is connected."""
    online = cp.queue.online

    async def later(channel: Channel) -> None:
        await cp.clock.wait(2.0)
        await online(channel)

    cp.queue.online = later


@variant("3.7: the queue holds transaction-related messages only")
def tells_statuses_after_the_queue(cp: Any) -> None:
    """Tells what changed while it was offline once its queue is empty."""
    online = cp.status.online

    async def later(channel: Channel) -> None:
        while cp.queue.messages and channel.connection.open:
            await cp.clock.wait(0.5)
        await online(channel)

    cp.status.online = later


@variant("9.1: MaxEnergyOnInvalidId", on=TWO)
def gives_some_energy_to_the_refused(cp: Any) -> None:
    """Has MaxEnergyOnInvalidId, and gives so much to a transaction that was refused."""
    cp.configuration.keys["MaxEnergyOnInvalidId"] = Key("500", whole)
    refused = cp.transactions.refused

    def gives(transaction: Any) -> None:
        if cp.configuration.flag("StopTransactionOnInvalidId"):
            refused(transaction)
        else:
            cp.lives.spawn(waits(transaction))

    async def waits(transaction: Any) -> None:
        most = cp.configuration.number("MaxEnergyOnInvalidId")
        while cp.meters[transaction.connector].register < transaction.meter_start + most:
            await cp.clock.wait(1.0)
        if cp.transactions.running(transaction.connector) is transaction:
            refused(transaction)

    cp.transactions.refused = gives


@variant("3.5.4: it may suspend before it stops")
def suspends_the_refused_before_it_stops(cp: Any) -> None:
    """Suspends a transaction that was refused, and stops it two seconds later."""
    refused = cp.transactions.refused

    def suspends(transaction: Any) -> None:
        transaction.refused = True
        cp.offer_may_have_changed(transaction.connector)
        cp.lives.spawn(stops(transaction))

    async def stops(transaction: Any) -> None:
        await cp.clock.wait(2.0)
        if cp.transactions.running(transaction.connector) is transaction:
            refused(transaction)

    cp.transactions.refused = suspends


@variant("9.1.25: the key is optional (erratum 3.80)", claims={"ev_side_disconnect": "stops"})
def always_stops_when_the_ev_is_unplugged(cp: Any) -> None:
    """Has no StopTransactionOnEVSideDisconnect."""
    flag = cp.configuration.flag
    del cp.configuration.keys["StopTransactionOnEVSideDisconnect"]
    cp.configuration.flag = lambda key: key == "StopTransactionOnEVSideDisconnect" or flag(key)


@variant("9.1.25: the key is optional (erratum 3.80)", on=TWO, claims={"ev_side_disconnect": "goes on"})
def never_stops_when_the_ev_is_unplugged(cp: Any) -> None:
    """Has no StopTransactionOnEVSideDisconnect, and goes on."""
    del cp.configuration.keys["StopTransactionOnEVSideDisconnect"]


@variant("4.9: in other words", on=FIXED)
def says_it_in_other_words(cp: Any) -> None:
    """Says that the EV is unplugged in words of its own."""
    said = lambda p: p | ({"info": "Cable unplugged from vehicle"} if "info" in p else {})  # noqa: E731
    edits_payload(cp, said, "StatusNotification")


@variant(
    "4.9, A2: a card at the one reader of several connectors does not say which it means",
    on=TWO,
    inconclusive={"OCPP16-CP-TX-03": "what was never Preparing cannot be Available again"},
)
def learns_from_the_cable_which_connector_is_meant(cp: Any) -> None:
    """One reader for two connectors: a card alone changes the status of none."""
    carded: set[int] = set()
    present, is_identified = cp.sessions.present_card, cp.sessions.is_identified

    async def presents(uid: str, number: int) -> None:
        carded.add(number)
        await present(uid, number)
        if not is_identified(number):
            carded.discard(number)

    cp.sessions.present_card = presents
    cp.sessions.is_identified = lambda number: is_identified(number) and number not in carded
    remotely = cp.remote.remotely

    async def by_name(number: int, *more: Any) -> None:
        carded.discard(number)
        await remotely(number, *more)

    cp.remote.remotely = by_name


@variant("5.4, 3.5.1: a refusal need not be kept")
def caches_only_who_is_accepted(cp: Any) -> None:
    """Its cache forgets who was refused."""
    learns = cp.authorization.learns

    def learn(id_tag: str, info: Any) -> None:
        if info and info["status"] != "Accepted":
            cp.memory.cache.pop(id_tag.lower(), None)
        else:
            learns(id_tag, info)

    cp.authorization.learns = learn


@variant("4.1, 4.8: it may be asked for a card that is known", on=TWO)
def asks_for_every_remote_start_that_it_must(cp: Any) -> None:
    """Takes five seconds to ask."""
    authorize = cp.authorization.authorize

    async def asks(id_tag: str) -> Any:
        await cp.clock.wait(5.0)
        return await authorize(id_tag)

    cp.authorization.authorize = asks
