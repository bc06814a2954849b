"""The check of reports/example finds what changed, and nothing of what differs from run to run. (CI holds the example against
its own run: tox, certify.)"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.example_report import CASE, EXAMPLE, changed, comparable, names, of_chance


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("on 2026-03-01.", "on 2027-12-31."),
        ("at 2026-03-01T12:00:00.123Z", "at 2026-11-29T18:44:06+00:00"),
        ("Sun, 29 Nov 2026 18:44:10 GMT", "Mon, 30 Nov 2026 01:02:03 GMT"),
        ("<dt>Took</dt><dd>1.6 s of wall time</dd>", "<dt>Took</dt><dd>12.0 s of wall time</dd>"),
        ('"9193b756-a789-42cf-83c1-ae5a5bf90f85"', '"0f0975be-f6f4-4bfd-a365-4b6d4929bfc9"'),
    ],
)
def test_what_differs_from_run_to_run_does_not_count(one: str, other: str) -> None:
    assert of_chance(one) == of_chance(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("156 pass", "155 pass"),
        ("OCPP16-CP-BOOT-03", "OCPP16-CP-BOOT-04"),
        ("within 10 s", "within 20 s"),
        ("frame 7", "frame 8"),
    ],
)
def test_what_a_reader_reads_counts(one: str, other: str) -> None:
    assert of_chance(one) != of_chance(other)


@pytest.mark.parametrize("name", ["report.html", "summary.md", "junit.xml", CASE])
def test_a_change_in_a_file_is_found(tmp_path: Path, name: str) -> None:
    file = tmp_path / Path(name).name
    shutil.copyfile(EXAMPLE / name, file)
    assert list(changed(name, comparable(EXAMPLE / name), comparable(file))) == []
    file.write_text(file.read_text("utf-8").replace("Etrel", "Other"), "utf-8")
    assert list(changed(name, comparable(EXAMPLE / name), comparable(file)))


def test_every_heading_of_the_pdf_is_held(tmp_path: Path) -> None:
    lines = comparable(EXAMPLE / "report.pdf")
    assert any("conforms to OCPP 1.6 Core" in line for line in lines)
    assert sum("pass" in line for line in lines) >= 156
    assert {"Failures", "The vendor's questionnaire: claimed, and verified", "Colophon"} <= set(lines)


def test_the_example_is_whole_and_small() -> None:
    assert {file.split("/")[0] for file in names(EXAMPLE)} == {
        "report.html",
        "report.pdf",
        "summary.md",
        "junit.xml",
        "cases",
        "badges",
    }
    assert len(names(EXAMPLE)) == 11
    cases = (EXAMPLE / "junit.xml").read_text("utf-8").count("<testcase ")
    assert cases > 300
    assert sum(file.stat().st_size for file in EXAMPLE.rglob("*") if file.is_file()) < 18_000 * cases
