"""OCPP 1.6, 3.13, 5.16 and 7.8 to 7.14: the charging profiles that a central system sends, by themselves or with a
RemoteStartTransaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Frame, Log, instant
from suites.ocpp16.told import whole

Offences = Iterator[tuple[Any, str]]
Profile = dict[str, Any]

CARRIES = {"SetChargingProfile": "csChargingProfiles", "RemoteStartTransaction": "chargingProfile"}
"""What holds a charging profile, to the member that it is."""


def profiles(log: Log, *actions: str) -> Iterator[tuple[Frame, Profile]]:
    """Each charging profile that was sent, with the CALL that holds it."""
    for call in log.calls(*(actions or tuple(CARRIES)), by="central-system"):
        found = call.get(CARRIES[str(call.action)])
        if isinstance(found, dict):
            yield call, found
        else:
            log.moot(call)


def schedule(profile: Profile) -> Profile:
    found = profile.get("chargingSchedule")
    return found if isinstance(found, dict) else {}


def starts_of(profile: Profile) -> list[int]:
    periods = schedule(profile).get("chargingSchedulePeriod")
    found = (whole(each.get("startPeriod")) for each in periods if isinstance(each, dict)) if isinstance(periods, list) else ()
    return [start for start in found if start is not None]


def purpose_is_tx(profile: Profile) -> bool:
    return profile.get("chargingProfilePurpose") == "TxProfile"


Check = Callable[[Frame, Profile], str]
"""What is wrong with a profile; empty if nothing is."""


def level(call: Frame, profile: Profile) -> str:
    stack = whole(profile.get("stackLevel"))
    return f"stackLevel is {stack}" if stack is not None and stack < 0 else ""


def validity(call: Frame, profile: Profile) -> str:
    begins, ends = instant(profile.get("validFrom")), instant(profile.get("validTo"))
    return "validTo is not later than validFrom" if begins and ends and ends <= begins else ""


def recurrency(call: Frame, profile: Profile) -> str:
    kind = profile.get("chargingProfileKind")
    fits = ("recurrencyKind" in profile) == (kind == "Recurring")
    return "" if fits else f"a profile that is {kind} {'has' if 'recurrencyKind' in profile else 'has no'} recurrencyKind"


def transaction_purpose(call: Frame, profile: Profile) -> str:
    wrong = "transactionId" in profile and not purpose_is_tx(profile)
    return f"a {profile.get('chargingProfilePurpose')} has a transactionId" if wrong else ""


def first_period(call: Frame, profile: Profile) -> str:
    starts = starts_of(profile)
    return f"the first period starts at {starts[0]}" if starts and starts[0] != 0 else ""


def order(call: Frame, profile: Profile) -> str:
    wrong = [b for a, b in pairwise(starts_of(profile)) if b <= a]
    return f"a period that starts at {wrong[0]} comes after a later one" if wrong else ""


EVERY: dict[str, Check] = {
    "OCPP16-7.8-31": validity,
    "OCPP16-7.8-32": recurrency,
    "OCPP16-7.8-33": level,
    "OCPP16-7.13-31": first_period,
    "OCPP16-7.14-31": order,
    "OCPP16-5.16.3-31": transaction_purpose,
}
"""Requirement to what it asks of every charging profile."""


def of_every_profile(check: Check) -> Callable[[Log], Offences]:
    def rule(log: Log) -> Offences:
        for call, profile in profiles(log):
            if says := check(call, profile):
                yield call, says

    rule.__name__ = f"profile_{check.__name__}"
    return rule


for _requirement, _check in EVERY.items():
    monitor(_requirement)(of_every_profile(_check))


def of_purpose(purpose: str, wrong: Callable[[float], bool]) -> Callable[[Log], Offences]:
    def rule(log: Log) -> Offences:
        for call, profile in profiles(log, "SetChargingProfile"):
            connector = call.number("connectorId")
            if profile.get("chargingProfilePurpose") != purpose or connector is None:
                log.moot(call)
            elif wrong(connector):
                yield call, f"a {purpose} is set at connector {connector:g}"

    rule.__name__ = f"connector_of_{purpose}"
    return rule


monitor("OCPP16-3.13.1-31")(of_purpose("ChargePointMaxProfile", lambda connector: connector != 0))
monitor("OCPP16-3.13.1-32")(of_purpose("TxProfile", lambda connector: connector <= 0))


def of_kind(kinds: tuple[str, ...], there: bool) -> Callable[[Log], Offences]:
    def rule(log: Log) -> Offences:
        for call, profile in profiles(log):
            if profile.get("chargingProfileKind") not in kinds:
                log.moot(call)
            elif ("startSchedule" in schedule(profile)) != there:
                yield call, f"a profile that is {profile['chargingProfileKind']} has {'no' if there else 'a'} startSchedule"

    rule.__name__ = f"start_of_{kinds[0]}"
    return rule


monitor("OCPP16-7.9-31")(of_kind(("Absolute", "Recurring"), there=True))
monitor("OCPP16-7.9-32")(of_kind(("Relative",), there=False))


@monitor("OCPP16-5.16.2-31")
def remote_start_profiles(log: Log) -> Offences:
    for call, profile in profiles(log, "RemoteStartTransaction"):
        if not purpose_is_tx(profile):
            yield call, f"the purpose is {profile.get('chargingProfilePurpose')}"


@monitor("OCPP16-5.16.2-32")
def remote_start_profiles_without_transaction(log: Log) -> Offences:
    for call, profile in profiles(log, "RemoteStartTransaction"):
        if "transactionId" in profile:
            yield call, f"the transactionId is {profile['transactionId']}"


@monitor("OCPP16-5.16.3-32", accumulates=dict)
def profiles_of_running_transactions(log: Log, running: dict[int | None, int]) -> Offences:
    for frame in log.conversation.frames:
        if frame.type == "CALLRESULT" and frame.call and frame.call.action == "StartTransaction":
            running[whole(frame.get("transactionId"))] = frame.n
        elif frame.type == "CALLRESULT" and frame.call and frame.call.action == "StopTransaction":
            running.pop(whole(frame.call.get("transactionId")), None)  # what crosses its end is legal
        elif frame.type == "CALL" and frame.action == "SetChargingProfile" and frame.role == "central-system":
            profile = frame.get("csChargingProfiles")
            transaction = whole(profile.get("transactionId")) if isinstance(profile, dict) else None
            if transaction is None:
                continue
            log.saw(frame)
            if transaction not in running:
                log.needs("life")
                yield frame, f"no transaction {transaction} runs"


@monitor("OCPP16-3.13.2-31")
def profile_ids_differ(log: Log) -> Offences:
    installed: dict[int | None, tuple[Any, ...]] = {}
    for call, profile in profiles(log, "SetChargingProfile"):
        id = whole(profile.get("chargingProfileId"))
        place = (call.get("connectorId"), profile.get("chargingProfilePurpose"), profile.get("stackLevel"))
        if id in installed and installed[id] != place:
            yield call, f"chargingProfileId {id} is that of a profile at another place, which goes"
        if call.answer and call.answer.says(status="Accepted"):
            installed[id] = place
