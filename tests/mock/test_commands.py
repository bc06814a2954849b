"""``evconform mock``: what is typed into its terminal."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.harness.catalogue import Law
from evconform.mock import COMMANDS, Mocked, parameters_of, pics_of


class FakeMock:
    """As much of a mock as its commands look at."""

    def __init__(self, law: Law) -> None:
        pics = Mocked("inch", law, pics_of("two-connector.toml", []), "", "").pics
        self.connectors = {1: None, 2: None}
        self.site = type("Site", (), {"pics": pics})
        for action in COMMANDS.values():
            setattr(self, action, None)


@pytest.mark.parametrize(
    ("line", "parameters"),
    [
        ("plug", {}),
        ("plug 2", {"connector": 2}),
        ("swipe", {"uid": "77FD2AFA"}),
        ("swipe 04a1b2c3", {"uid": "04A1B2C3"}),
        ("swipe 04A1B2C3D4E5F6 2", {"uid": "04A1B2C3D4E5F6", "connector": 2}),
        ("cut", {}),
        ("dark", {}),
    ],
)
def test_a_command_is_a_bench_action(law: Law, line: str, parameters: dict[str, Any]) -> None:
    command, *words = line.split()
    assert parameters_of(command, words, FakeMock(law)) == parameters


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("swipe XYZ", "expected a UID in hexadecimal digits, not 'XYZ'"),
        ("swipe 2", "expected a UID in hexadecimal digits, not '2'"),
        ("swipe 0x77", "expected a UID in hexadecimal digits"),
        ("swipe " + "AB" * 10, "at most 20 characters"),
        ("swipe 77FD2AFA 3", "expected a connector (1, 2), not '3'"),
        ("plug 0", "expected a connector (1, 2), not '0'"),
        ("plug -1", "not '-1'"),
        ("plug 1_0", "not '1_0'"),
        ("plug ²", "not '²'"),
        ("plug " + "9" * 5000, "expected a connector (1, 2)"),
        ("plug 1 2", "expected no more than that, not '2'"),
        ("cut 1", "expected no more than that, not '1'"),
    ],
)
def test_bad_parameters_are_told_in_words(law: Law, line: str, why: str) -> None:
    command, *words = line.split()
    with pytest.raises(ValueError, match=r".") as told:
        parameters_of(command, words, FakeMock(law))
    assert why in str(told.value)


def test_an_action_that_a_mock_does_not_have(law: Law) -> None:
    mock = FakeMock(law)
    del mock.jam_lock  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="cannot do that"):
        parameters_of("jam", [], mock)
