"""The hostile messages of a role, one after the other, always the same."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator

from evconform.ocpp.hostile import framing
from evconform.ocpp.hostile.bases import BASES, OBEYED
from evconform.ocpp.hostile.fields import of_payload
from evconform.ocpp.hostile.item import Item, Mutation
from evconform.ocpp.schemas import schema

LEVELS = ("quick", "full")
PREFIX = {"charge-point": "OCPP16-CP-HOSTILE", "central-system": "OCPP16-CS-HOSTILE"}
NO_ACTION = "(none)"
HARMFUL = ("legal", "lenient", "unclear")
"""Kinds that a receiver may obey."""
BOUNDS = ("longest", "too-long", "2-to-31-minus-1")
"""The mutations that a member has at its own bound, and one beyond it."""


def generate(role: str, actions: Container[str], level: str = "full") -> Iterator[Item]:
    """The items for a SUT of this role that claims these actions: all of them, or with ``quick`` the first of each action
    and group, and each member at its bound."""
    return chosen(_all(role, actions), level)


def chosen(items: Iterable[Item], level: str) -> Iterator[Item]:
    """Those of a level, each text once."""
    seen: set[object] = set()
    for item in items:
        group = (item.action, item.group, item.kind)
        if item.text in seen:
            continue
        if level == "full" or group not in seen or is_bound(item):
            yield item
        seen |= {item.text, group}


def is_bound(item: Item) -> bool:
    """Whether a member is as long or as large as it may be, or a character longer; what nothing bounds has no bound."""
    return item.mutation in BOUNDS and item.kind in ("legal", "illegal", "answer")


def _all(role: str, actions: Container[str]) -> Iterator[Item]:
    for action, base in BASES[role].items():
        if action in actions:
            yield from _of_action(role, action, base)
    for field, mutation, text in framing.of_nothing():
        yield _item(role, NO_ACTION, field, mutation, text)


def _of_action(role: str, action: str, base: dict[str, object]) -> Iterator[Item]:
    made = [(field, m, framing.call(action, payload)) for field, m, payload in of_payload(action, base, role)]
    made += framing.of_action(action, json.dumps(base), empty=not schema(action).get("required"))
    for field, mutation, text in made:
        harmful = mutation.kind in HARMFUL or (mutation.kind == "unreadable" and mutation.group == "framing")
        if action not in OBEYED or not harmful:
            yield _item(role, action, field, mutation, text)


def _item(role: str, action: str, field: str, mutation: Mutation, text: str) -> Item:
    id = f"{PREFIX[role]}/{action}/{field}/{mutation.name}"
    return Item(id, action, field, mutation.name, mutation.group, mutation.kind, text)
