"""What a CPO under test is made to offer: locations and tariffs that a case makes up."""

from __future__ import annotations

from typing import Any

from evconform.harness.control import Control
from evconform.harness.verdict import NotReached
from evconform.ocpi.asking import Pulled, joined
from evconform.ocpi.moments import moment, stamp
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


async def are_listed(emsp: ScriptedEmsp, module: str, objects: Objects, query: dict[str, Any] | None = None) -> Pulled:
    """A pull in which all of these are; of this hour unless another window is asked for. Raises NotReached."""
    pull = await emsp.pulls(module, query=recent(emsp) | (query or {}))
    listed = {str(id).upper() for id in pull.ids}
    if missing := [each["id"] for each in objects if each["id"].upper() not in listed]:
        raise NotReached(f"the CPO was made to offer {', '.join(missing[:5])}, and does not list that")
    return pull


async def is_listed(emsp: ScriptedEmsp, id: str, query: dict[str, Any], expects: dict[str, Any], proves: str) -> None:
    """``expects`` holds of the page of the locations of a window that has this one, or of the last page where none has it."""
    pull = await emsp.pulls("locations", query=query)
    page = next((page for page in pull.pages if id in Pulled([page]).ids), pull.pages[-1])
    await emsp.asks("GET", joined(emsp.of("locations"), page.target), expects=expects, proves=proves)


def recent(emsp: ScriptedEmsp) -> dict[str, Any]:
    """What was changed in this hour: a CPO may have many locations besides ours."""
    return {"date_from": stamp(moment(emsp.ago(3600)).replace(minute=0, second=0, microsecond=0))}


async def priced_location(emsp: ScriptedEmsp, operations: Control) -> str:
    """A location whose connector names a tariff; the id of that."""
    tariff, location = made.name(emsp, "T1"), made.name(emsp, "L1")
    await operations.offers(tariff=made.tariff(tariff, emsp.owner))
    evses = [made.evse(f"{location}-1", connectors=[made.connector(tariff_ids=[tariff])])]
    await operations.publishes(location=made.location(location, emsp.owner, evses=evses))
    return tariff


async def location_with_successive_tariffs(emsp: ScriptedEmsp, operations: Control) -> None:
    """A location whose connector names two tariffs of one type, one after the other."""
    ids, location = (made.name(emsp, "T1"), made.name(emsp, "T2")), made.name(emsp, "L1")
    await tariffs(emsp, operations, *made.successive_tariffs(ids, emsp.owner))
    evses = [made.evse(f"{location}-1", connectors=[made.connector(tariff_ids=list(ids))])]
    await operations.publishes(location=made.location(location, emsp.owner, evses=evses))


def is_forgotten(emsp: ScriptedEmsp) -> None:
    """We keep nothing of what was pushed to us."""
    for receiver in emsp.keeps.values():
        receiver.kept.clear()


def is_held_as(emsp: ScriptedEmsp, status: str) -> None:
    """Every EVSE that was pushed to us has this status here, whatever was told of it."""
    for location in emsp.keeps["locations"].kept.values():
        for evse in location.get("evses") or []:
            evse["status"] = status
