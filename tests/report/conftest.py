"""A report of a product that fails, its page, and a wire log written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.clock import Clock, LabLoop
from evconform.harness.plan import Content, find_sut, load_content, make_plan
from evconform.harness.verdict import Verdict
from evconform.harness.wire import WireLog
from evconform.report import html
from evconform.report.model import Report
from tests.report.page import FAILED, Log, blank, campaign, over_json


@pytest.fixture(scope="package")
def content() -> Content:
    return load_content()


@pytest.fixture(scope="package")
def plan(content: Content) -> Plan:
    """The plain charge point, over JSON alone; a report of several columns is in test_columns.py."""
    return over_json(make_plan(content, find_sut("plain-charge-point.toml", [])))


@pytest.fixture(scope="package")
def failed(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    """A fail, a warning and a pass, of a product that boots again too soon."""
    report, log = blank(plan), tmp_path_factory.mktemp("failed") / "wire.jsonl"
    campaign(report, log, "impatient_after_refusal", ["OCPP16-CP-BOOT-01", FAILED, "OCPP16-CP-BOOT-04"])
    report.finished = True
    assert [r.verdict for r in report.results] == [Verdict.PASS, Verdict.FAIL, Verdict.WARN]
    return report, log


@pytest.fixture(scope="package")
def page(failed: tuple[Report, Path]) -> str:
    return html.render(*failed)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """A wire log written by hand: one case, with these frames."""

    def write(*frames: str | bytes) -> Path:
        loop = LabLoop()
        wire = WireLog(tmp_path / "wire.jsonl", Clock(loop))
        wire.mark("case-begin", case=FAILED)
        for n, data in enumerate(frames):
            wire.frame("c1", "tester" if n % 2 else "sut", "text", data)
        wire.mark("case-end", case=FAILED)
        wire.close()
        loop.close()
        return wire.path

    return write
