"""A page of 100 locations, and a location that is put: the reference CPO beside a server with an ORM, CPU in one run.

Both are called in this process as ASGI applications, turn by turn, so neither pays for HTTP; all threads are counted. A location
has four EVSEs of two connectors, about 3.5 kB. What is put is another each time, validated, and on disk before the answer
(SQLite, synchronous=FULL). The CPO's PUT is its operator's: it validates, merges with what was there, and dates what changed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import ocpi_orm_server

from evconform.harness.clock import Clock, Tasks
from evconform.ocpi.authorization import authorization
from evconform.reference.cpo.central_system import Cpo, Settings
from evconform.reference.cpo.http.api import app as operator
from evconform.reference.cpo.ocpi.back_office import BackOffice
from evconform.reference.cpo.ocpi.merging import dated
from evconform.reference.ocpi.platform import OcpiSettings
from evconform.reference.ocpi.records import OwnParty, Partner
from evconform.reference.ocpi.secrets import digest

LOCATIONS = 300
AT_LEAST = {"page": 8.0, "put": 5.0}
AT_A_TIME = 16
"""Requests that are under way."""
TOKEN = "partner-token"
CONNECTOR = {"standard": "IEC_62196_T2", "format": "SOCKET", "power_type": "AC_3_PHASE", "max_voltage": 400, "max_amperage": 32}
Ask = Callable[[str, str, Any], Awaitable[tuple[int, bytes]]]


def location(number: int, amperage: int = 32) -> dict[str, Any]:
    connectors = [CONNECTOR | {"id": str(n), "max_amperage": amperage} for n in (1, 2)]
    said = [{"language": "en", "text": "x" * 200}]
    evses = [
        {
            "uid": f"E{number}-{n}",
            "status": "AVAILABLE",
            "connectors": connectors,
            "directions": said,
            "capabilities": ["RFID_READER"],
        }
        for n in range(4)
    ]
    return {
        "country_code": "SI", "party_id": "EVC", "id": f"L{number}", "publish": True, "address": "Trg 1", "city": "Ljubljana",
        "country": "SVN", "coordinates": {"latitude": "46.051080", "longitude": "14.506460"}, "time_zone": "Europe/Ljubljana",
        "directions": said, "evses": evses,
    }  # fmt: skip


def asks(app: Any, token: str) -> Ask:
    """Calls an ASGI application."""

    async def ask(method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        sent: list[Any] = []
        text = b"" if body is None else json.dumps(body).encode()

        async def receive() -> Any:
            return {"type": "http.request", "body": text, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        plain, _, query = path.partition("?")
        headers = [(b"authorization", token.encode()), (b"host", b"cpo"), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": method, "path": plain, "raw_path": plain.encode(), "query_string": query.encode()}
        scope |= {"headers": headers, "server": ("cpo", 80), "scheme": "http", "http_version": "1.1", "root_path": ""}
        await app(scope, receive, send)
        return sent[0]["status"], sent[1]["body"]

    return ask


async def cpu(ask: Ask, method: str, asked: list[tuple[str, Any]]) -> float:
    """Microseconds of CPU a request, of all threads, some requests at a time. Each must succeed."""
    left = iter(asked)

    async def asks_on() -> None:
        for path, body in left:
            status, text = await ask(method, path, body)
            assert status == 200, text

    began = time.process_time()
    await asyncio.gather(*(asks_on() for _ in range(AT_A_TIME)))
    return (time.process_time() - began) / len(asked) * 1e6


async def measure(rounds: int, pages: int, puts: int, folder: Path) -> dict[str, list[float]]:
    tasks = Tasks()
    cpo = Cpo(Clock(asyncio.get_running_loop()), tasks, Settings(database=f"sqlite:///{folder / 'cpo.db'}"))
    office = BackOffice(cpo, OcpiSettings())
    await cpo.open()
    await office.load()
    await office.platform.has(OwnParty("SI", "EVC", "CPO"))
    office.platform.url = "http://cpo/ocpi"
    await office.platform.partners.becomes(Partner("p", state="registered", token=digest(TOKEN)))
    door = asks(office.platform.app, authorization(TOKEN))
    desk = asks(operator(cpo, "operator", office), "Bearer operator")
    orm = asks(ocpi_orm_server.app(folder / "orm.db", "Token t"), "Token t")
    for n in range(LOCATIONS):
        await office.locations.publishes(location(n))
        assert (await orm("PUT", f"/locations/L{n}", dated(location(n), "2026-01-05T12:00:00Z")))[0] == 200
    page, orm_page = "/ocpi/2.2.1/sender/locations?offset=100", "/locations?offset=100"
    sizes = [text for _, text in (await door("GET", page, None), await orm("GET", orm_page, None))]
    assert [len(json.loads(text)["data"]) for text in sizes] == [100, 100]
    print(f"a page: {len(sizes[0])} bytes, and {len(sizes[1])} of the ORM's")
    found: dict[str, list[float]] = {"page": [], "page, ORM": [], "put": [], "put, ORM": []}
    for number in range(rounds):
        found["page"].append(await cpu(door, "GET", [(page, None)] * pages))
        found["page, ORM"].append(await cpu(orm, "GET", [(orm_page, None)] * max(1, pages // 10)))
        new = [location(n, 33 + number) for n in range(puts)]
        said = [(f"/ocpi/locations/SI/EVC/L{n}", {"location": each}) for n, each in enumerate(new)]
        found["put"].append(await cpu(desk, "PUT", said))
        said = [(f"/locations/L{n}", dated(each, f"2026-01-05T12:00:{number:02}Z")) for n, each in enumerate(new)]
        found["put, ORM"].append(await cpu(orm, "PUT", said))
    await office.close()
    await cpo.close()
    await tasks.cancel()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--puts", type=int, default=100)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(given.rounds, given.pages, min(given.puts, LOCATIONS), Path(folder)))
    ratios = {}
    for name in ("page", "put"):
        each = [orm / ours for ours, orm in zip(found[name], found[f"{name}, ORM"], strict=True)]
        ratios[name] = statistics.median(each)
        ours, orm = statistics.median(found[name]), statistics.median(found[f"{name}, ORM"])
        print(f"{name}: {ours:.0f} µs CPU, ORM {orm:.0f} µs: {ratios[name]:.1f} times ({min(each):.1f} .. {max(each):.1f})")
    if given.json:
        given.json.write_text(json.dumps({"ratios": ratios, "at_least": AT_LEAST, "microseconds": found}))


if __name__ == "__main__":
    main()
