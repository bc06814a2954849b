"""What a central system asks of the virtual INCH: profiles, reservations, triggers, the vendor's messages, files, nonsense."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from evconform.ocpp.channel import NoAnswer
from evconform.ocpp.json import CallError
from evconform.ocpp.schemas import ACTIONS, violations
from evconform.ocpp.scripts import OF_CHARGE_POINT, iso
from mocks.charge_point.file_transfer import TransferFailed

from .file_servers import LOGIN, Shelf, ftp_server, http_server
from .firmware_bench import image
from .inch_bench import CARD, OTHER_CARD, TAG, Scene, pics, play

MODELS = ("etrel-inch", "two-connector", "fixed-cable-dc", "plain-charge-point", "sparse-charge-point")
OTHER_TAG = "D2C36804"
PAST = "2001-01-01T00:00:00Z"
LATER = "2099-01-01T00:00:00Z"


def profile(*limits: float, every: int = 60, purpose: str = "TxDefaultProfile", **more: Any) -> dict[str, Any]:
    periods = [{"startPeriod": n * every, "limit": limit} for n, limit in enumerate(limits)]
    made = {"chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": purpose, "chargingProfileKind": "Relative"}
    return made | {"chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": periods}} | more


# ── what is claimed ──

PROPER: dict[str, dict[str, Any]] = {
    "CancelReservation": {"reservationId": 1},
    "ChangeAvailability": {"connectorId": 0, "type": "Operative"},
    "ChangeConfiguration": {"key": "HeartbeatInterval", "value": "300"},
    "ClearCache": {},
    "ClearChargingProfile": {},
    "DataTransfer": {"vendorId": "nobody"},
    "GetCompositeSchedule": {"connectorId": 0, "duration": 10},
    "GetConfiguration": {},
    "GetDiagnostics": {"location": "gopher://nowhere"},
    "GetLocalListVersion": {},
    "RemoteStartTransaction": {"idTag": "X"},
    "RemoteStopTransaction": {"transactionId": 1},
    "ReserveNow": {"connectorId": 1, "expiryDate": PAST, "idTag": "X", "reservationId": 1},
    "Reset": {"type": "Soft"},
    "SendLocalList": {"listVersion": 1, "updateType": "Full"},
    "SetChargingProfile": {"connectorId": 0, "csChargingProfiles": profile(8)},
    "TriggerMessage": {"requestedMessage": "Heartbeat"},
    "UnlockConnector": {"connectorId": 1},
    "UpdateFirmware": {"location": "gopher://nowhere", "retrieveDate": LATER},
}


@pytest.mark.parametrize("name", MODELS)
def test_what_the_pics_does_not_claim_is_refused_and_the_rest_answered(name: str) -> None:
    assert set(PROPER) == set(OF_CHARGE_POINT)
    claimed = pics(name)

    async def story(scene: Scene) -> None:
        for action, payload in PROPER.items():
            try:
                await scene.asks(action, **payload)
                answered = True
            except CallError as refused:
                answered = refused.code != "NotSupported"
            assert answered == bool(claimed[action]), action
            if action == "Reset" and answered:
                since = len(scene.heard)
                await scene.hears("StatusNotification", since=since, connectorId=max(scene.cp.connectors))

    play(story, name)


@pytest.mark.parametrize("name", MODELS)
def test_what_the_pics_does_not_claim_is_not_sent(name: str) -> None:
    async def story(scene: Scene) -> None:
        for act in (scene.cp.plug_in, lambda: scene.cp.present_card(CARD)):
            act()
            await scene.passes(400)
        scene.cp.present_card(CARD)
        await scene.passes(10)
        scene.cp.unplug()
        await scene.cp.power_cycle()
        await scene.passes(400)
        said = {action for _, action, _ in scene.heard}
        assert said <= {action for action in ACTIONS if scene.cp.pics[action]}
        assert {"BootNotification", "StatusNotification", "Heartbeat"} <= said

    play(story, name)


# ── smart charging (3.13) ──


def test_a_default_profile_changes_the_current() -> None:
    async def story(scene: Scene) -> None:
        await scene.charges()
        connector = scene.cp.connectors[1]
        assert connector.current == 16.0
        assert await scene.status("SetChargingProfile", connectorId=1, csChargingProfiles=profile(8)) == "Accepted"
        assert connector.current == pytest.approx(8.0)
        values = await scene.hears("MeterValues")
        assert [float(v) for v in scene.reads(values, "Current.Import")] == pytest.approx([8.0] * 3)
        assert await scene.status("ClearChargingProfile", id=1) == "Accepted"
        assert connector.current == 16.0

    play(story)


@pytest.mark.parametrize("limit", [0, 5.9])
def test_less_than_a_pilot_can_say_suspends(limit: float) -> None:
    async def story(scene: Scene) -> None:
        await scene.charges()
        assert await scene.status("SetChargingProfile", connectorId=1, csChargingProfiles=profile(limit)) == "Accepted"
        await scene.hears("StatusNotification", status="SuspendedEVSE")
        before = scene.cp.meters[1].register
        await scene.passes(3600)
        assert scene.cp.meters[1].register == before
        since = len(scene.heard)
        await scene.status("ClearChargingProfile")
        await scene.hears("StatusNotification", since=since, status="Charging")

    play(story)


def test_a_schedule_changes_the_current_at_its_time() -> None:
    async def story(scene: Scene) -> None:
        await scene.status("SetChargingProfile", connectorId=0, csChargingProfiles=profile(10, 0, 6, every=100))
        await scene.charges()
        began, connector = scene.times("StartTransaction")[0], scene.cp.connectors[1]
        assert connector.current == pytest.approx(10.0)
        await scene.hears("StatusNotification", status="SuspendedEVSE")
        assert scene.clock.now() - began == pytest.approx(100, abs=0.1)
        await scene.hears("StatusNotification", since=len(scene.heard), status="Charging")
        assert scene.clock.now() - began == pytest.approx(200, abs=0.1)
        assert connector.current == pytest.approx(6.0)

    play(story)


def test_the_profile_of_a_remote_start_ends_with_its_transaction() -> None:
    async def story(scene: Scene) -> None:
        scene.cp.plug_in()
        asked = {"idTag": TAG, "connectorId": 1, "chargingProfile": profile(7, purpose="TxProfile")}
        assert await scene.status("RemoteStartTransaction", **asked) == "Accepted"
        await scene.hears("StatusNotification", status="Charging")
        assert scene.cp.connectors[1].current == pytest.approx(7.0)
        scene.cp.present_card(CARD)
        await scene.hears("StopTransaction")
        assert scene.cp.smart_charging.profiles == []

    play(story)


# ── reservations (3.11) ──


async def reserves(scene: Scene, seconds: float = 600, **more: Any) -> Any:
    asked = {
        "connectorId": 1,
        "idTag": TAG,
        "reservationId": 5,
        "expiryDate": iso(scene.clock.date() + timedelta(seconds=seconds)),
    }
    return await scene.status("ReserveNow", **asked | more)


def test_a_reserved_connector_refuses_the_wrong_card_and_takes_the_right_one() -> None:
    async def story(scene: Scene) -> None:
        assert await reserves(scene) == "Accepted"
        await scene.hears("StatusNotification", connectorId=1, status="Reserved")
        scene.cp.plug_in()
        scene.cp.present_card(OTHER_CARD)
        await scene.passes(60)
        assert scene.all("StartTransaction") == []
        start = await scene.charges(card=CARD)
        assert start["reservationId"] == 5
        assert await scene.status("CancelReservation", reservationId=5) == "Rejected"

    play(story)


def test_a_reservation_expires() -> None:
    async def story(scene: Scene) -> None:
        await reserves(scene, seconds=100)
        asked = scene.clock.now()
        await scene.hears("StatusNotification", status="Reserved")
        await scene.hears("StatusNotification", since=len(scene.heard), connectorId=1, status="Available")
        assert scene.clock.now() - asked == pytest.approx(100, abs=0.1)
        assert "reservationId" not in await scene.charges(card=OTHER_CARD)

    play(story)


def test_whoever_leaves_a_reserved_connector_leaves_it_available_then_reserved() -> None:
    """4.9 has no move from Preparing to Reserved."""

    async def story(scene: Scene) -> None:
        await reserves(scene)
        scene.cp.plug_in()
        await scene.passes(1)
        scene.cp.unplug()
        await scene.passes(1)
        assert scene.statuses()[1:] == ["Reserved", "Preparing", "Available", "Reserved"]

    play(story)


# ── availability (5.2) ──


def test_inoperative_waits_for_whoever_is_about_to_charge() -> None:
    async def story(scene: Scene) -> None:
        scene.cp.present_card(CARD)
        await scene.hears("StatusNotification", status="Preparing")
        assert await scene.status("ChangeAvailability", connectorId=1, type="Inoperative") == "Scheduled"
        scene.cp.unplug()  # there is nothing to take out
        since = len(scene.heard)
        scene.cp.plug_in()
        await scene.hears("StatusNotification", since=since, status="Charging")
        scene.cp.present_card(CARD)
        await scene.hears("StatusNotification", since=since, status="Unavailable")
        assert await scene.status("ChangeAvailability", connectorId=1, type="Operative") == "Accepted"
        await scene.passes(1)
        told = scene.statuses(since=since)
        assert told[-2:] == ["Unavailable", "Preparing"], "there is no way back to Finishing"

    play(story)


# ── triggers (5.17) ──


@pytest.mark.parametrize(
    ("message", "numbers"),
    [
        ("Heartbeat", None),
        ("StatusNotification", [0, 1, 2]),
        ("MeterValues", [1, 2]),
        ("DiagnosticsStatusNotification", None),
        ("FirmwareStatusNotification", None),
    ],
)
def test_a_triggered_message_is_sent(message: str, numbers: list[int] | None) -> None:
    async def story(scene: Scene) -> None:
        since = len(scene.heard)
        assert await scene.status("TriggerMessage", requestedMessage=message) == "Accepted"
        await scene.passes(1)
        said = [(action, payload) for _, action, payload in scene.heard[since:]]
        assert {action for action, _ in said} == {message}
        if numbers:
            assert [payload["connectorId"] for _, payload in said] == numbers
        elif message != "Heartbeat":
            assert said[0][1] == {"status": "Idle"}

    play(story, "two-connector")


@pytest.mark.parametrize(
    "asked",
    [
        {"requestedMessage": "BootNotification"},
        {"requestedMessage": "MeterValues", "connectorId": 0},
        {"requestedMessage": "MeterValues", "connectorId": 9},
        {"requestedMessage": "StatusNotification", "connectorId": -1},
    ],
)
def test_what_it_cannot_send_it_does_not_promise(asked: dict[str, Any]) -> None:
    async def story(scene: Scene) -> None:
        since = len(scene.heard)
        assert await scene.status("TriggerMessage", **asked) == "Rejected"
        await scene.passes(10)
        assert scene.heard[since:] == []

    play(story)


def test_a_triggered_status_does_not_overtake() -> None:
    async def story(scene: Scene) -> None:
        await reserves(scene)
        scene.cp.plug_in()
        await scene.passes(1)
        scene.cp.unplug()
        asked = asyncio.ensure_future(scene.asks("TriggerMessage", requestedMessage="StatusNotification", connectorId=1))
        await scene.passes(1)
        assert await asked == {"status": "Accepted"}
        assert scene.statuses()[-3:] == ["Available", "Reserved", "Reserved"]

    play(story)


def test_whoever_triggers_a_status_and_goes_breaks_nothing() -> None:
    async def story(scene: Scene) -> None:
        await scene.asks("TriggerMessage", requestedMessage="StatusNotification")
        await scene.cp.cut_network()
        await scene.passes(10)
        await scene.cp.restore_network()
        await scene.passes(10)
        assert scene.cp.online

    play(story)


# ── the vendor's messages (5.6) ──


@pytest.mark.parametrize(
    ("message", "data", "status"),
    [
        ("SetChargingMode", '{"chargingMode": "Fast"}', "Accepted"),
        ("SetChargingMode", f'{{"chargingMode": "Smart", "departureTime": "{LATER}"}}', "Accepted"),
        ("SetChargingMode", '{"chargingMode": "Smart"}', "Rejected"),
        ("SetChargingMode", '{"chargingMode": "Smart", "departureTime": 7}', "Rejected"),
        ("SetChargingMode", '{"chargingMode": ["Fast"]}', "Rejected"),
        ("SetChargingMode", "{}", "Rejected"),
        ("SetChargingMode", None, "Rejected"),
        ("SetChargingRateKmPerKWh", '{"kmPerKWh": 5.5}', "Accepted"),
        ("SetChargingRateKmPerKWh", '{"kmPerKWh": 0}', "Rejected"),
        ("SetChargingRateKmPerKWh", '{"kmPerKWh": true}', "Rejected"),
        ("SetChargingRateKmPerKWh", '{"kmPerKWh": NaN}', "Rejected"),
        ("SetChargingRateKmPerKWh", '{"kmPerKWh": 1e999}', "Rejected"),
        ("TxLimit", '{"energyLimit": 1000}', "Accepted"),
        ("TxLimit", '{"energyLimit": 0}', "Accepted"),
        ("TxLimit", '{"energyLimit": -1}', "Rejected"),
        ("TxLimit", '{"energyLimit": "much"}', "Rejected"),
        ("TxLimit", '{"energyLimit": Infinity}', "Rejected"),
        pytest.param("TxLimit", f'{{"energyLimit": {10**400}}}', "Rejected", id="TxLimit-huge"),
        ("TxLimit", "[]", "Rejected"),
        ("TxLimit", "{", "Rejected"),
        pytest.param("TxLimit", "[" * 100_000, "Rejected", id="TxLimit-deep"),
        ("", "{}", "UnknownMessageId"),
        ("txlimit", "{}", "UnknownMessageId"),
        (None, None, "UnknownMessageId"),
    ],
)
def test_the_messages_of_etrel(message: str | None, data: str | None, status: str) -> None:
    async def story(scene: Scene) -> None:
        given = {"messageId": message, "data": data}
        asked = {name: value for name, value in given.items() if value is not None}
        assert await scene.status("DataTransfer", vendorId="Etrel", **asked) == status
        assert await scene.status("DataTransfer", vendorId="Other", **asked) == "UnknownVendorId"

    play(story)


def test_the_smart_mode_halves_the_offer() -> None:
    async def story(scene: Scene) -> None:
        await scene.charges()
        data = json.dumps({"chargingMode": "Smart", "departureTime": LATER})
        await scene.asks("DataTransfer", vendorId="ETREL", messageId="SetChargingMode", data=data)
        assert scene.cp.connectors[1].offered == 11_000

    play(story)


def test_a_limited_transaction_is_stopped_at_its_energy() -> None:
    async def story(scene: Scene) -> None:
        await scene.asks("DataTransfer", vendorId="Etrel", messageId="TxLimit", data='{"energyLimit": 500}')
        start = await scene.charges()
        scene.cp.suspend_ev()
        await scene.passes(3600)
        scene.cp.resume_ev()
        stop = await scene.hears("StopTransaction")
        assert stop["meterStop"] - start["meterStart"] == pytest.approx(500, abs=7)

    play(story)


def test_other_vendors_models_do_not_know_etrel() -> None:
    async def story(scene: Scene) -> None:
        assert await scene.status("DataTransfer", vendorId="Etrel", messageId="TxLimit", data="{}") == "UnknownVendorId"

    play(story, "two-connector")


# ── authorization (3.5) ──


def test_a_list_that_disagrees_is_told() -> None:
    """3.5.2."""

    async def story(scene: Scene) -> None:
        entries = [{"idTag": TAG, "idTagInfo": {"status": "Accepted"}}]
        await scene.asks("SendLocalList", listVersion=1, updateType="Full", localAuthorizationList=entries)
        await scene.sets(LocalPreAuthorize="true")
        scene.answers["StartTransaction"] = {"transactionId": 3, "idTagInfo": {"status": "Blocked"}}
        scene.cp.plug_in()
        scene.cp.present_card(CARD)
        told = await scene.hears("StatusNotification", errorCode="LocalListConflict")
        assert (told["connectorId"], told["status"]) == (0, "Available")
        assert (await scene.hears("StopTransaction"))["reason"] == "DeAuthorized"
        assert scene.all("Authorize") == []

    play(story)


# ── files (5.9, 5.19) ──


@pytest.mark.parametrize("scheme", ["ftp", "http"])
def test_diagnostics_are_uploaded(scheme: str, tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        shelf = Shelf()
        server = ftp_server(scene.clock, tmp_path) if scheme == "ftp" else http_server(scene.clock, shelf)
        async with server as address:
            location = f"{scheme}://{LOGIN if scheme == 'ftp' else ''}{address}/"
            answer = await scene.asks("GetDiagnostics", location=location)
            await scene.hears("DiagnosticsStatusNotification", status="Uploaded")
        name = answer["fileName"]
        content = (tmp_path / name).read_bytes() if scheme == "ftp" else shelf.files[f"/{name}"]
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            assert b"INCH-1" in archive.read("system.txt")
        assert [p["status"] for p in scene.all("DiagnosticsStatusNotification")] == ["Uploading", "Uploaded"]

    play(story)


def test_a_new_firmware_is_installed_and_boots() -> None:
    async def story(scene: Scene) -> None:
        shelf = Shelf()
        shelf.files["/new.zip"] = image({"manifest.txt": "version=2.0\n"})
        scene.cp.plug_in()
        await scene.passes(1)
        async with http_server(scene.clock, shelf) as address:
            assert await scene.asks("UpdateFirmware", location=f"http://{address}/new.zip", retrieveDate=PAST) == {}
            await scene.hears("FirmwareStatusNotification", status="Installing")
            scene.cp.present_card(CARD)
            since = len(scene.heard)
            await scene.hears("FirmwareStatusNotification", status="Installed")
        told = [p["status"] for p in scene.all("FirmwareStatusNotification")]
        assert told == ["Downloading", "Downloaded", "Installing", "Installed"]
        assert (await scene.hears("BootNotification", since=since))["firmwareVersion"] == "2.0"
        assert scene.all("StartTransaction") == []
        await scene.charges()

    play(story)


def test_the_power_ends_an_update_and_it_is_idle_afterwards() -> None:
    async def story(scene: Scene) -> None:
        async def download(location: str, clock: Any) -> bytes:
            raise TransferFailed("nobody there")

        scene.cp.firmware.download = download
        await scene.asks("UpdateFirmware", location="http://x/y", retrieveDate=PAST, retries=9, retryInterval=1000)
        await scene.hears("FirmwareStatusNotification", status="Downloading")
        await scene.cp.power_cycle()
        since = len(scene.heard)
        await scene.hears("StatusNotification", since=since, connectorId=1)
        await scene.asks("TriggerMessage", requestedMessage="FirmwareStatusNotification")
        assert await scene.hears("FirmwareStatusNotification", since=since) == {"status": "Idle"}
        await scene.passes(10_000)
        assert len(scene.all("FirmwareStatusNotification")) == 2

    play(story)


# ── nonsense that fits the schemas ──

LONG = "Ω" * 20
NUMBERS = (0, -1, 2, 10**9, -(10**9), 10**400)
NONSENSE: list[tuple[str, dict[str, Any]]] = [
    *(("ChangeAvailability", {"connectorId": n, "type": t}) for n in NUMBERS for t in ("Inoperative", "Operative")),
    *(("UnlockConnector", {"connectorId": n}) for n in NUMBERS),
    *(("RemoteStartTransaction", {"connectorId": n, "idTag": LONG}) for n in NUMBERS),
    ("RemoteStartTransaction", {"idTag": ""}),
    *(("RemoteStopTransaction", {"transactionId": n}) for n in NUMBERS),
    *(("CancelReservation", {"reservationId": n}) for n in NUMBERS),
    *(("ReserveNow", {"connectorId": n, "expiryDate": LATER, "idTag": "", "reservationId": n}) for n in NUMBERS),
    *(("ReserveNow", {"connectorId": 1, "expiryDate": d, "idTag": "X", "reservationId": 1}) for d in (PAST, "", "0", LONG)),
    ("ReserveNow", {"connectorId": 1, "expiryDate": "9999-12-31T23:59:59.999-14:00", "idTag": "X", "reservationId": 2}),
    *(("GetCompositeSchedule", {"connectorId": n, "duration": d}) for n in NUMBERS for d in NUMBERS),
    *(("ClearChargingProfile", {"connectorId": n, "stackLevel": n}) for n in NUMBERS),
    *(("ClearChargingProfile", {"id": n}) for n in NUMBERS),
    *(("SetChargingProfile", {"connectorId": n, "csChargingProfiles": profile(8)}) for n in NUMBERS),
    *(("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(n)}) for n in (-1, 0.1, 1e9, 10**30)),
    *(("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(8, stackLevel=n)}) for n in NUMBERS if n >= 0),
    *(("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(8, 9, every=n)}) for n in NUMBERS),
    *(("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(8, validFrom=d)}) for d in ("", PAST, LATER)),
    (
        "SetChargingProfile",
        {"connectorId": 1, "csChargingProfiles": profile(8, chargingProfileKind="Recurring", recurrencyKind="Daily")},
    ),
    ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile()}),
    *(("SendLocalList", {"listVersion": n, "updateType": t}) for n in NUMBERS for t in ("Full", "Differential")),
    ("SendLocalList", {"listVersion": 5, "updateType": "Full", "localAuthorizationList": [{"idTag": ""}]}),
    *(("GetConfiguration", {"key": k}) for k in ([], [""], ["heartbeatINTERVAL"] * 100, [LONG])),
    *(("DataTransfer", {"vendorId": v, "messageId": LONG, "data": LONG * 1000}) for v in ("", "Etrel", LONG)),
    *(("GetDiagnostics", {"location": x, "retries": -1, "retryInterval": -1}) for x in ("", "http://", "ftp:///", LONG)),
    ("GetDiagnostics", {"location": "http://", "startTime": LATER, "stopTime": PAST}),
    *(("UpdateFirmware", {"location": x, "retrieveDate": LONG, "retries": -1}) for x in ("", "http://", "ftp:///", LONG)),
    *(
        ("TriggerMessage", {"requestedMessage": m, "connectorId": n})
        for m in ("StatusNotification", "Heartbeat")
        for n in (1, 10**9)
    ),
]


@pytest.mark.parametrize("name", ["etrel-inch", "two-connector"])
@pytest.mark.parametrize("charging", [False, True])
def test_nonsense_is_answered_and_survived(name: str, charging: bool) -> None:
    async def story(scene: Scene) -> None:
        if charging:
            await scene.charges()
        for action, payload in NONSENSE:
            if scene.cp.pics[action] and not list(violations(action, payload)):
                try:
                    await scene.asks(action, **payload)
                except CallError as refused:
                    if refused.code not in ("PropertyConstraintViolation", "TypeConstraintViolation"):
                        raise AssertionError(f"{action} {payload}: {refused.code}") from refused
                await scene.passes(0.1)
        await scene.passes(1000)
        assert scene.cp.online
        await scene.cp.power_cycle()
        await scene.passes(1000)
        assert scene.cp.online

    play(story, name)


VALUES = (
    "",
    " ",
    "0",
    "-1",
    "1",
    "999999999",
    "9999999999",
    "1e9",
    "1.5",
    "true",
    "TRUE",
    "nan",
    "٣",
    "²",
    LONG,
    "x" * 500,
    ",",
    "A,,B",
)


@pytest.mark.parametrize("value", VALUES, ids=[ascii(v)[:20] for v in VALUES])
def test_every_key_set_to_anything(value: str) -> None:
    """What it accepts it shows, and lives with, offline and on, charging and not."""

    async def story(scene: Scene) -> None:
        keys = [k["key"] for k in (await scene.asks("GetConfiguration"))["configurationKey"]]
        for key in keys:
            status = await scene.status("ChangeConfiguration", key=key, value=value)
            shown = (await scene.asks("GetConfiguration", key=[key]))["configurationKey"][0]
            assert status == "Rejected" or (status == "Accepted" and shown["value"] == value and not shown["readonly"])
        scene.cp.plug_in()
        scene.cp.present_card(CARD)
        await scene.passes(100)
        scene.cp.unplug_at_ev()
        await scene.passes(30)
        await scene.cp.power_cycle()
        await scene.passes(100)
        try:
            await scene.asks("GetConfiguration")
        except NoAnswer:
            raise AssertionError("it is gone") from None

    play(story)
