"""Judges a bundle again: integrity first, then everything that the report says, from frames and marks, with the law of
this installation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evconform.harness import wire
from evconform.harness.campaign import Plan
from evconform.harness.catalogue import Law
from evconform.harness.columns import Claims
from evconform.harness.control_file import Control
from evconform.harness.judge import CaseResult, Judge, Terms
from evconform.harness.named import import_string, one_line
from evconform.harness.pics import Pics
from evconform.harness.plan import load_content
from evconform.harness.sut import Endpoint, Pixit, Product, Sut
from evconform.harness.user_file import expected
from evconform.harness.verdict import UsageError, on_a_line
from evconform.harness.waivers import Waiver
from evconform.harness.wire import Entry
from evconform.report import bundle
from evconform.report.hostile import thrown_in
from evconform.report.model import Report, resumption
from evconform.report.sight import seen_in

NOT_JUDGED = ("wall_seconds", "reproduce")
"""Members that are no function of the log."""


def rejudge(folder: Path, own: list[Path] | None = None) -> tuple[bool, list[str]]:
    """Whether a bundle is whole and all that it says agrees; and what to say. Raises UsageError if it is no bundle."""
    try:
        said = json.loads((folder / "report.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(
            f"{folder}: no bundle: report.json: {getattr(error, 'strerror', None) or on_a_line(str(error))}"
        ) from error
    if lines := bundle.tampered(folder):
        return False, lines
    laws = load_content(own).catalogue.laws
    try:
        report = judged_again(folder / bundle.WIRE, laws)
        lines = list(differences(said, report.as_json()))
    except (LookupError, TypeError, ValueError, AttributeError, StopIteration, RecursionError) as error:
        why = expected(error) if isinstance(error, ValidationError) else one_line(error)
        raise UsageError(f"{folder}: no bundle of this version: {on_a_line(why)}") from error
    if lines:
        return False, lines
    return True, [f"{len(report.results)} verdicts judged again from {bundle.WIRE}: all agree; the bundle is as it was written"]


def judged_again(log: Path, laws: dict[str, Law]) -> Report:
    """The report that the log alone gives. Raises UsageError where this installation lacks the law."""
    header = next(entry for entry in wire.read(log, verify=False) if entry.mark == "campaign-begin").facts["header"]
    name = header["law"]["name"]
    if name not in laws:
        raise UsageError(f"{log.parent}: the law {name!r} is not installed here")
    law = laws[name]
    if unknown := [id for id in header["planned"] if id not in law.cases]:
        raise UsageError(f"{log.parent}: {unknown[0]} is no test case of this installation; name its folder with --suites")
    report = report_of(header, law)
    report.results = judge_again(log, law, report.plan.terms)
    report.sight = seen_in(log, report.plan)
    report.thrown = thrown_in(log, report.plan)
    for entry in wire.read(log, verify=False):
        if entry.mark == "resumed":
            report.finished, report.interrupted = False, ""
            report.unreached.clear()
            report.resumed.append(resumption(entry))
        elif entry.mark == "unreached":
            report.unreached[entry.facts["speaks"]] = entry.facts["why"]
        elif entry.mark in ("campaign-end", "interrupted"):
            report.finished, report.interrupted = True, entry.facts["why"]
    return report


def report_of(header: dict[str, Any], law: Law) -> Report:
    """The report with this header, without results."""
    waivers = {row["testcase"]: Waiver.model_validate(row, strict=False) for row in header["waivers"]}
    report = Report(
        plan_of(header, law),
        header["mode"],
        [law.cases[id] for id in header["planned"]],
        header["not_applicable"],
        header["command"],
        datetime.fromisoformat(header["began"]),
        header["clock"],
        waivers,
        deselected=header["deselected"],
        environment=header["environment"],
    )
    report.tool = header["tool"]
    return report


def plan_of(header: dict[str, Any], law: Law) -> Plan:
    """The plan of the run that wrote this header."""
    given = header["pics"]
    form = law.form_of(header["sut"]["role"])
    pics = Pics(given["answers"], tuple(given["assumed"]), given["sections"], given["messages"], form=form)
    columns = {
        speaks: Claims(replace(pics, answers=each["answers"]), faced_of(each["faced"]))
        for speaks, each in header.get("columns", {}).items()  # there is none where the SUT speaks one only
    }
    sut = Sut.model_construct(
        sut=Product(**header["sut"]),
        endpoint=Endpoint(**header["endpoint"]),
        control=Control.model_construct(kind=header["control"], party="", entry="", options={}),
        pixit=Pixit(**header["pixit"]),
        file=Path(),
    )
    told = {name: header[name] for name in ("hostile", "opposite", "policy")}
    return Plan(law, sut, pics, Path(), faced=faced_of(header["faced"]), columns=columns, **told)


def faced_of(header: dict[str, Any]) -> dict[str, Pics]:
    """The PICS of the parties that faced the SUT, by name."""
    return {name: Pics(each["answers"], sections=each["sections"]) for name, each in header.items()}


def judge_again(log: Path, law: Law, terms: Terms) -> list[CaseResult]:
    """The results of every case in a log."""
    judge = Judge(law, terms, import_string(law.view)(terms))
    entry: Entry | None = None
    for entry in wire.read(log, verify=False):
        judge.feed(entry)
    if entry:
        judge.cut_short(entry)
    return judge.results


def differences(said: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """Where the report says something else than the log."""
    given = {case["id"]: case for case in said["cases"]}
    seen = {case["id"]: case for case in now["cases"]}
    if len(given) != len(said["cases"]):
        yield "report.json: holds a case twice"
    for id in given.keys() | seen.keys():
        yield from case_differences(id, given.get(id), seen.get(id))
    for part in ("header", "requirements", "messages", "chapters", "hostile", "footer"):
        yield from member_differences(part, said.get(part, {}), now.get(part, {}))
    for part in ("columns", "side_by_side"):  # a bundle of a version before them has none
        if part in said:
            yield from member_differences("report.json", {part: said[part]}, {part: now.get(part)})


def case_differences(id: str, then: dict[str, Any] | None, now: dict[str, Any] | None) -> Iterator[str]:
    if now is None:
        yield f"{id}: is in the report, and not in the wire log"
    elif then is None:
        yield f"{id}: is in the wire log, and not in the report"
    elif then["verdict"] != now["verdict"]:
        yield f"{id}: the report says {then['verdict']}, the wire log {now['verdict']}: {now['reason']}"
    else:
        yield from member_differences(id, then, now)


def member_differences(place: str, then: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    for name in then.keys() | now.keys():
        if name not in NOT_JUDGED and then.get(name) != now.get(name):
            yield f"{place}: {name}: the report says {shown(then.get(name))}, the wire log {shown(now.get(name))}"


def shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:97]}..."
