"""Files really move, over FTP and HTTP; what cannot be moved fails in words; lab time waits for all of it."""

from __future__ import annotations

import asyncio
import gc
import ssl
import threading
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from evconform.harness.clock import Clock, LabLoop
from evconform.harness.pics import Pics
from mocks.charge_point import file_transfer
from mocks.charge_point.file_transfer import Errand, Replaced, TransferFailed, download, upload
from tests.mocks.file_servers import (
    LOGIN,
    PASSWORD,
    Shelf,
    ftp_server,
    http_server,
    on_lab_time,
    on_wall_time,
    rude_server,
)

BOTH = pytest.mark.parametrize("run", [on_wall_time, on_lab_time], ids=["wall", "lab"])
CONTENT = bytes(range(256)) * 2000
Run = Callable[[Any], Any]


@BOTH
def test_a_file_goes_by_ftp_into_a_directory_and_comes_back(run: Run, tmp_path: Path) -> None:
    (tmp_path / "dia gnostics").mkdir()

    async def story(clock: Clock) -> bytes:
        async with ftp_server(clock, tmp_path) as place:
            await upload(f"ftp://{LOGIN}{place}/dia%20gnostics/", "log.zip", CONTENT, clock)
            return await download(f"ftp://{LOGIN}{place}/dia%20gnostics/log.zip", clock)

    assert run(story) == CONTENT
    assert (tmp_path / "dia gnostics" / "log.zip").read_bytes() == CONTENT


@BOTH
@pytest.mark.parametrize("path", ["", "/"])
def test_a_location_without_a_path_is_the_home_directory(run: Run, path: str, tmp_path: Path) -> None:
    async def story(clock: Clock) -> None:
        async with ftp_server(clock, tmp_path, anonymous=True) as place:
            await upload(f"ftp://{place}{path}", "log.zip", CONTENT, clock)

    run(story)
    assert (tmp_path / "log.zip").read_bytes() == CONTENT


@BOTH
def test_a_file_goes_by_http_and_comes_back(run: Run) -> None:
    shelf = Shelf()

    async def story(clock: Clock) -> bytes:
        async with http_server(clock, shelf) as place:
            await upload(f"http://{LOGIN}{place}/a%2Fb/", "log.zip", CONTENT, clock)
            await upload(f"http://{place}", "log.zip", b"", clock)
            shelf.files["/firmware.zip"] = CONTENT
            return await download(f"http://{place}/firmware.zip", clock)

    assert run(story) == CONTENT
    assert shelf.asked == [("PUT", "/a%2Fb/log.zip"), ("PUT", "/log.zip"), ("GET", "/firmware.zip")]
    assert CONTENT in shelf.files.values()


def test_http_logs_in_with_what_the_location_says() -> None:
    shelf = Shelf()

    async def story(clock: Clock) -> None:
        async with http_server(clock, shelf) as place:
            await upload(f"http://{LOGIN}{place}/d", "log.zip", CONTENT, clock)

    on_wall_time(story)
    assert shelf.authorization == "Basic Y3A6cEBzcy93b3Jk"  # cp:p@ss/word


def test_a_location_with_a_query_gets_a_form() -> None:
    shelf = Shelf()

    async def story(clock: Clock) -> None:
        async with http_server(clock, shelf) as place:
            await upload(f"http://{place}/take?token=1", "log.zip", b"the content", clock)

    on_wall_time(story)
    assert shelf.asked == [("POST", "/take?token=1")]
    assert b'filename="log.zip"' in shelf.files["/take"]
    assert b"the content" in shelf.files["/take"]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of its own for 127.0.0.1, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "evconform test")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    pem += key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path / "server.pem"
    file.write_bytes(pem)
    return file


def test_https_goes_to_a_server_that_is_trusted_and_to_no_other(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)

    async def story(clock: Clock) -> float:
        async with http_server(clock, shelf, tls) as place:
            with pytest.raises(TransferFailed, match="certificate verify failed"):
                await upload(f"https://{place}/d", "log.zip", CONTENT, clock)
            assert shelf.asked == []
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            await upload(f"https://{place}/d", "log.zip", CONTENT, clock)
            await clock.wait(60)
            return clock.now()

    assert on_lab_time(story) == 60
    assert shelf.files == {"/d/log.zip": CONTENT}


# ── lab time ──


