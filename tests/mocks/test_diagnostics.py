"""Diagnostics: what is promised arrives, and its progress is told (5.9, 4.4)."""

from __future__ import annotations

import asyncio
import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.clock import Clock
from evconform.ocpp.scripts import iso
from mocks.charge_point.file_transfer import TransferFailed
from tests.mocks.file_servers import LOGIN, Shelf, ftp_server, http_server, on_lab_time, on_wall_time
from tests.mocks.firmware_bench import FakeChargePoint

DEAD = "ftp://127.0.0.1:1/d"


def read(archive: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name).decode("ascii") for name in opened.namelist()}


@pytest.mark.parametrize("run", [on_wall_time, on_lab_time])
def test_the_file_that_was_promised_is_there_when_it_says_so(run: Any, tmp_path: Path) -> None:
    there: list[bool] = []

    async def story(clock: Clock) -> tuple[FakeChargePoint, str]:
        cp = FakeChargePoint(clock, "ftp", "http")
        cp.diagnostics.note("plugged in, na\u00efvely\n")
        async with ftp_server(clock, tmp_path) as place:
            name = cp.ask("GetDiagnostics", location=f"ftp://{LOGIN}{place}/")["fileName"]
            cp.on_tell = lambda status: there.append((tmp_path / name).exists())
            assert cp.diagnostics.status == "Idle"
            await cp.done()
        return cp, name

    cp, name = run(story)
    assert cp.said == ["Uploading", "Uploaded"]
    assert there == [False, True]
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert name.startswith("diagnostics-INCH_1-")
    files = read((tmp_path / name).read_bytes())
    assert "model=INCH\nfirmware=1.12\n" in files["system.txt"]
    assert files["configuration.txt"] == "HeartbeatInterval=300\n"
    assert files["events.log"].endswith(" plugged in, na\\xefvely\n\n")
    assert "p@ss" not in cp.diagnostics.events[-1][1]


def test_over_http_too() -> None:
    shelf = Shelf()

    async def story(clock: Clock) -> list[str]:
        cp = FakeChargePoint(clock, "http")
        async with http_server(clock, shelf) as place:
            name = cp.ask("GetDiagnostics", location=f"http://{place}/take/")["fileName"]
            said = await cp.done()
        assert shelf.asked == [("PUT", f"/take/{name}")]
        return said

    assert on_lab_time(story) == ["Uploading", "Uploaded"]


def test_the_log_is_cut_to_the_time_that_was_asked_for() -> None:
    async def story(clock: Clock) -> str:
        cp = FakeChargePoint(clock, "ftp")
        for hour in range(5):
            cp.diagnostics.note(f"event {hour}")
            await clock.wait(3600)
        since, until = clock.began + timedelta(hours=1), clock.began + timedelta(hours=3)
        window = cp.diagnostics.window({"startTime": iso(since), "stopTime": iso(until + timedelta(seconds=1))})
        return read(cp.diagnostics.archive(*window))["events.log"]

    assert [line.split(" ", 1)[1] for line in on_lab_time(story).splitlines()] in (
        ["event 1", "event 2", "event 3"],
        ["event 2", "event 3"],  # the stamp cut a part of a millisecond off
    )


HOURS = [(None, None, True), (1, 3, True), (None, 9, True), (3, 1, False), (6, None, False), (-9, -1, False)]


@pytest.mark.parametrize(("since", "until", "something"), HOURS)
def test_it_promises_nothing_where_there_is_nothing(since: int | None, until: int | None, something: bool) -> None:
    async def story(clock: Clock) -> dict[str, Any]:
        cp = FakeChargePoint(clock, "ftp")
        cp.diagnostics.note("the first event")
        await clock.wait(5 * 3600)
        hours = {"startTime": since, "stopTime": until}
        window = {name: iso(clock.began + timedelta(hours=h)) for name, h in hours.items() if h is not None}
        answer = cp.ask("GetDiagnostics", location=DEAD, retries=0, **window)
        assert await cp.done() == (["Uploading", "UploadFailed"] if something else [])
        return answer

    assert ("fileName" in on_lab_time(story)) == something


@pytest.mark.parametrize(("location", "promised"), [("sftp://h/d", False), ("http://h/d", False), ("nowhere", True)])
def test_a_protocol_that_is_not_claimed_is_not_promised(location: str, promised: bool) -> None:
    async def story(clock: Clock) -> list[str]:
        cp = FakeChargePoint(clock, "ftp", "sftp")
        assert ("fileName" in cp.ask("GetDiagnostics", location=location, retries=0)) == promised
        return await cp.done()

    assert on_lab_time(story) == (["Uploading", "UploadFailed"] if promised else [])


def test_it_tries_again_as_often_as_it_is_told_and_is_busy_meanwhile() -> None:
    async def story(clock: Clock) -> FakeChargePoint:
        cp = FakeChargePoint(clock, "ftp")
        cp.ask("GetDiagnostics", location=DEAD, retries=3, retryInterval=100)
        await clock.wait(250)
        assert cp.diagnostics.status == "Uploading"
        await cp.done()
        assert cp.diagnostics.status == "Idle"
        return cp

    cp = on_lab_time(story)
    assert cp.said == ["Uploading", "UploadFailed"]
    assert cp.at == [0.0, 300.1]


@pytest.mark.parametrize("after", [None, 0.05, 30.0])
def test_a_second_request_replaces_the_first(after: float | None) -> None:
    """… whether that waits, reports, or tries again; and never cuts a CALL of it short."""
    uploaded: list[str] = []

    async def story(clock: Clock) -> list[str]:
        cp = FakeChargePoint(clock, "ftp")

        async def upload(location: str, name: str, content: bytes, clock: Clock) -> None:
            if "first" in location:
                raise TransferFailed("no")
            uploaded.append(name)

        cp.diagnostics.upload = upload
        first = cp.ask("GetDiagnostics", location="ftp://first/", retries=9)["fileName"]
        if after:
            await clock.wait(after)
        second = cp.ask("GetDiagnostics", location="ftp://second/")["fileName"]
        await cp.done()
        assert uploaded == [second]
        assert first != second
        return cp.said

    assert on_lab_time(story) == ["Uploading"] * (2 if after else 1) + ["Uploaded"]


def test_the_power_ends_an_upload() -> None:
    async def story(clock: Clock) -> list[str]:
        cp = FakeChargePoint(clock, "ftp")
        cp.ask("GetDiagnostics", location=DEAD)
        await clock.wait(30)
        assert cp.diagnostics.status == "Uploading"
        await cp.power_goes()
        assert cp.diagnostics.status == "Idle"
        assert [task.cancelled() for task in cp.tasks] == [True]
        assert len(asyncio.all_tasks()) == 1
        cp.ask("GetDiagnostics", location=DEAD, retries=0)
        return await cp.done()

    assert on_lab_time(story) == ["Uploading", "Uploading", "UploadFailed"]


def test_the_key_is_there_where_protocols_are_claimed() -> None:
    async def story(clock: Clock) -> None:
        key = {"SupportedFileTransferProtocols": (True, "FTP,HTTP")}
        assert FakeChargePoint(clock, "http", "ftp").diagnostics.keys() == key
        assert FakeChargePoint(clock).diagnostics.keys() == {}

    on_lab_time(story)
