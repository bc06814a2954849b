"""The command line and the plugin: every exit code for real, one line for a usage error, no traceback."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evconform.cli import main

ROOT = Path(__file__).resolve().parents[2]
SUT = "plain-charge-point.toml"
GOOD = "OCPP16-CP-CONN-01"
OTHER = "OCPP16-CP-HB-02"
Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


def report_in(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "plain-charge-point" / "report.json").read_text("utf-8"))
    return loaded


def is_quiet(done: Done) -> bool:
    """Nobody who uses the tool has to see our insides."""
    said = done.stdout + done.stderr
    return "Traceback" not in said and "INTERNALERROR" not in said and ".py:" not in said.replace("test_mine.py:", "")


def is_one_line_of_usage(done: Done) -> bool:
    """Exit code 4, and one line that says why; pytest puts an empty one after it."""
    return done.returncode == 4 and len(done.stderr.rstrip("\n").splitlines()) == 1 and is_quiet(done)


@pytest.fixture
def run(evconform: Run, tmp_path: Path) -> Run:
    """``evconform run`` of the plain charge point."""
    return lambda *words: evconform("run", "--sut", SUT, "--report", tmp_path / "reports", *words)


def waiver(tmp_path: Path, case: str, expires: str = "2999-12-31") -> Path:
    file = tmp_path / "waivers.toml"
    members = {"testcase": case, "reason": "known", "link": "https://example.org", "owner": "me"}
    file.write_text("[[waiver]]\n" + "".join(f'{k} = "{v}"\n' for k, v in members.items()) + f"expires = {expires}\n")
    return file


def test_a_conformant_run_ends_with_0(run: Run, tmp_path: Path) -> None:
    done = run("--case", GOOD)
    assert done.returncode == 0, done.stdout
    report = report_in(tmp_path / "reports")
    assert [(case["id"], case["verdict"]) for case in report["cases"]] == [(GOOD, "pass")]
    assert report["footer"]["exit"] == 0


@pytest.mark.parametrize(
    ("case", "code", "verdict"), [("MINE-FAIL", 1, "fail"), ("MINE-INCONCLUSIVE", 2, "inconclusive"), ("MINE-BUG", 3, "error")]
)
def test_the_exit_code_is_that_of_the_worst_case(
    run: Run, tmp_path: Path, mine: Path, case: str, code: int, verdict: str
) -> None:
    done = run("--suites", mine, "--case", GOOD, "--case", case)
    assert done.returncode == code
    report = report_in(tmp_path / "reports")
    assert [(c["id"], c["verdict"]) for c in report["cases"]] == [(GOOD, "pass"), (case, verdict)]
    assert report["footer"]["exit"] == code
    assert is_quiet(done), done.stdout


def test_a_skipped_case_is_never_green(run: Run, mine: Path) -> None:
    done = run("--suites", mine, "--case", GOOD, "--case", "MINE-SKIP")
    assert done.returncode in (2, 3), done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("--case", "OCPP16-CP-NONE-99"),
        ("--case", "OCPP16-CP-FRAME-07.soap"),  # has no meaning there
        ("--case", "OCPP16-CS-BOOT-01"),  # of the other role
        ("--report", __file__),
        ("--suites", "nowhere"),
        ("--waivers", "nowhere.toml"),
    ],
    ids=" ".join,
)
def test_a_usage_error_is_one_line_and_ends_with_4(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert is_one_line_of_usage(done), done.stdout + done.stderr


def test_a_case_that_does_not_apply_says_why(evconform: Run, tmp_path: Path) -> None:
    done = evconform("run", "--sut", "etrel-inch.toml", "--report", tmp_path, "--case", "OCPP16-CP-UNLOCK-02")
    assert (done.returncode, is_quiet(done)) == (5, True)
    assert "evconform: OCPP16-CP-UNLOCK-02 does not apply: the PICS does not claim fixed cable" in done.stdout


FOREIGN = """[sut]
product = "mine"
version = "1"
role = "charge-point"
speaks = ["ocpp1.6-json"]
pics = "plain-charge-point.toml"
[endpoint]
listen = "ws://127.0.0.1:{port}/ocpp"
identity = "MINE-1"
password = "0123456789abcdef0123"
[control]
kind = "operator"
"""


def test_a_case_of_a_column_that_it_does_not_speak_is_a_usage_error(evconform: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(FOREIGN.format(port=0))
    done = evconform("run", "--sut", tmp_path / "mine.toml", "--report", tmp_path, "--case", "OCPP16-CP-BOOT-01.soap")
    assert is_one_line_of_usage(done), done.stdout + done.stderr
    assert "is for another product; mine.toml is a charge-point of ocpp1.6-json" in done.stderr


def test_a_port_that_is_taken_stops_the_run_in_one_sentence(evconform: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        (tmp_path / "mine.toml").write_text(FOREIGN.format(port=taken.getsockname()[1]))
        done = evconform("run", "--sut", tmp_path / "mine.toml", "--report", tmp_path / "reports")
    assert (done.returncode, is_quiet(done)) == (2, True)
    assert re.search("INCOMPLETE: the SUT could not be faced: error while .*: address already in use\n", done.stdout)
    assert re.search(", 1 inconclusive in ", done.stdout), "nothing else was tried"


@pytest.mark.parametrize("words", [("run", "--sut", "nowhere.toml"), ("run", "--sut", "")], ids=["nowhere", "empty"])
def test_a_sut_that_is_nowhere_is_one_line_and_ends_with_4(evconform: Run, words: tuple[str, ...]) -> None:
    done = evconform(*words)
    assert is_one_line_of_usage(done), done.stdout + done.stderr


@pytest.mark.parametrize(
    "words", [("run",), ("fly",), ("judge",), ("judge", "nowhere"), ("prove", "--fly"), ("models", "--role", "x")], ids=" ".join
)
def test_a_wrong_command_line_is_one_line_and_ends_with_4(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["evconform", *words])
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr()
    assert (left.value.code, said.out, len(said.err.splitlines())) == (4, "", 1)


@pytest.mark.parametrize(("words", "says"), [([], "Commands:"), (["--help"], "Commands:"), (["--version"], "evconform 0.")])
def test_who_asks_nothing_yet_gets_an_answer(
    words: list[str], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["evconform", *words])
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr()
    assert (left.value.code, says in said.out, said.err) == (0, True, "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"inch"\n', '"nobody"\n'),
        ('kind = "embedded"', 'kind = "python"\nentry = "nowhere:Bench"'),
        ('"ocpp1.6-json"', ""),
        ("[endpoint]", "[endpoint"),
    ],
    ids=["unknown party", "unknown entry", "speaks nothing", "not TOML"],
)
def test_a_broken_sut_file_is_one_line_and_ends_with_4(evconform: Run, tmp_path: Path, old: str, new: str) -> None:
    text = (ROOT / "fixtures" / "suts" / SUT).read_text("utf-8") + "\n"
    listen = 'identity = "CP"\nlisten = "ws://127.0.0.1:0/ocpp"' if "entry" in new else ""
    text = text.replace('identity = "CP 1/ä"', listen) if listen else text
    assert old in text
    (tmp_path / "my-sut.toml").write_text(text.replace(old, new))
    done = evconform("run", "--sut", tmp_path / "my-sut.toml", "--report", tmp_path / "reports", "--case", GOOD)
    assert is_one_line_of_usage(done), done.stdout + done.stderr


def test_a_run_in_which_nothing_applies_ends_with_5(run: Run, tmp_path: Path) -> None:
    done = run("--case", "OCPP16-CP-HOSTILE-07")
    assert done.returncode == 5
    assert report_in(tmp_path / "reports")["cases"] == []


def test_the_cases_of_a_user_are_listed_beside_the_shipped_ones(evconform: Run, mine: Path) -> None:
    done = evconform("list", "--suites", mine)
    assert done.returncode == 0
    assert {"MINE-FAIL", "MINE-BUG", GOOD} <= set(done.stdout.split())


@pytest.mark.parametrize(
    ("command", "text"),
    [("run", "def (\n"), ("run", "import nothing_of_this_name\n"), ("list", "def (\n"), ("list", "1 / 0\n")],
    ids=["run, syntax", "run, import", "list, syntax", "list, bug"],
)
def test_a_broken_file_of_a_user_is_a_clear_line(evconform: Run, run: Run, mine: Path, command: str, text: str) -> None:
    (mine / "ocpp16" / "charge_point" / "test_mine.py").write_text(text)
    done = run("--suites", mine, "--case", GOOD) if command == "run" else evconform("list", "--suites", mine)
    assert done.returncode in (3, 4)
    assert "test_mine.py" in done.stdout + done.stderr
    assert is_quiet(done), done.stdout + done.stderr


def test_a_file_of_a_user_that_is_called_like_a_shipped_one_is_not_lost(evconform: Run, mine: Path) -> None:
    folder = mine / "ocpp16" / "charge_point"
    (folder / "test_mine.py").rename(folder / "test_heartbeat.py")
    done = evconform("list", "--suites", mine)
    assert "MINE-FAIL" in done.stdout or (done.returncode == 4 and "test_heartbeat.py" in done.stderr)


def test_run_honours_a_waiver_and_certify_prints_it(run: Run, evconform: Run, tmp_path: Path, mine: Path) -> None:
    file = mine / "ocpp16" / "charge_point" / "test_mine.py"
    head, _, cases = file.read_text("utf-8").partition('@testcase("MINE-STUCK"')
    file.write_text(head + '@testcase("MINE-FAIL"' + cases.split('@testcase("MINE-FAIL"')[1].split("@testcase")[0])
    words = ("--waivers", waiver(tmp_path, "MINE-FAIL"), "--suites", mine)
    done = run(*words)
    assert done.returncode == 0, done.stdout
    assert {c["standing"] for c in report_in(tmp_path / "reports")["cases"] if c["id"] == "MINE-FAIL"} == {"waived"}
    done = evconform("certify", "--sut", SUT, "--report", tmp_path / "reports", *words)
    report = report_in(tmp_path / "reports")
    assert done.returncode == 1
    assert {c["standing"] for c in report["cases"]} == {"stands"}
    assert [w["testcase"] for w in report["header"]["waivers"]] == ["MINE-FAIL"]
    assert "1 waivers are printed in the report and were not honoured" in done.stdout


@pytest.mark.parametrize(("case", "expires"), [(GOOD, "2999-12-31"), ("MINE-FAIL", "2020-01-01")], ids=["passes", "expired"])
def test_a_stale_waiver_ends_with_1(run: Run, tmp_path: Path, mine: Path, case: str, expires: str) -> None:
    done = run("--waivers", waiver(tmp_path, case, expires), "--suites", mine, "--case", case)
    assert done.returncode == 1
    assert "stale" in done.stdout.lower()


def test_a_waiver_of_a_case_that_is_not_selected_is_no_error(run: Run, tmp_path: Path) -> None:
    done = run("--waivers", waiver(tmp_path, OTHER), "--case", GOOD)
    assert done.returncode == 0, done.stderr


def test_pytest_runs_the_same_cases_as_the_command_line(certified: Path, tmp_path: Path) -> None:
    line = [sys.executable, "-m", "pytest", "suites/ocpp16", "--sut", SUT, "--report", str(tmp_path / "plain-charge-point")]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout
    theirs = json.loads((certified / "report.json").read_text("utf-8"))
    ours = report_in(tmp_path)
    assert ours["header"]["planned"] == theirs["header"]["planned"]
    assert [(c["id"], c["verdict"], c["requirements"]) for c in ours["cases"]] == [
        (c["id"], c["verdict"], c["requirements"]) for c in theirs["cases"]
    ]


def test_two_suts_whose_files_are_called_alike_do_not_share_a_folder(evconform: Run, tmp_path: Path) -> None:
    """Each has its evidence, or there is one line of usage."""
    text = (ROOT / "fixtures" / "suts" / SUT).read_text("utf-8")
    files = [tmp_path / name / "my-sut.toml" for name in ("one", "two")]
    for file in files:
        file.parent.mkdir()
        file.write_text(text)
    reports = tmp_path / "reports"
    done = evconform("run", "--sut", files[0], "--sut", files[1], "--case", GOOD, "--report", reports)
    assert is_one_line_of_usage(done) or len(list(reports.rglob("report.json"))) == 2


def test_a_bundle_with_a_case_of_a_user_is_judged_with_their_suites(evconform: Run, run: Run, tmp_path: Path, mine: Path) -> None:
    run("--suites", mine, "--case", "MINE-FAIL")
    bundle = tmp_path / "reports" / "plain-charge-point"
    assert evconform("judge", bundle, "--suites", mine).returncode == 0
    done = evconform("judge", bundle)
    assert is_one_line_of_usage(done), done.stderr
