"""Lab time: it jumps when nothing is under way, and stands still for whatever is."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from evconform.harness import clock as clock_module
from evconform.harness.clock import Clock, LabLoop, Tasks

DAY = 86_400.0


def spin(seconds: float) -> None:
    """Takes real time, in a thread."""
    threading.Event().wait(seconds)


async def elapsed(work: Awaitable[Any]) -> float:
    """The lab seconds that ``work`` took."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await work
    return loop.time() - began


def test_a_day_of_waits_takes_a_day_of_lab_time(loop: LabLoop) -> None:
    clock = Clock(loop)

    async def day() -> None:
        for _ in range(24):
            await clock.wait(3600)

    loop.run_until_complete(day())
    assert clock.now() == DAY
    assert (clock.date() - clock.began).total_seconds() == DAY


class Echo(asyncio.Protocol):
    """One end of a counted connection: answers every byte, or counts the answers."""

    def __init__(self, clock: Clock, answers: bool) -> None:
        self.clock, self.answers, self.heard = clock, answers, asyncio.Event()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        local, remote = transport.get_extra_info("sockname"), transport.get_extra_info("peername")
        assert self.clock.links is not None
        self.end = self.clock.links.opens(local, remote, transport.get_extra_info("socket").fileno())

    def write(self, data: bytes) -> None:
        self.end.sent += len(data)
        self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        self.end.received += len(data)
        self.write(data) if self.answers else self.heard.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.end.told = self.end.ended = self.end.closed = True


async def pair_of(clock: Clock) -> tuple[Echo, asyncio.Server]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Echo(clock, True), "127.0.0.1", 0)
    listening = server.sockets[0]
    assert clock.links is not None
    clock.links.listens(listening.getsockname(), listening.fileno())
    _, client = await loop.create_connection(lambda: Echo(clock, False), *listening.getsockname())
    return client, server


def test_a_day_over_a_real_socket_costs_no_lab_time_but_its_waits(loop: LabLoop) -> None:
    clock = Clock(loop)

    async def day() -> list[float]:
        client, server = await pair_of(clock)
        answered = []
        for _ in range(288):
            await clock.wait(300)
            client.heard.clear()
            client.write(b"heartbeat")
            async with asyncio.timeout(0.001):
                await client.heard.wait()
            answered.append(clock.now())
        client.transport.abort()
        server.close()
        await clock.wait(1)  # both ends learn that it is over
        return answered

    assert loop.run_until_complete(day()) == [300.0 * n for n in range(1, 289)]


def test_a_half_open_socket_does_not_hold_the_clock(loop: LabLoop) -> None:
    clock = Clock(loop)

    async def scenario() -> float:
        client, server = await pair_of(clock)
        client.end.stalled = True
        client.transport.pause_reading()
        client.write(b"never read")
        took = await elapsed(clock.wait(60))
        client.transport.abort()
        server.close()
        await clock.wait(1)  # both ends learn that it is over
        return took

    assert loop.run_until_complete(scenario()) == 60


def in_executor(loop: LabLoop) -> Coroutine[Any, Any, Any]:
    async def work() -> None:
        await loop.run_in_executor(None, spin, 0.3)

    return work()


def in_a_thread(loop: LabLoop) -> Coroutine[Any, Any, Any]:
    return asyncio.to_thread(spin, 0.3)


async def outside(loop: LabLoop) -> None:
    """A thread that nobody but ``outside`` knows of."""
    done = asyncio.Event()
    with Clock(loop).outside():
        threading.Timer(0.3, loop.call_soon_threadsafe, [done.set]).start()
        await done.wait()


async def subprocess(loop: LabLoop) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "import threading; threading.Event().wait(0.3)")
    assert await process.wait() == 0


async def subprocess_with_pipes(loop: LabLoop) -> None:
    script = "import sys, threading; threading.Event().wait(0.3); print(sys.stdin.read())"
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdin=pipe, stdout=pipe)
    assert await process.communicate(b"said") == (b"said\n", None)


async def shell(loop: LabLoop) -> None:
    process = await asyncio.create_subprocess_shell(f"{sys.executable} -c 'import threading; threading.Event().wait(0.3)'")
    assert await process.wait() == 0


async def getaddrinfo(loop: LabLoop) -> None:
    assert await loop.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)


async def undeclared_socket(loop: LabLoop) -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    threading.Timer(0.3, theirs.send, [b"late"]).start()
    assert await loop.sock_recv(ours, 10) == b"late"
    ours.close()
    theirs.close()


