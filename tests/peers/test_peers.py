"""Foreign peers: a charge point and a central system on the ocpp package of PyPI, both on Java-OCA-OCPP over SOAP, a CPO and an
eMSP on extrawest-ocpi, judged through the command line.

``*.expected.toml`` pins the verdict on every requirement, and says of each that is no pass what the frames showed. Where threads
of the peer race for it, it says which verdicts may come of that.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

PEERS = ("charge-point", "central-system", "soap-charge-point", "soap-central-system", "ocpi-cpo", "ocpi-emsp")


def pinned(peer: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(f"{peer}.expected.toml").read_text("utf-8"))


PAIRS = [(peer, requirement) for peer in PEERS for requirement in pinned(peer)["requirements"]]


@pytest.mark.parametrize(("peer", "requirement"), PAIRS)
def test_the_verdict_on_a_requirement(runs: dict[str, Any], peer: str, requirement: str) -> None:
    report = runs[peer].ended().report
    reasons = [
        f"{case['id']}: {finding['verdict']}: {finding['says']} {finding['frames']}"
        for case in report["cases"]
        for finding in case["findings"]
        if finding["requirement"] == requirement
    ]
    expected = pinned(peer)["requirements"][requirement]
    assert report["requirements"][requirement]["verdict"] in ([expected] if isinstance(expected, str) else expected), "\n".join(
        reasons
    )


@pytest.mark.parametrize("peer", PEERS)
class TestRun:
    def test_every_requirement_is_pinned(self, runs: dict[str, Any], peer: str) -> None:
        assert runs[peer].ended().report["requirements"].keys() == pinned(peer)["requirements"].keys()

    def test_it_ends_with_the_exit_code_of_its_verdicts(self, runs: dict[str, Any], peer: str) -> None:
        run = runs[peer].ended()
        assert (run.process.returncode, run.report["footer"]["exit"]) == (1, 1)
        assert run.report["footer"]["interrupted"] == ""
        assert run.report["header"]["clock"] == "wall"

    def test_nothing_of_ours_broke(self, runs: dict[str, Any], peer: str) -> None:
        run = runs[peer].ended()
        assert [case["reason"] for case in run.report["cases"] if case["verdict"] == "error"] == []
        assert "Traceback (most recent call last)" not in run.said.read_text("utf-8")

    def test_judging_again_agrees(self, runs: dict[str, Any], peer: str) -> None:
        run = runs[peer].ended()
        line = [sys.executable, "-m", "evconform", "judge", str(run.bundle)]
        again = subprocess.run(line, env=run.environment, capture_output=True, text=True, check=False, timeout=60)
        assert again.returncode == 0, again.stdout + again.stderr
