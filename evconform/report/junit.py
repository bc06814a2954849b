"""junit.xml: one test case an element; as properties its official numbers, and for each requirement that it verifies or
found broken the verdict, level, clause and frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    sut = report.plan.sut.sut
    facts = [("product", sut.product), ("version", sut.version), ("incomplete", incomplete(report))]
    facts += [(f"set:{each.id}", str(report.set_verdict(each))) for each in report.sets]
    _properties(suite, facts)
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
    facts = [("title", case.title), ("verdict", str(result.verdict)), ("frames", f"{result.begin}-{result.end}")]
    facts += [("standing", str(report.standing_of(result))), ("reproduce", report.reproduce(result.id))]
    facts += [("oca", alias) for alias in case.oca]
    _properties(element, [*facts, *_requirements(report, result)])
    if report.standing_of(result) is Standing.WAIVED:
        ET.SubElement(element, "skipped", message=clean(f"waived: {report.waivers[result.id].reason}"))
    elif tag := ELEMENTS.get(result.verdict):
        ET.SubElement(element, tag, type=str(result.verdict), message=clean(result.reason))


def _requirements(report: Report, result: CaseResult) -> Iterator[tuple[str, str]]:
    red = sorted((finding for finding in result.findings if finding.verdict.red), key=lambda finding: finding.verdict)
    for id, verdict in ({finding.requirement: finding.verdict for finding in red} | result.requirements).items():
        row = report.plan.law.requirements[id]
        frames = {n for finding in red if finding.requirement == id for n in finding.frames}
        yield f"requirement:{id}", str(verdict)
        yield f"level:{id}", str(row.level)
        yield f"clause:{id}", row.clause
        if frames:
            yield f"frames:{id}", ",".join(map(str, sorted(frames)))


def _properties(parent: ET.Element, facts: Iterable[tuple[str, str]]) -> None:
    properties = ET.SubElement(parent, "properties")
    for name, value in facts:
        ET.SubElement(properties, "property", name=name, value=clean(value))


def incomplete(report: Report) -> str:
    """Why the run did not come to its end; empty if it did."""
    return report.interrupted if report.finished else report.interrupted or "the run has not ended, or was killed"


def clean(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold."""
    return "".join(c if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" else "�" for c in text)
