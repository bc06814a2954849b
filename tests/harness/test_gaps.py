"""Where the standard is unclear stands once in the law, and docs/spec-gaps.md holds the same lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from evconform.harness.gaps import Gap, read_gaps
from evconform.harness.plan import load_content
from evconform.harness.verdict import UsageError

DOCS = Path(__file__).parents[2] / "docs/spec-gaps.md"


def test_the_page_of_gaps_holds_those_of_the_law() -> None:
    first = DOCS.read_text("utf-8").partition("\n## ")[0]  # what follows is of the model and the tariff engine, no rows of a law
    lines = [line for line in first.splitlines() if line.startswith("| ") and not line.startswith("| where")]
    gaps = [gap.line for law in load_content().catalogue.laws.values() for gap in law.gaps]
    assert len(gaps) > 10
    assert lines == gaps, "docs/spec-gaps.md and suites/*/gaps.toml differ"


def test_every_gap_names_requirements() -> None:
    for law in load_content().catalogue.laws.values():
        assert all(gap.requirements for gap in law.gaps)


@pytest.mark.parametrize("row", [{"where": "x"}, {"where": "x", "unclear": "y", "does": "z", "wrong": 1}])
def test_a_broken_row_is_one_line(row: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=r"gaps\.toml: gap: .+"):
        read_gaps([row], Path("gaps.toml"))


def test_words_lose_the_marks_of_code() -> None:
    assert Gap("w", "u", "warns (`R-1`)").words["does"] == "warns (R-1)"
