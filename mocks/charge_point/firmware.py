"""UpdateFirmware and FirmwareStatusNotification (5.19, 4.5): a zip with a manifest, really downloaded."""

from __future__ import annotations

import asyncio
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.frame import instant
from mocks.charge_point import file_transfer
from mocks.charge_point.file_transfer import Errand, Replaced, TransferFailed

if TYPE_CHECKING:
    from mocks.inch import Inch

LOOKS_AT_CLOCK = 900.0
"""Seconds after which the retrieve date is held against the clock again: it may have been put right meanwhile."""
MANIFEST = "manifest.txt"
LARGEST_MANIFEST = 10_000
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, RuntimeError)
"""What a file that is no zip, or a damaged or an encrypted one, is refused with."""
BUSY = ("Downloading", "Downloaded", "Installing")


class NotFirmware(Exception):
    """What is wrong with the file."""


def version_of(image: bytes) -> str:
    """The version that the manifest of a firmware file names. Raises NotFirmware."""
    try:
        with zipfile.ZipFile(io.BytesIO(image)) as archive, archive.open(MANIFEST) as file:
            manifest = file.read(LARGEST_MANIFEST).decode("ascii")
    except KeyError:
        raise NotFirmware(f"there is no {MANIFEST}") from None
    except BROKEN as failure:
        raise NotFirmware(str(failure) or type(failure).__name__) from failure
    named = re.search(r"^version=([\x21-\x7e]{1,50})\s*$", manifest, re.MULTILINE)  # CiString50Type (6.3)
    if not named:
        raise NotFirmware(f"{MANIFEST} names no version")
    return named[1]


class Firmware:
    """``status``: what a TriggerMessage is told, Idle unless it downloads or installs (4.5)."""

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self.status = "Idle"
        self.installation_time = 20.0
        self._errand = Errand()
        self._turn = asyncio.Lock()
        self._restarting = False
        # what a fault may change
        self.retries: Callable[[Payload], int] = file_transfer.retries  # 6.55
        self.retry_interval: Callable[[Payload], float] = file_transfer.retry_interval  # 6.55
        self.reports: Callable[[str], bool] = lambda status: True  # 4.5, erratum 3.12
        self.not_before = instant  # 5.19, 6.55: the retrieve date
        self.version_of: Callable[[bytes], str] = version_of  # 5.19, erratum 3.48
        self.download = file_transfer.download  # 5.19
        self.waits_for_transactions = True  # 5.19, erratum 3.49
        cp.handles("UpdateFirmware", self.update_firmware)

    def update_firmware(self, payload: Payload, _: Channel) -> Answer:
        """5.19; a request during an update replaces it, or follows once its restart began. The standard is silent."""
        if not self._restarting:
            self._errand.end()
        self._errand = Errand()
        self.cp.afterwards(self._update(self._errand, payload))
        return {}

    async def _update(self, errand: Errand, payload: Payload) -> None:
        async with self._turn:
            try:
                await errand.does(self._wait_for_date(payload))
                await self._tell(errand, "Downloading")
                image = await errand.does(self._fetch(payload))
                await self._tell(errand, "Downloaded")
                await self._install(errand, self.version_of(image))
                await self.cp.accepted()
                await self._tell(errand, "Installed")
            except TransferFailed as failure:
                await self._failed(errand, "DownloadFailed", failure)
            except NotFirmware as failure:
                await self._failed(errand, "InstallationFailed", failure)
            except Replaced:
                self.cp.diagnostics.note("firmware update given up")
            finally:  # the power may have gone, too
                self.status, self._restarting = "Idle", False

    async def _wait_for_date(self, payload: Payload) -> None:
        """Until the retrieve date has come on its own clock; a date that is none has come."""
        date = self.not_before(payload["retrieveDate"])
        while date and (left := (date - self.cp.now()).total_seconds()) > 0:
            await self.cp.clock.wait(min(left, LOOKS_AT_CLOCK))

    async def _fetch(self, payload: Payload) -> bytes:
        location, clock = payload["location"], self.cp.clock
        if file_transfer.scheme_of(location) not in ("", *file_transfer.claimed_protocols(self.cp.pics)):
            raise TransferFailed(f"{file_transfer.scheme_of(location)} is not supported")
        again, interval = self.retries(payload), self.retry_interval(payload)
        return await file_transfer.persistently(lambda: self.download(location, clock), again, interval, clock)

    async def _install(self, errand: Errand, version: str) -> None:
        """Once no transaction runs, and without a new one: out of service until it has restarted (erratum 3.49)."""
        cp = self.cp
        cp.out_of_service(True)
        try:
            while self.waits_for_transactions and cp.transactions.any_running():
                await errand.does(cp.transactions.all_ended())
            await self._tell(errand, "Installing")
            await errand.does(cp.clock.wait(self.installation_time))
            self._restarting = True  # from here on there is no way back
            cp.diagnostics.note(f"firmware {version} installed")
            cp.memory.firmware = version
            await cp.reboot()
        finally:
            cp.out_of_service(False)

    async def _failed(self, errand: Errand, status: str, failure: Exception) -> None:
        self.cp.diagnostics.note(f"firmware update: {failure}")
        if not errand.ended:
            await self._tell(errand, status)

    async def _tell(self, errand: Errand, status: str) -> None:
        errand.goes_on()
        self.status = status if status in BUSY else "Idle"
        if self.reports(status):
            await self.cp.tell("FirmwareStatusNotification", {"status": status})
