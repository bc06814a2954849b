"""CPU of one end for one validated MeterValues round trip: our central system, wire log on, against a bare echo.

Two server processes, ``echo`` (``websockets`` on asyncio, compression off, sends back what it hears) and ``ours``
(CentralSystemEndpoint with its WireLog on disk, every CALL validated, no judge), and one client, this process, the same for
both: a few connections, one CALL in flight on each. The number is the server's own CPU, user and system, over the round
trips; rounds alternate, and each ratio is of two neighbours. Loopback only.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import io
import json
import os
import platform
import pstats
import resource
import selectors
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

AT_MOST = 3.0
"""The target: our end costs at most so many echoes."""
VARIANTS = ("echo", "ours")
ALSO = ("ours, no log",)
"""Measured beside them on request: what the wire log costs."""
OCPP = Subprotocol("ocpp1.6")
SECONDS_AT_MOST = 300.0
WARM_UP = 200

SAMPLED = (
    {"value": "1234.5", "context": "Sample.Periodic", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
    {"value": "16.0", "context": "Sample.Periodic", "measurand": "Current.Import", "phase": "L1", "unit": "A"},
    {"value": "230.1", "context": "Sample.Periodic", "measurand": "Voltage", "phase": "L1", "unit": "V"},
    {"value": "42", "context": "Sample.Periodic", "measurand": "SoC", "unit": "Percent", "location": "EV"},
)
METER_VALUES: dict[str, Any] = {
    "connectorId": 1,
    "transactionId": 4711,
    "meterValue": [{"timestamp": f"2026-01-01T12:00:{second}Z", "sampledValue": SAMPLED} for second in ("00", "30")],
}
"""8 sampled values."""


# ── the servers, each a process of its own ──


async def serve_echo(_: Path) -> tuple[int, None]:
    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    server = await serve(echo, "127.0.0.1", 0, compression=None, ping_interval=None, subprotocols=[OCPP])
    return next(iter(server.sockets)).getsockname()[1], None


async def serve_ours(log: Path, logged: bool = True) -> tuple[int, Any]:
    from evconform.harness.clock import Clock, Tasks
    from evconform.harness.wire import WireLog
    from evconform.ocpp.central_system import CentralSystemEndpoint

    clock = Clock(asyncio.get_running_loop())
    wire = WireLog(log, clock) if logged else None
    endpoint = CentralSystemEndpoint(clock, Tasks(), wire)
    endpoint.handlers["MeterValues"] = lambda payload, channel: {}
    url = await endpoint.listen("ws://127.0.0.1:0/ocpp")
    return int(url.rsplit(":", 1)[1].split("/")[0]), wire


async def run_server(variant: str, log: Path) -> None:
    """Prints the port; answers each line on stdin with the CPU used so far and the frames logged; ends with stdin."""
    port, wire = await (serve_echo(log) if variant == "echo" else serve_ours(log, logged=variant == "ours"))
    asked = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    print(port, flush=True)
    profile = cProfile.Profile(time.process_time)
    while line := await asked.readline():
        profile.disable()
        used = resource.getrusage(resource.RUSAGE_SELF)
        answer: dict[str, Any] = {"cpu": used.ru_utime + used.ru_stime, "frames": wire.n if wire else 0}
        if line == b"profile\n":
            answer["profile"] = top(profile)
        print(json.dumps(answer), flush=True)
        if line == b"start profile\n":
            profile.enable()


def top(profile: cProfile.Profile, lines: int = 15) -> str:
    """The functions with the most own time, as pstats prints them, paths cut."""
    text = io.StringIO()
    pstats.Stats(profile, stream=text).strip_dirs().sort_stats("tottime").print_stats(lines)
    return text.getvalue()


# ── the client ──


class Awake(selectors.DefaultSelector):
    """Never sleeps: to wake a client that waits costs the server more the slower it is, and on a virtual machine more than
    all its TCP. So neither server pays for that."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(0)


def run(coroutine: Coroutine[Any, Any, Any], awake: bool = True) -> Any:
    """Runs the client's side."""
    selector = Awake() if awake else None
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        return runner.run(coroutine)


@dataclass
class Server:
    """A server process, asked through its pipes."""

    variant: str
    process: asyncio.subprocess.Process
    port: int
    us: list[float] = field(default_factory=list)
    """CPU microseconds for a round trip, one figure for each round."""

    async def asks(self, what: str = "cpu") -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(what.encode() + b"\n")
        answer: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return answer


@asynccontextmanager
async def started(variant: str, folder: Path) -> AsyncIterator[Server]:
    words = (sys.executable, __file__, "--serve", variant, "--log", str(folder / "wire.jsonl"))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, limit=2**20)
    assert process.stdin
    assert process.stdout
    try:
        yield Server(variant, process, int(await process.stdout.readline()))
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def trips(connection: ClientConnection, name: str, count: int, echo: bool) -> None:
    """``count`` round trips on one connection, one in flight; every answer is checked."""
    before, after = '[2,"', f'","MeterValues",{json.dumps(METER_VALUES, separators=(",", ":"))}]'
    for i in range(count):
        message_id = f"{name}-{i:08d}"
        sent = f"{before}{message_id}{after}"
        await connection.send(sent)
        heard = await connection.recv()
        if heard != (sent if echo else f'[3,"{message_id}",{{}}]'):
            raise AssertionError(f"{sent[:60]} … was answered by {heard[:200]!r}")


