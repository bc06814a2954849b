"""Writing to a Receiver and reading back (OCPI 2.2.1, client owned object push), with an eMSP under test."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

from evconform.ocpi.expected import ok
from evconform.ocpi.moments import stamp
from evconform.ocpi.scripted_cpo import ScriptedCpo
from suites.ocpi221 import made

Object = dict[str, Any]
ID = "EVC-L1"
UID = f"{ID}-1"


def later(cpo: ScriptedCpo, seconds: float) -> str:
    """A moment that many seconds from now, or before."""
    return stamp(cpo.clock.date() + timedelta(seconds=seconds))


async def location(cpo: ScriptedCpo, id: str = ID, **over: Any) -> Object:
    """A location of ours that was put, and taken; its last_updated lies ten minutes back."""
    value = made.location(id, cpo.party.owner, later(cpo, -600), **over)
    await cpo.puts("locations", id, body=value, expects=ok())
    return value


async def tariff(cpo: ScriptedCpo, id: str = "EVC-T1", **over: Any) -> Object:
    """A tariff of ours that was put, and taken."""
    value = made.tariff(id, cpo.party.owner, later(cpo, -600), **over)
    await cpo.puts("tariffs", id, body=value, expects=ok())
    return value


async def is_unchanged(cpo: ScriptedCpo, value: Object, proves: str, module: str = "locations") -> None:
    """What is held is what was put."""
    await cpo.gets(module, value["id"], expects=ok(equals=value), proves=proves)


def without(value: Object, *members: str) -> Object:
    """A copy that lacks these members."""
    return {name: each for name, each in copy.deepcopy(value).items() if name not in members}
