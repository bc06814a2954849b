"""The operator control: a scripted person at a pseudo-terminal takes a virtual INCH in its own process through cases."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from evconform.harness import sut
from evconform.harness.actions import ACTIONS, PARAMETERS
from evconform.harness.clock import Clock
from evconform.harness.operator import TEXTS_OF, Operator, instruction, meaning, shown, table
from evconform.harness.terminal import HANDED_DOWN
from evconform.harness.verdict import CannotAct, Stopped, UsageError, Verdict
from evconform.harness.wire import Entry, WireLog
from tests.harness.person import SUT, Charger, Person, report_in, reserved_port, verdicts

LANGUAGES = ("en", "de")


# ── the one table ──


@pytest.mark.parametrize("role", sorted(ACTIONS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_has_a_text_in_every_language(role: str, language: str) -> None:
    assert table()[TEXTS_OF.get(role, role)].keys() == ACTIONS[role].keys()
    for action, parameters in PARAMETERS[role].items():
        text = instruction(role, action, dict.fromkeys(parameters, "X7"), language)
        assert "{" not in text.replace('{"payload"', "")
        assert "?" not in text
        assert ("X7" in text) == bool(parameters), f"{action} does not say what with"


def test_both_languages_have_the_same_words_and_no_answer_means_two_things() -> None:
    assert table()["words"]["en"].keys() == table()["words"]["de"].keys()
    answers = [word for words in table()["answers"].values() for word in words]
    assert len(answers) == len(set(answers))


def test_what_an_instruction_does_not_name_follows_it() -> None:
    given = {"identity": "CP1", "action": "Reset", "payload": {"type": "Hard"}}
    assert instruction("central-system", "sends", given, "en").endswith(
        'Reset to the charge point CP1: {"payload": {"type": "Hard"}}'
    )


@pytest.mark.parametrize(
    ("line", "means"),
    [
        ("", ("done", "")),
        ("  ", ("done", "")),
        ("Cannot the lock is hidden", ("cannot", "the lock is hidden")),
        ("unmöglich", ("cannot", "")),
        ("STOP", ("stop", "")),
        ("wiederholen", ("repeat", "")),
        ("what?", ("", "")),
    ],
)
def test_an_answer_means_one_thing(line: str, means: tuple[str, str]) -> None:
    assert meaning(line) == means


# ── one person, one instruction ──


class Seat:
    """A person's side of a terminal that an operator control has."""

    def __init__(self, folder: Path, theirs: int, ours: int, more: str = "") -> None:
        self.theirs, self.ours = theirs, ours
        file = folder / "mine.toml"
        file.write_text(SUT.format(port=9, control=f'kind = "operator"\n{more}'))
        self.sut = sut.read(file)
        self.folder = folder

    async def asks(self, *typed: str, beforehand: str = "", frames: tuple[str, ...] = ()) -> str:
        """Asks for a card with these answers, each once the prompt is there; what stood on the terminal."""
        loop = asyncio.get_running_loop()
        with contextlib.closing(WireLog(self.folder / "wire.jsonl", Clock(loop))) as wire:
            operator = Operator(self.sut)
            operator.watches(wire, {}, lambda: Verdict.PASS, 1)
            os.write(self.theirs, beforehand.encode())
            await operator.start()
            try:
                asked = loop.create_task(operator.present_card(uid="77FD2AFA", connector=2))
                await asyncio.wait([asked], timeout=0.05)
                for frame in frames:
                    wire.frame("c1", "sut", "text", frame)
                os.write(self.theirs, "".join(f"{line}\n" for line in typed).encode())
                await asked
            finally:
                await operator.stop()
                self.seen = self.read()
        return self.seen

    def read(self) -> str:
        os.set_blocking(self.theirs, False)
        seen = b""
        with contextlib.suppress(BlockingIOError):
            while more := os.read(self.theirs, 100_000):  # a pseudo-terminal gives a part at a time
                seen += more
        return seen.decode()


Sit = Callable[..., Seat]


@pytest.fixture
def sit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sit]:
    """A seat at a pseudo-terminal."""
    theirs, ours = pty.openpty()
    monkeypatch.setenv(HANDED_DOWN, f"{ours},{ours}")
    yield lambda more="": Seat(tmp_path, theirs, ours, more)
    os.close(theirs)
    os.close(ours)


