"""Faults of a central system in what the feature profiles beyond Core make it send and answer: local lists, firmware,
diagnostics, reservations, triggers, charging profiles."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Payload
from evconform.ocpp.json import CallError
from suites.ocpp16.faults.answers import answers_if
from suites.ocpp16.faults.central_requests import drops_calls, sends_instead, sets
from suites.ocpp16.faults.framing import without

REFUSAL = CallError("InternalError", "not now")

TOLD = {
    "DiagnosticsStatusNotification": ("OCPP16-4.4-31", ("Idle", "Uploading", "Uploaded", "UploadFailed")),
    "FirmwareStatusNotification": (
        "OCPP16-4.5-31",
        ("Idle", "Downloading", "Downloaded", "DownloadFailed", "Installing", "Installed", "InstallationFailed"),
    ),
}
"""What a charge point tells of a job, to the row that says how it is answered, and the statuses."""


def refuses_job_status(action: str, status: str) -> Callable[[Any], None]:
    def refuses(central_system: Any) -> None:
        answers_if(central_system, action, lambda asked: asked["status"] == status, REFUSAL)

    refuses.__name__ = f"refuses_{action}_{status}"
    refuses.__doc__ = f"Answers {action} with {status} with the CALLERROR InternalError."
    return refuses


for _action, (_requirement, _statuses) in TOLD.items():
    for _status in _statuses:
        fault(kills=_requirement)(refuses_job_status(_action, _status))


def entries(edit: Callable[[list[Payload]], list[Payload]], kind: str) -> Callable[[Payload], Payload]:
    """Edits the entries of the lists of a type of update."""
    return lambda p: p | {"localAuthorizationList": edit(p["localAuthorizationList"])} if p["updateType"] == kind else p


def versions(version: int, kind: str) -> Callable[[Payload], Payload]:
    return lambda p: p | {"listVersion": version} if p["updateType"] == kind else p


LISTS: list[tuple[str, str, str, Callable[[Payload], Payload], list[str]]] = [
    ("full_for_differential", "Sends a full list where a differential one is wanted.",
     "OCPP16-5.15-31", sets(updateType="Full"), []),
    ("differential_for_full", "Sends a differential list where a full one is wanted.",
     "OCPP16-5.15-31", lambda p: p | ({"updateType": "Differential"} if p["updateType"] == "Full" else {"listVersion": 7}), []),
    ("deletes_in_a_differential", "Leaves idTagInfo out of a differential list, which deletes the idTag.",
     "OCPP16-5.15-31", entries(lambda e: [without(each, "idTagInfo") for each in e], "Differential"), []),
    ("lists_one_too_few", "Leaves the last idTag that was wanted out of a full list.",
     "OCPP16-5.15-31", entries(lambda e: e[:-1], "Full"), []),
    ("lists_all_in_a_differential", "Adds an idTag to a differential list that nobody wanted there.",
     "OCPP16-5.15-31", entries(lambda e: [*e, {"idTag": "EC000099", "idTagInfo": {"status": "Accepted"}}], "Differential"), []),
    ("lists_without_info", "Leaves idTagInfo out of a full list.",
     "OCPP16-7.1-31", entries(lambda e: [without(each, "idTagInfo") for each in e], "Full"), []),
    ("lists_twice", "Has an idTag twice in a full list, in capitals and in small letters.",
     "OCPP16-7.1-32", entries(lambda e: [*e[:-1], e[0] | {"idTag": e[0]["idTag"].lower()}], "Full"), ["OCPP16-5.15-31"]),
    ("list_version_0", "Sends a full list with the version 0.",
     "OCPP16-5.15-34", versions(0, "Full"), []),
    ("list_version_stays", "Gives a differential list the version that there is.",
     "OCPP16-5.15-33", versions(1, "Differential"), []),
]  # fmt: skip
for _name, _says, _kills, _edit, _also in LISTS:
    sends_instead("SendLocalList", _name, _says, _kills, _edit, _also)


@fault(kills="OCPP16-5.10-31")
def asks_no_list_version(central_system: Any) -> None:
    """Does not send the GetLocalListVersion that its operator asks for."""
    drops_calls(central_system, "GetLocalListVersion")


@fault(kills="OCPP16-5.15-32")
def gives_up_lists(central_system: Any) -> None:
    """Sends no list by itself: what failed stays as it is."""
    central_system.resends = False


REQUESTS: list[tuple[str, str, str, str, Callable[[Payload], Payload], list[str]]] = [
    ("GetDiagnostics", "uploads_elsewhere", "Names another location for diagnostics.",
     "OCPP16-5.9-31", sets(location="http://127.0.0.1:9/elsewhere"), []),
    ("GetDiagnostics", "diagnostics_to_a_path", "Names a path on its own disk for diagnostics.",
     "OCPP16-5.9-32", sets(location="/var/diagnostics"), ["OCPP16-5.9-31"]),
    ("UpdateFirmware", "downloads_elsewhere", "Names another location for firmware.",
     "OCPP16-5.19-31", sets(location="http://127.0.0.1:9/elsewhere"), []),
    ("UpdateFirmware", "firmware_from_a_path", "Names a path on its own disk for firmware.",
     "OCPP16-5.19-32", sets(location="/var/firmware.zip"), ["OCPP16-5.19-31"]),
    ("CancelReservation", "cancels_another", "Cancels another reservation.",
     "OCPP16-5.1-31", lambda p: {"reservationId": p["reservationId"] + 1}, []),
    ("ReserveNow", "reserves_another_connector", "Reserves another connector.",
     "OCPP16-5.13-31", lambda p: p | {"connectorId": p["connectorId"] + 1}, []),
    ("ReserveNow", "reserves_for_another", "Reserves for another idTag.",
     "OCPP16-5.13-31", sets(idTag="EC000099"), []),
    ("ReserveNow", "reserves_for_no_group", "Leaves the parentIdTag out of a reservation.",
     "OCPP16-5.13-31", lambda p: without(p, "parentIdTag"), []),
    ("ReserveNow", "reserves_the_past", "Gives a reservation an expiry date that is past.",
     "OCPP16-5.13-32", sets(expiryDate="2020-01-01T00:00:00Z"), []),
    ("ReserveNow", "one_reservation_id", "Gives every reservation the same reservationId.",
     "OCPP16-5.13-33", sets(reservationId=1), []),
    ("TriggerMessage", "triggers_for_connector_0", "Triggers MeterValues of connector 0.",
     "OCPP16-6.51-31", lambda p: p | {"connectorId": 0} if p["requestedMessage"] == "MeterValues" else p, ["OCPP16-5.17-31"]),
    ("ClearChargingProfile", "clears_by_more", "Adds a connector to the criteria of a ClearChargingProfile.",
     "OCPP16-5.5-31", lambda p: {"connectorId": 1} | p, []),
    ("ClearChargingProfile", "clears_by_less", "Leaves the stackLevel out of the criteria of a ClearChargingProfile.",
     "OCPP16-5.5-31", lambda p: without(p, "stackLevel"), []),
    ("ClearChargingProfile", "clears_another_profile", "Clears another profile than the one that is wanted.",
     "OCPP16-5.5-31", lambda p: p | ({"id": p["id"] + 1} if "id" in p else {}), []),
    ("GetCompositeSchedule", "asks_for_a_shorter_schedule", "Asks for a composite schedule of another duration.",
     "OCPP16-5.7-31", sets(duration=60), []),
    ("GetCompositeSchedule", "schedule_of_another_connector", "Asks for the composite schedule of another connector.",
     "OCPP16-5.7-31", lambda p: p | {"connectorId": p["connectorId"] + 1}, []),
    ("GetCompositeSchedule", "schedule_in_watts", "Asks for a composite schedule in another unit.",
     "OCPP16-5.7-31", sets(chargingRateUnit="W"), []),
]  # fmt: skip
for _row in REQUESTS:
    sends_instead(*_row)


def triggers_no(message: str) -> Callable[[Payload], Payload]:
    """Another message is triggered in place of this one."""
    other = "StatusNotification" if message == "Heartbeat" else "Heartbeat"
    return lambda p: {"requestedMessage": other} if p["requestedMessage"] == message else p


for _message in ("MeterValues", "Heartbeat", "StatusNotification", *TOLD):
    sends_instead(
        "TriggerMessage",
        f"triggers_no_{_message}",
        f"Triggers another message than {_message}.",
        "OCPP16-5.17-31",
        triggers_no(_message),
    )


# ── charging profiles ──


def in_profile(edit: Callable[[Payload, Payload], None], member: str = "csChargingProfiles") -> Callable[[Payload], Payload]:
    """``edit`` changes a profile, and its schedule, in place."""

    def edited(payload: Payload) -> Payload:
        changed = copy.deepcopy(payload)
        if member in changed:
            edit(changed[member], changed[member]["chargingSchedule"])
        return changed

    return edited


def put(**members: Any) -> Callable[[Payload, Payload], None]:
    return lambda profile, schedule: profile.update(members)


def put_in_schedule(**members: Any) -> Callable[[Payload, Payload], None]:
    return lambda profile, schedule: schedule.update(members)


def drops(*members: str) -> Callable[[Payload, Payload], None]:
    def drop(profile: Payload, schedule: Payload) -> None:
        for member in members:
            profile.pop(member, None)
            schedule.pop(member, None)

    return drop


def of_purpose(purpose: str, edit: Callable[[Payload, Payload], None]) -> Callable[[Payload, Payload], None]:
    return lambda profile, schedule: edit(profile, schedule) if profile["chargingProfilePurpose"] == purpose else None


def begins_later(profile: Payload, schedule: Payload) -> None:
    schedule["chargingSchedulePeriod"][0]["startPeriod"] = 1


def reverses_periods(profile: Payload, schedule: Payload) -> None:
    schedule["chargingSchedulePeriod"].append({"startPeriod": 60, "limit": 7.0})


def more_for_all(profile: Payload, schedule: Payload) -> None:
    for period in schedule["chargingSchedulePeriod"]:
        period["limit"] += 10


def relative(profile: Payload, schedule: Payload) -> None:
    if profile["chargingProfileKind"] == "Absolute":
        profile["chargingProfileKind"] = "Relative"
        schedule.pop("startSchedule", None)


WANTED = ["OCPP16-5.16-31"]
PROFILES: list[tuple[str, str, str, Callable[[Payload, Payload], None], list[str]]] = [
    ("limits_otherwise", "Sets other limits than its operator wants.", "OCPP16-5.16-31", more_for_all, []),
    ("another_purpose", "Sets a ChargePointMaxProfile where a TxDefaultProfile is wanted.",
     "OCPP16-5.16-31", of_purpose("TxDefaultProfile", put(chargingProfilePurpose="ChargePointMaxProfile")),
     ["OCPP16-3.13.1-31"]),
    ("relative_for_absolute", "Sets a Relative profile where an Absolute one is wanted.",
     "OCPP16-5.16-31", relative, []),
    ("stacks_higher", "Sets a profile at another stackLevel.", "OCPP16-5.16-31", put(stackLevel=1), []),
    ("in_watts", "Sets a limit in another unit.", "OCPP16-5.16-31", put_in_schedule(chargingRateUnit="W"), []),
    ("lasts_longer", "Gives a schedule another duration.", "OCPP16-5.16-31", put_in_schedule(duration=600), []),
    ("forgets_transactions", "Leaves the transactionId out of a TxProfile.",
     "OCPP16-5.16-31", of_purpose("TxProfile", drops("transactionId")), []),
    ("other_transaction", "Names a transaction in a TxProfile that does not run.",
     "OCPP16-5.16.3-32", of_purpose("TxProfile", put(transactionId=987654)), WANTED),
    ("default_of_a_transaction", "Gives a TxDefaultProfile a transactionId.",
     "OCPP16-5.16.3-31", of_purpose("TxProfile", put(chargingProfilePurpose="TxDefaultProfile")), WANTED),
    ("default_of_any_transaction", "Gives a TxDefaultProfile a transactionId where none is wanted.",
     "OCPP16-5.16.3-31", of_purpose("TxDefaultProfile", put(transactionId=1)),
     ["OCPP16-5.16.3-32"]),
    ("valid_never", "Gives a profile a validTo before its validFrom.",
     "OCPP16-7.8-31", put(validFrom="2026-01-02T00:00:00Z", validTo="2026-01-01T00:00:00Z"), []),
    ("recurs_without_kind", "Leaves recurrencyKind out of a Recurring profile.",
     "OCPP16-7.8-32", drops("recurrencyKind"), WANTED),
    ("recurs_absolutely", "Gives an Absolute profile a recurrencyKind.",
     "OCPP16-7.8-32", put(recurrencyKind="Daily"), []),
    ("stack_below_0", "Sets a profile at stackLevel -1.", "OCPP16-7.8-33", put(stackLevel=-1), WANTED),
    ("absolute_without_start", "Leaves startSchedule out of an Absolute profile.",
     "OCPP16-7.9-31", drops("startSchedule"), []),
    ("relative_with_start", "Gives a Relative profile a startSchedule.",
     "OCPP16-7.9-32", put_in_schedule(startSchedule="2026-01-01T00:00:00Z"), []),
    ("first_period_at_1", "Starts the first period of a schedule at 1.", "OCPP16-7.13-31", begins_later, WANTED),
    ("periods_in_disorder", "Has a period that starts before the one in front of it.",
     "OCPP16-7.14-31", reverses_periods, []),
    ("one_profile_id", "Gives every profile the same chargingProfileId.",
     "OCPP16-3.13.2-31", put(chargingProfileId=1), []),
]  # fmt: skip
for _name, _says, _kills, _change, _also in PROFILES:
    sends_instead("SetChargingProfile", _name, _says, _kills, in_profile(_change), _also)


def at_connector(purpose: str, connector: int) -> Callable[[Payload], Payload]:
    def moved(payload: Payload) -> Payload:
        wanted = payload["csChargingProfiles"]["chargingProfilePurpose"] == purpose
        return payload | {"connectorId": connector} if wanted else payload

    return moved


CONNECTORS = [
    ("whole_limit_at_1", "ChargePointMaxProfile", 1, "OCPP16-3.13.1-31"),
    ("transaction_at_0", "TxProfile", 0, "OCPP16-3.13.1-32"),
    ("default_elsewhere", "TxDefaultProfile", 2, "OCPP16-5.16-31"),
]
for _name, _purpose, _connector, _kills in CONNECTORS:
    _others = WANTED if _kills not in WANTED else []
    sends_instead(
        "SetChargingProfile",
        _name,
        f"Sets a {_purpose} at connector {_connector}.",
        _kills,
        at_connector(_purpose, _connector),
        _others,
    )

STARTS: list[tuple[str, str, str, Callable[[Payload, Payload], None], list[str]]] = [
    ("starts_with_a_default", "Starts a transaction with a TxDefaultProfile.",
     "OCPP16-5.16.2-31", put(chargingProfilePurpose="TxDefaultProfile"), []),
    ("starts_with_a_transaction", "Starts a transaction with a profile that names one.",
     "OCPP16-5.16.2-32", put(transactionId=1), []),
    ("starts_at_1", "Starts a transaction with a profile whose first period starts at 1.",
     "OCPP16-7.13-31", begins_later, []),
    ("starts_with_more", "Starts a transaction with a profile of other limits.", "OCPP16-5.11-31", more_for_all, []),
    ("starts_relative_with_start", "Starts a transaction with a Relative profile that has a startSchedule.",
     "OCPP16-7.9-32", put_in_schedule(startSchedule="2026-01-01T00:00:00Z"), []),
]  # fmt: skip
for _name, _says, _kills, _change, _also in STARTS:
    sends_instead("RemoteStartTransaction", _name, _says, _kills, in_profile(_change, "chargingProfile"), _also)
