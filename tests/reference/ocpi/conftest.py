"""Scenes for the tests of OCPI's reference platforms."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.reference.ocpi.bench import Scene, scene


@pytest.fixture
def lab() -> Iterator[Scene]:
    with scene() as made:
        yield made
