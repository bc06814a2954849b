"""Generated field checks: a legal object with one member spoilt, or at its bound, is put to a Receiver (OCPI 2.2.1, the property
tables). What is legal is taken and read back; what is not is refused, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.ocpi.expected import ok
from evconform.ocpi.model import load
from evconform.ocpi.model.fields import Mutation, mutations
from evconform.ocpi.scripted_cpo import ScriptedCpo
from suites.ocpi221 import made, written
from suites.ocpi221.transport import NOT_TAKEN

CLASSES = {"locations": "Location", "tariffs": "Tariff"}
OWN = ("/country_code", "/party_id", "/id")
"""What stands in the URL too, and has cases of its own."""
AT_MOST = {"quick": 60, "full": 10_000}
"""How many are tried of each kind."""


def whole(cpo: ScriptedCpo, module: str) -> dict[str, Any]:
    """A legal object with members of every kind."""
    if module == "tariffs":
        return made.tariff("EVC-T1", cpo.party.owner, written.later(cpo, -600), min_price={"excl_vat": 0.5})
    energy = {"is_green_energy": True, "energy_sources": [{"source": "WATER", "percentage": 100}]}
    more: dict[str, Any] = {
        "directions": [{"language": "en", "text": "To the left"}],
        "operator": {"name": "evconform", "website": "https://example.com/"},
        "facilities": ["HOTEL"],
        "parking_type": "PARKING_LOT",
        "state": "Ljubljana",
        "energy_mix": energy,
    }
    return made.location("EVC-L1", cpo.party.owner, written.later(cpo, -600), **more)


def spoilt(cpo: ScriptedCpo, module: str, kind: str, legal: bool) -> Iterator[Mutation]:
    """The mutations of a kind, spread over all fields. What is to be taken keeps to the lengths of the older text, what is to be
    refused goes beyond those of the newer one."""
    model = load("2.2.1") if legal else load("2.2.1", text="2026")
    value = whole(cpo, module)
    found = [
        each
        for each in mutations(model, CLASSES[module], value)
        if each.kind == kind and each.legal is legal and each.pointer not in OWN
    ]
    most = AT_MOST[cpo.campaign.plan.hostile]
    step = max(1, -(-len(found) // most))
    yield from found[::step]


async def is_refused(
    cpo: ScriptedCpo, module: str, kind: str, proves: str, ends: tuple[str, ...] = (), holds: type | None = None
) -> None:
    """None is taken; ``ends``: the members that are looked at, ``holds``: what stands in them."""
    value = whole(cpo, module)
    await cpo.puts(module, value["id"], body=value, expects=ok())
    for each in spoilt(cpo, module, kind, legal=False):
        if ends and not (each.pointer.endswith(ends) and (holds is None or isinstance(at(each), holds))):
            continue
        how: dict[str, Any] = {"expects": NOT_TAKEN, "proves": proves, "deviates": f"a spoilt object: {each}"}
        await cpo.puts(module, value["id"], body=each.value, **how)
    await written.is_unchanged(cpo, value, proves, module)


def at(mutation: Mutation) -> Any:
    """What stands at the place that was spoilt."""
    value: Any = mutation.value
    for step in mutation.pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


async def is_taken(cpo: ScriptedCpo, module: str, kind: str, proves: str) -> None:
    """Each is taken."""
    for each in spoilt(cpo, module, kind, legal=True):
        how: dict[str, Any] = {"expects": ok(), "proves": proves, "deviates": f"an unusual object: {each}"}
        await cpo.puts(module, each.value["id"], body=each.value, **how)


async def is_answered(cpo: ScriptedCpo, module: str, kind: str, proves: str) -> None:
    """Each is answered, taken or not."""
    for each in spoilt(cpo, module, kind, legal=True):
        how: dict[str, Any] = {"proves": proves, "deviates": f"an unusual object: {each}"}
        await cpo.puts(module, each.value["id"], body=each.value, **how)
