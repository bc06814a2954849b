"""Walks the schema of a CALL beside its base payload, and spoils one member at a time."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from evconform.ocpp.hostile.bases import EVERY_VALUE, LARGE, LEGAL_TOO, MEANT
from evconform.ocpp.hostile.item import Mutation
from evconform.ocpp.hostile.values import Node, mutations
from evconform.ocpp.schemas import schema

Path = tuple[str | int, ...]
HOLE = '"@HOLE@"'
WHOLE = "(payload)"


def of_payload(action: str, base: Node, role: str) -> Iterator[tuple[str, Mutation, str]]:
    """Field, mutation, and JSON text of the payload, for all that is done to the payloads of an action."""
    yield WHOLE, Mutation("as-it-is", "base", "legal", json.dumps(base)), json.dumps(base)
    for name, payload in LEGAL_TOO.get(action, {}).items():
        yield WHOLE, Mutation(name, "errata", "legal", None), json.dumps(payload)
    if role == "central-system" and (least := {name: base[name] for name in schema(action).get("required", ())}):
        yield WHOLE, Mutation("only-required", "valid", "legal", None), json.dumps(least)
    for path, node, required in members(schema(action), base):
        value, name = at(base, path), dotted(path)
        every = role == "central-system" and path[-1] in EVERY_VALUE.get(action, ())
        large = role == "central-system" and path[-1] in LARGE
        for mutation in mutations(node, value, required=required, every_value=every, large=large):
            if mutation.name in MEANT.get((action, path[-1]), ()):
                continue
            yield name, mutation, spoilt(base, path, mutation.raw)
        if isinstance(path[-1], str):
            yield from renamed(base, path, required)
    for path in objects(schema(action), base):
        yield from with_unknown(base, path)


def members(node: Node, base: Any, path: Path = ()) -> Iterator[tuple[Path, Node, bool]]:
    """Every member that a schema has below ``node``: path, schema, and whether it is required; the first item stands for all."""
    for name, member in node.get("properties", {}).items():
        here = (*path, name)
        yield here, member, name in node.get("required", ())
        yield from members(member, base, here)
    if isinstance(node.get("items"), dict):
        here = (*path, 0)
        if node["items"].get("type") != "object":
            yield here, node["items"], False
        yield from members(node["items"], base, here)


def objects(node: Node, base: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every object."""
    if node.get("type") == "object":
        yield path
        for name, member in node.get("properties", {}).items():
            yield from objects(member, base, (*path, name))
    elif isinstance(node.get("items"), dict):
        yield from objects(node["items"], base, (*path, 0))


def at(base: Any, path: Path) -> Any:
    for step in path:
        base = base[step]
    return base


def dotted(path: Path) -> str:
    return ".".join(map(str, path)).replace(".0", "[0]") or WHOLE


def spoilt(base: Node, path: Path, raw: str | None) -> str:
    """The payload with ``raw`` in the place of a member, or without it."""
    payload = copy.deepcopy(base)
    parent = at(payload, path[:-1])
    if raw is None:
        del parent[path[-1]]
        return json.dumps(payload)
    parent[path[-1]] = HOLE[1:-1]
    return json.dumps(payload).replace(HOLE, raw)


def renamed(base: Node, path: Path, required: bool) -> Iterator[tuple[str, Mutation, str]]:
    """The member under another name, or twice."""
    raw, name = json.dumps(at(base, path)), str(path[-1])
    kind = "illegal" if required else "lenient"
    for mutation, other in (("name-upper-case", name.upper()), ("name-with-blank", f"{name} "), ("name-snake-case", snake(name))):
        if other != name:
            text = spoilt(base, path, HOLE).replace(f"{json.dumps(name)}: {HOLE}", f"{json.dumps(other)}: {raw}")
            yield dotted(path), Mutation(mutation, "member-name", kind, raw), text  # type: ignore[arg-type]
    twice = spoilt(base, path, HOLE).replace(HOLE, f"{raw}, {json.dumps(name)}: {raw}")
    yield dotted(path), Mutation("name-twice", "member-name", "unclear", raw), twice


def snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def with_unknown(base: Node, path: Path) -> Iterator[tuple[str, Mutation, str]]:
    """One member more than the schema knows."""
    more = {"unknown-member": ("evconform", "1"), "unknown-object": ("customData", '{"vendorId":"x"}'), "no-name": ("", "1")}
    for name, (member, raw) in more.items():
        payload = copy.deepcopy(base)
        at(payload, path)[member] = HOLE[1:-1]
        yield dotted(path), Mutation(name, "unknown-member", "lenient", raw), json.dumps(payload).replace(HOLE, raw)
