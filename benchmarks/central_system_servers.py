"""The central systems that ``central_system_throughput.py`` measures, each a process of its own.

``durable``: the reference CPO, each transaction message on disk before its answer (SQLite, synchronous=FULL). ``soap``: the
same by SOAP. ``no store``: the same by JSON, but what is put is dropped and nothing is waited for. ``ocpp``: a server on the
``ocpp`` package as its documentation writes one, which validates every message both ways and keeps nothing.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

IDENTITIES = 1000


async def serve_cpo(file: Path, stores: bool = True, url: str = "ws://127.0.0.1:0/ocpp") -> tuple[int, Any]:
    from evconform.harness.clock import Clock, Tasks
    from evconform.reference.cpo import migrate
    from evconform.reference.cpo.central_system import Cpo, Settings
    from evconform.reference.cpo.records import Record, Token
    from evconform.reference.store import Store

    class NullStore(Store):
        """Takes everything, and keeps nothing."""

        def put(self, record: Record) -> None: ...
        def drop(self, record: Record) -> None: ...
        async def durable(self) -> None: ...

    settings = Settings(strangers="Accepted", database=f"sqlite:///{file}")
    cpo = Cpo(Clock(asyncio.get_running_loop()), Tasks(), settings)
    if not stores:
        cpo.store = NullStore(settings.database, cpo.clock, cpo.tasks, *migrate.METADATAS)
    await cpo.open()
    for n in range(IDENTITIES):
        cpo.tokens.put(Token(f"cp{n}", f"CP{n}"))
    await cpo.store.durable()
    url = await cpo.endpoint.listen(url)
    return int(url.rsplit(":", 1)[1].split("/")[0]), cpo.store


async def serve_ocpp(_: Path) -> tuple[int, Any]:
    from ocpp.routing import on
    from ocpp.v16 import ChargePoint, call_result
    from ocpp.v16.datatypes import IdTagInfo
    from ocpp.v16.enums import AuthorizationStatus, RegistrationStatus
    from websockets.asyncio.server import ServerConnection, serve
    from websockets.exceptions import ConnectionClosed
    from websockets.typing import Subprotocol

    accepted = IdTagInfo(status=AuthorizationStatus.accepted)

    class Station(ChargePoint):  # type: ignore[misc]
        @on("BootNotification")  # type: ignore[untyped-decorator]
        def boot(self, **_: Any) -> Any:
            return call_result.BootNotification(datetime.now(UTC).isoformat(), 300, RegistrationStatus.accepted)

        @on("Authorize")  # type: ignore[untyped-decorator]
        def authorize(self, **_: Any) -> Any:
            return call_result.Authorize(accepted)

        @on("StartTransaction")  # type: ignore[untyped-decorator]
        def start_transaction(self, **_: Any) -> Any:
            return call_result.StartTransaction(1, accepted)

        @on("MeterValues")  # type: ignore[untyped-decorator]
        def meter_values(self, **_: Any) -> Any:
            return call_result.MeterValues()

        @on("StopTransaction")  # type: ignore[untyped-decorator]
        def stop_transaction(self, **_: Any) -> Any:
            return call_result.StopTransaction(accepted)

    async def connected(connection: ServerConnection) -> None:
        try:
            await Station("CP", connection).start()
        except ConnectionClosed:
            return

    server = await serve(connected, "127.0.0.1", 0, compression=None, ping_interval=None, subprotocols=[Subprotocol("ocpp1.6")])
    return next(iter(server.sockets)).getsockname()[1], None


SERVERS = {
    "durable": serve_cpo,
    "soap": lambda file: serve_cpo(file, url="http://127.0.0.1:0/ocpp"),
    "no store": lambda file: serve_cpo(file, stores=False),
    "ocpp": serve_ocpp,
}


async def main(variant: str, file: Path) -> None:
    """Prints the port; answers each line on stdin with the CPU used so far and what the store did; ends with stdin."""
    port, store = await SERVERS[variant](file)
    asked = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    print(port, flush=True)
    while await asked.readline():
        used = resource.getrusage(resource.RUSAGE_SELF)
        kept = {"commits": store.commits, "written": store.written} if store else {}
        print(json.dumps({"cpu": used.ru_utime + used.ru_stime} | kept), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
