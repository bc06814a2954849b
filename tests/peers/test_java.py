"""Java-OCA-OCPP over SOAP and our endpoints: each calls the other, and reads what it gets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from evconform.harness.clock import Clock, Tasks
from evconform.ocpp.charge_point import Handshake
from evconform.ocpp.json import CallError
from evconform.ocpp.soap.central_system import SoapCentralSystem
from evconform.ocpp.soap.charge_point import SoapChargePoint
from evconform.ocpp.soap.endpoint import hindrance

from . import java_build
from .conftest import reserved_port, started

pytestmark = pytest.mark.skipif(not java_build.installed(), reason=java_build.NO_JDK)

WITHIN = 60
"""Seconds that a story may take on a busy machine."""
NOW = "2026-11-30T12:00:00Z"
Story = Callable[[Clock, Tasks], Awaitable[None]]


def tell(story: Story) -> None:
    async def told() -> None:
        tasks = Tasks()
        async with asyncio.timeout(WITHIN):
            await story(Clock(asyncio.get_running_loop()), tasks)
        await tasks.cancel()
        tasks.check()

    asyncio.run(told())


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Any]:
    with (tmp_path / "java.log").open("wb") as file:
        yield file


def test_its_charge_point_boots_and_answers(command: Any, log: Any) -> None:
    async def story(clock: Clock, tasks: Tasks) -> None:
        central = SoapCentralSystem(clock, tasks)
        central.objects = hindrance
        heard: list[tuple[str, Any]] = []
        reported = asyncio.Event()

        def answers(action: str, answer: dict[str, Any]) -> None:
            def handler(payload: Any, channel: Any) -> Any:
                heard.append((action, payload))
                if payload.get("connectorId") == 1:
                    reported.set()
                return answer

            central.handlers[action] = handler

        answers("BootNotification", {"status": "Accepted", "currentTime": NOW, "interval": 300})
        answers("StatusNotification", {})
        url = await central.listen("http://127.0.0.1:0/ocpp")
        with reserved_port() as port:
            service = f"http://127.0.0.1:{port}"
        with started([*command("ChargePoint"), url, "PEER-3", service], log, log):
            await reported.wait()
            channel = central.channels["PEER-3"]
            assert channel.address == service
            assert await channel.call("GetConfiguration", {"key": ["HeartbeatInterval", "Nothing"]}) == {
                "configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}],
                "unknownKey": ["Nothing"],
            }
            with pytest.raises(CallError):
                await channel.call("ClearCache", {})
        assert [action for action, _ in heard] == ["BootNotification", "StatusNotification", "StatusNotification"]
        assert heard[0][1] == {"chargePointVendor": "Peer", "chargePointModel": "Java-OCA-OCPP"}
        assert (heard[1][1]["connectorId"], heard[1][1]["status"], heard[1][1]["timestamp"][:15]) == (0, "Available", NOW[:15])
        await central.stop()

    tell(story)


def test_its_central_system_answers_and_asks(command: Any, log: Any) -> None:
    async def story(clock: Clock, tasks: Tasks) -> None:
        point = SoapChargePoint(clock, tasks)
        point.objects = hindrance
        asked: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        point.handlers["GetConfiguration"] = lambda payload, _: asked.set_result(payload) or {"unknownKey": ["A"]}  # type: ignore[func-returns-value]
        with started(command("Office"), log, asyncio.subprocess.PIPE) as peer:
            assert peer.stdout
            said = json.loads(await asyncio.to_thread(peer.stdout.readline))
            await point.connect(Handshake(said["url"], "PEER-4"))
            assert point.channel
            boot = await point.channel.call("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"})
            assert (boot["status"], boot["interval"]) == ("Accepted", 300)
            tag = await point.channel.call("Authorize", {"idTag": "EC0000B1"})
            assert tag == {"idTagInfo": {"status": "Blocked"}}
            async with httpx.AsyncClient() as operator:
                url = f"http://127.0.0.1:{said['commands']}/stations/PEER-4/GetConfiguration"
                assert (await operator.post(url, json={"key": ["A"]})).json() == {"outcome": "asked"}
            assert await asked == {"key": ["A"]}
            await point.disconnect()

    tell(story)
