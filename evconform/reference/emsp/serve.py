"""Runs the reference eMSP alone, on wall time, until somebody asks it to stop."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from evconform.harness.clock import Clock, Tasks
from evconform.harness.verdict import UsageError
from evconform.reference.emsp.checking import wrong
from evconform.reference.emsp.emsp import Emsp, EmspSettings
from evconform.reference.emsp.http.api import app
from evconform.reference.ocpi.records import OwnParty
from evconform.reference.serving import asked_to_stop, one_line, operator, partners, tells

PARTY = re.compile(r"([A-Za-z]{2})\*([A-Za-z0-9]{3})(?:\*(.+))?", re.ASCII)


@dataclass
class Serving:
    """What ``evconform serve emsp`` was given. ``url``: how partners reach it, where that is not as it listens."""

    settings: EmspSettings
    ocpi: str
    http: str
    token: str
    parties: tuple[OwnParty, ...]
    url: str = ""
    tls: ssl.SSLContext | None = None


def own_party(text: str) -> OwnParty:
    """A party of ours, from COUNTRY*ID or COUNTRY*ID*NAME. Raises UsageError."""
    named = PARTY.fullmatch(text)
    if named is None:
        raise UsageError(
            f"--party: expected COUNTRY*ID such as NL*EVD, with a name after another * or without, not {text[:40]!r}"
        )
    country, id, name = named.groups()
    made = OwnParty(country.upper(), id.upper(), "EMSP", json.dumps({"name": name or "evconform reference eMSP"}))
    if says := wrong("CredentialsRole", made.shown()):
        raise UsageError(f"--party: {says}")
    return made


def run(serving: Serving, says: Callable[[str], None]) -> None:
    """Serves until SIGINT or SIGTERM. Raises UsageError."""
    asyncio.run(serve(serving, says))


async def serve(serving: Serving, says: Callable[[str], None]) -> None:
    """Raises UsageError: a port is taken, the database cannot be used."""
    stopped = asked_to_stop()
    tasks = Tasks(tells)
    emsp = Emsp(Clock(asyncio.get_running_loop()), tasks, serving.settings)
    try:
        await emsp.open()
    except (SQLAlchemyError, OSError) as error:
        raise UsageError(f"--database: {one_line(error)}") from error
    try:
        await emsp.platform.has(*serving.parties)
        await faces(emsp, serving, stopped, says)
    finally:
        await emsp.close()
        await tasks.cancel()
    says("stopped")


async def faces(emsp: Emsp, serving: Serving, stopped: asyncio.Event, says: Callable[[str], None]) -> None:
    """The doors for partners and for operator and drivers, open until ``stopped``. Raises UsageError."""
    async with (
        partners(emsp.platform, serving.ocpi, serving.url, serving.tls),
        operator(app(emsp, serving.token), serving.http, stopped) as at,
    ):
        says(f"partners: {emsp.platform.versions_url}")
        says(f"operator: {at}/ (the token as Bearer, or as password)")
        says(f"drivers: {at}/driver")
        emsp.begins()
        says("ready")
        await stopped.wait()
        says("stopping")
