"""GetDiagnostics and DiagnosticsStatusNotification (5.9, 4.4): a zip of ASCII files, really uploaded."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.frame import instant
from mocks.charge_point import file_transfer
from mocks.charge_point.file_transfer import Errand, Replaced, TransferFailed

if TYPE_CHECKING:
    from mocks.inch import Inch

KEPT = 10_000
"""Entries of the event log."""
EVER = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
SECRET_KEYS = {"authorizationkey"}


class Diagnostics:
    """``status``: what a TriggerMessage is told, Idle whenever nothing is being uploaded (4.4)."""

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self.status = "Idle"
        self.events: deque[tuple[datetime, str]] = deque(maxlen=KEPT)
        self.requests = 0
        self._errand = Errand()
        self._turn = asyncio.Lock()
        # what a fault may change
        self.retries: Callable[[Payload], int] = file_transfer.retries  # 6.25, erratum 3.50
        self.retry_interval: Callable[[Payload], float] = file_transfer.retry_interval  # 6.25
        self.reports: Callable[[str], bool] = lambda status: True  # 4.4, erratum 3.31
        self.upload = file_transfer.upload  # 5.9
        cp.handles("GetDiagnostics", self.get_diagnostics)

    def keys(self) -> dict[str, tuple[bool, str]]:
        return file_transfer.keys(self.cp.pics)

    def note(self, text: str) -> None:
        """Adds to the event log."""
        self.events.append((self.cp.now(), text))

    # ── what the central system asks ──

    def get_diagnostics(self, payload: Payload, _: Channel) -> Answer:
        """5.9; a request during an upload replaces it, on which the standard is silent."""
        since, until = self.window(payload)
        if not self.can_reach(payload["location"]) or not self.has_something(since, until):
            return {}
        self._errand.end()
        self._errand = Errand()
        self.requests += 1
        name = self.file_name()
        self.cp.afterwards(self._upload(self._errand, name, payload))
        return {"fileName": name}

    def window(self, payload: Payload) -> tuple[datetime, datetime]:
        return instant(payload.get("startTime")) or EVER[0], instant(payload.get("stopTime")) or EVER[1]

    def can_reach(self, location: str) -> bool:
        """Whether the location may be tried: not if it names a protocol that the PICS does not claim."""
        scheme = file_transfer.scheme_of(location)
        return not scheme or scheme in file_transfer.claimed_protocols(self.cp.pics)

    def has_something(self, since: datetime, until: datetime) -> bool:
        """Whether there can be diagnostics of that time: it is not empty, not to come, and not before the log begins."""
        log_begins = self.events[0][0] if self.events else EVER[0]
        return log_begins <= until and since <= min(until, self.cp.now())

    def file_name(self) -> str:
        """A name of its own for each request, safe in a path and in a CiString255."""
        identity = re.sub(r"[^A-Za-z0-9_-]", "_", self.cp.site.identity)[:100]
        return f"diagnostics-{identity}-{self.cp.now().astimezone(UTC):%Y%m%dT%H%M%SZ}-{self.requests}.zip"

    # ── the upload ──

    async def _upload(self, errand: Errand, name: str, payload: Payload) -> None:
        """One errand at a time: one that was replaced is over before the next one reports."""
        async with self._turn:
            try:
                await self._tell(errand, "Uploading")
                await self._tell(errand, await errand.does(self._carry(name, payload)))
            except Replaced:
                self.note(f"{name}: given up")
            finally:  # the power may have gone, too
                self.status = "Idle"

    async def _carry(self, name: str, payload: Payload) -> str:
        """Tries until the file is there, or there is no retry left; the status that this ends in."""
        clock, location = self.cp.clock, payload["location"]
        again, interval = self.retries(payload), self.retry_interval(payload)
        content = self.archive(*self.window(payload))
        try:
            await file_transfer.persistently(lambda: self.upload(location, name, content, clock), again, interval, clock)
        except TransferFailed as failure:
            self.note(f"{name}: {failure}")
            return "UploadFailed"
        self.note(f"{name}: uploaded to {file_transfer.shown(location)}")
        return "Uploaded"

    async def _tell(self, errand: Errand, status: str) -> None:
        errand.goes_on()
        self.status = status if status == "Uploading" else "Idle"
        if self.reports(status):
            await self.cp.tell("DiagnosticsStatusNotification", {"status": status})

    # ── the file ──

    def archive(self, since: datetime, until: datetime) -> bytes:
        now = self.cp.now()
        stamp = max(now.timetuple()[:6], (1980, 1, 1, 0, 0, 0))  # zip knows no earlier date
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in self.files(since, until).items():
                info = zipfile.ZipInfo(name, stamp)
                archive.writestr(info, text.encode("ascii", "backslashreplace"), zipfile.ZIP_DEFLATED)
        return made.getvalue()

    def files(self, since: datetime, until: datetime) -> dict[str, str]:
        """Name to text; without what is secret."""
        cp = self.cp
        model = cp.pics.sections.get("model", {})
        system = {
            "identity": cp.site.identity,
            "vendor": model.get("vendor", ""),
            "model": model.get("model", ""),
            "firmware": cp.memory.firmware or model.get("firmware", ""),
            "connectors": ",".join(map(str, cp.connectors)),
            "time": cp.time_stamp(cp.now()),
        }
        settings = {key: cp.configuration.text(key) for key in cp.configuration.keys if key.lower() not in SECRET_KEYS}
        events = "".join(f"{cp.time_stamp(moment)} {text}\n" for moment, text in self.events if since <= moment <= until)
        return {"system.txt": lines(system), "configuration.txt": lines(settings), "events.log": events}


def lines(values: dict[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in values.items())
