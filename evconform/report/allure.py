"""Allure results: one file a case, with what it verifies as labels, what was done and found as steps, and its frames attached.

The classes are allure-python-commons'; their plugin for pytest is not used, for a verdict is not a test's outcome. No host,
no process and no thread stands in a file, and names of files are made of the report, so that one report gives one set of them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from allure_commons import model2
from allure_commons.types import AttachmentType, LabelType, Severity
from attr import asdict

from evconform.harness import wire
from evconform.harness.judge import CaseResult, Finding
from evconform.harness.law import TestCase
from evconform.harness.standing import Standing
from evconform.harness.verdict import Level, Verdict, worst
from evconform.harness.wire import Entry
from evconform.report.bundle import put
from evconform.report.exchange import hides_secrets
from evconform.report.model import Report

STATUS = {
    Verdict.PASS: model2.Status.PASSED,
    Verdict.WARN: model2.Status.PASSED,
    Verdict.INCONCLUSIVE: model2.Status.BROKEN,
    Verdict.FAIL: model2.Status.FAILED,
    Verdict.ERROR: model2.Status.BROKEN,
}
"""Allure has four words for our five; the label ``verdict`` has ours. A waived case is ``skipped``, as in JUnit."""
SEVERITY = {Level.MUST: Severity.CRITICAL, Level.SHOULD: Severity.NORMAL, Level.INTEROP: Severity.MINOR}
CATEGORIES = [
    {"name": "Nonconformities", "matchedStatuses": ["failed"]},
    {"name": "Inconclusive: what was missing", "matchedStatuses": ["broken"], "messageRegex": "(?s)inconclusive: .*"},
    {"name": "Errors of the tester", "matchedStatuses": ["broken"], "messageRegex": "(?s)error: .*"},
    {"name": "Waived", "matchedStatuses": ["skipped"]},
]


def write(report: Report, wire_log: Path, folder: Path) -> None:
    """Adds the results of a run to a folder of Allure results, which other runs may share."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = Writer(report, folder)
    put(folder / "categories.json", json.dumps(CATEGORIES, indent=1) + "\n")
    for result, entries, torn in cases(report, wire_log):
        writer.case(result, entries, torn)


def cases(report: Report, log: Path) -> Iterator[tuple[CaseResult, list[Entry], str]]:
    """Each result with the entries of its case; one case is held at a time. A log that cannot be read to its end leaves
    the rest without, and says why."""
    left, held, torn = list(report.results), [], ""
    try:
        for entry in wire.read(log, verify=False) if left else ():
            if left and left[0].begin <= entry.n <= left[0].end:
                held.append(entry)
            if left and entry.n >= left[0].end:
                yield left.pop(0), held, ""
                held = []
    except (OSError, ValueError, KeyError, TypeError) as error:
        torn = f"the wire log could not be read to its end: {type(error).__name__}: {error}"
    for result in left:
        yield result, held, torn
        held = []