async def measure(server: Server, count: int, connections: int) -> float:
    """CPU microseconds of the server for one round trip, dialling and warming up not counted."""
    echo = server.variant == "echo"
    each = count // connections
    async with AsyncExitStack() as stack:
        url = f"ws://127.0.0.1:{server.port}/ocpp/"
        dialled = [
            await stack.enter_async_context(connect(f"{url}CP-{i}", compression=None, ping_interval=None, subprotocols=[OCPP]))
            for i in range(connections)
        ]
        for phase, number in (("warm", WARM_UP // connections), ("go", each)):
            before = await server.asks()
            await asyncio.gather(*(trips(c, f"{phase}-{i}", number, echo) for i, c in enumerate(dialled)))
            after = await server.asks()
    if server.variant == "ours" and after["frames"] - before["frames"] != 2 * each * connections:
        raise AssertionError(f"{after['frames'] - before['frames']} frames logged for {each * connections} round trips")
    return float((after["cpu"] - before["cpu"]) / (each * connections) * 1e6)


async def compare(rounds: int, count: int, connections: int, variants: Sequence[str] = VARIANTS) -> dict[str, list[float]]:
    """CPU microseconds for a round trip of each variant, round by round, and the ratios to the echo's."""
    with tempfile.TemporaryDirectory(prefix="evconform-bench-") as folder:
        async with asyncio.timeout(SECONDS_AT_MOST), AsyncExitStack() as stack:
            servers = [await stack.enter_async_context(started(variant, Path(folder))) for variant in variants]
            for number in range(rounds):
                for server in servers if number % 2 == 0 else reversed(servers):
                    server.us.append(await measure(server, count, connections))
    found = {server.variant: server.us for server in servers}
    ratios = {f"{v} / echo": [a / b for a, b in zip(us, found["echo"], strict=True)] for v, us in found.items() if v != "echo"}
    return found | ratios


async def profiled(count: int, connections: int) -> str:
    """The profile of our end's process while it serves ``count`` round trips."""
    with tempfile.TemporaryDirectory(prefix="evconform-bench-") as folder:
        async with asyncio.timeout(SECONDS_AT_MOST), started("ours", Path(folder)) as server:
            await measure(server, WARM_UP, connections)
            await server.asks("start profile")
            url = f"ws://127.0.0.1:{server.port}/ocpp/"
            async with AsyncExitStack() as stack:
                for_each = []
                for i in range(connections):
                    dial = connect(f"{url}CP-{i}", compression=None, ping_interval=None, subprotocols=[OCPP])
                    for_each.append(trips(await stack.enter_async_context(dial), f"p-{i}", count // connections, echo=False))
                await asyncio.gather(*for_each)
                return str((await server.asks("profile"))["profile"])


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def as_table(found: dict[str, list[float]]) -> str:
    lines = [f"{'':<22}{'median':>9}  {'min .. max':<18}"]
    for name, values in found.items():
        unit = "x" if "/" in name else "us CPU"
        lines.append(f"{name:<22}{statistics.median(values):>9.2f}  {min(values):.2f} .. {max(values):.2f} {unit}")
    return "\n".join(lines)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--trips", type=int, default=10_000, help="round trips of a round")
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--only-the-gate", action="store_true", help="leave out what the gate does not need")
    parser.add_argument("--sleepy", action="store_true", help="let the client sleep, and the servers wake it")
    parser.add_argument("--profile", action="store_true", help="profile our end instead")
    parser.add_argument("--serve", choices=VARIANTS + ALSO, help=argparse.SUPPRESS)
    parser.add_argument("--log", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    asked = options()
    if asked.serve:
        asyncio.run(run_server(asked.serve, asked.log))
        return
    if asked.profile:
        print(run(profiled(asked.trips, asked.connections)))
        return
    variants = VARIANTS if asked.only_the_gate else VARIANTS + ALSO
    found = run(compare(asked.rounds, asked.trips, asked.connections, variants), awake=not asked.sleepy)
    ratio = statistics.median(found["ours / echo"])
    print(f"MeterValues round trip, CPU of one end, {asked.rounds} x {asked.trips} trips, {asked.connections} connections")
    print(f"{machine()}\n{as_table(found)}")
    print(f"our end costs {ratio:.2f} echoes; the target is at most {AT_MOST:.0f}: {'met' if ratio <= AT_MOST else 'MISSED'}")
    if asked.json:
        facts = {"machine": machine(), "rounds": asked.rounds, "trips": asked.trips, "connections": asked.connections}
        asked.json.write_text(json.dumps(facts | {"found": found, "ratio": ratio, "at_most": AT_MOST}, indent=2) + "\n")


if __name__ == "__main__":
    main()
