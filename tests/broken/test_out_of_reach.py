"""SUTs that cannot be reached, and SUTs that go for good: one sentence, exit code 2, and the evidence is there."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.broken.claims import CLAIMS

PATIENCE = 1.0
FOREIGN = """
[sut]
product = "broken"
version = "1"
role = "{role}"
speaks = ["ocpp1.6-json"]
pics = "{pics}"
[endpoint]
{endpoint}
identity = "BROKEN-1"
[control]
kind = "python"
entry = "unreachable:{control}"
[control.options]
script = "dying_charge_point.py"
[pixit]
patience = 1
tolerance = 0.5
reconnect_within = 1
boot_within = 1
"""
EMBEDDED = """
[sut]
product = "broken"
version = "1"
role = "{role}"
speaks = ["ocpp1.6-json"]
pics = "plain-{role}.toml"
[endpoint]
identity = "BROKEN 1"
password = "0123456789abcdef0123"
[control]
kind = "embedded"
party = "{party}"
"""
WITHOUT_A_BENCH = [f"OCPP16-CP-{case}" for case in ("CONN-01", "CONN-04", "FRAME-02", "FRAME-05", "FRAME-06", "FRAME-08")]

UNTIL_IT_DIES = [f"OCPP16-CP-{case}" for case in ("CONN-01", "CONN-04", "FRAME-06", "FRAME-07", "FRAME-08")]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> None:
    """What lies beside the SUT file."""
    for name in ("unreachable.py", "dying_charge_point.py"):
        shutil.copy(Path(__file__).with_name(name), tmp_path)
    (tmp_path / "foreign.pics.toml").write_text(CLAIMS.format(model="dying"), "utf-8")


@pytest.fixture
def nobody() -> Iterator[int]:
    """A port at which nobody listens, kept: only whoever is told of it may."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def mute() -> Iterator[int]:
    """A port at which the kernel accepts connections, and nobody ever says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield listening.getsockname()[1]


def stopped_at_once(outcome: Any, *words: str) -> None:
    """The smoke case alone ran, within twice the patience, and one sentence says why it went no further."""
    assert outcome.code == 2, outcome.said
    (case,) = outcome.report["cases"]
    assert case["verdict"] == "inconclusive"
    assert case["seconds"] < 2 * PATIENCE + 1
    sentence = outcome.report["footer"]["interrupted"]
    for word in ("the SUT cannot be reached", *words):
        assert word in sentence
    assert f"INCOMPLETE: {sentence}" in outcome.said


def test_a_charge_point_that_never_connects(run: Any) -> None:
    listen = 'listen = "ws://127.0.0.1:0/ocpp"'
    stopped_at_once(
        run(FOREIGN.format(role="charge-point", pics="foreign.pics.toml", endpoint=listen, control="Nothing")),
        "BROKEN-1",
        "did not connect",
    )


def test_a_central_system_that_does_not_listen(run: Any, nobody: int) -> None:
    url = f'url = "ws://127.0.0.1:{nobody}/ocpp"'
    stopped_at_once(run(FOREIGN.format(role="central-system", pics="plain-central-system.toml", endpoint=url, control="Nothing")))


def test_a_central_system_that_says_nothing(run: Any, mute: int) -> None:
    url = f'url = "ws://127.0.0.1:{mute}/ocpp"'
    stopped_at_once(run(FOREIGN.format(role="central-system", pics="plain-central-system.toml", endpoint=url, control="Nothing")))


def test_a_charge_point_whose_process_dies(run: Any, nobody: int) -> None:
    """It answers three CALLs, then it is gone: what it did stands, what it could not do is inconclusive."""
    listen = f'listen = "ws://127.0.0.1:{nobody}/ocpp"'
    outcome = run(
        FOREIGN.format(role="charge-point", pics="foreign.pics.toml", endpoint=listen, control="Process"), *UNTIL_IT_DIES
    )
    verdicts = list(outcome.cases.values())
    assert outcome.code == 2, outcome.said
    assert verdicts[0] == "pass"
    assert verdicts[-1] == "inconclusive"
    assert set(verdicts) == {"pass", "inconclusive"}


def test_a_charge_point_that_is_gone_after_three_cases(run: Any) -> None:
    outcome = run(EMBEDDED.format(role="charge-point", party="dies after three cases"), *WITHOUT_A_BENCH)
    assert outcome.code == 2, outcome.said
    assert list(outcome.cases.values()) == ["pass"] * 3 + ["inconclusive"] * 3


def test_a_charge_point_that_leaves_instead_of_answering(run: Any) -> None:
    outcome = run(EMBEDDED.format(role="charge-point", party="leaves while it answers"))
    assert outcome.code == 2, outcome.said
    assert list(outcome.cases.values()) == ["inconclusive"]
    assert "the SUT cannot be reached" in outcome.report["footer"]["interrupted"]
