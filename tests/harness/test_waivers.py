"""Waivers: each way in which the file can be wrong is one line with file and place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evconform.harness import waivers
from evconform.harness.catalogue import Law
from evconform.harness.verdict import UsageError

ROW = {
    "testcase": '"C-1"',
    "requirement": '"R-1"',
    "reason": '"the supplier mends it"',
    "link": '"https://example.org/1"',
    "owner": '"me"',
    "expires": "2030-01-31",
}


def text(**members: str) -> str:
    return "[[waiver]]\n" + "".join(f"{k} = {v}\n" for k, v in (ROW | members).items() if v)


@pytest.fixture
def read(tmp_path: Path, make_law: Callable[..., Law]) -> Callable[[str], dict[str, waivers.Waiver]]:
    law = make_law()
    law.cases["C-2"] = replace(law.cases["C-1"], id="C-2")
    file = tmp_path / "waivers.toml"

    def read(content: str) -> dict[str, waivers.Waiver]:
        file.write_text(content)
        return waivers.read(file, law, {"C-1"})

    return read


Read = Callable[[str], dict[str, waivers.Waiver]]


def test_a_waiver_is_read_with_all_its_members(read: Read) -> None:
    waiver = read(text())["C-1"]
    assert (waiver.requirement, waiver.reason, waiver.owner) == ("R-1", "the supplier mends it", "me")
    assert (waiver.link, waiver.expires) == ("https://example.org/1", date(2030, 1, 31))


def test_a_waiver_may_be_about_the_whole_case(read: Read) -> None:
    assert read(text(requirement=""))["C-1"].requirement == ""


def test_an_empty_file_waives_nothing(read: Read) -> None:
    assert read("") == {}


@pytest.mark.parametrize(("today", "expired"), [(date(2030, 1, 30), False), (date(2030, 1, 31), False), (date(2030, 2, 1), True)])
def test_a_waiver_expires_after_its_day(read: Read, today: date, expired: bool) -> None:
    assert read(text())["C-1"].expired(today) is expired


@pytest.mark.parametrize(
    ("content", "place"),
    [
        pytest.param(text(testcase='"C-9"'), "waiver 1: C-9 is no test case", id="unknown case"),
        pytest.param(text(testcase='"C-2"'), "waiver 1: C-2 is not applicable", id="inapplicable case"),
        pytest.param(text(requirement='"R-9"'), "waiver 1: R-9 is no requirement", id="unknown requirement"),
        pytest.param(text() + text(), "waiver 2: C-1 has a waiver already", id="duplicate"),
        pytest.param(text(reason=""), "waiver 1: reason", id="no reason"),
        pytest.param(text(reason='""'), "waiver 1: reason", id="empty reason"),
        pytest.param(text(reason='"  "'), "waiver 1: reason", id="blank reason"),
        pytest.param(text(owner=""), "waiver 1: owner", id="no owner"),
        pytest.param(text(link=""), "waiver 1: link", id="no link"),
        pytest.param(text(expires=""), "waiver 1: expires", id="never expires"),
        pytest.param(text(expires='"2030-01-31"'), "waiver 1: expires", id="date in quotes"),
        pytest.param(text(until="1"), "waiver 1: until", id="unknown member"),
        pytest.param(text(testcase="3"), "waiver 1: testcase", id="case is a number"),
        pytest.param(text().replace("[[waiver]]", "[waiver]"), "waiver", id="table instead of list"),
        pytest.param("waiver = 3", "waiver", id="a number"),
        pytest.param("waiver = [3]", "waiver 1", id="a list of numbers"),
        pytest.param(text().replace("[[waiver]]", "[[waivers]]"), "waivers", id="unknown table"),
        pytest.param("[[waiver\n", "line 1", id="not TOML"),
    ],
)
def test_a_broken_file_is_one_line_with_file_and_place(read: Read, content: str, place: str) -> None:
    with pytest.raises(UsageError, match=rf"^\S*waivers\.toml: [^\n]*{place}[^\n]*$"):
        read(content)


def test_a_missing_file_is_named(tmp_path: Path, make_law: Callable[..., Law]) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.toml: [^\n]+$"):
        waivers.read(tmp_path / "nowhere.toml", make_law(), set())
