"""A firmware update: fetched in time, installed when nobody charges, told step by step (5.19, 4.5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.clock import Clock
from evconform.ocpp.scripts import iso
from mocks.charge_point.file_transfer import TransferFailed
from mocks.charge_point.firmware import NotFirmware, version_of
from tests.mocks.file_servers import LOGIN, Shelf, ftp_server, http_server, on_lab_time, on_wall_time
from tests.mocks.firmware_bench import FakeChargePoint, image

NEW = image({"manifest.txt": "product=INCH\nversion=1.13\n", "image.bin": "\0" * 1000})
LONG_AGO = iso(datetime(2020, 1, 1, tzinfo=UTC))
WHOLE = ["Downloading", "Downloaded", "out", "Installing", "boot 1.13", "in", "accepted", "Installed"]
DEAD = "ftp://127.0.0.1:1/f.zip"


def gives(content: bytes) -> Any:
    async def download(location: str, clock: Clock) -> bytes:
        return content

    return download


def charge_point(clock: Clock, content: bytes = NEW) -> FakeChargePoint:
    """One that gets ``content`` from anywhere, without a network."""
    cp = FakeChargePoint(clock, "ftp")
    cp.firmware.download = gives(content)
    return cp


@pytest.mark.parametrize("run", [on_wall_time, on_lab_time])
@pytest.mark.parametrize("scheme", ["ftp", "http"])
def test_a_new_firmware_is_fetched_installed_and_told(run: Any, scheme: str, tmp_path: Path) -> None:
    (tmp_path / "f.zip").write_bytes(NEW)
    shelf = Shelf()
    shelf.files["/f.zip"] = NEW

    async def story(clock: Clock) -> FakeChargePoint:
        cp = FakeChargePoint(clock, "ftp", "http")
        cp.firmware.installation_time = cp.boot_time = 0.1
        async with ftp_server(clock, tmp_path) as ftp, http_server(clock, shelf) as http:
            location = f"ftp://{LOGIN}{ftp}/f.zip" if scheme == "ftp" else f"http://{http}/f.zip"
            assert cp.ask("UpdateFirmware", location=location, retrieveDate=LONG_AGO) == {}
            await cp.done()
        return cp

    cp = run(story)
    assert cp.said == WHOLE
    assert cp.memory.firmware == "1.13"
    assert cp.firmware.status == "Idle"


def test_the_status_for_a_trigger_is_that_of_the_step() -> None:
    async def story(clock: Clock) -> list[str]:
        cp = charge_point(clock)
        statuses: list[str] = []
        cp.on_tell = lambda status: statuses.append(cp.firmware.status)
        cp.ask("UpdateFirmware", location=DEAD, retrieveDate=LONG_AGO)
        assert cp.firmware.status == "Idle"
        await cp.done()
        return statuses

    assert on_lab_time(story) == ["Downloading", "Downloaded", "Installing", "Idle"]


def test_it_waits_for_the_retrieve_date_on_its_own_clock() -> None:
    async def story(clock: Clock) -> float:
        cp = charge_point(clock)
        cp.offset = timedelta(days=-365)
        cp.ask("UpdateFirmware", location=DEAD, retrieveDate=iso(clock.began + timedelta(hours=2)))
        await clock.wait(3600)
        assert cp.said == []
        assert cp.firmware.status == "Idle"
        cp.offset = timedelta()  # its clock is put right
        await cp.done()
        return cp.at[0]

    assert on_lab_time(story) == pytest.approx(7200, abs=1)


@pytest.mark.parametrize("date", ["soon", "2026-01-01", ""])
def test_a_date_that_is_none_is_no_reason_to_wait(date: str) -> None:
    async def story(clock: Clock) -> list[str]:
        cp = charge_point(clock)
        cp.ask("UpdateFirmware", location=DEAD, retrieveDate=date)
        return await cp.done()

    assert on_lab_time(story) == WHOLE


def test_a_date_beyond_all_reason_is_waited_for() -> None:
    async def story(clock: Clock) -> list[str]:
        cp = charge_point(clock)
        cp.ask("UpdateFirmware", location=DEAD, retrieveDate="9999-12-31T23:59:59Z")
        await clock.wait(86_400)
        cp.ask("UpdateFirmware", location=DEAD, retrieveDate=LONG_AGO)
        return await cp.done()

    assert on_lab_time(story) == WHOLE


@pytest.mark.parametrize(("again", "took"), [(0, 0.1), (2, 60.1)])
def test_a_download_that_fails_is_tried_again_and_told(again: int, took: float) -> None:
    async def story(clock: Clock) -> FakeChargePoint:
        cp = FakeChargePoint(clock, "ftp")
        cp.ask("UpdateFirmware", location=DEAD, retrieveDate=LONG_AGO, retries=again, retryInterval=30)
        await cp.done()
        return cp

    cp = on_lab_time(story)
    assert cp.said == ["Downloading", "DownloadFailed"]
    assert cp.at == [0.0, took]
    assert cp.firmware.status == "Idle"
    assert cp.memory.firmware == "1.12"


@pytest.mark.parametrize("location", ["", "nowhere", "sftp://h/f", "http://127.0.0.1:1/f", "ftp://127.0.0.1:1"])
def test_a_location_that_cannot_be_reached_is_told(location: str) -> None:
    async def story(clock: Clock) -> list[str]:
        cp = FakeChargePoint(clock, "ftp", "sftp")
        assert cp.ask("UpdateFirmware", location=location, retrieveDate=LONG_AGO, retries=0) == {}
        return await cp.done()

    assert on_lab_time(story) == ["Downloading", "DownloadFailed"]


BAD = {
    "nothing": b"",
    "no zip": b"firmware",
    "half a zip": NEW[: len(NEW) // 2],
    "no manifest": image({"image.bin": "x"}),
    "no version": image({"manifest.txt": "product=INCH\n"}),
    "an empty version": image({"manifest.txt": "version=\n"}),
    "too long a version": image({"manifest.txt": f"version={'1' * 51}\n"}),
    "not ASCII": image({"manifest.txt": "version=1.\u00fc\n"}),
    "version beyond the bound": image({"manifest.txt": "\n" * 100_000 + "version=1.13\n"}),
}


@pytest.mark.parametrize("wrong", BAD)
def test_a_file_that_is_no_firmware_is_not_installed(wrong: str) -> None:
    async def story(clock: Clock) -> FakeChargePoint:
        cp = charge_point(clock, BAD[wrong])
        cp.ask("UpdateFirmware", location=DEAD, retrieveDate=LONG_AGO)
        await cp.done()
        return cp

    cp = on_lab_time(story)
    assert cp.said == ["Downloading", "Downloaded", "InstallationFailed"]
    assert cp.memory.firmware == "1.12"
    assert cp.firmware.status == "Idle"


def test_a_damaged_file_is_read_or_refused_whatever_the_damage() -> None:
    refused = 0
    for place in range(len(NEW)):
        damaged = NEW[:place] + bytes([NEW[place] ^ 0xFF]) + NEW[place + 1 :]
        try:
            assert 0 < len(version_of(damaged)) <= 50
        except NotFirmware:
            refused += 1
    assert refused > 50


def test_it_waits_until_nobody_charges_and_takes_no_one_on_meanwhile() -> None:
    async def story(clock: Clock) -> FakeChargePoint:
        cp = charge_point(clock)
        cp.transactions.ended.clear()
        cp.ask("UpdateFirmware", location=DEAD, retrieveDate=LONG_AGO)
        await clock.wait(3600)
        assert cp.said == ["Downloading", "Downloaded", "out"]
        assert cp.firmware.status == "Downloaded"
        cp.transactions.ended.set()
        await cp.done()
        return cp

    cp = on_lab_time(story)
    assert cp.said == WHOLE
    assert cp.at[3] == 3600


def test_installed_is_told_once_the_boot_was_accepted() -> None:
    async def story(clock: Clock) -> FakeChargePoint:
        cp = charge_point(clock)
        cp.boot_time = 500
        cp.ask("UpdateFirmware", location=DEAD, retrieveDate=LONG_AGO)
        await cp.done()
        return cp

    cp = on_lab_time(story)
    assert cp.said == WHOLE
    assert cp.at[-1] - cp.at[4] == pytest.approx(500)


STEPS: dict[float | None, list[str]] = {
    None: [],
    0.05: ["Downloading"],
    30.0: ["Downloading"],
    130.0: ["Downloading", "Downloaded", "out", "Installing", "in"],
}


@pytest.mark.parametrize("after", STEPS)
def test_a_second_request_replaces_the_first(after: float | None) -> None:
    """… at any step; and never cuts a CALL of it short."""

    async def story(clock: Clock) -> FakeChargePoint:
        cp = charge_point(clock)
        tries: list[float] = []

        async def download(location: str, clock: Clock) -> bytes:
            tries.append(clock.now())
            if "second" not in location and len(tries) == 1:
                raise TransferFailed("no")
            return NEW

        cp.firmware.download, cp.firmware.installation_time = download, 100
        cp.ask("UpdateFirmware", location="ftp://first/f", retrieveDate=LONG_AGO, retries=9)
        if after:
            await clock.wait(after)
        cp.ask("UpdateFirmware", location="ftp://second/f", retrieveDate=LONG_AGO)
        await cp.done()
        return cp

    assert on_lab_time(story).said == STEPS[after] + WHOLE


def test_a_request_during_the_restart_follows_it() -> None:
    async def story(clock: Clock) -> list[str]:
        cp = charge_point(clock)
        cp.ask("UpdateFirmware", location=DEAD, retrieveDate=LONG_AGO)
        await clock.wait(22)
        assert cp.said[-1] == "in"
        cp.ask("UpdateFirmware", location=DEAD, retrieveDate=LONG_AGO)
        return await cp.done()

    assert on_lab_time(story) == WHOLE + WHOLE


def test_the_power_ends_a_download() -> None:
    async def story(clock: Clock) -> list[str]:
        cp = FakeChargePoint(clock, "ftp")
        cp.ask("UpdateFirmware", location=DEAD, retrieveDate=LONG_AGO)
        await clock.wait(30)
        assert cp.firmware.status == "Downloading"
        await cp.power_goes()
        assert cp.firmware.status == "Idle"
        cp.ask("UpdateFirmware", location=DEAD, retrieveDate=LONG_AGO, retries=0)
        return await cp.done()

    assert on_lab_time(story) == ["Downloading", "Downloading", "DownloadFailed"]
