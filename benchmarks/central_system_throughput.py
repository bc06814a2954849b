"""Sessions for each CPU second of our durable central system, beside a server on the ``ocpp`` package that keeps nothing.

A session: BootNotification, Authorize, StartTransaction, ten MeterValues, StopTransaction; each answer is checked. One client,
this process, the same for all; many charge points at once, one CALL in flight on each; the number is the server's own CPU,
user and system and all its threads. Rounds alternate, and each ratio is of neighbours. Then where ours goes: the store is
the difference to the same server without one, JSON and validation are timed on the same messages, handlers by calling
them; what is left is the socket. The same by SOAP is printed beside it, and is no target. Loopback only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from evconform.ocpp.soap.codec import decode, encode
from evconform.ocpp.soap.headers import of_request
from evconform.ocpp.soap.names import content_type
from evconform.ocpp.soap.table import service

VARIANTS = ("ocpp", "durable", "no store", "soap")
AT_LEAST = 1.0
"""The target: at least so many of its sessions for each CPU second."""
METER_VALUES = 10
SERVERS = Path(__file__).with_name("central_system_servers.py")
SAMPLED = [
    {"value": "1234.5", "context": "Sample.Periodic", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
    {"value": "16.0", "context": "Sample.Periodic", "measurand": "Current.Import", "phase": "L1", "unit": "A"},
]


@dataclass
class Server:
    """A server process, asked through its pipes. ``rates``: sessions for each CPU second, one figure for each round."""

    variant: str
    process: asyncio.subprocess.Process
    port: int
    rates: list[float] = field(default_factory=list)
    kept: dict[str, int] = field(default_factory=dict)

    async def asks(self) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(b"\n")
        answer: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return answer


@asynccontextmanager
async def started(variant: str, folder: Path) -> AsyncIterator[Server]:
    pipe = asyncio.subprocess.PIPE
    words = (sys.executable, str(SERVERS), variant, str(folder / f"{variant}.db"))
    process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe)
    assert process.stdin
    assert process.stdout
    try:
        yield Server(variant, process, int(await process.stdout.readline()))
    finally:
        process.stdin.close()
        await process.wait()


def messages(identity: str, session: int) -> list[tuple[str, dict[str, Any]]]:
    """The CALLs of a session; the transactionId is filled in as it is answered."""
    clock = iter(range(100))

    def at() -> str:
        return f"2026-01-{session // 24 % 28 + 1:02}T{session % 24:02}:{next(clock):02}:00Z"

    calls = [
        ("BootNotification", {"chargePointVendor": "evconform", "chargePointModel": "light", "firmwareVersion": "1"}),
        ("Authorize", {"idTag": identity}),
        ("StartTransaction", {"connectorId": 1, "idTag": identity, "meterStart": 0, "timestamp": at()}),
    ]
    for _ in range(METER_VALUES):
        calls.append(("MeterValues", {"connectorId": 1, "meterValue": [{"timestamp": at(), "sampledValue": SAMPLED}]}))
    return [*calls, ("StopTransaction", {"idTag": identity, "meterStop": 9, "timestamp": at(), "reason": "Local"})]


Asks = Callable[[str, str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Sends a message (id, action, payload) and gives its answer. Raises RuntimeError: it was refused."""


def by_json(connection: ClientConnection) -> Asks:
    async def ask(id: str, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        await connection.send(json.dumps([2, id, action, payload], separators=(",", ":")))
        kind, answered, answer = json.loads(await connection.recv())
        if (kind, answered) != (3, id):
            raise RuntimeError(f"{action} was answered {kind, answered, answer}")
        return dict(answer)

    return ask


def by_soap(client: httpx.AsyncClient, url: str, identity: str) -> Asks:
    """Nobody is at the address in From: nothing is asked of these charge points."""
    served = service("1.6", "central-system")

    async def ask(id: str, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        body = encode(payload, action, of_request(identity, id, "http://127.0.0.1:9/", url), served)
        answer = decode((await client.post(url, content=body, headers={"Content-Type": content_type(f"/{action}")})).content)
        if (answer.kind, answer.headers.relates_to) != ("response", id):
            raise RuntimeError(f"{action} was answered {answer}")
        return dict(answer.payload or {})

    return ask


async def charges(ask: Asks, identity: str, sessions: range) -> None:
    """So many sessions, each answer looked at."""
    for session in sessions:
        number: int | None = None
        for n, (action, payload) in enumerate(messages(identity, session)):
            if action in ("MeterValues", "StopTransaction"):
                payload["transactionId"] = number
            answer = await ask(f"{session}-{n}", action, payload)
            number = answer.get("transactionId", number)
            if "idTagInfo" in answer and answer["idTagInfo"]["status"] != "Accepted":
                raise RuntimeError(f"{action} was answered {answer}")


async def measure(server: Server, connections: list[Asks], sessions: range) -> None:
    before = await server.asks()
    async with asyncio.TaskGroup() as group:
        for n, connection in enumerate(connections):
            group.create_task(charges(connection, f"CP{n}", sessions))
    after = await server.asks()
    server.rates.append(len(sessions) * len(connections) / (after["cpu"] - before["cpu"]))
    server.kept = {name: after[name] - before[name] for name in after if name != "cpu"}


async def dials(stack: AsyncExitStack, server: Server, n: int) -> Asks:
    """The ``n``-th charge point, with a connection of its own."""
    place = f"127.0.0.1:{server.port}/ocpp"
    if server.variant == "soap":
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=60, trust_env=False))
        return by_soap(client, f"http://{place}", f"CP{n}")
    how: Any = {"subprotocols": [Subprotocol("ocpp1.6")], "compression": None, "ping_interval": None}
    return by_json(await stack.enter_async_context(connect(f"ws://{place}/CP{n}", **how)))


