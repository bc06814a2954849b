"""Lab time.

With an embedded SUT both ends share one event loop whose clock stands still while anything is under way and jumps to
the next timer when nothing is: a lab day costs what its frames cost, and a loaded machine turns no verdict, because
real time never enters. What counts as under way:

- bytes, ends of stream and connections between two ends of this loop, counted by ``Links`` (a kernel may deliver late);
- work outside the loop: executor jobs (so DNS too) and subprocesses by themselves, the rest by ``with clock.outside():``;
- any socket or pipe that nobody declared (``Links.tame``): a stranger holds the clock rather than turn a verdict.

Where a party lives in another process the campaign runs on wall time: an ordinary loop, the same interface.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

HELD_AT_MOST = 60.0
"""Wall seconds that something may hold the lab clock before that is reported as a harness error."""

Address = tuple[str, int]


@dataclass
class End:
    """One end of a connection of this loop: what it wrote and what it was handed, in bytes."""

    sent: int = 0
    received: int = 0
    ended: bool = False  # wrote end of stream, or closed
    told: bool = False  # was handed the other side's end of stream, or the loss of the connection
    closed: bool = False
    stalled: bool = False  # does not read, on purpose (a half-open socket)
    fileno: int = -1


class Links:
    """Which bytes are on their way between two ends of this loop."""

    def __init__(self) -> None:
        self.ends: dict[tuple[Address, Address], End] = {}
        self.listening: dict[Address, int] = {}

    def listens(self, address: Address, fileno: int) -> None:
        self.listening[address] = fileno

    def leaves(self, address: Address) -> None:
        self.listening.pop(address, None)

    def opens(self, local: Address, remote: Address, fileno: int) -> End:
        end = self.ends[local, remote] = End(fileno=fileno)
        return end

    def drop_closed(self) -> None:
        for (local, remote), end in list(self.ends.items()):
            twin = self.ends.get((remote, local))
            if end.closed and (twin is None or twin.closed):
                self.ends.pop((local, remote), None)
                self.ends.pop((remote, local), None)

    def under_way(self) -> str | None:
        """What is on its way, in words; None if nothing is."""
        for (local, remote), end in self.ends.items():
            twin = self.ends.get((remote, local))
            if twin is None:
                if not end.closed and remote in self.listening:
                    return f"a connection to port {remote[1]} waits to be accepted"
            elif not twin.closed and not twin.stalled:
                if end.sent > twin.received and not end.closed:
                    return f"{end.sent - twin.received} bytes from port {local[1]} to port {remote[1]}"
                if end.ended and not twin.told:
                    return f"the end of the stream from port {local[1]} to port {remote[1]}"
        return None

    def tame(self) -> set[int]:
        """The descriptors whose traffic is counted here."""
        return {*self.listening.values(), *(end.fileno for end in self.ends.values())}


class LabSelector(selectors.DefaultSelector):
    """Waits for I/O while something is under way; otherwise jumps the loop's clock to the next timer."""

    loop: LabLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if events or (timeout is not None and timeout <= 0):
            return events
        holder = self.loop.held_by()
        if self.loop.resting and self.loop.links.under_way() is None:
            self.loop.rested()
            return []
        if self.loop.settling and holder is None:
            self.loop.settled()
            return []
        if holder is None and timeout is not None:
            self.loop.lab_seconds += timeout
            return []
        events = super().select(HELD_AT_MOST)
        if not events and holder is not None:
            raise RuntimeError(f"the lab clock was held for {HELD_AT_MOST:.0f} s by {holder}")
        return events


def wakes(waiting: list[asyncio.Future[None]]) -> None:
    for future in waiting:
        if not future.done():
            future.set_result(None)


