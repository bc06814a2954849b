"""``--resume``: a run that was stopped or killed goes on where it was, in the same log, and its inputs are the same."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evconform.harness import wire
from evconform.harness.judge import CaseResult, Finding
from evconform.harness.verdict import Verdict
from evconform.harness.wire import past_of
from evconform.report.bundle import tampered
from tests.harness.person import SUT, Charger, Person, over_soap, report_in, reserved_port, verdicts
from tests.harness.test_plugin_killed import GOOD, Started

Run = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
TORN = b'{"n":999,"t":1.5,"wall":"2026-11-21T00:00:00.0'
STUCK, FAILS = "MINE-STUCK", "MINE-FAIL"


def marks(folder: Path, *names: str) -> list[str]:
    """The marks of these names in a bundle's log, in order, with their cases."""
    entries = (entry for entry in wire.read(folder / "wire.jsonl") if entry.mark in names)
    return [f"{entry.mark} {entry.facts.get('case', '')}".strip() for entry in entries]


# ── a run without a person, killed in its second case ──


class Killed:
    """A bundle whose run was killed, and what goes on with it."""

    def __init__(self, folder: Path, mine: Path, evconform: Run) -> None:
        self.folder, self.evconform = folder, evconform
        started = Started(folder, mine, True)
        started.told(signal.SIGKILL, group=True)
        started.output.close()
        self.bundle = started.bundle
        self.sut = folder / "plain-charge-point.toml"
        self.words: list[str | Path] = ["--suites", mine, "--report", self.bundle.parent]

    def goes_on(self, *more: str | Path, mode: str = "run") -> Any:
        return self.evconform(mode, "--resume", "--sut", self.sut, *self.words, *more)

    @property
    def log(self) -> Path:
        return self.bundle / "wire.jsonl"

    def refused(self, *more: str | Path, mode: str = "run") -> str:
        """The one line with which it is refused; nothing was changed."""
        before = self.log.read_bytes()
        done = self.goes_on(*more, mode=mode)
        assert done.returncode == 4, done.stdout
        assert self.log.read_bytes() == before
        assert "Traceback" not in done.stdout + done.stderr
        said = [line for line in (done.stdout + done.stderr).splitlines() if "--" in line]
        assert len(said) == 1, said
        return str(said[0])


@pytest.fixture(scope="module")
def killed_once(tmp_path_factory: pytest.TempPathFactory, evconform: Run) -> Killed:
    """One to be copied: in its log the first case is over, and the second one is under way."""
    folder = tmp_path_factory.mktemp("killed")
    mine = folder / "suites" / "ocpp16" / "charge_point"
    mine.mkdir(parents=True)
    shutil.copyfile(Path(__file__).with_name("mine.py.txt"), mine / "test_mine.py")
    shutil.copyfile(ROOT / "fixtures" / "suts" / "plain-charge-point.toml", folder / "plain-charge-point.toml")
    return Killed(folder, folder / "suites", evconform)


@pytest.fixture
def killed(killed_once: Killed, tmp_path: Path) -> Iterator[Killed]:
    kept = shutil.copytree(killed_once.bundle, tmp_path / "kept")
    yield killed_once
    shutil.rmtree(killed_once.bundle)
    shutil.copytree(kept, killed_once.bundle)


