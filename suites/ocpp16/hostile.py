"""Hostile messages as scenarios that are the same whichever side is under test, and what answers refuse a CALL."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from evconform.harness.verdict import Nonconformity
from evconform.ocpp.barrage import Barrage, ReadBack, Undo
from evconform.ocpp.channel import Payload
from evconform.ocpp.hostile import answers, generate
from evconform.ocpp.hostile.answer_bases import TO_ANSWER
from evconform.ocpp.hostile.bases import BASES, PAST
from evconform.ocpp.hostile.stranger import strangers
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from evconform.ocpp.scripts import iso
from evconform.ocpp.soap.barrage import SoapBarrage
from evconform.ocpp.soap.scripted import Enveloping
from evconform.ocpp.soap.wrong_answers import SoapWrongAnswers
from evconform.ocpp.tester import Scripted
from evconform.ocpp.view import Frame
from evconform.ocpp.wrong_answers import Asks, WrongAnswers, nothing
from suites.ocpp16.hostile_starts import Starts

SETTINGS = ["HeartbeatInterval", "ConnectionTimeOut", "MeterValueSampleInterval", "LocalPreAuthorize"]
"""Configuration keys that every charge point of the Core profile has."""
BY_HAND = ("wrong-type", "structure", "framing")
"""The groups of wrong answers that are worth somebody's way to the charge point; ``--hostile full`` sends them there for all."""
FLOOD = 100
"""CALLs at once."""

OF_CHARGE_POINT = {
    "GetConfiguration": ReadBack("GetConfiguration", {"key": SETTINGS}),
    "GetLocalListVersion": ReadBack("GetLocalListVersion", {}),
}
"""Message to what it reads back, where it is claimed."""


async def throws_all(tester: Enveloping) -> None:
    """Every message that the run asks for, for the actions that the PICS claims."""
    plan = tester.campaign.plan
    role = plan.sut.sut.role
    actions = [action for action in BASES[role] if tester.campaign.pics[action]]
    await barrage_of(tester).throws(generate(role, actions, plan.hostile, tester.speaks))


def barrage_of(tester: Enveloping) -> Barrage:
    return of_central_system(tester) if isinstance(tester, ScriptedChargePoint) else of_charge_point(tester)


def barrage_over(tester: Enveloping) -> type[SoapBarrage] | type[Barrage]:
    """Over what is spoken."""
    return SoapBarrage if tester.soap else Barrage


async def answers_all(
    tester: Enveloping,
    asks: Asks,
    only: Collection[str] = (),
    ends: Asks = nothing,
    within: float | None = None,
    groups: Collection[str] = (),
) -> None:
    """Every wrong answer that the run asks for, to the CALLs (``only`` these) that ``asks`` makes the SUT send. ``groups``: none
    but of these, unless the run asks for all."""
    plan = tester.campaign.plan
    role = plan.sut.sut.role
    actions = [action for action in only or TO_ANSWER[role] if tester.campaign.pics[action]]
    barrage = barrage_of(tester)
    answering = (
        SoapWrongAnswers(barrage, asks, ends) if isinstance(barrage, SoapBarrage) else WrongAnswers(barrage, asks, ends, within)
    )
    barrage.spelt = lambda item: item.text.replace(PAST, iso(tester.clock.date()))  # a clock may be set by it
    items = answers(role, actions, plan.hostile, tester.speaks)
    few = groups if plan.hostile == "quick" else ()
    await answering.throws(item for item in items if not few or item.group in few)


def of_charge_point(tester: Enveloping) -> Barrage:
    read_backs = [read_back for action, read_back in OF_CHARGE_POINT.items() if tester.campaign.pics[action]]
    return barrage_over(tester)(tester, read_backs, {})


