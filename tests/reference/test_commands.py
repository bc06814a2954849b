"""OCPP 1.6, chapter 5: what an operator asks, what became of it, and what it changes in what we know."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from evconform.ocpp.json import CallError
from evconform.reference.cpo.commands import SENDABLE
from evconform.reference.cpo.outcomes import put_setting
from evconform.reference.cpo.records import ChargingProfile, Job, LocalList, Reservation, Setting, Station
from tests.reference.bench import ACCEPTED, CARD, OTHER, Scene, scene

LATER = "2026-01-05T18:00:00Z"
RESERVE = {"connectorId": 1, "expiryDate": LATER, "idTag": CARD}


@pytest.fixture
def asked() -> Iterator[Scene]:
    """A CPO with a charge point that accepts whatever it is asked."""
    with scene() as made:
        made.answers |= dict.fromkeys(SENDABLE, ACCEPTED)
        made.answers |= {"GetConfiguration": {}, "UpdateFirmware": {}, "GetDiagnostics": {"fileName": "log.txt"}}
        made.answers["GetLocalListVersion"] = {"listVersion": 4}
        made.run(made.knows("A", "B", **{CARD: {}, OTHER: {}}))
        point = made.run(made.dials())
        yield made
        made.run(point.disconnect())


ENTRY: dict[str, Any] = {"idTag": "T1", "idTagInfo": ACCEPTED}


def full(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"updateType": "Full", "localAuthorizationList": list(entries)}


def profile(
    id: int = 1, level: int = 0, purpose: str = "TxDefaultProfile", starts: tuple[int, ...] = (0,), **more: Any
) -> dict[str, Any]:
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": at, "limit": 16} for at in starts]}
    made = {"chargingProfileId": id, "stackLevel": level, "chargingProfilePurpose": purpose, "chargingProfileKind": "Relative"}
    return made | {"chargingSchedule": schedule} | more


REQUESTS: dict[str, dict[str, Any]] = {
    "CancelReservation": {"reservationId": 1},
    "ChangeAvailability": {"connectorId": 0, "type": "Inoperative"},
    "ChangeConfiguration": {"key": "HeartbeatInterval", "value": "60"},
    "ClearCache": {},
    "ClearChargingProfile": {},
    "DataTransfer": {"vendorId": "v"},
    "GetCompositeSchedule": {"connectorId": 1, "duration": 60},
    "GetConfiguration": {},
    "GetDiagnostics": {"location": "ftp://127.0.0.1/"},
    "GetLocalListVersion": {},
    "RemoteStartTransaction": {"idTag": CARD},
    "RemoteStopTransaction": {"transactionId": 1},
    "ReserveNow": RESERVE,
    "Reset": {"type": "Soft"},
    "SendLocalList": {"updateType": "Full"},
    "SetChargingProfile": {"connectorId": 1, "csChargingProfiles": profile()},
    "TriggerMessage": {"requestedMessage": "Heartbeat"},
    "UnlockConnector": {"connectorId": 1},
    "UpdateFirmware": {"location": "ftp://127.0.0.1/f", "retrieveDate": LATER},
}


def test_there_is_a_request_for_each_action() -> None:
    assert set(REQUESTS) == set(SENDABLE)
    assert len(SENDABLE) == len(set(SENDABLE)) == 19


@pytest.mark.parametrize("action", sorted(SENDABLE))
def test_everything_can_be_asked_and_its_outcome_read(asked: Scene, action: str) -> None:
    async def story() -> None:
        asked.answers["UnlockConnector"] = {"status": "Unlocked"}
        assert await asked.command(action, **REQUESTS[action]) == ("answered", asked.answers[action])
        assert [heard[0] for heard in asked.heard] == [action]

    asked.run(story())


def test_the_status_of_the_whole_charge_point_can_be_triggered(asked: Scene) -> None:
    """5.17: connector 0 is asked for its status, and for nothing else (6.51)."""
    trigger = {"requestedMessage": "StatusNotification", "connectorId": 0}
    assert asked.run(asked.command("TriggerMessage", **trigger)) == ("answered", asked.answers["TriggerMessage"])
    assert asked.heard == [("TriggerMessage", trigger)]


@pytest.mark.parametrize(
    ("answer", "state", "says"),
    [
        (CallError("NotSupported", "no"), "error", "NotSupported"),
        ({"status": "Perhaps"}, "error", "ImproperAnswer"),
        ({}, "error", "ImproperAnswer"),
        ({"status": "Accepted", "status\0": 1}, "error", "ImproperAnswer"),
        (None, "timed-out", "not answered"),
    ],
)
def test_outcomes_that_are_no_answer(asked: Scene, answer: Any, state: str, says: str) -> None:
    async def story() -> None:
        asked.answers["Reset"] = answer
        found = await asked.command("Reset", type="Hard")
        assert (found[0], says in json.dumps(found[1])) == (state, True)

    asked.run(story())


def test_who_is_not_connected_is_sent_nothing(asked: Scene) -> None:
    async def story() -> None:
        assert await asked.command("Reset", identity="B", type="Hard") == (
            "not-sent",
            {"reason": "the charge point is not connected"},
        )

    asked.run(story())


@pytest.mark.parametrize(
    ("action", "payload", "says"),
    [
        ("Heartbeat", {}, "'Heartbeat' is not something that a central system sends"),
        ("Rëset\0", {}, "'Rëset�' is not"),
        ("Reset", {"type": "Gentle"}, "/type"),
        ("Reset", {}, "type"),
        ("Reset", {"type": "Soft", "x": 1}, "x"),
        ("ReserveNow", RESERVE | {"expiryDate": "soon"}, "/expiryDate: expected a date"),
        ("ReserveNow", RESERVE | {"reservationId": 2**63}, "/reservationId: 9223372036854775808 is out of range"),
        ("ReserveNow", RESERVE | {"idTag": "a\0"}, "/idTag: has a character that cannot be kept"),
        ("SendLocalList", {"listVersion": 0, "updateType": "Full"}, "at least 1"),
        ("SendLocalList", {"listVersion": -1, "updateType": "Full"}, "at least 1"),
        ("SendLocalList", full(ENTRY, {"idTag": "T2"}), "/localAuthorizationList/1: a full list needs"),
        ("SendLocalList", full(ENTRY, ENTRY | {"idTag": "t1"}), "/localAuthorizationList/1: the idTag was"),
        ("SendLocalList", full(*(ENTRY | {"idTag": f"T{n}"} for n in range(3))), "3 items, and SendLocalListMaxLength is 2"),
        ("GetConfiguration", {"key": ["a", "b", "c"]}, "3 items, and GetConfigurationMaxKeys is 2"),
        ("UnlockConnector", {"connectorId": 0}, "/connectorId: expected at least 1"),
        ("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 0}, "/connectorId: expected at least 1 (6.51)"),
        ("RemoteStartTransaction", {"idTag": "T", "connectorId": 0}, "/connectorId: expected at least 1"),
        ("ChangeAvailability", {"connectorId": -1, "type": "Operative"}, "/connectorId: expected at least 0"),
        ("RemoteStartTransaction", {"idTag": "T", "chargingProfile": profile()}, "expected TxProfile"),
        (
            "RemoteStartTransaction",
            {"idTag": "T", "chargingProfile": profile(purpose="TxProfile", transactionId=1)},
            "there is none before the start",
        ),
        ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(purpose="ChargePointMaxProfile")}, "connector 0"),
        ("SetChargingProfile", {"connectorId": 0, "csChargingProfiles": profile(purpose="TxProfile")}, "above 0"),
        ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(starts=(60,))}, "startPeriod: expected 0"),
        ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(starts=(0, 60, 60))}, "periods in order"),
    ],
)
def test_what_must_not_go_out_is_refused_in_one_line(asked: Scene, action: str, payload: dict[str, Any], says: str) -> None:
    async def story() -> None:
        for key in ("GetConfigurationMaxKeys", "SendLocalListMaxLength"):
            put_setting(asked.cpo, Setting("A", key, "2", True, "2026-01-05T12:00:00.000000Z"))
        with pytest.raises(ValueError, match=re.escape(says)) as caught:
            await asked.cpo.commands.ask("A", action, payload)
        assert "\n" not in str(caught.value)
        assert asked.heard == []

    asked.run(story())


def test_a_number_that_no_column_holds_is_no_answer(asked: Scene) -> None:
    """It would fail the commit, and everybody's who is in it."""

    async def story() -> None:
        asked.answers["GetLocalListVersion"] = {"listVersion": 2**63}
        state, outcome = await asked.command("GetLocalListVersion")
        assert (state, outcome["code"]) == ("error", "ImproperAnswer")
        assert "/listVersion: 9223372036854775808 is out of range" in outcome["description"]
        assert await asked.rows(LocalList) == []

    asked.run(story())


