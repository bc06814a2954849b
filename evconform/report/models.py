"""The table case by model: each official test case, our cases for it, and what each product comes to, in each column that it
speaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from evconform.harness.campaign import Plan
from evconform.harness.catalogue import OfficialCase
from evconform.harness.columns import word_of
from evconform.harness.law import TestCase
from evconform.harness.pics import Pics
from evconform.harness.verdict import UsageError, Verdict, worst

APPLIES = "applies"
NO_CASE = "–"
UNJUDGED = (APPLIES, "not run", "no case")
CELL_AT_MOST = 40
"""Characters of a cell; `evconform list --sut` has the whole reason."""


@dataclass
class Row:
    """An official case, or one of ours that has no official number; a cell for each model."""

    official: str
    title: str
    cases: list[TestCase]
    """On every column."""
    applies: str = ""
    """The condition of the official case."""
    cells: list[str] = field(default_factory=list)
    contradiction: str = ""
    """Where the official case asks something else than the specification."""
    listed: bool = True
    """Whether it stands in the list of official cases."""

    @property
    def ours(self) -> list[str]:
        """The ids that its cases were declared with."""
        return list(dict.fromkeys(case.declared or case.id for case in self.cases))


Model = tuple[Plan, str]
"""A product, and a column that it speaks."""


def models_of(plans: list[Plan]) -> list[Model]:
    return [(plan, speaks) for plan in plans for speaks in plan.speaks]


def table(plans: list[Plan], reports: Path | None, edition: str = "") -> list[Row]:
    """The rows for products of one law and role: official cases in their order, then ours without a number. With the
    folder of reports a cell is the worst verdict that the bundle of the product holds for the cases that apply. Of one
    ``edition``, or of all. Raises UsageError for an edition that there is not."""
    law, role = plans[0].law, plans[0].sut.sut.role
    models = models_of(plans)
    spoken = {speaks for _, speaks in models}
    cases = [case for case in law.cases_for(role) if case.speaks in ("", *spoken)]
    official = [each for each in law.official if each.role in ("", role)]
    editions = sorted({name for each in official for name in each.editions})
    if edition and edition not in editions:
        raise UsageError(f"--edition {edition}: expected one of {', '.join(editions)}")
    official = [each for each in official if not edition or edition in each.editions]
    rows = [
        Row(
            each.id,
            each.title,
            [case for case in cases if each.id in case.oca],
            each.applies,
            contradiction=contradiction_of(each),
        )
        for each in official
    ]
    listed = {row.official for row in rows}
    besides: dict[str, list[TestCase]] = {}
    for case in cases:
        if not listed & set(case.oca):
            besides.setdefault(case.declared or case.id, []).append(case)
    rows += [Row(" ".join(its[0].oca), its[0].title, its, listed=False) for its in besides.values()]
    verdicts = {id(plan): verdicts_of(plan, reports) for plan in plans}
    for row in rows:
        row.cells = [cell(plan, row, verdicts[id(plan)], speaks) for plan, speaks in models]
    return rows


def contradiction_of(official: OfficialCase) -> str:
    if not official.theirs:
        return ""
    return f"{official.id}: the official case: {official.theirs} The specification, which decides: {official.specification}"


def cell(plan: Plan, row: Row, said: dict[str, Verdict] | None, speaks: str) -> str:
    """What a product comes to in the cases of a row, on a column; ``said`` is None where it has no report."""
    pics, cases = plan.pics_of(speaks), [case for case in row.cases if case.speaks in ("", speaks)]
    if row.cases and not cases:
        return f"n/a: not on {word_of(plan.law, speaks)}"
    conditions = [case.applies for case in cases] or [row.applies]
    apply = [case for case in cases if pics.claims(case.applies)]
    if not any(pics.claims(each) for each in conditions):
        return "n/a: " + "; ".join(dict.fromkeys(why_not(pics, each) for each in conditions))
    if not row.cases:
        return "no case"
    if said is None:
        return APPLIES
    ran = [said[case.id] for case in apply if case.id in said]
    return str(worst(ran)) if len(ran) == len(apply) else "not run"


def why_not(pics: Pics, condition: str) -> str:
    """What of the questionnaire makes a condition untrue, in few words."""
    return ", ".join(denied(each) for each in pics.untrue(condition))


def denied(untrue: str) -> str:
    """An expression that does not hold, as what does."""
    if untrue.isidentifier():
        return f"no {untrue}"
    if untrue.startswith("not "):
        return untrue.removeprefix("not ").removeprefix("(").removesuffix(")")
    return f"not ({untrue})"


def verdicts_of(plan: Plan, reports: Path | None) -> dict[str, Verdict] | None:
    """Case to verdict, from the bundle of a product if there is one. Raises UsageError if it is none."""
    file = reports / plan.sut.file.stem / "report.json" if reports else None
    if file is None or not file.is_file():
        return None
    try:
        return {case["id"]: Verdict.parse(case["verdict"]) for case in json.loads(file.read_text("utf-8"))["cases"]}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{file}: no report: {type(error).__name__} {error}") from error


def lines(plans: list[Plan], rows: list[Row], every: bool = False) -> Iterator[str]:
    """The table as text: a row a line, columns as wide as they need; ``every``: our cases without an official number too."""
    besides = sum(not row.listed for row in rows)
    rows = rows if every else [row for row in rows if row.listed]
    names = [
        plan.sut.file.stem + (f" {word_of(plan.law, speaks)}" if len(plan.speaks) > 1 else "")
        for plan, speaks in models_of(plans)
    ]
    cells = [["official", "ours", *names]]
    for row in rows:
        short = [text if len(text) <= CELL_AT_MOST else f"{text[: CELL_AT_MOST - 1]}…" for text in row.cells]
        cells.append([row.official or NO_CASE, " ".join(row.ours) or NO_CASE, *short])
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    for line, title in zip(cells, ["title", *(row.title for row in rows)], strict=True):
        yield "  ".join([*(text.ljust(width) for text, width in zip(line, widths, strict=True)), title]).rstrip()
    yield from (row.contradiction for row in rows if row.contradiction)
    official = [row for row in rows if row.listed]
    covered = sum(bool(row.cases) for row in official)
    judged = sum(any(cell not in UNJUDGED and not cell.startswith("n/a") for cell in row.cells) for row in official)
    yield f"{len(official)} official cases, {covered} of them with a case of ours, {judged} judged; {besides} of ours besides"
