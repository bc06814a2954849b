"""What several sessions come to."""

from __future__ import annotations

import signal

import pytest

from evconform.cli_session import worst_exit


@pytest.mark.parametrize(
    ("codes", "worst"),
    [([0, 0], 0), ([0, 5], 5), ([5, 2], 2), ([2, 1], 1), ([1, 4], 4), ([4, 3], 3), ([], 5), ([-signal.SIGTERM], 2), ([-9, 1], 1)],
)
def test_the_worst_session_tells_the_exit_code(codes: list[int], worst: int) -> None:
    """One that is stopped while it still collects has no code of its own, and was interrupted."""
    assert worst_exit(codes) == worst
