"""The scripted parties over SOAP: what a verb of WebSockets says there, and how a charge point is offline."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.control import Control
from evconform.harness.judge import CaseResult
from evconform.harness.plan import Content, find_sut, load_content, make_plan
from evconform.harness.prove import run
from evconform.harness.verdict import Verdict
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from evconform.ocpp.soap.scripted import Enveloping

PROVED = "OCPP16-4.2-01"
"""What the case verifies whose place these take."""
Scenario = Callable[..., Awaitable[Any]]


@pytest.fixture(scope="module")
def loaded() -> Content:
    return load_content()


@pytest.fixture(scope="module")
def plans(loaded: Content) -> dict[str, Plan]:
    """Products that speak SOAP, by their roles."""
    suts = {"charge-point": "three-columns.toml", "central-system": "reference-cpo.toml"}
    return {role: make_plan(loaded, find_sut(sut, [])) for role, sut in suts.items()}


def result_of(plans: dict[str, Plan], scenario: Scenario) -> CaseResult:
    """What comes of a case over SOAP whose scenario is this one."""
    role = "charge-point" if "central_system" in scenario.__annotations__ else "central-system"
    case = plans[role].law.cases["OCPP16-CP-BOOT-01.soap" if role == "charge-point" else "OCPP16-CS-BOOT-01.soap"]
    [result] = run(plans[role], [replace(case, function=scenario)])
    return result


JSON_ONLY: dict[str, Callable[[Enveloping], Any]] = {
    "sends": lambda party: party.sends("[]"),
    "sends_fragments": lambda party: party.sends_fragments("[", "]"),
    "floods": lambda party: party.floods(3),
}


@pytest.mark.parametrize("verb", JSON_ONLY)
def test_a_verb_of_websockets_is_an_error_of_the_case(plans: dict[str, Plan], verb: str) -> None:
    async def of_charge_point(central_system: ScriptedCentralSystem) -> None:
        JSON_ONLY[verb](central_system)

    async def of_central_system(charge_point: ScriptedChargePoint) -> None:
        await charge_point.registers()
        JSON_ONLY[verb](charge_point)

    for scenario in (of_charge_point, of_central_system):
        result = result_of(plans, scenario)
        assert result.verdict is Verdict.ERROR
        assert f"{verb} needs a WebSocket connection" in result.reason


def test_dropping_the_connection_is_a_verb_of_websockets(plans: dict[str, Plan]) -> None:
    async def drops(central_system: ScriptedCentralSystem) -> None:
        await central_system.drops_connection()

    assert "drops_connection needs a WebSocket" in result_of(plans, drops).reason


def test_a_charge_point_whose_messages_are_refused_is_offline_until_they_are_not(plans: dict[str, Plan]) -> None:
    async def offline(central_system: ScriptedCentralSystem, bench: Control) -> None:
        central_system.refuses_connections()
        await bench.provoke_fault(connector=1)
        await central_system.hears_status("Faulted")
        for _ in range(4):
            await central_system.hears("Heartbeat", within=central_system.reconnect_patience)
        central_system.admits_connections()
        await central_system.hears("Heartbeat", within=central_system.reconnect_patience)
        await central_system.hears_status("Faulted", proves=PROVED)

    assert result_of(plans, offline).verdict is Verdict.PASS


def test_whose_network_is_cut_is_not_there(plans: dict[str, Plan]) -> None:
    async def cut(central_system: ScriptedCentralSystem, bench: Control) -> None:
        assert central_system.here
        await bench.cut_network()
        assert not central_system.here
        await bench.restore_network()
        assert await central_system.comes(lambda: central_system.here, central_system.reconnect_patience)
        await central_system.asks(proves=PROVED)

    assert result_of(plans, cut).verdict is Verdict.PASS


def test_a_call_that_cannot_be_sent_is_a_situation_that_was_not_reached(plans: dict[str, Plan]) -> None:
    async def gone(central_system: ScriptedCentralSystem, bench: Control) -> None:
        address = central_system.channel.address
        await bench.cut_network()
        central_system.service.reaches(central_system.campaign.sut.endpoint.identity, address)  # type: ignore[attr-defined]
        await central_system.asks(proves=PROVED)

    result = result_of(plans, gone)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "GetConfiguration was not sent" in result.reason
