"""junit.xml: one test case an element, its requirements as properties."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from evconform.harness.judge import CaseResult
from evconform.harness.standing import Standing
from evconform.harness.verdict import Verdict
from evconform.report.model import Report

ELEMENTS = {Verdict.FAIL: "failure", Verdict.INCONCLUSIVE: "error", Verdict.ERROR: "error"}
"""Verdict to the element that says so; pass and warn have none. Inconclusive is never green."""


def render(report: Report) -> str:
    counts = report.counts
    suite = ET.Element(
        "testsuite",
        name=f"{report.plan.law.title} {report.plan.sut.sut.role}",
        tests=str(counts["ran"]),
        timestamp=report.began.isoformat(timespec="seconds"),
        time=f"{report.wall_seconds:.3f}",
    )
    for result in report.results:
        _case(suite, report, result)
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, "unicode", xml_declaration=True) + "\n"


def _case(suite: ET.Element, report: Report, result: CaseResult) -> None:
    case = report.plan.law.cases[result.id]
    element = ET.SubElement(suite, "testcase", classname=case.module, name=result.id, time=f"{result.ended - result.began:.3f}")
    properties = ET.SubElement(element, "properties")
    facts = [("title", case.title), ("verdict", str(result.verdict)), ("frames", f"{result.begin}-{result.end}")]
    facts += [(f"requirement:{id}", str(verdict)) for id, verdict in result.requirements.items()]
    for name, value in facts:
        ET.SubElement(properties, "property", name=name, value=value)
    if report.standing_of(result) is Standing.WAIVED:
        ET.SubElement(element, "skipped", message=f"waived: {report.waivers[result.id].reason}")
    elif tag := ELEMENTS.get(result.verdict):
        ET.SubElement(element, tag, type=str(result.verdict), message=clean(result.reason))


def clean(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold."""
    return "".join(c if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" else "�" for c in text)
