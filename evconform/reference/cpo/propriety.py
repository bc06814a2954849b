"""What a central system must not send, though its schema would let it: a table of rules, each with its clause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from evconform.ocpp.channel import Payload
from evconform.ocpp.schemas import dates, violations
from evconform.ocpp.speaks import JSON
from evconform.reference.cpo.admission import LARGEST
from evconform.reference.cpo.carriage import uncarried
from evconform.reference.moments import moment

if TYPE_CHECKING:
    from evconform.reference.cpo.records import Setting

Keys = dict[str, "Setting"]
"""A charge point's configuration keys as far as they were read, by their names in lower case."""
Rule = Callable[[Payload, Keys], str]
"""What is wrong, with its place; empty if nothing is."""
LEAST_CONNECTOR = {"RemoteStartTransaction": 1, "UnlockConnector": 1}
"""6.33, 6.53: where 0 names no connector; elsewhere it is the whole charge point."""


def wrong(action: str, payload: Payload, keys: Keys, speaks: str = JSON) -> str:
    """Why ``payload`` must not go out to who ``speaks`` so, in one line; empty if it may."""
    if found := violations(action, payload):
        return f"{found[0].pointer or '/'}: {found[0].says}"
    if unfit := next(chain(out_of_range(payload), no_characters(payload)), ""):
        return unfit
    for place, text in dates(action, payload):
        try:
            moment(text)
        except ValueError as error:
            return f"{place}: {error}"
    if payload.get("connectorId", 1) < LEAST_CONNECTOR.get(action, 0):
        return f"/connectorId: expected at least {LEAST_CONNECTOR.get(action, 0)}"
    if line := next((line for rule in RULES.get(action, ()) if (line := rule(payload, keys))), ""):
        return line
    return uncarried(action, payload, speaks)


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Each value that has no members, with its place."""
    if isinstance(value, dict | list):
        for name, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(member, f"{place}/{name}")
    else:
        yield place, value


def out_of_range(payload: Payload) -> Iterator[str]:
    """Numbers of more than 64 bits, which no database keeps; OCPP-J sets no bound to an integer, SOAP one of 32 bits."""
    for place, value in leaves(payload):
        if isinstance(value, int) and not -LARGEST <= value <= LARGEST:
            yield f"{place}: {value!s:.20} is out of range"


def no_characters(payload: Payload) -> Iterator[str]:
    """Texts with what is no character, which not every database keeps."""
    for place, value in leaves(payload):
        if isinstance(value, str) and any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
            yield f"{place}: has a character that cannot be kept"


def at_most(member: str, key: str, clause: str) -> Rule:
    """No more items than the charge point says it takes."""

    def rule(payload: Payload, keys: Keys) -> str:
        known = keys.get(key.lower())
        most = int(known.value) if known and known.value and known.value.isdecimal() else None
        given = len(payload.get(member, ()))
        return f"/{member}: {given} items, and {key} is {most} ({clause})" if most is not None and given > most else ""

    return rule


def triggers_of_a_connector(payload: Payload, _: Keys) -> str:
    """6.51: above 0; but the status of the whole charge point is one too, and may be asked for (5.17)."""
    if payload["requestedMessage"] == "StatusNotification" or payload.get("connectorId", 1) > 0:
        return ""
    return "/connectorId: expected at least 1 (6.51)"


def version_is_one(payload: Payload, _: Keys) -> str:
    return "" if payload["listVersion"] > 0 else "/listVersion: expected at least 1 (5.15, erratum 3.52)"


def full_list_says_all(payload: Payload, _: Keys) -> str:
    """7.1: only in a differential list may an entry lack its idTagInfo, to be removed."""
    full = payload["updateType"] == "Full"
    bare = [n for n, entry in enumerate(payload.get("localAuthorizationList", ())) if full and "idTagInfo" not in entry]
    return f"/localAuthorizationList/{bare[0]}: a full list needs an idTagInfo for each entry (7.1)" if bare else ""


def each_once(payload: Payload, _: Keys) -> str:
    seen: set[str] = set()
    for n, entry in enumerate(payload.get("localAuthorizationList", ())):
        if (folded := entry["idTag"].casefold()) in seen:
            return f"/localAuthorizationList/{n}: the idTag was in the list before"
        seen.add(folded)
    return ""


def purpose_fits(payload: Payload, _: Keys) -> str:
    """3.13.1: a ChargePointMaxProfile is of the whole charge point, a TxProfile of a connector."""
    purpose, connector = payload["csChargingProfiles"]["chargingProfilePurpose"], payload["connectorId"]
    if purpose == "ChargePointMaxProfile" and connector != 0:
        return "/connectorId: a ChargePointMaxProfile is set at connector 0 (3.13.1)"
    return "/connectorId: a TxProfile is set at a connector above 0 (3.13.1)" if purpose == "TxProfile" and connector == 0 else ""


def remote_profile(payload: Payload, _: Keys) -> str:
    """5.11: it is a TxProfile, and its transaction has no id yet."""
    profile: dict[str, Any] | None = payload.get("chargingProfile")
    if profile and profile["chargingProfilePurpose"] != "TxProfile":
        return "/chargingProfile/chargingProfilePurpose: expected TxProfile (5.11)"
    return "/chargingProfile/transactionId: there is none before the start (5.11)" if "transactionId" in (profile or {}) else ""


def first_period(member: str) -> Rule:
    """7.14: the first period begins at 0, and each later than the one before."""

    def rule(payload: Payload, _: Keys) -> str:
        if member not in payload:
            return ""
        starts = [period["startPeriod"] for period in payload[member]["chargingSchedule"]["chargingSchedulePeriod"]]
        place = f"/{member}/chargingSchedule/chargingSchedulePeriod"
        if starts and starts[0] != 0:
            return f"{place}/0/startPeriod: expected 0 (7.14)"
        return "" if starts == sorted(set(starts)) else f"{place}: expected the periods in order (7.14)"

    return rule


RULES: dict[str, tuple[Rule, ...]] = {
    "GetConfiguration": (at_most("key", "GetConfigurationMaxKeys", "9.1.7"),),
    "SendLocalList": (
        version_is_one,
        full_list_says_all,
        each_once,
        at_most("localAuthorizationList", "SendLocalListMaxLength", "9.2.3"),
    ),
    "TriggerMessage": (triggers_of_a_connector,),
    "SetChargingProfile": (purpose_fits, first_period("csChargingProfiles")),
    "RemoteStartTransaction": (remote_profile, first_period("chargingProfile")),
}