async def rounds(count: int, stations: int, sessions: int, folder: Path) -> dict[str, Server]:
    """Every variant in turn, so often; the first round of each warms it up and is not counted."""
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(started(variant, folder)) for variant in VARIANTS]
        dialled: dict[str, list[Asks]] = {}
        for server in servers:
            dialled[server.variant] = [await dials(stack, server, n) for n in range(stations)]
        for turn in range(count + 1):
            for server in servers:
                await measure(server, dialled[server.variant], range(turn * sessions, (turn + 1) * sessions))
        for server in servers:
            del server.rates[0]
        return {server.variant: server for server in servers}


# ── where ours goes ──


def timed(does: Callable[[], object], times: int = 200) -> float:
    """CPU microseconds of one call."""
    began = time.process_time()
    for _ in range(times):
        does()
    return (time.process_time() - began) / times * 1e6


def split() -> dict[str, float]:
    """CPU microseconds of a session for JSON and for validation, on the same messages."""
    from evconform.ocpp import json as ocppj
    from evconform.reference.cpo.admission import refuses

    calls = messages("CP1", 1)
    texts = [ocppj.call(f"1-{n}", action, payload | {}) for n, (action, payload) in enumerate(calls)]
    read = [ocppj.read(text) for text in texts]
    answers = [{"status": "Accepted", "currentTime": "2026-01-05T12:00:00.000Z", "interval": 300}, *([{}] * (len(calls) - 1))]

    def json_work() -> None:
        for n, text in enumerate(texts):
            ocppj.read(text)
            ocppj.call_result(f"1-{n}", answers[n])

    def validation() -> None:
        for message in read:
            refuses(message)

    return {"JSON": timed(json_work), "validation": timed(validation), "handlers": timed_handlers(calls)}


def timed_handlers(calls: list[tuple[str, dict[str, Any]]]) -> float:
    """CPU microseconds of a session in the handlers alone, with a store that keeps nothing."""
    from evconform.harness.clock import Clock, Tasks
    from evconform.reference.cpo.central_system import Cpo, Settings
    from evconform.reference.cpo.records import Token

    async def run() -> float:
        cpo = Cpo(Clock(asyncio.get_running_loop()), Tasks(), Settings(strangers="Accepted"))
        cpo.store.put = lambda record: None  # type: ignore[method-assign]
        cpo.tokens.put(Token("cp1", "CP1"))
        channel: Any = SimpleNamespace(identity="CP1", speaks="", address="")
        began, times = time.process_time(), 200
        for turn in range(times):
            for action, payload in calls:
                given = payload | ({"transactionId": turn + 1} if action in ("MeterValues", "StopTransaction") else {})
                given |= {"timestamp": f"2026-01-05T{turn // 60:02}:{turn % 60:02}:00Z"} if "timestamp" in given else {}
                answer = cpo.endpoint.handlers[action](given, channel)
                if asyncio.iscoroutine(answer):
                    await answer
        return (time.process_time() - began) / times * 1e6

    return asyncio.run(run())


def report(servers: dict[str, Server], parts: dict[str, float], options: argparse.Namespace) -> dict[str, Any]:
    """Prints the figures, and gives them back."""
    medians = {variant: statistics.median(server.rates) for variant, server in servers.items()}
    ratios = [ours / theirs for ours, theirs in zip(servers["durable"].rates, servers["ocpp"].rates, strict=True)]
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} CPUs")
    held = options.stations * options.sessions
    print(
        f"{options.stations} charge points at once, {options.rounds} rounds of {held} sessions, {METER_VALUES + 4} messages each"
    )
    for variant, server in servers.items():
        low, high, middle = min(server.rates), max(server.rates), medians[variant]
        print(f"{variant:9} {middle:6.0f} sessions a CPU second ({low:.0f} to {high:.0f}), {1e6 / middle:.0f} us each")
    ratio, kept = statistics.median(ratios), servers["durable"].kept
    print(f"durable / ocpp: {ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f}); the target is at least {AT_LEAST}")
    slower = medians["durable"] / medians["soap"]
    print(f"by SOAP a session takes {slower:.2f} times as much CPU as by JSON, durable both; no target")
    rows, commits = kept["written"], kept["commits"]
    print(f"group commit: {rows} rows of {held} sessions in {commits} commits, {rows / commits:.1f} rows a commit")
    whole, unstored = 1e6 / medians["durable"], 1e6 / medians["no store"]
    shares = parts | {"store": whole - unstored, "socket": unstored - sum(parts.values())}
    print("where ours goes, us a session: " + ", ".join(f"{name} {us:.0f} ({us / whole:.0%})" for name, us in shares.items()))
    return {"ratio": ratio, "ratios": ratios, "at_least": AT_LEAST, "medians": medians, "split": shares, "kept": kept}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--stations", type=int, default=100)
    options.add_argument("--sessions", type=int, default=5, help="for each charge point and round")
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        servers = asyncio.run(rounds(given.rounds, given.stations, given.sessions, Path(folder)))
    figures = report(servers, split(), given)
    if given.json:
        given.json.write_text(json.dumps(figures))
    return 0 if figures["ratio"] >= AT_LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
