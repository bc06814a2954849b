"""Judges a bundle again: integrity first, then every verdict from frames and marks, with the law of this installation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evconform.harness import wire
from evconform.harness.catalogue import Law, import_string
from evconform.harness.judge import CaseResult, Judge, Terms
from evconform.harness.pics import Pics
from evconform.harness.plan import load_content
from evconform.harness.verdict import UsageError
from evconform.report import bundle


def rejudge(folder: Path, own: list[Path] | None = None) -> tuple[bool, list[str]]:
    """Whether a bundle is whole and every verdict agrees; and what to say. Raises UsageError if it is no bundle."""
    try:
        report = json.loads((folder / "report.json").read_text("utf-8"))
        header = report["header"]
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"{folder}: no bundle: {error}") from error
    lines = bundle.tampered(folder)
    if lines:
        return False, lines
    law = load_content(own).catalogue.laws[header["law"]["name"]]
    results = {result.id: result for result in judge_again(folder / bundle.WIRE, law, terms_of(header))}
    for case in report["cases"]:
        lines += differences(case, results.pop(case["id"], None))
    lines += [f"{id}: is in the wire log, and not in the report" for id in results]
    if lines:
        return False, lines
    return True, [f"{len(report['cases'])} verdicts judged again from {bundle.WIRE}: all agree; the bundle is as it was written"]


def terms_of(header: dict[str, Any]) -> Terms:
    """The terms that a report's header states."""
    pics = Pics(header["pics"]["answers"], tuple(header["pics"]["assumed"]))
    identity = header["endpoint"]["identity"]
    return Terms(header["sut"]["role"], identity, header["tolerance"], header["pixit"], pics)


def judge_again(log: Path, law: Law, terms: Terms) -> list[CaseResult]:
    judge = Judge(law, terms, import_string(law.view)(terms))
    entry = None
    for entry in wire.read(log, verify=False):
        judge.feed(entry)
    if entry:
        judge.cut_short(entry)
    return judge.results


def differences(case: dict[str, Any], result: CaseResult | None) -> list[str]:
    """Where the report says something else than the log."""
    if result is None:
        return [f"{case['id']}: is in the report, and not in the wire log"]
    found = []
    if case["verdict"] != str(result.verdict):
        found.append(f"{case['id']}: the report says {case['verdict']}, the wire log {result.verdict}: {result.reason}")
    for id in case["requirements"].keys() | result.requirements.keys():
        then, now = case["requirements"].get(id), result.requirements.get(id)
        if then != (str(now) if now is not None else None):
            found.append(f"{case['id']}: {id}: the report says {then}, the wire log {now}")
    return found
