"""The environment of a peer: what cannot be built is said in one line, and nothing of it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from .old_environment import CannotBuild, python_of


def test_what_cannot_be_built_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CannotBuild) as caught:
        python_of(("no package at all ==",), tmp_path)
    assert str(caught.value).startswith("the environment with no package at all == cannot be built: ")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
