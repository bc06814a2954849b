"""What a CPO under test is made to offer: locations and tariffs that a case makes up."""

from __future__ import annotations

from typing import Any

from evconform.harness.control import Control
from evconform.ocpi.scripted_emsp import ScriptedEmsp
from suites.ocpi221 import made

Objects = list[dict[str, Any]]
CHANGED = 1.0
"""Seconds between two changes, so that no two objects have the same last_updated."""


async def locations(
    emsp: ScriptedEmsp, operations: Control, count: int, owner: made.Owner | None = None, apart: float = CHANGED, **over: Any
) -> Objects:
    """So many locations of the CPO's, one after the other; ``owner``: its party, where it is not registered any more."""
    objects = [made.location(made.name(emsp, f"L{n + 1}"), owner or emsp.owner, **over) for n in range(count)]
    for each in objects:
        await operations.publishes(location=each)
        await emsp.passes(apart)
    return objects


async def pushed_locations(emsp: ScriptedEmsp, operations: Control, count: int) -> Objects:
    """The same, and each was pushed to us."""
    objects = [made.location(made.name(emsp, f"L{n + 1}"), emsp.owner) for n in range(count)]
    for each in objects:
        await operations.publishes(location=each)
        await emsp.hears("PUT", "locations", each["id"])
    return objects


async def tariffs(emsp: ScriptedEmsp, operations: Control, *objects: dict[str, Any]) -> Objects:
    """These tariffs, one after the other."""
    for each in objects:
        await operations.offers(tariff=each)
        await emsp.passes(CHANGED)
    return list(objects)


async def priced_location(emsp: ScriptedEmsp, operations: Control) -> str:
    """A location whose connector names a tariff; the id of that."""
    tariff, location = made.name(emsp, "T1"), made.name(emsp, "L1")
    await operations.offers(tariff=made.tariff(tariff, emsp.owner))
    evses = [made.evse(f"{location}-1", connectors=[made.connector(tariff_ids=[tariff])])]
    await operations.publishes(location=made.location(location, emsp.owner, evses=evses))
    return tariff


def is_forgotten(emsp: ScriptedEmsp) -> None:
    """We keep nothing of what was pushed to us."""
    for receiver in emsp.keeps.values():
        receiver.kept.clear()
