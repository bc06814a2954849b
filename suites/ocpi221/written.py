"""Writing to a Receiver and reading back (OCPI 2.2.1, client owned object push), with an eMSP under test."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

from evconform.harness.control import Control
from evconform.harness.verdict import NotReached
from evconform.ocpi.expected import ok
from evconform.ocpi.frame import Frame
from evconform.ocpi.moments import moment, stamp
from evconform.ocpi.paging import Window
from evconform.ocpi.scripted_cpo import ScriptedCpo
from suites.ocpi221 import made

Object = dict[str, Any]
SETTLED = 5.0
"""Seconds in which a platform has taken in what it pulled."""


def ids(cpo: ScriptedCpo) -> tuple[str, str]:
    """The id of the case's location, and the uid of its EVSE."""
    id = made.name(cpo, "L1")
    return id, f"{id}-1"


def later(cpo: ScriptedCpo, seconds: float) -> str:
    """A moment that many seconds from now, or before; a whole second, for who loses fractions is to fail for that alone."""
    return stamp(cpo.clock.date().replace(microsecond=0) + timedelta(seconds=seconds))


async def location(cpo: ScriptedCpo, text: str = "L1", **over: Any) -> Object:
    """A location of ours that was put, and taken; its last_updated lies ten minutes back."""
    value = made.location(made.name(cpo, text), cpo.party.owner, later(cpo, -600), **over)
    await cpo.puts("locations", value["id"], body=value, expects=ok())
    return value


async def tariff(cpo: ScriptedCpo, text: str = "T1", **over: Any) -> Object:
    """A tariff of ours that was put, and taken."""
    value = made.tariff(made.name(cpo, text), cpo.party.owner, later(cpo, -600), **over)
    await cpo.puts("tariffs", value["id"], body=value, expects=ok())
    return value


def whole(value: Object, **more: Any) -> dict[str, Any]:
    """What is demanded of an object that is read back: it says all that was put, and may say more, as what is taken by default
    (OCPI 2.2.1, transport_and_format: PUT)."""
    return ok(holds=value, **more)


def undated(value: Any) -> Any:
    """A copy without the dates, which a Receiver may set itself in what is around a change."""
    if isinstance(value, dict):
        return {name: undated(each) for name, each in value.items() if name != "last_updated"}
    return [undated(each) for each in value] if isinstance(value, list) else value


async def is_unchanged(cpo: ScriptedCpo, value: Object, proves: str, module: str = "locations") -> None:
    """What is held is what was put."""
    await cpo.gets(module, value["id"], expects=whole(value), proves=proves)


def without(value: Object, *members: str) -> Object:
    """A copy that lacks these members."""
    return {name: each for name, each in copy.deepcopy(value).items() if name not in members}


async def is_pulled(cpo: ScriptedCpo, operations: Control, module: str) -> Frame:
    """The operator of the eMSP lets it pull a module, and it has taken in what came. What it asked for first."""
    await operations.pulls(module=module)
    first = await cpo.hears("GET", module)
    await cpo.passes(max(SETTLED, cpo.push_patience))
    return first


def is_asked_for(first: Frame, value: Object) -> None:
    """A pull that would have brought an object, were it still there. Raises NotReached: one of what changed lately says nothing
    of what did not."""
    window = Window.of(first.query)
    if window.offset or not window.holds(moment(value["last_updated"])):
        raise NotReached(f"the eMSP asked for what changed lately alone: {first}")
