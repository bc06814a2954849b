"""Control: an action is marked in the log, then performed; what it says happened is no evidence."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from evconform.harness import sut
from evconform.harness.actions import ACTIONS, PARAMETERS
from evconform.harness.campaign import call_if_there
from evconform.harness.clock import LabLoop
from evconform.harness.control import Control, load_python
from evconform.harness.expect import Expectations
from evconform.harness.roles import ROLES
from evconform.harness.verdict import CannotAct, UsageError
from evconform.harness.wire import WireLog, read


@pytest.fixture
def campaign(wire: WireLog, loop: LabLoop) -> Any:
    opposite = SimpleNamespace(acted=lambda action: None)
    return SimpleNamespace(wire=wire, expectations=Expectations(wire, wire.clock), opposite=opposite, clock=wire.clock)


class Target:
    def __init__(self, wire: WireLog) -> None:
        self.wire = wire
        self.done: list[tuple[str, int]] = []

    async def power_cycle(self) -> None:
        self.done.append(("power_cycle", self.wire.n))

    def cut_network(self) -> None:
        self.done.append(("cut_network", self.wire.n))


def act(loop: LabLoop, control: Control, action: str, **parameters: Any) -> None:
    loop.run_until_complete(getattr(control, action)(**parameters))


@pytest.mark.parametrize("action", ["power_cycle", "cut_network"])
def test_an_action_is_in_the_log_before_it_is_performed(campaign: Any, loop: LabLoop, action: str) -> None:
    target = Target(campaign.wire)
    act(loop, Control(campaign, "charge-point", target), action)
    assert target.done == [(action, 1)]
    [entry] = read(campaign.wire.path)
    assert (entry.mark, entry.facts["action"]) == ("act", action)


@pytest.mark.parametrize(("action", "after"), [("cut_network", True), ("plug_in", False)])
def test_what_is_on_the_wire_arrives_before_the_network_goes(campaign: Any, loop: LabLoop, action: str, after: bool) -> None:
    async def speaks() -> None:
        for _ in range(3):
            await campaign.clock.rests()
        campaign.wire.mark("script", says="arrived")

    async def both() -> None:
        speaking = asyncio.ensure_future(speaks())
        await getattr(
            Control(campaign, "charge-point", SimpleNamespace(plug_in=lambda: None, cut_network=lambda: None)), action
        )()
        await speaking

    loop.run_until_complete(both())
    marks = [entry.mark for entry in read(campaign.wire.path)]
    assert marks == (["script", "act"] if after else ["act", "script"])


def test_an_action_begins_a_stage(campaign: Any, loop: LabLoop) -> None:
    campaign.wire.mark("script", says="before")
    act(loop, Control(campaign, "charge-point", Target(campaign.wire)), "power_cycle")
    assert campaign.expectations.stage == 1


def test_what_a_control_cannot_do_is_inconclusive_and_says_what_was_wanted(campaign: Any, loop: LabLoop) -> None:
    control = Control(campaign, "charge-point", Target(campaign.wire))
    with pytest.raises(CannotAct, match="cannot give the network back"):
        act(loop, control, "restore_network")
    assert [control.can(a) for a in ACTIONS["charge-point"]] == [hasattr(Target, a) for a in ACTIONS["charge-point"]]


def test_the_parameters_of_an_action_are_in_the_log(campaign: Any, loop: LabLoop) -> None:
    target = SimpleNamespace(registers=lambda **parameters: None)
    act(loop, Control(campaign, "central-system", target), "registers", status="Pending")
    [entry] = read(campaign.wire.path)
    assert entry.facts["parameters"] == {"status": "Pending"}


@pytest.mark.parametrize("action", ["sends", "fly", "_campaign_"])
def test_an_action_of_another_role_is_an_attribute_error(campaign: Any, action: str) -> None:
    with pytest.raises(AttributeError):
        getattr(Control(campaign, "charge-point", Target(campaign.wire)), action)


def test_a_target_that_raises_lets_it_through(campaign: Any, loop: LabLoop) -> None:
    async def power_cycle() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act(loop, Control(campaign, "charge-point", SimpleNamespace(power_cycle=power_cycle)), "power_cycle")


def test_every_role_has_its_actions_and_its_fixtures() -> None:
    assert set(ACTIONS) == set(PARAMETERS) == set(ROLES)


SUT = """
sut = {product = "P", version = "1", role = "charge-point", speaks = ["ocpp1.6-json"], pics = "p.toml"}
endpoint = {listen = "ws://127.0.0.1:0/ocpp"}
control = {kind = "python", entry = "ENTRY", options = {relay = 4}}
"""
MODULE = """
class Bench:
    def __init__(self, sut):
        self.relay = sut.control.options["relay"]

class Broken:
    def __init__(self, sut):
        raise ValueError("no relay")

number = 3
"""


@pytest.fixture
def sut_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "my_bench_of_test_control.py").write_text(MODULE)
    (tmp_path / "its_import_fails.py").write_text("import nothing_of_this_name\n")
    (tmp_path / "its_syntax_is_broken.py").write_text("def (\n")
    return tmp_path / "my-sut.toml"


def of(file: Path, entry: str) -> sut.Sut:
    file.write_text(SUT.replace("ENTRY", entry))
    return sut.read(file)


def test_a_python_control_is_made_with_the_sut_file(sut_file: Path) -> None:
    assert load_python(of(sut_file, "my_bench_of_test_control:Bench")).relay == 4


@pytest.mark.parametrize(
    "entry",
    [
        *("nowhere_at_all:Bench", "my_bench_of_test_control:Nobody", "my_bench_of_test_control", ":Bench"),
        *("my_bench_of_test_control:number", "my_bench_of_test_control:Broken", "its_import_fails:Bench"),
        "its_syntax_is_broken:Bench",
    ],
)
def test_a_python_control_that_cannot_be_made_is_one_line_with_file_and_place(sut_file: Path, entry: str) -> None:
    with pytest.raises(UsageError, match=r"^\S*my-sut\.toml: control\.entry: [^\n]+$"):
        load_python(of(sut_file, entry))


def test_an_action_may_take_its_time(campaign: Any, loop: LabLoop) -> None:
    async def power_cycle() -> None:
        await asyncio.wait([asyncio.ensure_future(campaign.wire.clock.wait(5))])

    act(loop, Control(campaign, "charge-point", SimpleNamespace(power_cycle=power_cycle)), "power_cycle")
    assert campaign.wire.clock.now() == 5


def test_a_bug_in_an_optional_method_of_a_control_is_not_swallowed(loop: LabLoop) -> None:
    async def start() -> None:
        raise AttributeError("a bug of the bench")

    with pytest.raises(UsageError, match=r"control: start\(\) of SimpleNamespace: AttributeError: a bug of the bench"):
        loop.run_until_complete(call_if_there(SimpleNamespace(start=start), "start"))
    loop.run_until_complete(call_if_there(SimpleNamespace(), "start"))