def test_what_may_not_be_sent_any_longer_when_its_turn_comes_is_not_sent(asked: Scene) -> None:
    """4.2: it waited for the command before it, and the charge point was rejected meanwhile."""

    async def story() -> None:
        async def rejects(_: Any) -> Any:
            asked.cpo.registration.registers("A", "Rejected")
            await asked.asks("A", "BootNotification", chargePointVendor="v", chargePointModel="m")
            return ACCEPTED

        asked.answers["ClearCache"] = rejects
        done = await asyncio.gather(asked.command("ClearCache"), asked.command("Reset", type="Soft"))
        assert done == [("answered", ACCEPTED), ("not-sent", {"reason": "the charge point is rejected (OCPP 1.6, 4.2)"})]
        assert [action for action, _ in asked.heard] == ["ClearCache"]

    asked.run(story())


def test_each_charge_point_has_reservation_ids_of_its_own(asked: Scene) -> None:
    """6.37: the id is the charge point's; what one reserves, uses or cancels is nothing to the other."""

    async def story() -> None:
        point = await asked.dials("B")
        for identity in ("A", "B"):
            await asked.command("ReserveNow", identity, **RESERVE)
        assert {(r.identity, r.id, r.state) for r in asked.cpo.reservations.active()} == {("A", 1, "active"), ("B", 1, "active")}
        await asked.command("ReserveNow", "B", **(RESERVE | {"reservationId": 7}))
        await asked.command("ReserveNow", "A", **RESERVE)
        await asked.starts("A", reservationId=1)
        await asked.command("CancelReservation", "B", reservationId=7)
        await asked.command("CancelReservation", "A", reservationId=7)
        kept = {(row["identity"], row["id"]): row["state"] for row in await asked.rows(Reservation)}
        assert kept == {("A", 1): "used", ("B", 1): "active", ("B", 7): "cancelled", ("A", 2): "active"}
        await asked.command("ReserveNow", "B", **RESERVE)
        assert sorted(r.id for r in asked.cpo.reservations.active() if r.identity == "B") == [1, 8]
        await point.disconnect()

    asked.run(story())


