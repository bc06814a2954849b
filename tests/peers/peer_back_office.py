"""A back office as a developer would write it with the ``extrawest-ocpi`` package, after its documentation: a store in memory,
the package's own routes, and its own push. Argument: the role, ``cpo`` or ``emsp``.

It runs in an environment of its own (``old_environment.py``), says where it listens in one line of JSON, takes its operator's
commands over HTTP on a second port (``POST /<operation>`` with its parameters), and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import sys
from datetime import UTC, datetime
from typing import Any

import httpx
import uvicorn

ROLE = sys.argv[1]
listening = socket.socket()
listening.bind(("127.0.0.1", 0))
HOST = f"127.0.0.1:{listening.getsockname()[1]}"
COUNTRY_CODE, PARTY_ID = {"cpo": ("SI", "EXW"), "emsp": ("NL", "EXW")}[ROLE]
os.environ.update(OCPI_HOST=HOST, PROTOCOL="http", COUNTRY_CODE=COUNTRY_CODE, PARTY_ID=PARTY_ID)  # read when it is imported

from fastapi import FastAPI, Request  # noqa: E402
from py_ocpi import get_application  # noqa: E402
from py_ocpi.core.adapter import BaseAdapter  # noqa: E402
from py_ocpi.core.authentication.authenticator import Authenticator  # noqa: E402
from py_ocpi.core.crud import Crud  # noqa: E402
from py_ocpi.core.enums import ModuleID, RoleEnum  # noqa: E402
from py_ocpi.core.push import send_push_request  # noqa: E402
from py_ocpi.core.utils import encode_string_base64  # noqa: E402
from py_ocpi.modules.versions.enums import VersionNumber  # noqa: E402

VERSIONS_URL = f"http://{HOST}/ocpi/versions"
CREDENTIALS = ModuleID.credentials_and_registration
Object = dict[str, Any]

invited: set[str] = set()
"""Tokens A."""
partners: dict[str, Object] = {}
"""Token C to the partner: its credentials, and its version details as the package read them."""
held: dict[tuple[str, ...], Object] = {}
"""Module, the owner in an eMSP, and id, to the object."""
pushes: set[asyncio.Task[Any]] = set()


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def moment(text: Any) -> datetime:
    """Of an object, or of a query, which may be without a zone."""
    read = text if isinstance(text, datetime) else datetime.fromisoformat(text.replace("Z", "+00:00"))
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def key(module: ModuleID, id: str, of: Object) -> tuple[str, ...]:
    owner = [str(of[part]).lower() for part in ("country_code", "party_id") if of.get(part)]
    return (module.value, *owner, str(id).lower())


def credentials(token: str) -> Object:
    details = {"name": "A developer's back office"}
    role = {"role": ROLE.upper(), "business_details": details, "party_id": PARTY_ID, "country_code": COUNTRY_CODE}
    return {"token": token, "url": VERSIONS_URL, "roles": [role]}


def admits(partner: Object) -> Object:
    """A new token C for this partner."""
    token = secrets.token_urlsafe(24)
    partners[token] = partner
    return credentials(token)


class Store(Crud):
    @classmethod
    async def get(cls, module: ModuleID, role: RoleEnum, id: Any, *args: Any, **how: Any) -> Any:
        if module == CREDENTIALS:
            return credentials(id) if id in partners else None
        return held.get(key(module, id, how))

    @classmethod
    async def list(cls, module: ModuleID, role: RoleEnum, filters: Object, *args: Any, **how: Any) -> Any:
        since, until = filters["date_from"], filters["date_to"]
        found = [
            each
            for (name, *_), each in held.items()
            if name == module.value
            and (since is None or moment(each["last_updated"]) >= moment(since))
            and (until is None or moment(each["last_updated"]) < moment(until))
        ]
        end = filters["offset"] + filters["limit"]
        return found[filters["offset"] : end], len(found), end >= len(found)

    @classmethod
    async def create(cls, module: ModuleID, role: RoleEnum, data: Object, *args: Any, **how: Any) -> Any:
        if module == CREDENTIALS:
            invited.discard(how["auth_token"])
            return admits(data)
        held[key(module, data["id"], how)] = data
        return data

    @classmethod
    async def update(cls, module: ModuleID, role: RoleEnum, data: Object, id: Any, *args: Any, **how: Any) -> Any:
        if module == CREDENTIALS:
            del partners[how["auth_token"]]
            return admits(data)
        held[key(module, id, how)] = data
        return data

    @classmethod
    async def delete(cls, module: ModuleID, role: RoleEnum, id: Any, *args: Any, **how: Any) -> None:
        if module == CREDENTIALS:
            del partners[id]
        else:
            del held[key(module, id, how)]

    @classmethod
    async def do(cls, module: ModuleID, role: RoleEnum | None, action: Any, *args: Any, **how: Any) -> Any:
        raise NotImplementedError(action)


class Tokens(Authenticator):
    @classmethod
    async def get_valid_token_a(cls) -> list[str]:
        return list(invited)

    @classmethod
    async def get_valid_token_c(cls) -> list[str]:
        return list(partners)


OPERATOR = FastAPI()


@OPERATOR.post("/invites")
async def invites(request: Request) -> Object:
    invited.add((await request.json())["token"])
    return {"outcome": "done"}


@OPERATOR.post("/publishes")
async def publishes(request: Request) -> Object:
    return keeps(ModuleID.locations, dated(await request.json()))


@OPERATOR.post("/reports")
async def reports(request: Request) -> Object:
    return sets(**await request.json())


@OPERATOR.post("/removes")
async def removes(request: Request) -> Object:
    return sets(**await request.json(), status="REMOVED")


@OPERATOR.post("/offers")
async def offers(request: Request) -> Object:
    return keeps(ModuleID.tariffs, await request.json() | {"last_updated": now()})


@OPERATOR.post("/withdraws")
async def withdraws(request: Request) -> Object:
    """Here only: the package's push knows no DELETE."""
    held.pop(key(ModuleID.tariffs, (await request.json())["tariff"], {}), None)
    return {"outcome": "done"}