def of_central_system(charge_point: ScriptedChargePoint) -> Barrage:
    """What it says of an idTag that it holds, and that a transaction may start.
    One that it does not hold would not do: it may get to know it by being asked (seen with SteVe)."""
    id_tag, pics = charge_point.pixit.id_tag, charge_point.campaign.pics
    read_backs = [ReadBack("Authorize", {"idTag": id_tag}, "idTagInfo.status")] if pics["Authorize"] else []
    if not (pics["StartTransaction"] and pics["StopTransaction"]):  # what is started could not be ended
        return barrage_over(charge_point)(charge_point, read_backs, {})
    starts = Starts(charge_point)
    undo: dict[str, Undo] = {"StartTransaction": starts.stops}
    return barrage_over(charge_point)(charge_point, [*read_backs, *starts.read_backs()], undo, starts.spelt)


async def floods(tester: Scripted) -> None:
    """So many CALLs at once, none of which waits for the one before; then one that must be answered."""
    tester.floods(FLOOD)
    await tester.asks(proves="OCPP16J-4.1.1-03")


async def strangers_knock(charge_point: ScriptedChargePoint) -> None:
    """One after the other, whoever is let in; after each the charge point that is connected asks for a sign of life."""
    let_in: list[Nonconformity] = []
    for stranger in strangers(password=bool(charge_point.campaign.sut.endpoint.password)):
        if not charge_point.here:
            await charge_point.comes_back()
        try:
            await charge_point.knocks(stranger, proves="OCPP16J-3.2-05")
            await charge_point.is_still_served(proves="OCPP16J-3.2-06")
        except Nonconformity as why:
            let_in.append(why)
    if let_in:
        raise let_in[0]


# ── what refuses ──

REFUSING: dict[str, tuple[str, ...]] = {
    "CancelReservation": ("Rejected",),
    "ChangeAvailability": ("Rejected",),
    "ChangeConfiguration": ("NotSupported", "Rejected"),
    "ClearCache": ("Rejected",),
    "ClearChargingProfile": ("Unknown",),
    "DataTransfer": ("Rejected", "UnknownMessageId", "UnknownVendorId"),
    "GetCompositeSchedule": ("Rejected",),
    "RemoteStartTransaction": ("Rejected",),
    "RemoteStopTransaction": ("Rejected",),
    "ReserveNow": ("Faulted", "Occupied", "Rejected", "Unavailable"),
    "Reset": ("Rejected",),
    "SendLocalList": ("Failed", "NotSupported", "VersionMismatch"),
    "SetChargingProfile": ("NotSupported", "Rejected"),
    "TriggerMessage": ("NotImplemented", "Rejected"),
    "UnlockConnector": ("NotSupported", "UnlockFailed"),
    "BootNotification": ("Rejected",),
}
"""The statuses that say no."""


def denies(answer: Payload) -> bool:
    info = answer.get("idTagInfo")
    return isinstance(info, dict) and info.get("status") in ("Blocked", "ConcurrentTx", "Expired", "Invalid")


OTHERWISE: dict[str, Callable[[Payload], bool]] = {
    "Authorize": denies,
    "StartTransaction": denies,
    "GetConfiguration": lambda answer: bool(answer.get("unknownKey")) and not answer.get("configurationKey"),
    "GetDiagnostics": lambda answer: not answer.get("fileName"),
}
"""What says no without a status; the other messages have no way to."""


def refuses(call: Frame) -> bool:
    """Whether the answer to a CALL is a CALLERROR, or a CALLRESULT that says no."""
    answer = call.answer
    if answer is None or answer.type == "CALLERROR":
        return answer is not None
    payload: Any = answer.payload if isinstance(answer.payload, dict) else {}
    action = str(call.item["action"]) if call.item else str(call.action)
    says_no = OTHERWISE.get(action)
    if action == "StopTransaction" and call.item and call.item["field"] == "idTag":
        says_no = denies  # it may find the idTag wrong that is spoilt; the transaction is over all the same
    return payload.get("status") in REFUSING.get(action, ()) or (says_no is not None and says_no(payload))
