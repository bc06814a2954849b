"""``evconform control check``: each action of a control, tried once."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.person import SUT, Charger, Person

Run = Callable[..., "subprocess.CompletedProcess[str]"]

BENCH = """
from evconform.harness.verdict import CannotAct

class Bench:
    def __init__(self, sut):
        self.state = []
    async def plug_in(self, connector):
        self.state.append(connector)
    def unplug(self, connector):
        self.state.remove(connector)
    def jam_lock(self, connector):
        raise CannotAct("the arm is stuck")
    def cut_network(self):
        raise RuntimeError("no such\\nrelay")
    def present_card(self, uid, connector):
        assert (uid, connector) == ("77FD2AFA", 1)
"""


@pytest.fixture
def python(tmp_path: Path) -> Path:
    (tmp_path / "check_bench.py").write_text(BENCH)
    file = tmp_path / "python.toml"
    file.write_text(SUT.format(port=9, control='kind = "python"\nentry = "check_bench:Bench"'))
    return file


def table_of(said: str) -> dict[str, str]:
    return {line.split()[0]: line.split(maxsplit=1)[1] for line in said.splitlines() if line.startswith("  ")}


def test_each_action_works_is_not_declared_or_failed_and_why(evconform: Run, python: Path) -> None:
    done = evconform("control", "check", "--sut", python)
    assert done.returncode == 2
    rows = table_of(done.stdout)
    assert {action: rows[action] for action in ("plug_in", "unplug", "present_card")} == dict.fromkeys(
        ("plug_in", "unplug", "present_card"), "works"
    )
    assert rows["jam_lock"] == "failed: the arm is stuck"
    assert rows["cut_network"] == "failed: RuntimeError: no such relay"
    assert rows["power_cycle"] == "not declared"
    assert done.stdout.splitlines()[-1] == "19 actions: 3 in order, 14 not declared, 2 failed"


def test_dry_acts_on_nothing(evconform: Run, tmp_path: Path) -> None:
    file = tmp_path / "http.toml"
    control = 'kind = "http"\n[control.action.plug_in]\nurl = "http://me:hidden@127.0.0.1:1/{connector}"'
    file.write_text(SUT.format(port=9, control=control))
    dry = evconform("control", "check", "--sut", file, "--dry")
    assert dry.returncode == 0
    assert table_of(dry.stdout)["plug_in"] == "declared: POST http://127.0.0.1:1/{connector}"
    wet = evconform("control", "check", "--sut", file)
    assert wet.returncode == 2
    assert table_of(wet.stdout)["plug_in"].startswith("failed: plug_in: POST http://127.0.0.1:1/1: ")


def test_a_person_is_asked_for_each_action_once(tmp_path: Path) -> None:
    """At least once: the cable has to go in twice, fully and halfway."""

    class Nowhere(Charger):
        def __init__(self) -> None:
            """There is no charger: the person only says so."""

        def does(self, action: str, connector: str = "", uid: str = "") -> None:
            """Nothing."""

    (tmp_path / "inch.toml").write_text(SUT.format(port=9, control='kind = "operator"\npatience = 20'))
    person = Person(Nowhere(), lambda case, action: "cannot" if action == "jam_lock" else "")
    assert person.takes(["control", "check", "--sut", "inch.toml"], tmp_path) == 2
    assert "18 in order, 0 not declared, 1 failed" in " ".join(person.seen.split())
    assert len({action for _, action in person.asked}) == 19


@pytest.mark.parametrize("sut", ["etrel-inch.toml", "nowhere.toml"])
def test_what_has_no_bench_is_one_line_of_usage(evconform: Run, sut: str) -> None:
    done = evconform("control", "check", "--sut", sut)
    assert (done.returncode, len(done.stderr.splitlines())) == (4, 1)


@pytest.mark.parametrize("method", ["start", "stop"])
@pytest.mark.parametrize("keyword", ["def", "async def"])
def test_a_bench_that_does_not_start_or_stop_is_one_line(evconform: Run, python: Path, method: str, keyword: str) -> None:
    broken = f"    {keyword} {method}(self):\n        raise OSError('no relay box\\nat the port')\n"
    (python.parent / "check_bench.py").write_text(BENCH + broken)
    done = evconform("control", "check", "--sut", python)
    assert done.returncode == 4
    assert done.stderr == f"evconform: control: {method}() of Bench: OSError: no relay box at the port\n"
