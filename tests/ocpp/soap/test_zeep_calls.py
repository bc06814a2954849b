"""Foreign software: a zeep client calls every operation of both our endpoints over HTTP, with all that a message may hold."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import zeep

from evconform.ocpp.charge_point import Handshake
from evconform.ocpp.soap.central_system import SoapCentralSystem
from evconform.ocpp.soap.charge_point import SoapChargePoint
from evconform.ocpp.soap.model import Service
from evconform.ocpp.soap.table import VERSIONS, services
from evconform.ocpp.soap.translate import translation
from tests.ocpp.soap.samples import sample
from tests.ocpp.soap.zeep_caller import Caller, as_read

SERVICES = [each for version in VERSIONS for each in services(version)]
FROM = "http://127.0.0.1:9/zeep"
"""Nobody is called there."""


@pytest.fixture(params=SERVICES, ids=lambda of: of.file)
def of(request: pytest.FixtureRequest) -> Service:
    service: Service = request.param
    return service


@pytest.fixture
def endpoint(of: Service, wall: Any) -> Any:
    """An endpoint that serves; told what to answer by its handlers."""

    async def serves() -> Any:
        if of.role == "central-system":
            central = SoapCentralSystem(wall.clock, wall.tasks, wall.wire, of.version)
            wall.leave.append(central.stop)
            await central.listen("http://127.0.0.1:0/ocpp/")
            return central
        point = SoapChargePoint(wall.clock, wall.tasks, wall.wire, of.version)
        wall.leave.append(point.disconnect)
        await point.connect(Handshake(FROM, "INCH-1"))
        return point

    return wall.loop.run_until_complete(serves())


def on(stage: Any, work: Any) -> Any:
    """What a client that blocks comes to, while the loop serves it."""

    async def story() -> Any:
        return await asyncio.to_thread(work)

    return stage.run(story())


@pytest.mark.parametrize("full", [False, True], ids=["least", "full"])
def test_every_operation_gets_its_answer(endpoint: Any, of: Service, wall: Any, full: bool) -> None:
    heard: dict[str, Any] = {}
    answers = {action: sample(of, of.complex[f"{action}Response"], full) for action in of.operations}
    between = translation(of.version)

    def handles(action: str) -> Any:
        def handler(payload: Any, channel: Any) -> Any:
            heard[action] = payload
            return between.to_1_6(action, "response", answers[action])

        return handler

    endpoint.handlers.update({action: handles(action) for action in of.operations})

    def calls() -> Iterator[tuple[str, Any, Any]]:
        caller = Caller(of, endpoint.address, "INCH-1", FROM)
        try:
            for action in of.operations:
                payload = sample(of, of.complex[f"{action}Request"], full)
                yield action, payload, caller.call(action, payload)
        finally:
            caller.close()

    for action, payload, answer in on(wall, lambda: list(calls())):
        assert heard[action] == between.to_1_6(action, "request", payload), action
        said = between.from_1_6(action, "response", between.to_1_6(action, "response", answers[action]))
        assert answer == as_read(of, f"{action}Response", said), action
    assert heard.keys() == set(of.operations)


def test_a_fault_reaches_zeep_with_its_subcode(endpoint: Any, of: Service, wall: Any) -> None:
    def calls() -> Any:
        caller = Caller(of, endpoint.address, "INCH-1", FROM)
        try:
            caller.call("DataTransfer", {"vendorId": "nobody"})
        except zeep.exceptions.Fault as fault:
            return fault
        finally:
            caller.close()

    fault = on(wall, calls)
    assert [each.text for each in fault.subcodes] == [f"{{{of.namespace}}}NotSupported"]
    assert fault.message == "DataTransfer is not supported here"
