"""Whatever stands in whatever place: both engines come to one judgement, and nothing is raised."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from evconform.ocpi.model import load
from evconform.ocpi.model.atoms import met
from evconform.ocpi.model.engines import Engines
from evconform.ocpi.model.samples import full

MODEL = load("2.2.1")


def deep(levels: int) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    inner = whole
    for _ in range(levels):
        inner["a"] = inner = {}
    return whole


NUMBERS: list[Any] = [0, -1, 1.0, -0.0, 0.30000000000000004, 1e308, float("inf"), float("-inf"), float("nan"), 10**400, 2**64]
TEXTS: list[Any] = ["", "x" * 10_000, "\ud800", "\x00", "é", "2026-05-01T10:00:00Z\n", "AVAILABLE\n", "٣", "true"]
ODD = [None, True, False, *NUMBERS, *TEXTS, [], [[]], [None], {}, {"a": 1}, {"\ud800": 1}, deep(3000)]


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    for step, member in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        yield from places(member, (*path, step))


def spoilt(base: dict[str, Any], path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    whole = copy.deepcopy(base)
    parent: Any = whole
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    return whole


@pytest.mark.parametrize("name", list(MODEL.classes))
def test_odd_values_are_judged_alike_and_without_a_traceback(name: str) -> None:
    chance = random.Random(name)
    base = full(name)
    everywhere = list(places(base))
    known = {*MODEL.classes, *MODEL.enums}
    for partial in (False, True):
        engines = Engines(MODEL.schema(name, partial=partial))
        for odd in ODD:
            value = spoilt(base, chance.choice(everywhere), odd)
            errors = MODEL.errors(name, value, partial=partial)
            assert engines.is_valid(value) == (engines.refused(value) == []) == (errors == []), repr(odd)[:60]
            assert all(len(error.says) < 2_000 for error in errors)
            assert all(pointer.startswith("/") for pointer in MODEL.unknown(name, value))
            assert all(atom.partition("=")[0].partition(".")[0] in known for atom in met(MODEL, name, value))
