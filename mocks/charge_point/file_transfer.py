"""File transfer between a charge point and wherever the central system says (8): FTP, HTTP and HTTPS.

Lab time stands still during a transfer, so it is real time that bounds one.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar
from urllib.parse import SplitResult, quote, unquote, urlsplit

import aioftp
import httpx

from evconform.harness.clock import Clock
from evconform.harness.pics import Pics
from evconform.ocpp.channel import Payload

T = TypeVar("T")
PATIENCE = 45.0
"""Real seconds for one transfer; below what may hold the lab clock."""
LARGEST = 64 * 2**20
"""Bytes that a charge point has room for."""
LONGEST_WAIT = 366 * 86_400


class TransferFailed(Exception):
    """Why, in words that hold no password."""


async def upload(location: str, name: str, content: bytes, clock: Clock) -> None:
    """Puts a file into the directory ``location``. Raises TransferFailed.

    Over HTTP it is a PUT of location/name. A location with a query is no directory but something that takes files: it
    gets a POST of a form with one file, as a browser sends it."""
    carries = {"ftp": ftp_upload, "http": http_upload, "https": http_upload}
    work = carries[spoken(location)](location, name, content)
    await in_real_time(work, f"the upload of {name}", clock)


async def download(location: str, clock: Clock) -> bytes:
    """The file at ``location``. Raises TransferFailed."""
    carries = {"ftp": ftp_download, "http": http_download, "https": http_download}
    return await in_real_time(carries[spoken(location)](location), f"the download from {shown(location)}", clock)


# ── locations ──

SPOKEN = ("ftp", "http", "https")


def claimed_protocols(pics: Pics) -> list[str]:
    """What the PICS claims and this charge point speaks; all that it speaks if the PICS does not say."""
    claimed = pics.sections.get("diagnostics", {}).get("protocols") or SPOKEN
    return [protocol for protocol in SPOKEN if protocol in claimed]


def keys(pics: Pics) -> dict[str, tuple[bool, str]]:
    """SupportedFileTransferProtocols (9.5 of the errata, optional): there, if the PICS says which."""
    moves_files = pics["GetDiagnostics"] or pics["UpdateFirmware"]
    if not moves_files or not pics.sections.get("diagnostics", {}).get("protocols"):
        return {}
    return {"SupportedFileTransferProtocols": (True, ",".join(claimed_protocols(pics)).upper())}


def scheme_of(location: str) -> str:
    """The protocol that a location names; empty if it names none."""
    found = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*):", location)
    return found[1].lower() if found else ""


def spoken(location: str) -> str:
    scheme = scheme_of(location)
    if scheme not in SPOKEN:
        raise TransferFailed(f"{scheme} is not spoken" if scheme else "the location names no protocol")
    return scheme


def shown(location: str) -> str:
    """A location without user name, password and query."""
    return re.sub(r"//.*@", "//", location.partition("?")[0])[:200]


# ── how long, and how often ──


async def in_real_time(work: Coroutine[Any, Any, T], what: str, clock: Clock) -> T:
    """Holds lab time for ``work``, at most PATIENCE. Raises TransferFailed."""
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    timer = threading.Timer(PATIENCE, loop.call_soon_threadsafe, [task.cancel])
    timer.daemon = True
    timer.start()
    try:
        with clock.outside(what):
            return await task
    except asyncio.CancelledError:
        if is_being_cancelled():
            raise
        raise TransferFailed(f"{what} was not over after {PATIENCE:.0f} s") from None
    finally:
        timer.cancel()


def is_being_cancelled() -> bool:
    """Whether it is this very task that was cancelled, and not what it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def retries(payload: Payload) -> int:
    """How often a transfer is tried again (6.25, 6.55, erratum 3.50); without a word from the central system, twice."""
    return max(0, int(payload.get("retries", 2)))


def retry_interval(payload: Payload) -> float:
    """Seconds between two attempts; not none, so that no number of retries is a busy loop."""
    return float(min(max(1, payload.get("retryInterval", 60)), LONGEST_WAIT))


async def persistently(attempt: Callable[[], Awaitable[T]], again: int, interval: float, clock: Clock) -> T:
    """Tries, and tries ``again`` so many times. Raises the last TransferFailed."""
    while True:
        try:
            return await attempt()
        except TransferFailed:
            if again <= 0:
                raise
        again -= 1
        await clock.wait(interval)


class Replaced(Exception):
    """A newer request ended this errand."""


