"""``--opposite``: a party of ours faces the SUT in the place of the scripted one, and the report says so."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]
SUT = "plain-charge-point.toml"
CPO = "reference-cpo"
SCRIPTED = "OCPP16-CP-HB-01"


@pytest.fixture(scope="module")
def bundle(evconform: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    done = evconform("run", "--sut", SUT, "--opposite", CPO, "--report", folder)
    assert done.returncode == 0, done.stdout
    assert f"on lab time, faced by {CPO}" in done.stdout
    return folder / "plain-charge-point"


def test_only_plain_cases_are_planned(bundle: Path) -> None:
    report: dict[str, Any] = json.loads((bundle / "report.json").read_text("utf-8"))
    assert report["header"]["opposite"] == CPO
    assert report["header"]["planned"]
    assert SCRIPTED in report["header"]["deselected"]
    assert not set(report["header"]["planned"]) & set(report["header"]["deselected"])


def test_the_others_are_named_with_the_reason(bundle: Path) -> None:
    why = f"it needs a scripted answer, and {CPO} faced the SUT (--opposite)"
    assert why in (bundle / "report.html").read_text("utf-8")
    left_out = json.loads((bundle / "report.json").read_text("utf-8"))["header"]["deselected"]
    assert f"- {len(left_out)}: {why}\n" in (bundle / "summary.md").read_text("utf-8")


def test_the_bundle_is_judged_again_as_it_was(evconform: Run, bundle: Path) -> None:
    assert evconform("judge", bundle).returncode == 0


def test_a_run_is_gone_on_with_by_the_same_party_only(evconform: Run, bundle: Path) -> None:
    done = evconform("run", "--resume", "--sut", SUT, "--report", bundle.parent)
    assert (done.returncode, "the option --opposite" in done.stderr) == (4, True), done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", "--sut", SUT, "--opposite", "nobody"), "--opposite: 'nobody' is not one of"),
        (("run", "--sut", "reference-cpo.toml", "--opposite", CPO), "--opposite: expected an embedded charge-point"),
        (("certify", "--opposite", CPO), "--opposite: expected a --sut"),
    ],
)
def test_who_cannot_face_whom(evconform: Run, tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    done = evconform(*words, "--report", tmp_path)
    assert (done.returncode, says in done.stderr) == (4, True), done.stderr


def test_the_pairs_are_printed(evconform: Run) -> None:
    done = evconform("plain", "--sut", "sparse-charge-point.toml")
    assert done.returncode == 0, done.stdout
    assert "OCPP16-CP-CONN-01    scripted: pass         played: pass" in done.stdout
    assert "0 of them differ" in done.stdout