def test_a_reservation_with_id_0_is_used_by_who_names_it_only(asked: Scene) -> None:
    async def story() -> None:
        await asked.command("ReserveNow", **(RESERVE | {"reservationId": 0}))
        await asked.starts(connectorId=2)
        assert [r.state for r in asked.cpo.reservations.active()] == ["active"]
        await asked.starts(reservationId=0)
        assert asked.cpo.reservations.active() == []

    asked.run(story())


def test_a_reservation_ends_by_the_transaction_that_names_it(asked: Scene) -> None:
    async def story() -> None:
        await asked.command("ReserveNow", **RESERVE)
        assert [r.state for r in asked.cpo.reservations.active()] == ["active"]
        await asked.starts(reservationId=1)
        assert asked.cpo.reservations.active() == []
        [kept] = await asked.rows(Reservation)
        assert (kept["state"], kept["transaction_id"]) == ("used", 1)

    asked.run(story())


@pytest.mark.parametrize("how", ["cancelled", "refused", "expired", "ended", "another's"])
def test_the_other_ends_of_a_reservation(asked: Scene, how: str) -> None:
    async def story() -> None:
        if how == "refused":
            asked.answers["ReserveNow"] = {"status": "Occupied"}
        await asked.command("ReserveNow", **RESERVE)
        if how == "cancelled":
            await asked.command("CancelReservation", reservationId=1)
        elif how == "expired":
            await asked.clock.wait(6 * 3600)
        elif how == "ended":
            await asked.asks("A", "StatusNotification", connectorId=1, errorCode="GroundFailure", status="Faulted")
        elif how == "another's":
            await asked.starts("B", reservationId=1)
        assert len(asked.cpo.reservations.active()) == (how == "another's")
        [kept] = await asked.rows(Reservation)
        assert kept["state"] == ("active" if how == "another's" else how)

    asked.run(story())


