"""An INCH with wrong units, or a card read backwards, is found, and the page marks the member."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evconform.harness.plan import Content, find_sut, make_plan
from evconform.harness.verdict import Verdict
from evconform.report import html
from tests.report.page import blank, campaign

MARK = re.compile(r"<mark>(.*?)</mark>")


@pytest.mark.parametrize(
    ("fault", "case", "member"),
    [
        ("frequency_in_Hz", "OCPP16-CP-METER-10", '"unit":"Hz"'),
        ("frequency_in_Hertz", "OCPP16-CP-METER-10", '"unit":"Hertz"'),
        ("kilowatt_hours_called_watt_hours", "OCPP16-CP-METER-06", '"unit":"Wh"'),
        ("reads_cards_backwards", "OCPP16-CP-AUTH-03", '"idTag":"77FD2AFA"'),
    ],
)
def test_what_is_measured_wrong_is_marked(content: Content, tmp_path: Path, fault: str, case: str, member: str) -> None:
    report, log = blank(make_plan(content, find_sut("etrel-inch.toml", []))), tmp_path / "wire.jsonl"
    campaign(report, log, fault, [case])
    report.finished = True
    assert [result.verdict for result in report.results] == [Verdict.FAIL]
    marked = [re.sub(r"&#34;|&quot;", '"', text).replace(" ", "") for text in MARK.findall(html.render(report, log))]
    assert member in marked
