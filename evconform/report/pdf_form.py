"""The vendor's questionnaire in report.pdf: as the form it is, claimed beside verified."""

from __future__ import annotations

from typing import Any

from evconform.harness.form import Field, Section
from evconform.report.model import Report

ROWS_AT_MOST = 40
"""Of one section; report.html has them all."""


def questionnaire(report: Report, whole: dict[str, Any]) -> dict[str, Any]:
    form, pics, claims = report.plan.pics.form, report.plan.pics, whole["claims"]
    assumed = set(pics.assumed)
    return {
        "form": form.title,
        "column": report.plan.sut.sut.speaks[0],
        "columns": by_column(whole),
        "profiles": [row(name, pics[name], claims[f"profile:{name}"]) for name in form.profiles],
        "sections": [
            part(each, whole["header"]["pics"]["sections"].get(each.name), claims.get(f"section:{each.name}"))
            for each in form.sections.values()
        ],
        "messages": [message(name, each, name in form.unasked) for name, each in whole["messages"].items()],
        "items": [row(form.asks[n] or n, pics[n], claims[f"item:{n}"]) | {"assumed": n in assumed} for n in form.supplementary],
        "review": whole["review"],
    }


def by_column(whole: dict[str, Any]) -> dict[str, Any]:
    """The matrix of the questionnaire in every column, where the product speaks several; else nothing."""
    columns = whole["columns"] if whole.get("side_by_side") else []
    names = list(columns[0]["messages"]) if columns else []
    return {
        "heads": [column["column"] for column in columns],
        "untested": [f"{column['column']}: {column['untested']}" for column in columns if column["untested"]],
        "rows": [{"name": name, "cells": [column["messages"][name] for column in columns]} for name in names],
    }


def side_by_side(whole: dict[str, Any]) -> dict[str, Any]:
    """The cases in every column that was tested, those that differ first."""
    rows = sorted(whole.get("side_by_side", []), key=lambda row: not row["differs"])
    words = [column["word"] for column in whole.get("columns", []) if not column["untested"]] if rows else []
    cells = ((row, [row["columns"].get(word, {"verdict": ""})["verdict"] for word in words]) for row in rows)
    return {"heads": words, "rows": [{"case": row["case"], "cells": verdicts} for row, verdicts in cells]}


def row(name: str, answer: Any, claim: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "claimed": given(answer), **about(claim)}


def about(claim: dict[str, Any]) -> dict[str, Any]:
    """What a claim came to."""
    return {"state": claim["state"], "judged": claim["judged"], "broken": claim["broken"]}


def message(name: str, each: dict[str, Any], unasked: bool) -> dict[str, Any]:
    seen = f"{each['calls']}, the first in frame {each['first']}" if each["calls"] else "never"
    shown = {"name": f"{name} (not asked by the form)" if unasked else name, "claimed": given(each["claimed"]), "seen": seen}
    return shown | about(each) | {"about": each["requirements"]}


def part(section: Section, answers: Any, claim: dict[str, Any] | None) -> dict[str, Any]:
    """A section of the form: its questions, and a row of answers for each time that it was filled in."""
    filled = [] if answers is None else answers if section.many else [answers]
    shown = {"title": section.title, "many": section.many, "asks": [item.asks for item in section.fields.values()]}
    shown |= {"rows": [[answer(item, each) for item in section.fields.values()] for each in filled[:ROWS_AT_MOST]]}
    return shown | {"more": max(0, len(filled) - ROWS_AT_MOST)} | (about(claim) if claim else {})


def answer(item: Field, row: dict[str, Any]) -> str:
    return "not shown: it is secret" if item.secret else given(row.get(item.name))


def given(value: Any) -> str:
    if isinstance(value, bool):
        return "✓ yes" if value else "– no"
    if value is None or value == "":
        return "not answered"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