def play(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(coroutine)


def test_enter_says_that_it_is_done(sit: Sit) -> None:
    seen = play(sit().asks(""))
    assert "Present card 77FD2AFA to the reader of connector 2, then press Enter." in seen


def test_the_person_is_asked_in_their_language(sit: Sit) -> None:
    assert "Karte 77FD2AFA an den Leser von Anschluss 2 halten, dann Enter drücken." in play(
        sit('language = "de"').asks("fertig")
    )


def test_repeat_shows_it_again_and_what_is_not_understood_is_asked_back(sit: Sit) -> None:
    seen = play(sit().asks("repeat", "hm", ""))
    assert seen.count("Present card") == 2
    assert "Enter (done), cannot [why], repeat, or stop?" in seen


def test_cannot_is_told_with_its_reason(sit: Sit) -> None:
    with pytest.raises(CannotAct, match=r"the person at the terminal cannot present a card .*: no reader"):
        play(sit().asks("cannot no reader"))


def test_stop_stops(sit: Sit) -> None:
    with pytest.raises(Stopped, match="the person at the terminal stopped it"):
        play(sit().asks("stop"))


def test_patience_is_bounded(sit: Sit) -> None:
    with pytest.raises(CannotAct, match=r"nobody at the terminal did within 0\.2 s what was asked: present a card"):
        play(sit("patience = 0.2").asks())


def test_who_is_absent_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three instructions in a row without an answer; an answer in between, whatever it is, begins the count anew."""
    theirs, ours = pty.openpty()
    monkeypatch.setenv(HANDED_DOWN, f"{ours},{ours}")

    async def asked(*typed: str) -> list[str]:
        operator, came_to = Operator(Seat(tmp_path, theirs, ours).sut), []
        await operator.start()
        try:
            for line in typed:
                operator._patience = 30.0 if line else 0.05
                asking = asyncio.ensure_future(operator.plug_in(connector=1))
                await asyncio.wait([asking], timeout=0.02)
                os.write(theirs, line.encode())
                came_to.append(type((await asyncio.gather(asking, return_exceptions=True))[0]).__name__)
        finally:
            await operator.stop()
        return came_to

    late, cannot = "CannotAct", "CannotAct"
    assert play(asked("", "", "\n", "", "cannot\n", "", "", "")) == [late, late, "NoneType", late, cannot, late, late, "Stopped"]
    for end in (theirs, ours):
        os.close(end)


def test_enter_before_the_question_answers_nothing(sit: Sit) -> None:
    with pytest.raises(CannotAct, match="nobody at the terminal"):
        play(sit("patience = 0.2").asks(beforehand="\n\n"))


def test_stop_before_the_question_stops(sit: Sit) -> None:
    with pytest.raises(Stopped):
        play(sit("patience = 5").asks(beforehand="stop\n"))


def test_the_wire_is_shown_and_no_sut_moves_the_cursor(sit: Sit) -> None:
    seen = play(sit().asks("", frames=('[2,"31ea12b3-e7ee-4c40-87af-0ffce379f3c7","Heartbeat",{}]', "\x1b[2Jgone\x07\u202e")))
    assert '← [2,"31ea…","Heartbeat",{}]' in seen
    assert "·[2Jgone··" in seen
    assert "\x1b[2J" not in seen
    assert seen.rstrip().endswith("stop]")


def test_a_line_without_end_is_no_load(sit: Sit) -> None:
    seen = play(sit().asks("x" * 3000, ""))
    assert "repeat, or stop?" in seen


def test_a_pipe_that_ends_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that were written beforehand are taken in turn; then nobody is there."""
    reads, writes = os.pipe()
    monkeypatch.setenv(HANDED_DOWN, f"{reads},{os.open(os.devnull, os.O_WRONLY)}")

    async def twice() -> None:
        operator = Operator(Seat(tmp_path, writes, reads).sut)
        await operator.start()
        try:
            await operator.plug_in(connector=1)
            await operator.unplug(connector=1)
        finally:
            await operator.stop()

    os.write(writes, b"\n")
    os.close(writes)
    with pytest.raises(Stopped, match="nobody is at the terminal any more"):
        play(twice())
    os.close(reads)


def test_answers_from_a_file_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "answers"
    file.write_text("\ncannot\n")
    with file.open("rb") as answers, open(os.devnull, "wb") as nowhere:
        monkeypatch.setenv(HANDED_DOWN, f"{answers.fileno()},{nowhere.fileno()}")
        operator = Operator(Seat(tmp_path, nowhere.fileno(), answers.fileno()).sut)

        async def twice() -> None:
            await operator.start()
            try:
                await operator.plug_in(connector=1)
                await operator.unplug(connector=1)
            finally:
                await operator.stop()

        with pytest.raises(CannotAct):
            play(twice())


@pytest.mark.parametrize("given", ["", "97,98", "one"])
def test_without_a_terminal_there_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv(HANDED_DOWN, given)
    monkeypatch.setattr("evconform.harness.terminal.CONTROLLING", str(tmp_path / "no-tty"))
    with pytest.raises(UsageError, match=r"control\.kind operator: there is no terminal to ask a person at"):
        play(Operator(Seat(tmp_path, 0, 0).sut).start())


# ── a whole run ──

POWER, CHARGES, PAUSES = "OCPP16-CP-BOOT-01", "OCPP16-CP-TX-01", "OCPP16-CP-TX-06"
SMOKE, MENDED, JAMMED = "OCPP16-CP-CONN-01", "OCPP16-CP-FAULT-03", "OCPP16-CP-UNLOCK-05"
CASES = (SMOKE, POWER, CHARGES, PAUSES, MENDED, JAMMED)
SELECTED = [word for case in CASES for word in ("--case", case)]


@pytest.fixture
def charger(tmp_path: Path) -> Iterator[Charger]:
    """A virtual INCH, and ``inch.toml``, which leaves it to a person."""
    with reserved_port() as port:
        (tmp_path / "inch.toml").write_text(SUT.format(port=port, control='kind = "operator"\npatience = 6'))
        charger = Charger(tmp_path, port)
        yield charger
        charger.ends()


def test_a_person_takes_a_charger_through_the_cases(charger: Charger, tmp_path: Path, evconform: Any) -> None:
    """One thing they cannot do and one they do not do in time are inconclusive; all else is as on the embedded INCH."""
    says = {(JAMMED, "jam_lock"): "cannot reach it", (MENDED, "provoke_fault"): None}
    person = Person(charger, lambda case, action: says.get((case, action), ""))
    assert person.takes(["run", "--sut", "inch.toml", "--report", "reports", *SELECTED], tmp_path) == 2
    report = report_in(tmp_path / "reports" / "inch")
    found = verdicts(report)
    evconform("run", "--sut", "etrel-inch.toml", "--report", tmp_path / "embedded", "--column", "json", *SELECTED)
    embedded = verdicts(report_in(tmp_path / "embedded" / "etrel-inch"))
    assert embedded.keys() == found.keys() == set(CASES)
    assert {case: verdict for case, verdict in found.items() if verdict != embedded[case]} == {
        JAMMED: "inconclusive",
        MENDED: "inconclusive",
    }
    reasons = {case["id"]: case["reason"] for case in report["cases"]}
    assert "the person at the terminal cannot make the lock" in reasons[JAMMED]
    assert "nobody at the terminal did within 6 s" in reasons[MENDED]
    assert "unplug" in {action for _, action in person.asked}, "the base state is restored by hand where it has to be"
    assert person.asked.count((POWER, "power_cycle")) == 1
    assert "Traceback" not in person.seen
    assert evconform("judge", tmp_path / "reports" / "inch").returncode == 0


def test_a_person_who_stops_keeps_the_evidence(charger: Charger, tmp_path: Path, evconform: Any) -> None:
    person = Person(charger, lambda case, action: "stop" if case == POWER else "")
    assert person.takes(["run", "--sut", "inch.toml", "--report", "reports", *SELECTED[:6]], tmp_path) == 2
    report = report_in(tmp_path / "reports" / "inch")
    assert report["footer"]["interrupted"] == "the run was stopped: the person at the terminal stopped it"
    assert verdicts(report)[SMOKE] == "pass"
    assert verdicts(report)[POWER] == "inconclusive"
    assert "INCOMPLETE" in person.seen
    assert "Traceback" not in person.seen
    assert "NotGreen" not in person.seen
    assert evconform("judge", tmp_path / "reports" / "inch").returncode == 0


def test_a_message_of_soap_is_a_line_that_says_what_it_holds() -> None:
    envelope = "<s:Envelope><s:Header><a:To>x</a:To></s:Header><s:Body>\n<o:authorizeRequest><o:idTag> A </o:idTag>"
    asked = Entry(1, 1.0, "c1", "sut", "request", f"POST /ocpp HTTP/1.1\r\nHost: h\r\n\r\n{envelope}")
    assert shown(asked) == "       1.000 ← request POST /ocpp HTTP/1.1 authorizeRequest idTag=A"
    answer = Entry(1, 1.0, "c1", "tester", "response", "HTTP/1.1 200 OK\r\n\r\n{}")
    assert shown(answer) == "       1.000 → response HTTP/1.1 200 OK"