def test_a_reservation_with_the_same_id_is_replaced_once_accepted(asked: Scene) -> None:
    async def story() -> None:
        await asked.command("ReserveNow", **RESERVE)
        asked.answers["ReserveNow"] = {"status": "Rejected"}
        await asked.command("ReserveNow", **(RESERVE | {"reservationId": 1, "idTag": OTHER}))
        assert [r.id_tag for r in asked.cpo.reservations.active()] == [CARD]
        asked.answers["ReserveNow"] = ACCEPTED
        await asked.command("ReserveNow", **(RESERVE | {"reservationId": 1, "idTag": OTHER}))
        assert [r.id_tag for r in asked.cpo.reservations.active()] == [OTHER]
        await asked.command("ReserveNow", **RESERVE)
        assert [r.id for r in asked.cpo.reservations.active()] == [1, 2]

    asked.run(story())


def test_a_local_list_and_its_version(asked: Scene) -> None:
    async def sends(kind: str, *entries: dict[str, Any]) -> None:
        await asked.command("SendLocalList", updateType=kind, localAuthorizationList=list(entries))

    async def story() -> None:
        one, two = ({"idTag": tag, "idTagInfo": ACCEPTED} for tag in (CARD, OTHER))
        await sends("Full", one)
        await sends("Differential", two)
        await sends("Differential", {"idTag": CARD.lower()})
        [kept] = await asked.rows(LocalList)
        assert (kept["version"], json.loads(kept["entries"])) == (3, {OTHER.casefold(): two})
        asked.answers["SendLocalList"] = {"status": "VersionMismatch"}
        await sends("Full")
        assert [row["version"] for row in await asked.rows(LocalList)] == [3]
        await asked.command("GetLocalListVersion")
        assert [(row["version"], row["entries"]) for row in await asked.rows(LocalList)] == [(4, "{}")]

    asked.run(story())


def test_charging_profiles_replace_and_clear(asked: Scene) -> None:
    async def sets(connector: int, **of: Any) -> None:
        await asked.command("SetChargingProfile", connectorId=connector, csChargingProfiles=profile(**of))

    async def ids() -> list[int]:
        return sorted(row["profile_id"] for row in await asked.rows(ChargingProfile))

    async def story() -> None:
        await sets(1, id=1)
        await sets(1, id=2)
        await sets(1, id=3, level=1)
        await sets(2, id=4)
        assert await ids() == [2, 3, 4], "2 has purpose and level of 1"
        await asked.command("ClearChargingProfile", connectorId=1, stackLevel=1)
        assert await ids() == [2, 4]
        asked.answers["ClearChargingProfile"] = {"status": "Unknown"}
        await asked.command("ClearChargingProfile")
        assert await ids() == [2, 4]
        asked.answers["ClearChargingProfile"] = ACCEPTED
        await asked.command("ClearChargingProfile", id=2)
        await asked.command("ClearChargingProfile")
        assert await ids() == []

    asked.run(story())


def test_a_profile_of_a_transaction_ends_with_it(asked: Scene) -> None:
    async def story() -> None:
        remote = profile(purpose="TxProfile")
        await asked.command("RemoteStartTransaction", connectorId=1, idTag=CARD, chargingProfile=remote)
        await asked.starts()
        assert len(await asked.rows(ChargingProfile)) == 1
        await asked.stops(1)
        assert await asked.rows(ChargingProfile) == []

    asked.run(story())


