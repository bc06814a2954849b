"""badges/<set>.svg: what they say, that it can be read by anyone, and that they load nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.verdict import Verdict
from evconform.report import badge
from evconform.report.model import Report, conformity
from tests.report.page import blank

SVG = "{http://www.w3.org/2000/svg}"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_there_is_one_for_each_set_and_it_says_its_sentence(failed: tuple[Report, Path]) -> None:
    report = failed[0]
    made = dict(badge.badges(report))
    assert len(made) == len(report.sets) > 0
    for (name, source), each, sentence in zip(made.items(), report.sets, report.sentences, strict=True):
        root = ET.fromstring(source)
        assert name == f"{each.id}.svg"
        words, colour = badge.SAYS[report.set_verdict(each)]
        assert root.get("role") == "img"
        assert root.get("aria-label") == f"{each.title}: {words}"
        assert (root.findtext(f"{SVG}title") or "").startswith(sentence)
        assert [text.text for text in root.iter(f"{SVG}text")] == [each.title, words]
        assert colour in source


@pytest.mark.parametrize("verdict", list(Verdict))
def test_its_words_are_those_of_the_sentence_and_can_be_read(verdict: Verdict) -> None:
    words, colour = badge.SAYS[verdict]
    conforms = verdict in (Verdict.PASS, Verdict.WARN)
    assert conformity(verdict).startswith("conforms") is conforms
    assert words[2:].startswith("conforms") is conforms
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


def test_it_loads_nothing(failed: tuple[Report, Path]) -> None:
    for _, source in badge.badges(failed[0]):
        assert source.count("http") == 1
        tags = {element.tag.removeprefix(SVG) for element in ET.fromstring(source).iter()}
        assert tags == {"svg", "title", "rect", "g", "text"}


def test_a_run_that_did_not_end_conforms_to_nothing(plan: Plan) -> None:
    for _, source in badge.badges(blank(plan)):
        assert "not shown to conform" in source


def test_hostile_names_do_no_harm(plan: Plan) -> None:
    report = blank(plan)
    hostile = "<script>alert(1)</script>\x00\ud800\u202e&\"'"
    report.plan = replace(plan, sut=plan.sut.model_copy(deep=True), law=replace(plan.law))
    report.plan.sut.sut.product = hostile
    report.plan.law.sets = [replace(each, id=f"../{n}/x", title=hostile) for n, each in enumerate(plan.law.sets)]
    made = dict(badge.badges(report))
    assert len(made) == len(report.sets)
    for name, source in made.items():
        assert "/" not in name
        ET.fromstring(source.encode("utf-8"))
        assert "<script" not in source
