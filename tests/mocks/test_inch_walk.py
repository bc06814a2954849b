"""A driver, a bench and a central system that do anything at any time: what a charge point is, it stays."""

from __future__ import annotations

import pytest

from .inch_walk import breaks, shortest, steps

pytestmark = pytest.mark.usefixtures("column")

CONNECTORS = {"etrel-inch": 1, "two-connector": 2, "fixed-cable-dc": 1}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", CONNECTORS)
def test_a_random_walk(name: str, seed: int) -> None:
    """Nothing dies, statuses move as 4.9 lets them, one transaction a connector, no register falls, nothing counts twice."""
    way = steps(seed, 400, CONNECTORS[name])
    if broke := breaks(way, name):
        lines = "".join(f"    {step},\n" for step in shortest(way, name))
        raise AssertionError(f"{name}, seed {seed}: {broke!r}\nway = [\n{lines}]") from broke


def test_a_walk_is_the_same_each_time() -> None:
    assert steps(3, 50, 2) == steps(3, 50, 2) != steps(4, 50, 2)
