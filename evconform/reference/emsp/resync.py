"""Getting in sync again: after a registration, after an outage of a partner or of ours, and every now and then (OCPI 2.2.1,
transport_and_format: pull; no message is kept for who could not be reached, so the side that missed it pulls)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from evconform.reference.emsp.pulling import MODULES
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.records import Partner
from evconform.reference.store import NotStored

if TYPE_CHECKING:
    from evconform.reference.emsp.emsp import Emsp

SERVER_ERRORS = 3
"""The range of OCPI's codes in which the partner says that it has trouble (status_codes)."""
TURNED_AWAY_AT_MOST = 3
"""Times that a 401 counts as *not yet*: a partner that registers with us knows our token only once it has our answer."""

SPLAY = 1.1


class Resync:
    """A partner that is behind is asked again, at first soon, then less and less often. What a fault may change stands as
    attributes; seconds."""

    def __init__(self, emsp: Emsp) -> None:
        self.emsp = emsp
        self.begins_after = 1.0
        """After a registration, whose answer is still on its way."""
        self.first_after = 5.0
        self.most_after = 600.0
        self.resyncs = True
        self.behind: dict[str, set[str]] = {}
        """Id of a partner to the modules that it has to be asked for."""
        self._called: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def watches(self, event: str, partner: Partner) -> None:
        """A partner registered, renewed that, or left."""
        if event == "registered":
            self.catches_up(partner, after=self.begins_after)
        else:
            self.behind.pop(partner.id, None)
            self._spawn(self._forgets(partner))

    def failed(self, partner: Partner, module: str, failed: Failed) -> None:
        """A pull failed; if that may pass, it is tried again."""
        if passes(failed):
            self.catches_up(partner, module, after=self.first_after)

    def heard(self, partner: Partner) -> None:
        """A partner asks us something, so it is there again."""
        if partner.id in self._called:
            self._called[partner.id].set()

    def catches_up(self, partner: Partner, *modules: str, after: float = 0.0) -> None:
        """Pulls these modules, or all, in ``after`` seconds, and until that has come to something."""
        if not self.resyncs:
            return
        running = partner.id in self._called
        self.behind.setdefault(partner.id, set()).update(modules or MODULES)
        if running:
            self.heard(partner)
        else:
            self._called[partner.id] = asyncio.Event()
            self._spawn(self._runs(partner, after))

    def polls(self, every: float) -> None:
        """Asks every partner once in ``every`` seconds and a bit, for not all shall ask at once (pull and push)."""
        self._spawn(self._polls(every))

    async def _polls(self, every: float) -> None:
        while True:
            await self.emsp.clock.wait(every * random.uniform(1, SPLAY))
            for partner in self.emsp.platform.partners.registered:
                self.catches_up(partner)

    async def close(self) -> None:
        """Tries nothing again."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.difference_update(tasks)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = self.emsp.tasks.spawn(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _runs(self, partner: Partner, after: float) -> None:
        turned_away = 0
        try:
            while self.behind.get(partner.id) and self.emsp.is_registered(partner):
                await self._waits(partner, after)
                turned_away += await self._tries(partner, turned_away < TURNED_AWAY_AT_MOST)
                after = min(max(2 * after, self.first_after), self.most_after)
        finally:
            self._called.pop(partner.id, None)

    async def _waits(self, partner: Partner, seconds: float) -> None:
        """Until the time has come, or the partner is heard of, but for a moment at least."""
        called, least = self._called[partner.id], min(seconds, self.begins_after)
        await self.emsp.clock.wait(least)
        called.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds - least):
                await called.wait()

    async def _tries(self, partner: Partner, patient: bool) -> bool:
        """Each module that it is behind with. Whether it did not know us."""
        turned_away = False
        for module in sorted(self.behind.get(partner.id, ())):
            if not self.emsp.is_registered(partner):
                return False
            try:
                await self.emsp.pulling.catches_up(partner, module)
            except Failed as failed:
                turned_away = failed.way == "unauthorized"
                if passes(failed) or (turned_away and patient):
                    continue
            except NotStored:
                continue
            self.behind.get(partner.id, set()).discard(module)
        return turned_away

    async def _forgets(self, partner: Partner) -> None:
        try:
            await self.emsp.pulling.forgets(partner)
        except NotStored:
            return  # forgotten when the store is opened again


def passes(failed: Failed) -> bool:
    """Whether a call that failed may do better later."""
    busy = failed.http == HTTPStatus.TOO_MANY_REQUESTS or failed.http >= HTTPStatus.INTERNAL_SERVER_ERROR
    return failed.way in ("unreachable", "timed-out") or busy or failed.code // 1000 == SERVER_ERRORS
