"""Legal variants of the virtual charge point: each deviates from it in one way that OCPP 1.6 allows. A user's own folder of
mocks; each variant is the party ``legal NAME``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from evconform.harness.party import Site, party
from evconform.ocpp.channel import Channel
from mocks.inch import Inch

Change = Callable[[Any], None]
Message = list[Any]
INCH, TWO, FIXED = "etrel-inch.toml", "two-connector.toml", "fixed-cable-dc.toml"


@dataclass(frozen=True)
class Variant:
    """``on``: the product that is changed; ``claims``: what its PICS says otherwise then; ``inconclusive``: case to the reason
    why it cannot be reached on this variant; ``cases``: how the ids of those begin that it could fail, all without one."""

    name: str
    clause: str
    says: str
    on: str = INCH
    claims: Mapping[str, Any] = field(default_factory=dict)
    inconclusive: Mapping[str, str] = field(default_factory=dict)
    speaks: str = "ocpp1.6-json"
    cases: tuple[str, ...] = ()


VARIANTS: dict[str, Variant] = {}


def variant(clause: str, **how: Any) -> Callable[[Change], Change]:
    """Declares a function that changes an Inch as a variant that this clause allows."""

    def declare(change: Change) -> Change:
        name = change.__name__
        assert name not in VARIANTS
        VARIANTS[name] = Variant(name, clause, change.__doc__ or "", **how)

        def make(site: Site) -> Inch:
            charge_point = Inch(site)
            change(charge_point)
            return charge_point

        party(f"legal {name}", role="charge-point")(make)
        return change

    return declare


def edits(charge_point: Inch, edit: Callable[[Message], Message | None], *actions: str) -> None:
    """Edits every CALL of these actions (of all, without one) on its way out; None leaves it out."""

    def rewrite(said: str, channel: Channel) -> list[str]:
        message = json.loads(said)
        if message[0] != 2 or (actions and message[2] not in actions):
            return [said]
        edited = edit(message)
        return [json.dumps(edited)] if edited else []

    charge_point.endpoint.rewrites.append(rewrite)


def edits_payload(charge_point: Inch, edit: Callable[[dict[str, Any]], dict[str, Any]], *actions: str) -> None:
    edits(charge_point, lambda m: [*m[:3], edit(m[3])], *actions)


def edits_values(charge_point: Inch, edit: Callable[[dict[str, Any]], list[dict[str, Any]]]) -> None:
    """Edits the sampled values of every meter value, each into any number of them."""

    def values(payload: dict[str, Any]) -> dict[str, Any]:
        for element in payload.get("meterValue", []) + payload.get("transactionData", []):
            element["sampledValue"] = [new for old in element["sampledValue"] for new in edit(old)]
        return payload

    edits_payload(charge_point, values, "MeterValues", "StopTransaction")


def edits_answers(charge_point: Inch, action: str, edit: Callable[[dict[str, Any]], Any]) -> None:
    """Edits what a handler answers."""
    plain: Any = charge_point.endpoint.handlers.get(action)
    if plain:
        charge_point.endpoint.handlers[action] = lambda payload, channel: edit(plain(payload, channel))
