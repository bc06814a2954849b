"""The runs against the foreign peers are begun. It comes before all other tests of its session (conftest.py), so that they go on
beside those, for they wait for most of their time; what they came to is asked in test_peers.py."""

from __future__ import annotations

from typing import Any

from .test_peers import PEERS


def test_every_run_is_under_way(runs: dict[str, Any]) -> None:
    assert {peer: run.process.poll() for peer, run in runs.items()} == dict.fromkeys(runs)
    assert all(peer.startswith("soap-") for peer in set(PEERS) - runs.keys())  # where there is no JDK
