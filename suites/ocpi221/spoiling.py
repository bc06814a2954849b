"""Generated field checks: a legal object with one member spoilt, or at its bound, is put to a Receiver (OCPI 2.2.1, the property
tables). What is legal is taken and read back; what is not is refused, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from evconform.harness.verdict import NotReached
from evconform.ocpi.expected import ok
from evconform.ocpi.model import load
from evconform.ocpi.model.fields import Mutation, mutations
from evconform.ocpi.scripted_cpo import ScriptedCpo
from suites.ocpi221 import made, written
from suites.ocpi221.transport import not_taken

Picks = Callable[[Mutation], bool]
CLASSES = {"locations": "Location", "tariffs": "Tariff"}
OWN = ("/country_code", "/party_id", "/id")
"""What stands in the URL too, and has cases of its own."""
OF_A_LIST = ("/country", "/time_zone", "/language", "/evse_id", "/currency")
"""What has a list or a grammar of its own: a text that is merely as long as it may be is none of it."""
AT_MOST = {"quick": 60, "full": 10_000}
"""How many are tried of each kind."""


def whole(cpo: ScriptedCpo, module: str) -> dict[str, Any]:
    """A legal object with members of every kind."""
    if module == "tariffs":
        return made.tariff(made.name(cpo, "T1"), cpo.party.owner, written.later(cpo, -600), min_price={"excl_vat": 0.5})
    energy = {"is_green_energy": True, "energy_sources": [{"source": "WATER", "percentage": 100}]}
    energy |= {"supplier_name": "evconform", "energy_product_name": "Water"}
    more: dict[str, Any] = {
        "directions": [{"language": "en", "text": "To the left"}],
        "operator": {"name": "evconform", "website": "https://example.com/"},
        "facilities": ["HOTEL"],
        "parking_type": "PARKING_LOT",
        "state": "Ljubljana",
        "energy_mix": energy,
    }
    return made.location(made.name(cpo, "L1"), cpo.party.owner, written.later(cpo, -600), **more)


def spoilt(cpo: ScriptedCpo, module: str, kind: str, legal: bool, picks: Picks = lambda _: True) -> Iterator[Mutation]:
    """The mutations of a kind that are picked, spread over all fields. What is to be taken keeps to the lengths of the older
    text, what is to be refused goes beyond those of the newer one. Raises NotReached if there are none."""
    model = load("2.2.1") if legal else load("2.2.1", text="2026")
    found = [
        each
        for each in mutations(model, CLASSES[module], whole(cpo, module))
        if each.kind == kind and each.legal is legal and each.pointer not in OWN and picks(each)
        if kind != "longest" or not each.pointer.endswith(OF_A_LIST)
    ]
    if not found:
        raise NotReached(f"no {CLASSES[module]} can be made that is {kind}")
    yield from found[:: max(1, -(-len(found) // AT_MOST[cpo.campaign.plan.hostile]))]


async def is_refused(cpo: ScriptedCpo, module: str, kind: str, proves: str, picks: Picks = lambda _: True) -> None:
    """None is taken, and nothing changes."""
    value = whole(cpo, module)
    await cpo.puts(module, value["id"], body=value, expects=ok())
    for each in spoilt(cpo, module, kind, legal=False, picks=picks):
        how: dict[str, Any] = {"expects": not_taken(cpo), "proves": proves, "deviates": f"a spoilt object: {each}"}
        await cpo.puts(module, value["id"], body=each.value, **how)
    await written.is_unchanged(cpo, value, proves, module)


def at(mutation: Mutation) -> Any:
    """What stands at the place that was spoilt."""
    value: Any = mutation.value
    for step in mutation.pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


async def is_taken(cpo: ScriptedCpo, module: str, kind: str, proves: str) -> None:
    """Each is taken, as the whole object was, and is there."""
    value = whole(cpo, module)
    id = value["id"]
    await cpo.puts(module, id, body=value, expects=ok())
    for each in spoilt(cpo, module, kind, legal=True):
        how: dict[str, Any] = {"expects": ok(), "proves": proves, "deviates": f"an unusual object: {each}"}
        await cpo.puts(module, id, body=each.value, **how)
    await cpo.gets(module, id, expects=ok(data={"id": id}), proves=proves)


async def is_answered(cpo: ScriptedCpo, module: str, kind: str, proves: str) -> None:
    """Each is answered, taken or not."""
    for each in spoilt(cpo, module, kind, legal=True):
        how: dict[str, Any] = {"proves": proves, "deviates": f"an unusual object: {each}"}
        await cpo.puts(module, each.value["id"], body=each.value, **how)
