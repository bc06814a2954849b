"""kill -9 in the middle of 200 sessions, twenty times: nothing that was acknowledged is lost, and nothing is billed twice."""

from __future__ import annotations

import asyncio
import random
import socket
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from evconform.harness.clock import Clock, Tasks
from evconform.reference.store import DRIVERS
from tests.reference.fleet import METER_VALUES, WH, Ledger, LightChargePoint
from tests.reference.served import TOKEN, Served

STATIONS, KILLS, SEED = 200, 20, 20261129
LIVES = (10, 600)
"""Between how many acknowledged transaction messages after it is ready the program is killed; a loaded machine changes none."""
A_LITTLE = 0.02
"""And how many seconds later at most, so that it is in the middle of something else each time."""
SOAP_EACH = 5
"""Of so many stations one speaks SOAP."""
WITH_LIST = 10
"""Stations whose local list the operator keeps changing."""
Rows = list[tuple[Any, ...]]


async def found(database: str, query: str) -> Rows:
    """What the database holds, asked by somebody else than the program."""
    scheme, _, rest = database.partition("://")
    engine = create_async_engine(f"{DRIVERS[scheme]}://{rest}")
    try:
        async with engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]
    finally:
        await engine.dispose()


async def nothing_is_lost(database: str, ledger: Ledger) -> None:
    """Each message that was answered before now is in the database."""
    starts, meters, stops, lists = dict(ledger.starts), set(ledger.meters), dict(ledger.stops), dict(ledger.lists)
    kept = await found(database, "SELECT identity, started_at, id, state, meter_stop FROM transactions")
    assert starts.items() <= {(row[0], row[1]): row[2] for row in kept}.items()
    assert stops.items() <= {row[2]: row[4] for row in kept if row[3] == "stopped"}.items()
    assert meters <= set(await found(database, "SELECT identity, transaction_id, at FROM meter_values"))
    versions = dict(await found(database, "SELECT identity, version FROM local_lists"))
    assert {identity: version for identity, version in lists.items() if versions.get(identity, 0) < version} == {}


async def nothing_is_billed_twice(database: str, ledger: Ledger) -> None:
    """Each session is one transaction, with each of its meter values once."""
    kept = await found(database, "SELECT id, identity, started_at, state, meter_stop - meter_start FROM transactions")
    assert {(row[1], row[2]): row[0] for row in kept} == ledger.starts
    assert len(kept) == len(ledger.starts) == len(ledger.stops)
    assert {(row[3], row[4]) for row in kept} == {("stopped", METER_VALUES * WH)}
    metered = Counter(row[0] for row in await found(database, "SELECT transaction_id FROM meter_values"))
    assert metered == dict.fromkeys(ledger.stops, METER_VALUES)
    assert await found(database, "SELECT * FROM unmatched_stops") == []


async def changes_lists(operator: dict[str, str], ledger: Ledger, stopped: asyncio.Event, clock: Clock) -> None:
    """An operator who sends lists, and notes a version once its command is read as answered."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    turn = 0
    async with httpx.AsyncClient(headers=headers, timeout=5) as client:
        while not stopped.is_set():
            turn += 1
            identity = f"CP{turn % WITH_LIST}"
            try:
                url = f"{operator['url']}/stations/{identity}/commands/SendLocalList"
                asked = (await client.post(url, json={"updateType": "Full", "localAuthorizationList": []})).json()
                while asked["state"] in ("asked", "sent"):
                    await clock.wait(0.01)
                    asked = (await client.get(f"{operator['url']}/commands/{asked['id']}")).json()
            except (httpx.HTTPError, KeyError):
                await clock.wait(0.05)  # it is down
                continue
            if asked["state"] == "answered":
                ledger.lists[identity] = asked["payload"]["listVersion"]
                ledger.list_changes += 1


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


async def campaign(database: str, folder: Path) -> tuple[Ledger, int]:
    """The whole: a fleet, a program that dies twenty times, a look at the database each time."""
    listen, soap = f"ws://127.0.0.1:{free_port()}/ocpp", f"http://127.0.0.1:{free_port()}/ocpp"
    clock, tasks, ledger, stopped = Clock(asyncio.get_running_loop()), Tasks(), Ledger(), asyncio.Event()
    moments = random.Random(SEED)
    operator: dict[str, str] = {}

    async def program() -> Served:
        given = (
            database,
            "--listen",
            listen,
            "--provision",
            str(folder / "provision.toml"),
            "--soap",
            soap,
            "--allow",
            "loopback",
        )
        served = await asyncio.to_thread(lambda: Served(*given, output=folder / "errors"))
        operator["url"] = served.operator
        return served

    served = await program()
    urls = [soap if n % SOAP_EACH == 0 else listen for n in range(STATIONS)]
    fleet = [LightChargePoint(url, f"CP{n}", clock, tasks, ledger) for n, url in enumerate(urls)]
    charging = [asyncio.create_task(each.charges(stopped)) for each in fleet]
    charging.append(asyncio.create_task(changes_lists(operator, ledger, stopped, clock)))
    for _ in range(KILLS):
        await ledger.more(moments.randint(*LIVES))
        await clock.wait(moments.uniform(0, A_LITTLE))
        served.kill()
        await nothing_is_lost(database, ledger)
        served = await program()
    while_killed = ledger.acknowledged
    while not ledger.lists:
        await clock.wait(0.05)  # the operator has his turn, however slow the machine
    stopped.set()
    await asyncio.gather(*charging)
    assert served.stop() == 0
    tasks.check()
    await tasks.cancel()
    return ledger, while_killed


def test_nothing_acknowledged_is_lost_and_nothing_billed_twice(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stations = "".join(f'[[station]]\nidentity = "CP{n}"\n[[token]]\nid_tag = "CP{n}"\n' for n in range(STATIONS))
    (tmp_path / "provision.toml").write_text(stations)
    ledger, while_killed = asyncio.run(campaign(database, tmp_path))
    asyncio.run(nothing_is_lost(database, ledger))
    asyncio.run(nothing_is_billed_twice(database, ledger))
    reached = asyncio.run(
        found(database, "SELECT speaks, address LIKE 'http://127.0.0.1:%', count(*) FROM stations GROUP BY 1, 2")
    )
    by_soap = STATIONS // SOAP_EACH
    assert set(reached) == {("ocpp1.6-soap", True, by_soap), ("ocpp1.6-json", False, STATIONS - by_soap)}
    assert (tmp_path / "errors").read_text() == ""
    with capsys.disabled():
        print(
            f"\n{database.partition(':')[0]}: killed {KILLS} times in {STATIONS} concurrent sessions; {while_killed} messages "
            f"acknowledged meanwhile, 0 lost; {len(ledger.stops)} transactions, 0 billed twice; {len(ledger.meters)} meter "
            f"values, {ledger.list_changes} list versions; {ledger.again} of {ledger.sent} attempts were repeated ones"
        )
    assert while_killed > KILLS * STATIONS / 2, "it was killed in the middle of something"
    assert ledger.lists
    assert ledger.again >= KILLS