def test_a_profile_of_a_transaction_outlives_the_late_stop_of_the_one_before(asked: Scene) -> None:
    """3.13.1. The first never stopped as far as we knew, the second superseded it, and then the first one's stop comes."""

    async def story() -> None:
        await asked.starts()
        assert (await asked.starts(at="2026-01-05T11:40:00Z"))["transactionId"] == 2
        its = profile(purpose="TxProfile", transactionId=2)
        await asked.command("SetChargingProfile", connectorId=1, csChargingProfiles=its)
        await asked.stops(1, at="2026-01-05T11:39:00Z")
        assert [row["transaction_id"] for row in await asked.rows(ChargingProfile)] == [2]
        await asked.stops(2, at="2026-01-05T11:50:00Z")
        assert await asked.rows(ChargingProfile) == []

    asked.run(story())


def test_configuration_as_it_was_read_and_changed(asked: Scene) -> None:
    async def story() -> None:
        keys = [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}, {"key": "odd\0", "readonly": True}]
        asked.answers["GetConfiguration"] = {"configurationKey": keys}
        await asked.command("GetConfiguration")
        await asked.command("ChangeConfiguration", key="heartbeatinterval", value="60")
        asked.answers["ChangeConfiguration"] = {"status": "Rejected"}
        await asked.command("ChangeConfiguration", key="HeartbeatInterval", value="-1")
        kept = {row["name"]: row["value"] for row in await asked.rows(Setting)}
        assert kept == {"HeartbeatInterval": "60", "odd�": None}

    asked.run(story())


def test_a_new_authorization_key_is_the_next_password_and_nowhere_to_be_read(asked: Scene) -> None:
    async def story() -> None:
        secret = "0123456789abcdef"
        command = await asked.cpo.commands.ask("A", "ChangeConfiguration", {"key": "AuthorizationKey", "value": secret})
        assert secret not in command.payload
        await asked.clock.wait(1)
        assert asked.heard[-1][1]["value"] == secret
        [station] = await asked.rows(Station, identity="A")
        assert station["password"]
        assert secret not in json.dumps([station, *(await asked.rows(Setting))])

    asked.run(story())


@pytest.mark.parametrize(
    ("action", "notification", "statuses"),
    [
        ("UpdateFirmware", "FirmwareStatusNotification", ["Downloading", "Downloaded", "Installing", "Installed"]),
        ("GetDiagnostics", "DiagnosticsStatusNotification", ["Uploading", "Uploaded"]),
    ],
)
def test_a_job_goes_the_way_that_the_charge_point_tells(
    asked: Scene, action: str, notification: str, statuses: list[str]
) -> None:
    async def story() -> None:
        await asked.command(action, **REQUESTS[action])
        for status in ("Idle", *statuses, "Idle"):
            await asked.asks("A", notification, status=status)
        [job] = await asked.rows(Job)
        assert [each[0] for each in json.loads(job["history"])] == ["Asked", *statuses]
        assert job["status"] == statuses[-1]
        assert asked.cpo.memory.jobs == {}

    asked.run(story())


@pytest.mark.parametrize(("action", "answer"), [("GetDiagnostics", {}), ("UpdateFirmware", CallError("NotSupported"))])
def test_a_job_that_does_not_come_about(asked: Scene, action: str, answer: Any) -> None:
    async def story() -> None:
        asked.answers[action] = answer
        await asked.command(action, **REQUESTS[action])
        assert [job["status"] for job in await asked.rows(Job)] == ["Refused"]

    asked.run(story())


def test_data_transfers_are_routed_by_vendor_and_message(lab: Scene) -> None:
    async def story() -> None:
        lab.cpo.stations.vendors["org.example"] = {"ping": {"status": "Accepted", "data": "pong"}}
        lab.cpo.stations.vendors["any"] = {"": {"status": "Rejected"}}
        for vendor, message, answer in (
            ("org.Example", "ping", {"status": "Accepted", "data": "pong"}),
            ("org.example", "pong", {"status": "UnknownMessageId"}),
            ("org.example", None, {"status": "UnknownMessageId"}),
            ("any", "x", {"status": "Rejected"}),
            ("nobody", "x", {"status": "UnknownVendorId"}),
        ):
            named = {"messageId": message} if message else {}
            assert await lab.asks("A", "DataTransfer", vendorId=vendor, **named) == answer

    lab.run(story())