class Writer:
    def __init__(self, report: Report, folder: Path) -> None:
        self.report = report
        self.folder = folder
        self.hide: Callable[[str], str] = hides_secrets(report)
        self.product = report.plan.sut.sut.product
        self.began = round(report.began.timestamp() * 1000)

    def case(self, result: CaseResult, entries: list[Entry], torn: str) -> None:
        case = self.report.plan.law.cases[result.id]
        times = {entry.n: self.at(entry.t) for entry in entries}
        item = model2.TestResult(uuid=self.name(result.id), name=case.title, fullName=f"{case.law}: {case.id}")
        item.testCaseId = digest(case.law, case.id)
        item.historyId = digest(case.law, case.id, self.product)  # products that share a folder are not retries of each other
        item.titlePath = [self.report.plan.law.title, case.role, case.id]
        item.status, item.stage = self.status(result), "finished"
        item.statusDetails = self.details(result)
        item.description = "\n".join(self.description(case))
        item.parameters = [model2.Parameter(name="product", value=self.product)]
        item.parameters += [model2.Parameter(name="version", value=self.report.plan.sut.sut.version, excluded=True)]
        item.labels = [model2.Label(name=name, value=value) for name, value in self.labels(case, result)]
        item.start, item.stop = self.at(result.began), self.at(result.ended)
        item.steps = [*self.done(result, times), *self.found(result)]
        if torn:
            item.steps.append(model2.TestStepResult(name=torn, status=model2.Status.BROKEN, start=item.start, stop=item.stop))
        item.attachments = list(self.attachments(result, entries))
        put(self.folder / item.file_pattern.format(prefix=item.uuid), self.text(item))

    def name(self, *parts: str) -> str:
        """A name for a file, and nothing else has it."""
        sut = self.report.plan.sut.sut
        run = (self.report.plan.law.name, sut.role, self.product, sut.version, self.report.began.isoformat())
        return str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([*run, *parts])))

    def text(self, item: Any) -> str:
        members = asdict(item, filter=lambda _, value: bool(value) or value is False)
        return json.dumps(hidden(members, self.hide), indent=1) + "\n"  # ASCII: a SUT may say a lone surrogate

    def at(self, seconds: float) -> int:
        return self.began + round(seconds * 1000)

    def status(self, result: CaseResult) -> str:
        return model2.Status.SKIPPED if self.report.standing_of(result) is Standing.WAIVED else STATUS[result.verdict]

    def details(self, result: CaseResult) -> Any:
        if result.verdict is Verdict.PASS:
            return None
        waived = self.report.standing_of(result) is Standing.WAIVED
        said = f"waived: {self.report.waivers[result.id].reason}\n" if waived else ""
        return model2.StatusDetails(
            message=f"{said}{result.verdict}: {result.reason}",
            trace=f"reproduce: {self.report.reproduce(result.id)}",
            known=waived,
        )

    def description(self, case: TestCase) -> Iterator[str]:
        """The requirements and their clauses, as text."""
        for id in case.verifies:
            row = self.report.plan.law.requirements[id]
            yield f"- {id} ({row.level}; {row.clause}): {row.says}"

    def labels(self, case: TestCase, result: CaseResult) -> Iterator[tuple[str, str]]:
        law, rows = self.report.plan.law, [self.report.plan.law.requirements[id] for id in case.verifies]
        yield LabelType.EPIC, law.title
        sets = [each.title for each in self.report.sets if set(case.verifies) & set(each.requirements)]
        yield from ((LabelType.FEATURE, title) for title in sets[:1])  # under two of them Allure would count the case twice
        yield from (("requirement set", title) for title in sets)
        yield LabelType.STORY, case.id
        yield LabelType.PARENT_SUITE, self.product
        yield LabelType.SUITE, case.module.rsplit(".", 1)[-1].removeprefix("test_").replace("_", " ")
        most = worst_level([row.level for row in rows])
        yield LabelType.SEVERITY, (Severity.BLOCKER if case.smoke else SEVERITY[most]).value
        yield LabelType.FRAMEWORK, "evconform"
        yield "testcase", case.id
        yield "verdict", str(result.verdict)
        yield "standing", str(self.report.standing_of(result))
        yield from ((LabelType.TAG, alias) for alias in case.oca)
        yield from (("requirement", id) for id in case.verifies)

    def done(self, result: CaseResult, times: dict[int, int]) -> Iterator[Any]:
        """What was done; a step has no outcome of its own."""
        for step in result.steps:
            number = step.removeprefix("[").partition("]")[0]
            at = times.get(int(number) if number.isdecimal() else 0, self.at(result.began))
            yield model2.TestStepResult(name=step, start=at, stop=at)

    def found(self, result: CaseResult) -> Iterator[Any]:
        """Each requirement that the case verifies or was seen broken in it, with what shows it."""
        at = self.at(result.ended)
        by: dict[str, list[Finding]] = {id: [] for id in result.requirements}
        for finding in result.findings:
            if finding.requirement in by or finding.verdict.red:
                by.setdefault(finding.requirement, []).append(finding)
        for id, findings in by.items():
            verdict = result.requirements.get(id, worst(f.verdict for f in findings))
            inner = [model2.TestStepResult(name=told(f), status=STATUS[f.verdict], start=at, stop=at) for f in findings]
            yield model2.TestStepResult(name=f"{id}: {verdict}", status=STATUS[verdict], steps=inner, start=at, stop=at)

    def attachments(self, result: CaseResult, entries: list[Entry]) -> Iterator[Any]:
        """The case's frames and marks, to read and to process."""
        if not entries:
            return
        forms = {AttachmentType.TEXT: "\n".join(map(line_of, entries)), AttachmentType.JSON: json_of(entries)}
        for kind, body in forms.items():
            name = model2.ATTACHMENT_PATTERN.format(prefix=self.name(result.id, kind.extension), ext=kind.extension)
            put(self.folder / name, self.hide(body) + "\n")
            named = f"frames {result.begin} to {result.end}, as {kind.name.lower()}"
            yield model2.Attachment(name=named, source=name, type=kind.mime_type)


def digest(*parts: str) -> str:
    """The same for the same parts, in every run."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def hidden(value: Any, hide: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, dict):
        return {name: hidden(member, hide) for name, member in value.items()}
    return [hidden(member, hide) for member in value] if isinstance(value, list | tuple) else value


def worst_level(levels: list[Level]) -> Level:
    return min(levels, key=list(Level).index, default=Level.INTEROP)


def told(finding: Finding) -> str:
    frames = f" (frames {', '.join(map(str, finding.frames))})" if finding.frames else ""
    return f"{finding.verdict}, {finding.check}: {finding.says}{frames}"


def line_of(entry: Entry) -> str:
    """An entry as a line to read."""
    head = f"{entry.n:>6} {entry.t:>12.3f} s  "
    if entry.mark:
        return f"{head}-- {entry.mark} {json.dumps(entry.facts, ensure_ascii=False) if entry.facts else ''}".rstrip()
    data = entry.data.decode("utf-8", "backslashreplace") if isinstance(entry.data, bytes) else entry.data
    way = "product -> tester" if entry.by == "sut" else "tester -> product"
    facts = "".join(f" {name}={value}" for name, value in entry.facts.items())
    return f"{head}{way} {entry.conn} {entry.kind}{facts} {data}".rstrip()


def json_of(entries: list[Entry]) -> str:
    """The entries with the members that they have in wire.jsonl, but for the chain."""
    lines = []
    for entry in entries:
        line: dict[str, Any] = {"n": entry.n, "t": entry.t}
        if entry.mark:
            line |= {"mark": entry.mark}
        else:
            line |= {"conn": entry.conn, "by": entry.by, "kind": entry.kind}
            raw = entry.data
            line |= {"b64": base64.b64encode(raw).decode()} if isinstance(raw, bytes) else {"data": raw}
        lines.append(line | entry.facts)
    return json.dumps(lines, indent=1)