def test_a_killed_run_goes_on_in_the_same_chain(killed: Killed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case that ended is not run again, one that was under way is begun anew, and the rest follows."""
    before = killed.log.read_bytes()
    killed.log.write_bytes(before + TORN)
    monkeypatch.setenv("MINE_IS_STUCK", os.devnull)
    done = killed.goes_on("--case", FAILS)
    assert done.returncode == 1, done.stdout
    assert killed.log.read_bytes().startswith(before)
    assert marks(killed.bundle, "case-begin", "resumed", "case-end") == [
        f"case-begin {GOOD}",
        f"case-end {GOOD}",
        f"case-begin {STUCK}",
        "resumed",
        f"case-begin {FAILS}",
        f"case-end {FAILS}",
    ]
    report = report_in(killed.bundle)
    assert verdicts(report) == {GOOD: "pass", STUCK: "inconclusive", FAILS: "fail"}
    assert [each["torn"] for each in report["footer"]["resumed"]] == [len(TORN)]
    assert tampered(killed.bundle) == []
    assert killed.evconform("judge", killed.bundle, "--suites", killed.words[1]).returncode == 0


def test_the_report_names_the_attempt_that_was_cut_short(killed: Killed) -> None:
    """Without what it hangs on, the case has an error: that of the whole attempt, and the first one is told."""
    done = killed.goes_on("--case", STUCK)
    assert done.returncode == 3, done.stdout
    report = report_in(killed.bundle)
    stuck = next(case for case in report["cases"] if case["id"] == STUCK)
    assert stuck["verdict"] == "error"
    assert [(each["verdict"], each["reason"]) for each in stuck["attempts"]] == [("inconclusive", "the run was cut short")]
    first, resumed = stuck["attempts"][0]["frames"], report["footer"]["resumed"][0]["frame"]
    assert first[0] < first[1] < resumed < stuck["frames"][0]
    assert "an attempt before this one" in stuck["steps"][0]
    assert f"begun anew: {STUCK}" in done.stdout
    assert "an attempt before this one" in (killed.bundle / "report.html").read_text("utf-8")
    assert killed.evconform("judge", killed.bundle, "--suites", killed.words[1]).returncode == 0


def test_a_run_that_has_ended_is_not_gone_on_with(killed: Killed) -> None:
    assert killed.goes_on().returncode == 3
    assert "the run has ended, and there is nothing left of it to do" in killed.refused()


def test_what_was_inconclusive_is_taken_up_again_where_that_is_asked_for(killed: Killed, evconform: Run) -> None:
    ids = ("--case", GOOD, "--case", "MINE-INCONCLUSIVE")
    killed.words, words = [*killed.words[:2], "--report", killed.bundle.parent], killed.words
    assert evconform("run", "--sut", killed.sut, *killed.words, *ids).returncode == 2
    assert "--redo takes up what was inconclusive" in killed.refused()
    assert "came to inconclusive in the run that is resumed, and --redo" in killed.refused("--case", "MINE-INCONCLUSIVE")
    assert killed.goes_on("--redo").returncode == 2
    case = report_in(killed.bundle)["cases"][-1]
    assert (case["id"], case["verdict"], len(case["attempts"])) == ("MINE-INCONCLUSIVE", "inconclusive", 1)
    assert marks(killed.bundle, "case-begin").count(f"case-begin {GOOD}") == 1
    assert killed.evconform("judge", killed.bundle, "--suites", words[1]).returncode == 0


@pytest.mark.parametrize(
    ("words", "mode", "says"),
    [
        (("--case", "OCPP16-CP-BOOT-01"), "run", "OCPP16-CP-BOOT-01: is not in the selection of the run that is resumed"),
        (("--case", GOOD), "run", f"{GOOD}: came to pass in the run that is resumed; run it apart"),
        ((), "certify", "run or certify (run, now certify) is not what the run began with; a run with other inputs is a new run"),
    ],
)
def test_another_run_is_refused(killed: Killed, words: tuple[str, ...], mode: str, says: str) -> None:
    assert says in killed.refused(*words, mode=mode)


def test_other_inputs_are_refused(killed: Killed, tmp_path: Path) -> None:
    text = killed.sut.read_text("utf-8")
    killed.sut.write_text(text.replace("[control]", "[pixit]\npatience = 11.0\n[control]"), "utf-8")
    try:
        assert f"{killed.sut}: line" in killed.refused()
    finally:
        killed.sut.write_text(text, "utf-8")
    waivers = tmp_path / "waivers.toml"
    waivers.write_text("")
    assert "waivers.toml: the run began without it" in killed.refused("--waivers", waivers)


def test_another_edition_of_the_law_is_refused(killed: Killed) -> None:
    lines = killed.log.read_bytes().splitlines(keepends=True)
    begin = json.loads(lines[0])
    begin["header"]["environment"]["suites"] = "0" * 64
    rechained(killed.log, [begin, *map(json.loads, lines[1:])])
    assert "the edition of the suites is not what the run began with" in killed.refused()


def rechained(log: Path, lines: list[dict[str, Any]]) -> None:
    """Writes a log anew, with the chain that it must have."""
    import hashlib

    chain, text = wire.GENESIS, b""
    for line in lines:
        raw = wire.encoded({name: value for name, value in line.items() if name != "chain"}).encode()
        chain = hashlib.sha256(chain.encode() + raw).hexdigest()
        text += raw[:-1] + f',"chain":"{chain}"}}\n'.encode()
    log.write_bytes(text)


def test_a_log_that_was_changed_is_refused(killed: Killed) -> None:
    killed.log.write_bytes(killed.log.read_bytes().replace(b'"t":0.0', b'"t":0.1', 1))
    assert "frame 1 is not what was recorded" in killed.refused()


@pytest.mark.parametrize("content", [None, b"", TORN])
def test_where_no_run_began_there_is_nothing_to_go_on_with(killed: Killed, content: bytes | None) -> None:
    killed.log.write_bytes(content or b"")
    assert "holds no run that can be gone on with" in killed.refused()
    if content is None:
        killed.log.unlink()
        assert "holds no run that can be gone on with" in killed.goes_on().stderr + killed.goes_on().stdout


def test_one_run_is_gone_on_with_at_a_time(killed: Killed, evconform: Run) -> None:
    import fcntl

    with killed.log.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = killed.goes_on()
    assert "is still under way" in done.stdout + done.stderr
    done = evconform("run", "--resume", "--sut", "etrel-inch.toml", "--sut", "two-connector.toml")
    assert (done.returncode, "expected one --sut" in done.stderr) == (4, True)
    assert "--redo: is for --resume" in killed.evconform("run", "--redo", "--sut", killed.sut, *killed.words).stderr


def test_what_a_log_holds_is_counted_without_its_torn_line(killed: Killed) -> None:
    past = past_of(killed.log)
    killed.log.write_bytes(killed.log.read_bytes() + TORN)
    torn = past_of(killed.log)
    assert past
    assert torn
    assert (torn.n, torn.chain, torn.size, torn.torn) == (past.n, past.chain, past.size, len(TORN))


# ── several attempts ──


def attempt(begin: int, verdict: Verdict, *findings: Finding) -> CaseResult:
    return CaseResult("C-1", begin, begin + 9, 0.0, 1.0, verdict, findings=list(findings), reason=f"why {begin}", steps=["it"])


def test_the_last_attempt_counts_and_the_others_are_named() -> None:
    first, second, third = (attempt(n, v) for n, v in ((1, Verdict.INCONCLUSIVE), (11, Verdict.ERROR), (21, Verdict.PASS)))
    second.follows(first)
    third.follows(second)
    assert third.verdict is Verdict.PASS
    assert [(each.begin, each.verdict) for each in third.attempts] == [(1, Verdict.INCONCLUSIVE), (11, Verdict.ERROR)]
    assert third.steps == [
        "[1] an attempt before this one, frames 1 to 10, came to inconclusive: why 1",
        "[11] an attempt before this one, frames 11 to 20, came to error: why 11",
        "it",
    ]


@pytest.mark.parametrize("red", [Verdict.FAIL, Verdict.WARN])
def test_nobody_stops_a_run_to_lose_a_red(red: Verdict) -> None:
    broken = Finding("R-1", "monitor:it", red, "it fell", [7])
    kept = Finding("R-2", "case", Verdict.PASS, "it held", [8])
    first, second = attempt(1, red, broken, kept), attempt(11, Verdict.PASS)
    second.follows(first)
    assert (second.verdict, second.requirements) == (red, {"R-1": red})
    assert second.findings == [broken]
    assert second.reason == "R-1: it fell (in an attempt before this one)"


# ── a person at the bench ──

POWER, CHARGES, PAUSES = "OCPP16-CP-BOOT-01", "OCPP16-CP-TX-01", "OCPP16-CP-TX-06"
SMOKE = "OCPP16-CP-CONN-01"
CASES = (SMOKE, POWER, CHARGES, PAUSES)
SELECTED = [word for case in CASES for word in ("--case", case)]


@pytest.fixture
def charger(tmp_path: Path) -> Iterator[Charger]:
    with reserved_port() as port:
        (tmp_path / "inch.toml").write_text(SUT.format(port=port, control='kind = "operator"\npatience = 30'))
        charger = Charger(tmp_path, port)
        yield charger
        charger.ends()


def goes_on(charger: Charger, folder: Path, answer: Callable[[str, str], str | None] = lambda case, action: "") -> Person:
    """A second person goes on, and takes it to its end."""
    person = Person(charger, answer)
    assert person.takes(["run", "--resume", "--sut", "inch.toml", "--report", "reports"], folder) == 0, person.seen
    assert "Traceback" not in person.seen
    return person


def test_a_person_goes_on_where_one_stopped(charger: Charger, tmp_path: Path, evconform: Run) -> None:
    stops_in_a_transaction(charger, tmp_path, evconform, CASES)


def test_a_person_goes_on_over_soap(tmp_path: Path, evconform: Run) -> None:
    """The charge point has no reason to speak by itself: it is called where it said that it is."""
    with reserved_port() as port:
        sut = SUT.format(port=port, control='kind = "operator"\npatience = 30')
        (tmp_path / "inch.toml").write_text(over_soap(sut))
        charger = Charger(tmp_path, port, "http")
        try:
            cases = tuple(f"{case}.soap" for case in CASES[1:])
            stops_in_a_transaction(charger, tmp_path, evconform, ("OCPP16S-CP-REACH-01.soap", *cases))
        finally:
            charger.ends()


def stops_in_a_transaction(charger: Charger, tmp_path: Path, evconform: Run, cases: tuple[str, ...]) -> None:
    """In the middle of a transaction, with the EV to pause: what was left is taken back first."""
    *_, pausing = cases
    selected = [word for case in cases for word in ("--case", case)]
    first = Person(charger, lambda case, action: "stop" if (case, action) == (pausing, "suspend_ev") else "")
    assert first.takes(["run", "--sut", "inch.toml", "--report", "reports", *selected], tmp_path) == 2
    bundle = tmp_path / "reports" / "inch"
    left = verdicts(report_in(bundle))
    second = goes_on(charger, tmp_path)
    report = report_in(bundle)
    assert verdicts(report) == dict.fromkeys(cases, "pass")
    ended = {case for case in cases if left.get(case) == "pass"}
    assert not ended & {entry.removeprefix("case-begin ") for entry in resumed_part(bundle)}
    asked = [action for case, action in second.asked if case == pausing]
    assert asked[:2] == ["unplug", "plug_in"], "the transaction was stopped on the wire, and the cable by hand"
    assert "power_cycle" not in asked, "a charge point that was accepted is so still"
    pauses = next(case for case in report["cases"] if case["id"] == pausing)
    assert [each["verdict"] for each in pauses["attempts"]] == ["inconclusive"]
    assert evconform("judge", bundle).returncode == 0


def test_a_person_goes_on_after_a_power_cut_of_the_tester(charger: Charger, tmp_path: Path, evconform: Run) -> None:
    """The run is killed while a transaction runs; its last line is torn."""
    first = Person(charger)

    def answer(case: str, action: str) -> str | None:
        if (case, action) != (PAUSES, "resume_ev"):
            return ""
        first.pulls_the_plug()
        return None

    first.answer = answer
    assert first.takes(["run", "--sut", "inch.toml", "--report", "reports", *SELECTED], tmp_path) == -signal.SIGKILL
    bundle = tmp_path / "reports" / "inch"
    with (bundle / "wire.jsonl").open("ab") as log:
        log.write(TORN)
    second = goes_on(charger, tmp_path)
    report = report_in(bundle)
    assert verdicts(report) == dict.fromkeys(CASES, "pass")
    asked = [action for case, action in second.asked if case == PAUSES]
    assert asked[:2] == ["resume_ev", "unplug"], "the EV was paused, and the cable was in"
    assert report["footer"]["resumed"][0]["torn"] == len(TORN)
    assert evconform("judge", bundle).returncode == 0


def resumed_part(bundle: Path) -> list[str]:
    """The cases that began after the run was resumed."""
    begun = marks(bundle, "case-begin", "resumed")
    return begun[begun.index("resumed") + 1 :]