WORK: list[Callable[[LabLoop], Coroutine[Any, Any, Any]]] = [
    *(in_executor, in_a_thread, outside, subprocess, subprocess_with_pipes, shell, getaddrinfo, undeclared_socket)
]


@pytest.mark.parametrize("work", WORK, ids=lambda w: w.__name__)
def test_the_clock_stands_still_for_work_outside_the_loop(loop: LabLoop, work: Callable[[LabLoop], Any]) -> None:
    """Beside it a timer waits to be jumped to, and a time-out of a lab second does not fire though real time passes."""

    async def scenario() -> float:
        timer = loop.call_later(DAY, lambda: None)
        async with asyncio.timeout(1):
            took = await elapsed(work(loop))
        timer.cancel()
        return took

    assert loop.run_until_complete(scenario()) == 0
    assert loop.held_by() is None


def test_the_clock_goes_on_after_work_that_failed(loop: LabLoop) -> None:
    async def scenario() -> float:
        with pytest.raises(ZeroDivisionError):
            await loop.run_in_executor(None, lambda: 1 // 0)
        with pytest.raises(ZeroDivisionError), Clock(loop).outside():
            raise ZeroDivisionError
        return await elapsed(Clock(loop).wait(60))

    assert loop.run_until_complete(scenario()) == 60


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_module, "HELD_AT_MOST", 0.2)


@pytest.mark.usefixtures("impatient")
def test_a_holder_that_never_lets_go_is_named(loop: LabLoop) -> None:
    async def scenario() -> None:
        with Clock(loop).outside("the store's commit"):
            await loop.create_future()

    with pytest.raises(RuntimeError, match=r"held for .* by the store's commit"):
        loop.run_until_complete(scenario())


@pytest.mark.usefixtures("impatient")
def test_an_undeclared_socket_that_stays_silent_is_named(loop: LabLoop) -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with pytest.raises(RuntimeError, match=f"by descriptor {ours.fileno()}, which nobody declared"):
        loop.run_until_complete(asyncio.wait_for(loop.sock_recv(ours, 1), 5))
    loop.remove_reader(ours)
    ours.close()
    theirs.close()


def test_wall_time_is_an_ordinary_loop_with_the_same_interface() -> None:
    loop = asyncio.new_event_loop()
    clock = Clock(loop)
    with clock.outside():
        loop.run_until_complete(clock.wait(0))
    loop.close()
    assert (clock.kind, clock.links) == ("wall", None)
    assert clock.now() >= 0


def test_a_background_task_that_dies_is_told_at_once_and_raised_once(loop: LabLoop) -> None:
    told: list[BaseException] = []

    async def dies() -> None:
        raise KeyError("gone")

    async def scenario() -> None:
        tasks = Tasks(told.append)
        await asyncio.wait([tasks.spawn(dies())])
        assert [type(error) for error in told] == [KeyError]
        with pytest.raises(KeyError):
            tasks.check()
        tasks.check()

    loop.run_until_complete(scenario())


def test_a_cancelled_background_task_has_not_died(loop: LabLoop) -> None:
    told: list[BaseException] = []

    async def scenario() -> None:
        tasks = Tasks(told.append)
        task = tasks.spawn(asyncio.Event().wait())  # type: ignore[arg-type]
        await tasks.cancel()
        assert task.cancelled()

    loop.run_until_complete(scenario())
    assert told == []


def test_who_rests_waits_for_what_is_under_way_and_no_time_passes(loop: LabLoop) -> None:
    clock = Clock(loop)

    async def scenario() -> list[bool]:
        client, server = await pair_of(clock)
        client.write(b"x")
        heard = [client.heard.is_set()]
        with clock.outside("work that goes on"):
            await clock.rests()
        heard.append(client.heard.is_set())
        client.transport.abort()
        server.close()
        await clock.rests()
        return heard

    assert loop.run_until_complete(scenario()) == [False, True]
    assert clock.now() == 0


def test_who_settles_waits_for_those_who_rest(loop: LabLoop) -> None:
    clock = Clock(loop)

    async def scenario() -> bool:
        client, server = await pair_of(clock)

        async def speaks() -> None:
            for _ in range(3):
                await clock.rests()
                client.write(b"x")

        speaking = asyncio.ensure_future(speaks())
        await clock.settles()
        all_heard = client.heard.is_set() and speaking.done()
        client.transport.abort()
        server.close()
        await clock.settles()
        return all_heard

    assert loop.run_until_complete(scenario())
    assert clock.now() == 0


def test_on_wall_time_nobody_rests() -> None:
    with asyncio.Runner() as runner:
        runner.run(Clock(runner.get_loop()).rests())
        runner.run(Clock(runner.get_loop()).settles())