def dated(location: Object) -> Object:
    for evse in location["evses"]:
        evse["last_updated"] = now()
        for connector in evse["connectors"]:
            connector["last_updated"] = now()
    return location | {"last_updated": now()}


def sets(evse: str, status: str) -> Object:
    """The real EVSE with this uid took a status."""
    for location in [each for (module, *_), each in held.items() if module == "locations"]:
        for each in location["evses"]:
            if each["uid"] == evse:
                each.update(status=status, last_updated=now())
                location["last_updated"] = now()
                return keeps(ModuleID.locations, location)
    return {"outcome": "unknown"}


def keeps(module: ModuleID, data: Object) -> Object:
    """Holds an object of our own and pushes it to every partner, as the package does it."""
    held[key(module, data["id"], {})] = data
    for partner in partners.values():
        task = asyncio.create_task(pushes_to(partner, module, data))
        pushes.add(task)
        task.add_done_callback(pushes.discard)
    return {"outcome": "done"}


async def pushes_to(partner: Object, module: ModuleID, data: Object) -> None:
    token = f"Token {encode_string_base64(partner['credentials']['token'])}"
    endpoints = partner["endpoints"]["endpoints"]
    try:
        await send_push_request(data["id"], data, module, BaseAdapter, token, endpoints, VersionNumber.v_2_2_1)
    except (httpx.HTTPError, ValueError, KeyError) as failed:
        print("the push failed:", repr(failed), file=sys.stderr, flush=True)


async def main() -> None:
    modules = [CREDENTIALS, ModuleID.locations, ModuleID.tariffs]
    app = get_application([VersionNumber.v_2_2_1], [RoleEnum[ROLE]], Store, modules, Tokens, BaseAdapter)
    commands = socket.socket()
    commands.bind(("127.0.0.1", 0))
    servers = [uvicorn.Server(uvicorn.Config(each, log_level="warning", lifespan="off")) for each in (app, OPERATOR)]
    served = [asyncio.create_task(server.serve(sockets=[s])) for server, s in zip(servers, (listening, commands), strict=True)]
    print(json.dumps({"url": VERSIONS_URL, "commands": commands.getsockname()[1]}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*served)


if __name__ == "__main__":
    asyncio.run(main())
