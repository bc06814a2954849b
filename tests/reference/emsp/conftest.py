"""Scenes for the tests of the reference eMSP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.reference.emsp.bench import Lab, lab


@pytest.fixture(name="lab")
def an_emsp() -> Iterator[Lab]:
    with lab() as made:
        made.run(made.open())
        yield made
