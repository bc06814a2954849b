"""The hostile messages of a role on a column, one after the other, always the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Iterator

from evconform.ocpp.hostile import envelopes, framing
from evconform.ocpp.hostile.bases import BASES, OBEYED
from evconform.ocpp.hostile.elements import Envelopes, of_body
from evconform.ocpp.hostile.fields import of_payload
from evconform.ocpp.hostile.item import Item, Mutation
from evconform.ocpp.schemas import schema
from evconform.ocpp.soap.table import service
from evconform.ocpp.speaks import JSON, SOAP

LEVELS = ("quick", "full")
PREFIX = {"charge-point": "OCPP16-CP-HOSTILE", "central-system": "OCPP16-CS-HOSTILE"}
LAW = {JSON: "OCPP16-", SOAP: "OCPP16S-"}
"""How the ids of a column begin."""
NO_ACTION = "(none)"
HARMFUL = ("legal", "lenient", "unclear")
"""Kinds that a receiver may obey."""
BOUNDS = ("longest", "too-long", "2-to-31-minus-1")
"""The mutations that a member has at its own bound, and one beyond it."""


def generate(role: str, actions: Container[str], level: str = "full", speaks: str = JSON) -> Iterator[Item]:
    """The items for a SUT of this role that claims these actions: all of them, or with ``quick`` the first of each action
    and group, and each member at its bound."""
    return chosen(_all(role, actions, speaks), level)


def prefix(role: str, speaks: str = JSON) -> str:
    """How the ids of the items begin."""
    return PREFIX[role].replace(LAW[JSON], LAW[speaks], 1)


def chosen(items: Iterable[Item], level: str) -> Iterator[Item]:
    """Those of a level, each text once."""
    seen: set[object] = set()
    for item in items:
        group = (item.action, item.group, item.kind)
        message = (item.text, item.headers)
        if message in seen:
            continue
        if level == "full" or group not in seen or is_bound(item):
            yield item
        seen |= {message, group}


def is_bound(item: Item) -> bool:
    """Whether a member is as long or as large as it may be, or a character longer; what nothing bounds has no bound."""
    return item.mutation in BOUNDS and item.kind in ("legal", "illegal", "answer")


Made = Iterator[tuple[str, Mutation, str, tuple[tuple[str, str], ...]]]
"""Field, mutation, text of the message, headers of HTTP where there are others."""


def _all(role: str, actions: Container[str], speaks: str) -> Iterator[Item]:
    of_action, of_nothing = WAYS[speaks]
    for action, base in BASES[role].items():
        for field, mutation, text, headers in of_action(role, action, base) if action in actions else ():
            harmful = mutation.kind in HARMFUL or (mutation.kind == "unreadable" and mutation.group == "framing")
            if action not in OBEYED or not harmful:
                yield _item(role, action, field, mutation, text, speaks, headers)
    for field, mutation, text, headers in of_nothing():
        yield _item(role, NO_ACTION, field, mutation, text, speaks, headers)


def _by_json(role: str, action: str, base: dict[str, object]) -> Made:
    for field, mutation, payload in of_payload(action, base, role):
        yield field, mutation, framing.call(action, payload), ()
    empty = not schema(action).get("required")
    yield from ((*made, ()) for made in framing.of_action(action, json.dumps(base), empty=empty))


def _by_soap(role: str, action: str, base: dict[str, object]) -> Made:
    made = Envelopes(service("1.6", role), action, base)
    yield from ((*each, ()) for each in of_body(made, role))
    yield from envelopes.of_envelope(action, made.proper, role, open_too=action == next(iter(BASES[role])))


WAYS: dict[str, tuple[Callable[[str, str, dict[str, object]], Made], Callable[[], Made]]] = {
    JSON: (_by_json, lambda: ((*made, ()) for made in framing.of_nothing())),
    SOAP: (_by_soap, envelopes.of_nothing),
}
"""Column to what makes the messages of an action, and those of none."""


def _item(
    role: str, action: str, field: str, mutation: Mutation, text: str, speaks: str, headers: tuple[tuple[str, str], ...]
) -> Item:
    id = f"{prefix(role, speaks)}/{action}/{field}/{mutation.name}"
    return Item(id, action, field, mutation.name, mutation.group, mutation.kind, text, speaks, headers)
