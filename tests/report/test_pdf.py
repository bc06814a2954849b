"""report.pdf: what it says, in which order; nothing that a SUT sends can spoil it; the same report gives the same bytes."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import typst
from pydantic import SecretStr
from pypdf import PdfReader

from evconform.harness.campaign import Plan
from evconform.harness.content import shipped
from evconform.harness.plan import Content, find_sut, make_plan
from evconform.harness.verdict import Verdict
from evconform.report import pdf
from evconform.report.model import Report
from evconform.report.pdf_cases import pasteable
from evconform.report.pdf_text import AT_MOST, STRANGE, breakable, printable
from tests.report.page import BROKEN, FAILED, PASSWORD, Log, blank, judged

MARKUP = '#panic("x") *bold* $x^2$ @ref <label> [x] `raw` \\u{1f600} // '
HOSTILE = MARKUP + "\x00\x1b[31m\x7f\x9b\ud800\u202e\u05d0\u0627\U0001f600\u4e2d\ufffe\u200b"
CHAPTERS = [
    *("What was not tested, and why", "Verdicts by requirement set", "Cases side by side", "Failures", "Errors of ours"),
    *("Inconclusive, and how to supply what was missing", "Warnings", "Waivers"),
    *("The vendor's questionnaire: claimed, and verified", "All cases", "All requirements", "Colophon"),
]


def text_of(data: bytes) -> str:
    """The text in one line, without the places where a line may break, and as it was before the line broke."""
    pages = [page.extract_text().replace("\u200b", "") for page in PdfReader(BytesIO(data)).pages]
    return " ".join(" ".join(pages).split())


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def told(failed: tuple[Report, Path]) -> bytes:
    return pdf.render(*failed)


def test_the_chapters_stand_in_the_order_of_a_certification_report(told: bytes) -> None:
    outline = PdfReader(BytesIO(told)).outline
    assert [each.title for each in outline if not isinstance(each, list)] == CHAPTERS


def test_it_begins_with_the_sentences_and_who_and_when(told: bytes, failed: tuple[Report, Path]) -> None:
    first = " ".join(PdfReader(BytesIO(told)).pages[0].extract_text().split())
    report = failed[0]
    places = [first.index(sentence) for sentence in report.sentences]
    places += [first.index("01 March 2026"), first.index("Tested by not named"), first.index(report.tool["version"])]
    places += [first.index("What was not tested")]
    assert places == sorted(places)


def test_a_failure_shows_requirement_frames_member_and_command(told: bytes, failed: tuple[Report, Path]) -> None:
    report, log = failed
    [case] = [part for part in pdf.document(report, log)["chapters"]["fail"]["told"] if part["id"] == FAILED]
    assert [each["id"] for each in case["told"]] == [BROKEN]
    cited = [frame for frame in case["frames"] if frame["cited"]]
    assert {frame["n"] for frame in cited} >= {n for each in case["told"] for seen in each["seen"] for n in seen["frames"]}
    assert {frame["by"] for frame in case["frames"]} >= {"sut", "tester"}
    text = squeezed(text_of(told))
    told_there = case["told"][0]
    for each in (told_there["says"], told_there["clause"], told_there["seen"][0]["says"], *case["reproduce"]):
        assert squeezed(each.replace("\u200b", "")) in text
    assert case["reproduce"][-1].endswith(f"--case {FAILED}")


def test_every_case_has_what_was_done_and_a_diagram(told: bytes, failed: tuple[Report, Path]) -> None:
    report, log = failed
    cases = {case["id"]: case for case in pdf.document(report, log)["cases"]}
    text = squeezed(text_of(told))
    for result in report.results:
        shown = cases[result.id]
        assert squeezed(shown["title"].replace("\u200b", "")) in text
        assert [f"[{at}] {done}".replace("\u200b", "") for at, done in shown["steps"]] == result.steps
        assert all(squeezed(done.replace("\u200b", "")) in text for _, done in shown["steps"])
        numbers = {row["n"] for row in shown["rows"] if row["by"]}
        assert numbers
        assert numbers <= set(range(result.begin, result.end + 1))
    assert any(row["cited"] for row in cases[FAILED]["rows"])
    law, spoken = report.plan.law, report.plan.speaks
    there = [case for case in (*law.cases.values(), *law.absent) if case.role == "charge-point" and case.speaks in spoken]
    assert cases.keys() == {case.id for case in there}


@pytest.mark.parametrize(
    "tail", ["--case X", "--sut 'my sut.toml' --suites s --case 'a b'", " ".join(["--suites x"] * 40), "--sut=a"]
)
def test_a_command_in_lines_is_the_same_command(tail: str) -> None:
    lines = pasteable(f"evconform run {tail}")
    assert all(line.endswith(" \\") for line in lines[:-1])
    assert all(len(line) <= 100 for line in lines)
    whole = subprocess.run(
        ["sh", "-c", "\n".join(["printf '%s\\n' \\", *lines])], capture_output=True, text=True, check=True
    ).stdout
    assert whole.splitlines() == shlex.split(f"evconform run {tail}")


def test_the_member_that_a_finding_points_at_is_marked(plan: Plan, log: Log) -> None:
    path = log('[2,"1","Heartbeat",{"a":1,"wrong":"' + "x" * 3000 + '"}]')
    [case] = pdf.document(judged(plan, says="/wrong is long", frames=[2], end=3), path)["chapters"]["fail"]["told"]
    marked = [text for text, is_marked in case["frames"][0]["pieces"] if is_marked]
    assert len(marked) == 1
    assert marked[0].replace("\u200b", "").startswith('"wrong":"xxx')
    assert len(marked[0]) < 300


def test_the_same_report_gives_the_same_bytes(told: bytes, failed: tuple[Report, Path]) -> None:
    assert pdf.render(*failed) == told


def test_another_process_gives_the_same_bytes(tmp_path: Path, plan: Plan, log: Log) -> None:
    path = log("[2,1]")
    script = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path; from tests.report.page import judged;"
        "from evconform.harness.plan import find_sut, load_content, make_plan; from evconform.report import pdf;"
        "plan = make_plan(load_content(), find_sut('plain-charge-point.toml', []));"
        "Path(sys.argv[2]).write_bytes(pdf.render(judged(plan, frames=[2], end=3), Path(sys.argv[1])))"
    )
    for name in ("a", "b"):
        line = [sys.executable, "-c", script, str(path), str(tmp_path / name)]
        subprocess.run(line, check=True, cwd=shipped(), timeout=60)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_hostile_text_is_shown_and_does_nothing(plan: Plan, log: Log) -> None:
    path = log(HOSTILE, b"\xed\xa0\x80\xff" + HOSTILE.encode("utf-8", "surrogatepass"), "[2,\ud800]", "", "\n" * 500, "(" * 5000)
    report = judged(plan, says=f"sent {HOSTILE}", frames=[2, 3, 4, 5, 6, 7], end=8)
    report.plan = replace(plan, sut=plan.sut.model_copy(deep=True))
    report.plan.sut.sut.product = report.interrupted = report.plan.sut.sut.tested_by = HOSTILE
    report.results[0].steps = [HOSTILE] * 100
    report.command = "evconform certify --sut 'a b'"
    text = squeezed(text_of(pdf.render(report, path)))
    assert text.count(squeezed(MARKUP) + "\\x00\\x1b[31m\\x7f\\x9b\\u{d800}\\u{202e}") > 5
    assert "\\u{05d0}\\u{0627}\\u{1f600}\\u{4e2d}\\u{fffe}\\u{200b}" in text
    assert "INCOMPLETE" in text


def test_every_text_that_passes_has_its_glyphs_in_every_face() -> None:
    """PDF/A takes no missing glyph."""
    source = (shipped() / "reports" / "report.typ").read_text("utf-8")
    mono = re.search(r"#let mono = (\(.*\))", source)
    body = re.search(r"#set text\(font: (\([^)]*\))", source)
    assert mono
    assert body
    every = [chr(n) for n in range(0x110000) if n != 10 and not STRANGE.match(chr(n))]
    assert len(every) > 2000
    page = '#set document(title: "x")\n#let t = sys.inputs.t\n' + "".join(
        f"#text(font: {fonts.group(1)})[#t #strong(t) #emph(t)]\n" for fonts in (mono, body)
    )
    typst.Compiler(page.encode(), ignore_system_fonts=True).compile(
        format="pdf", sys_inputs={"t": " ".join(every)}, pdf_standards=["a-2a", "ua-1"], timestamp=0
    )


def test_what_is_printable_holds_nothing_strange_and_no_long_word() -> None:
    texts = [HOSTILE, "x" * 5000, "a.b" * 500, "\ud800" * 300, "", "\n\n", "é\u0301 Ω ✓ Ж"]
    for text in texts:
        shown = printable(text, str)
        assert not STRANGE.search(shown.replace("\u200b", ""))
        assert len(shown) <= 12 * AT_MOST
        assert not re.search(r"[^\s\u200b]{31}", shown)
    assert printable({"reproduce": "x" * 900, "b": ["é"]}, str) == {"reproduce": "x" * 900, "b": ["é"]}
    assert breakable("short words, all of them") == "short words, all of them"


def test_a_huge_frame_is_cut(plan: Plan, log: Log) -> None:
    path = log("A" * 5_000_000, b"\xff" + b"B" * 1_000_000)
    data = pdf.render(judged(plan, frames=[2, 3], end=4, says="C" * 100_000), path)
    small = pdf.render(judged(plan, frames=[2, 3], end=4), log("A", b"\xffB"))
    assert len(data) < len(small) + 20_000


def test_the_password_never_appears_nor_half_of_it(plan: Plan, log: Log) -> None:
    path = log(f"a {PASSWORD}", b"\xff" + PASSWORD.encode(), "x" * 255 + PASSWORD)
    report = judged(plan, says="y" * (AT_MOST - 10) + PASSWORD, frames=[2, 3, 4], end=5)
    report.plan = replace(plan, sut=plan.sut.model_copy(deep=True))
    report.plan.sut.endpoint.password = SecretStr(PASSWORD)
    report.plan.sut.endpoint.url = "ws://somebody:hunter2@localhost/ocpp"
    text = squeezed(text_of(pdf.render(report, path)))
    assert PASSWORD[:8] not in text
    assert "hunter2" not in text
    assert "⟪secret⟫" in text


@pytest.mark.parametrize("why", ["", "the SUT cannot be reached: nothing came"])
def test_a_run_that_did_not_end_says_so_first(plan: Plan, log: Log, why: str) -> None:
    report = judged(plan, Verdict.PASS, frames=[2], end=3)
    report.finished, report.interrupted = bool(why), why
    first = PdfReader(BytesIO(pdf.render(report, log("[2]")))).pages[0].extract_text()
    assert first.index("INCOMPLETE") < first.index("was not shown to conform")
    assert (why or "The run has not ended") in " ".join(first.split())


def test_a_run_without_results_and_without_a_log(plan: Plan, tmp_path: Path) -> None:
    assert "INCOMPLETE" in text_of(pdf.render(blank(plan), tmp_path / "none.jsonl"))


def test_a_central_system_has_a_report_too(content: Content, tmp_path: Path) -> None:
    report = blank(make_plan(content, find_sut("plain-central-system.toml", [])))
    text = text_of(pdf.render(report, tmp_path / "none.jsonl"))
    assert "Role central system" in text
    assert "or its protocol has no word for it" in text


def test_nothing_of_this_machine_is_in_it(told: bytes) -> None:
    reader = PdfReader(BytesIO(told))
    assert reader.metadata is not None
    assert {key: str(value) for key, value in reader.metadata.items()}["/Author"] == "evconform"
    assert str(Path.home()) not in text_of(told)
    assert str(shipped()) not in text_of(told)