class LabLoop(asyncio.SelectorEventLoop):
    """An event loop on lab time."""

    def __init__(self) -> None:
        self.lab_seconds = 0.0
        self.links = Links()
        self.outside: list[str] = []
        self.resting: list[asyncio.Future[None]] = []
        self.settling: list[asyncio.Future[None]] = []
        self._processes: list[asyncio.SubprocessTransport] = []
        selector = LabSelector()
        selector.loop = self
        super().__init__(selector)
        self._own = set(selector.get_map())

    def time(self) -> float:
        return self.lab_seconds

    def held_by(self) -> str | None:
        """What keeps the clock from jumping, in words; None if nothing does."""
        if self.outside:
            return self.outside[-1]
        self._processes = [p for p in self._processes if p.get_returncode() is None]
        if self._processes:
            return f"a subprocess ({self._processes[0].get_pid()})"
        self.links.drop_closed()
        if under_way := self.links.under_way():
            return under_way
        fds = {key.fd for key in self._selector.get_map().values()}  # type: ignore[attr-defined]
        strangers = fds - self._own - self.links.tame()
        return f"descriptor {min(strangers)}, which nobody declared" if strangers else None

    def rested(self) -> None:
        """Nothing is under way between the ends of this loop."""
        resting, self.resting = self.resting, []
        wakes(resting)

    def settled(self) -> None:
        """And nobody has anything to do before some time has passed."""
        settling, self.settling = self.settling, []
        wakes(settling)

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        future = super().run_in_executor(executor, func, *args)
        if not future.done():
            job = f"an executor job ({getattr(func, '__qualname__', func)})"
            self.outside.append(job)
            future.add_done_callback(lambda _: self.outside.remove(job))
        return future

    async def subprocess_shell(self, *args: Any, **kwargs: Any) -> Any:
        transport, protocol = await super().subprocess_shell(*args, **kwargs)
        self._processes.append(transport)
        return transport, protocol

    async def subprocess_exec(self, *args: Any, **kwargs: Any) -> Any:
        transport, protocol = await super().subprocess_exec(*args, **kwargs)
        self._processes.append(transport)
        return transport, protocol


class Clock:
    """The time of one campaign: ``now()`` in seconds since it began, ``date()`` as a real date.

    On lab time the date is the real date of the beginning plus the lab seconds, so certificates and time stamps hold.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, began: datetime | None = None, since: float = 0.0) -> None:
        """``since``: seconds that the campaign has gone on for, where an earlier session of it is gone on with."""
        self.loop = loop
        self.began = began or datetime.now(UTC)
        self._zero = loop.time() - since

    @property
    def kind(self) -> Literal["lab", "wall"]:
        return "lab" if isinstance(self.loop, LabLoop) else "wall"

    @property
    def links(self) -> Links | None:
        return self.loop.links if isinstance(self.loop, LabLoop) else None

    def now(self) -> float:
        return self.loop.time() - self._zero

    def date(self) -> datetime:
        return self.began + timedelta(seconds=self.now())

    async def wait(self, seconds: float) -> None:
        """Lets ``seconds`` of this clock pass. For parties; a test case waits for a frame, or for silence."""
        await asyncio.sleep(max(0.0, seconds))

    async def rests(self) -> None:
        """Lets bytes and ends of streams that are under way arrive, without any time passing. Nothing on wall time, which knows
        no such moment."""
        if isinstance(self.loop, LabLoop):
            future = self.loop.create_future()
            self.loop.resting.append(future)
            await future

    async def settles(self) -> None:
        """Lets everybody do what there is to do now, without any time passing; nothing on wall time."""
        if isinstance(self.loop, LabLoop):
            future = self.loop.create_future()
            self.loop.settling.append(future)
            await future

    @contextmanager
    def outside(self, what: str = "work outside the loop") -> Iterator[None]:
        """Holds lab time while work goes on that the loop cannot see; nothing on wall time."""
        if not isinstance(self.loop, LabLoop):
            yield
            return
        self.loop.outside.append(what)
        try:
            yield
        finally:
            self.loop.outside.remove(what)


class Tasks:
    """The background tasks of one owner. One that dies is told to ``died`` at once and raised by ``check``."""

    def __init__(self, died: Callable[[BaseException], None] | None = None) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._died = died
        self.failure: BaseException | None = None

    def spawn(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()):
            self.fails(failure)

    def fails(self, failure: BaseException) -> None:
        """Something of this owner broke."""
        if self.failure is None:
            self.failure = failure
            if self._died:
                self._died(failure)

    def check(self) -> None:
        """Raises what a task died of."""
        if self.failure:
            failure, self.failure = self.failure, None
            raise failure

    async def cancel(self) -> None:
        """Cancels and awaits every task."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def wall_seconds() -> float:
    """Real seconds, for the run's own account; never for a verdict."""
    return time.monotonic()