async def slow_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Half a real second before the answer, out of a thread."""
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.to_thread(threading.Event().wait, 0.5)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    await writer.drain()


def test_lab_time_waits_for_a_transfer_and_goes_on_beside_an_idle_server(tmp_path: Path) -> None:
    async def story(clock: Clock) -> list[float]:
        times = []
        async with ftp_server(clock, tmp_path) as ftp, rude_server(clock, slow_http) as http:
            for _ in range(3):
                async with asyncio.timeout(0.001):  # lab seconds
                    await upload(f"ftp://{LOGIN}{ftp}", "log.zip", CONTENT, clock)
                    assert await download(f"http://{http}/f", clock) == b"ok"
                await clock.wait(86_400)
                times.append(clock.now())
        return times

    assert on_lab_time(story) == [86_400.0, 172_800.0, 259_200.0]


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


@BOTH
@pytest.mark.parametrize("scheme", ["ftp", "http"])
def test_a_server_that_says_nothing_is_given_up(run: Run, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_transfer, "PATIENCE", 0.3)

    async def story(clock: Clock) -> None:
        async with rude_server(clock, silence) as place:
            with pytest.raises(TransferFailed, match=r"upload of log\.zip was not over"):
                await upload(f"{scheme}://{place}/", "log.zip", CONTENT, clock)
            assert clock.kind == "wall" or clock.now() == 0
            await clock.wait(0.01)

    run(story)


def test_whoever_cancels_a_transfer_is_obeyed() -> None:
    async def story(clock: Clock) -> None:
        async with rude_server(clock, silence) as place:
            task = asyncio.ensure_future(upload(f"ftp://{place}/", "log.zip", CONTENT, clock))
            await clock.wait(0)
            assert isinstance(clock.loop, LabLoop)
            assert clock.loop.held_by() == "the upload of log.zip"
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await clock.wait(60)
            assert clock.now() == 60

    on_lab_time(story)


# ── bad input ──

LOCATIONS = {
    "": "names no protocol",
    "a directory": "names no protocol",
    "127.0.0.1/d": "names no protocol",
    "sftp://127.0.0.1/d": "sftp is not spoken",
    "file:///etc/passwd": "file is not spoken",
    "ftp://": "names no host",
    "ftp:///d": "names no host",
    "ftp://127.0.0.1:99999/d": "Port out of range",
    "ftp://127.0.0.1:ftp/d": "",
    "ftp://[::1/d": "Invalid IPv6",
    "ftp://a..b/d": "",
    "http://": "",
    "http:///d": "",
    "http://127.0.0.1:99999/d": "",
    "http://127.0.0.1:http/d": "",
    "http://[::1/d": "",
    "http://a..b/d": "",
    "http://127.0.0.1:1/\x00": "",
    f"http://127.0.0.1:1/{'d' * 70_000}": "",
    "ftp://127.0.0.1:1/d": "",  # refused
    "http://127.0.0.1:1/d": "",
}


@pytest.mark.parametrize("location", LOCATIONS, ids=lambda location: location[:40] or "empty")
def test_a_location_that_is_none_fails_in_words(location: str) -> None:
    async def story(clock: Clock) -> list[str]:
        words = []
        for transfer in (upload(location, "log.zip", CONTENT, clock), download(location, clock)):
            with pytest.raises(TransferFailed) as failed:
                await transfer
            words.append(str(failed.value))
        assert clock.now() == 0
        return words

    words = on_lab_time(story)
    assert all(LOCATIONS[location] in each and 5 < len(each) < 600 for each in words)


def test_a_wrong_password_fails_and_stays_hidden(tmp_path: Path) -> None:
    async def story(clock: Clock) -> str:
        async with ftp_server(clock, tmp_path) as place:
            with pytest.raises(TransferFailed) as failed:
                await upload(f"ftp://cp:se/cret@x@{place}/", "log.zip", CONTENT, clock)
            with pytest.raises(TransferFailed, match="530") as failed:
                await upload(f"ftp://cp:secret@{place}/", "log.zip", CONTENT, clock)
            with pytest.raises(TransferFailed):
                await upload(f"ftp://{place}/", "log.zip", CONTENT, clock)
            return str(failed.value)

    assert "secret" not in on_lab_time(story)
    assert list(tmp_path.iterdir()) == []
    for location in (f"ftp://cp:{PASSWORD}@h/", f"http://cp:{PASSWORD}@h/?key=p@ss"):
        assert "p@ss" not in file_transfer.shown(location)
        assert "word" not in file_transfer.shown(location)


def test_no_command_is_smuggled_into_ftp(tmp_path: Path) -> None:
    async def story(clock: Clock) -> None:
        async with ftp_server(clock, tmp_path, anonymous=True) as place:
            for location in (f"ftp://{place}/d%0D%0ADELE%20x", f"ftp://cp%0D%0AQUIT:x@{place}/"):
                with pytest.raises(TransferFailed, match="CR/LF"):
                    await upload(location, "log.zip", CONTENT, clock)

    on_lab_time(story)


def test_a_directory_that_is_not_there_fails_and_leaves_nothing_open(tmp_path: Path) -> None:
    async def story(clock: Clock) -> float:
        async with ftp_server(clock, tmp_path) as place:
            gc.disable()  # what is left open must not be closed by chance
            try:
                with pytest.raises(TransferFailed, match="550"):
                    await upload(f"ftp://{LOGIN}{place}/nowhere", "log.zip", CONTENT, clock)
                with pytest.raises(TransferFailed, match="550"):
                    await download(f"ftp://{LOGIN}{place}/nothing.zip", clock)
                await clock.wait(60)
            finally:
                gc.enable()
            for location in (f"ftp://{LOGIN}{place}", f"ftp://{LOGIN}{place}/d/"):
                with pytest.raises(TransferFailed, match="names no file"):
                    await download(location, clock)
            return clock.now()

    assert on_lab_time(story) == 60


@pytest.mark.parametrize("status", [301, 401, 404, 500])
def test_an_http_server_that_refuses_fails_the_transfer(status: int) -> None:
    shelf = Shelf()
    shelf.out_of_order = status

    async def story(clock: Clock) -> None:
        async with http_server(clock, shelf) as place:
            for transfer in (upload(f"http://{place}/d", "n", b"", clock), download(f"http://{place}/f", clock)):
                with pytest.raises(TransferFailed, match=str(status)):
                    await transfer

    on_lab_time(story)


def test_a_file_that_is_too_large_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_transfer, "LARGEST", 100_000)
    (tmp_path / "f").write_bytes(bytes(10_000_000))
    shelf = Shelf()
    shelf.files["/f"] = bytes(10_000_000)

    async def story(clock: Clock) -> float:
        async with ftp_server(clock, tmp_path) as ftp, http_server(clock, shelf) as http:
            for location in (f"ftp://{LOGIN}{ftp}/f", f"http://{http}/f"):
                with pytest.raises(TransferFailed, match="more than 100000 bytes"):
                    await download(location, clock)
            await clock.wait(60)
            return clock.now()

    assert on_lab_time(story) == 60


GARBAGE = [
    b"",
    b"\r\n",
    b"hello\r\n",
    b"\xff\xfe\r\n",
    b"220 hi\r\n" + b"x" * 200_000,
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nx",
]
IN = b"220 hi\r\n230 in\r\n200 ok\r\n"
CONFUSED = [IN + b"229 ()\r\n", IN + b"229 (|||99999|)\r\n", IN + b"502 no\r\n227 (1,2)\r\n"]
ELSEWHERE = [b"HTTP/1.1 301 Moved\r\nLocation: %s\r\n\r\n" % there for there in (b"ftp://h/", b"http://127.0.0.1:99999/", b"//[")]


@pytest.mark.parametrize("said", [*GARBAGE, *CONFUSED, *ELSEWHERE], ids=lambda said: ascii(said[-20:]))
@pytest.mark.parametrize("scheme", ["ftp", "http"])
def test_a_server_that_speaks_something_else_fails_the_transfer(scheme: str, said: bytes) -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()

    async def story(clock: Clock) -> None:
        async with rude_server(clock, serve) as place:
            with pytest.raises(TransferFailed):
                await download(f"{scheme}://{place}/f", clock)

    on_wall_time(story)


# ── what is claimed, and how often ──


def claims(protocols: list[str] | None) -> Pics:
    return Pics({"GetDiagnostics": True, "UpdateFirmware": False}, sections={"diagnostics": {"protocols": protocols}})


def test_the_key_says_what_the_pics_claims_and_we_speak() -> None:
    assert file_transfer.keys(claims(["http", "sftp", "ftp"])) == {"SupportedFileTransferProtocols": (True, "FTP,HTTP")}
    assert file_transfer.keys(claims(None)) == {}
    assert file_transfer.keys(Pics({"GetDiagnostics": False, "UpdateFirmware": False})) == {}


def test_numbers_out_of_reason_are_bounded() -> None:
    assert file_transfer.retries({}) == 2
    assert file_transfer.retries({"retries": -1}) == 0
    assert file_transfer.retry_interval({}) == 60
    assert file_transfer.retry_interval({"retryInterval": -1}) == 1
    assert file_transfer.retry_interval({"retryInterval": 10**400}) == file_transfer.LONGEST_WAIT


@pytest.mark.parametrize(("again", "worked", "attempts", "took"), [(0, False, 1, 0), (2, False, 3, 20), (2, True, 2, 10)])
def test_it_tries_again_after_the_interval(again: int, worked: bool, attempts: int, took: float) -> None:
    tries: list[float] = []

    async def story(clock: Clock) -> float:
        async def attempt() -> str:
            tries.append(clock.now())
            if len(tries) == 2 and worked:
                return "there"
            raise TransferFailed("no")

        if worked:
            assert await file_transfer.persistently(attempt, again, 10, clock) == "there"
        else:
            with pytest.raises(TransferFailed):
                await file_transfer.persistently(attempt, again, 10, clock)
        return clock.now()

    assert on_lab_time(story) == took
    assert len(tries) == attempts


def test_an_errand_that_was_ended_does_nothing_more() -> None:
    async def story(clock: Clock) -> None:
        errand = Errand()
        assert await errand.does(asyncio.to_thread(int, "1")) == 1
        work: Coroutine[Any, Any, None] = clock.wait(60)
        task = asyncio.ensure_future(errand.does(work))
        await clock.wait(1)
        errand.end()
        with pytest.raises(Replaced):
            await task
        with pytest.raises(Replaced):
            await errand.does(clock.wait(60))
        with pytest.raises(Replaced):
            errand.goes_on()
        assert clock.now() == 1

    on_lab_time(story)