class Errand:
    """Something lengthy for the central system. What it ``does`` can be ended; a CALL of it cannot, since the next one
    has to wait for its answer (OCPP-J 4.1.1)."""

    def __init__(self) -> None:
        self.ended = False
        self._work: asyncio.Future[Any] | None = None

    def end(self) -> None:
        self.ended = True
        if self._work:
            self._work.cancel()

    def goes_on(self) -> None:
        """Raises Replaced if it does not."""
        if self.ended:
            raise Replaced

    async def does(self, work: Coroutine[Any, Any, T]) -> T:
        """One interruptible stretch of it. Raises Replaced."""
        if self.ended:
            work.close()
            raise Replaced
        self._work = task = asyncio.get_running_loop().create_task(work)
        try:
            return await task
        except asyncio.CancelledError:
            if is_being_cancelled() or not self.ended:
                raise
            raise Replaced from None
        finally:
            self._work = None


# ── FTP ──


class Ftp(aioftp.Client):
    """Closes its data connections itself: the library leaves one open, for ever, when the command after it is refused."""

    def __init__(self) -> None:
        super().__init__()
        self.data: list[asyncio.StreamWriter] = []

    async def get_passive_connection(
        self, conn_type: Any = "I", commands: Sequence[str] | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await super().get_passive_connection(conn_type, commands)
        self.data.append(writer)
        return reader, writer

    def close(self) -> None:
        super().close()
        for writer in self.data:
            writer.close()


FTP_FAILURES = (aioftp.AIOFTPException, OSError, EOFError, ValueError, LookupError, OverflowError)
"""The last four: an answer that is none, or names a port that is none."""


async def over_ftp(location: str, work: Callable[[Ftp, str], Awaitable[T]]) -> T:
    """Logs in, and does ``work`` with the path: below the home directory, from the root if it begins with %2F (RFC 1738)."""
    ftp = Ftp()
    try:
        place = urlsplit(location)
        await ftp.connect(host_of(place), place.port or 21)
        user = (unquote(place.username), unquote(place.password or "")) if place.username else ()
        await ftp.login(*user)
        done = await work(ftp, unquote(place.path.removeprefix("/")))
        await ftp.quit()
    except FTP_FAILURES as failure:
        raise TransferFailed(f"{shown(location)}: {words_of(failure)}") from failure
    finally:
        ftp.close()
    return done


def host_of(place: SplitResult) -> str:
    if not place.hostname:
        raise ValueError("the location names no host")
    return place.hostname


def words_of(failure: Exception) -> str:
    if isinstance(failure, aioftp.StatusCodeError):
        return " ".join((*failure.received_codes, *failure.info))
    if isinstance(failure, ExceptionGroup):
        return words_of(failure.exceptions[0])
    return str(failure) or type(failure).__name__


async def ftp_upload(location: str, name: str, content: bytes) -> None:
    async def store(ftp: Ftp, directory: str) -> None:
        path = f"{directory.rstrip('/')}/{name}" if directory else name
        async with ftp.upload_stream(path) as stream:
            await stream.write(content)

    await over_ftp(location, store)


async def ftp_download(location: str) -> bytes:
    async def retrieve(ftp: Ftp, path: str) -> bytes:
        if not path or path.endswith("/"):
            raise ValueError("the location names no file")
        content = bytearray()
        async with ftp.download_stream(path) as stream:
            async for block in stream.iter_by_block():
                content += block
                has_room(content)
        return bytes(content)

    return await over_ftp(location, retrieve)


def has_room(content: bytearray) -> None:
    if len(content) > LARGEST:
        raise TransferFailed(f"the file has more than {LARGEST} bytes")


# ── HTTP ──


def http_client() -> httpx.AsyncClient:
    """No time-outs of its own, and no proxy or password out of the environment."""
    return httpx.AsyncClient(verify=ssl.create_default_context(), trust_env=False, timeout=None)


def succeeded(response: httpx.Response) -> None:
    if not response.is_success:
        raise TransferFailed(f"{shown(str(response.url))}: {response.status_code} {response.reason_phrase}")


HTTP_FAILURES = (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, ExceptionGroup)
"""The group: anyio hands on a port that is none in one."""


async def http_upload(location: str, name: str, content: bytes) -> None:
    try:
        url = httpx.URL(location)
        async with http_client() as client:
            if url.query:
                request = client.build_request("POST", url, files={"file": (name, content)})
            else:
                directory = url.raw_path.partition(b"?")[0].rstrip(b"/")
                url = url.copy_with(raw_path=directory + b"/" + quote(name).encode("ascii"))
                request = client.build_request("PUT", url, content=content)
            succeeded(await client.send(request, stream=True))  # whatever it says besides is left unread
    except HTTP_FAILURES as failure:
        raise TransferFailed(f"{shown(location)}: {words_of(failure)}") from failure


async def http_download(location: str) -> bytes:
    content = bytearray()
    try:
        async with http_client() as client, client.stream("GET", location, follow_redirects=True) as response:
            succeeded(response)
            async for block in response.aiter_bytes():
                content += block
                has_room(content)
    except HTTP_FAILURES as failure:
        raise TransferFailed(f"{shown(location)}: {words_of(failure)}") from failure
    return bytes(content)
