"""The vendor's messages, and files, of the virtual INCH (OCPP 1.6, 4.3 to 4.5, 5.6, 5.9, 5.19)."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mocks.charge_point.file_transfer import TransferFailed

from .file_servers import LOGIN, Shelf, ftp_server, http_server
from .firmware_bench import image
from .inch_bench import CARD, LATER, PAST, Scene, play

pytestmark = pytest.mark.usefixtures("column")

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
