"""Both endpoints of OCPP-S against each other."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.ocpp.channel import NoAnswer
from evconform.ocpp.json import CallError

ASK = {"vendorId": "v", "data": "x"}


def test_both_call_each_other(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        assert (await pair.point.channel.call("DataTransfer", ASK))["data"] == "x"
        channel = pair.central.channels["CP-1"]
        assert channel.address == pair.point.address
        assert (await channel.call("DataTransfer", ASK))["data"] == "x"

    pair.stage.run(story())


def test_on_wall_time_too(wall_pair: Any) -> None:
    async def story() -> None:
        await wall_pair.connects()
        assert (await wall_pair.central.channels["CP-1"].call("DataTransfer", ASK))["data"] == "x"

    wall_pair.stage.run(story())


@pytest.mark.parametrize(
    ("code", "subcode"),
    [
        ("FormationViolation", "ProtocolError"), ("TypeConstraintViolation", "ProtocolError"), ("NotImplemented", "NotSupported"),
        ("GenericError", "InternalError"), ("SecurityError", "SecurityError"), ("InternalError", "InternalError"),
    ],
)  # fmt: skip
def test_an_error_of_a_handler_becomes_a_fault(pair: Any, code: str, subcode: str) -> None:
    async def story() -> None:
        await pair.connects()
        pair.central.handlers["Authorize"] = lambda *_: CallError(code, "words")
        with pytest.raises(CallError) as caught:
            await pair.point.channel.call("Authorize", {"idTag": "A"})
        assert (caught.value.code, caught.value.description) == (subcode, "words")
        assert pair.point.connected

    pair.stage.run(story())


def test_what_nobody_handles_is_not_supported(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        for action in ("Reset", "Teleport"):
            with pytest.raises(CallError, match="NotSupported"):
                await pair.central.channels["CP-1"].call(action, {"type": "Soft"})

    pair.stage.run(story())


def test_a_request_without_answer_is_a_lost_link(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        lost: list[bool] = []
        pair.point.on_lost = lambda: lost.append(True)
        pair.central.handlers["Authorize"] = lambda *_: None
        with pytest.raises(NoAnswer):
            await pair.point.channel.call("Authorize", {"idTag": "A"}, within=5.0)
        assert lost == [True]
        assert not pair.point.connected
        assert pair.stage.clock.now() == pytest.approx(5.0)

    pair.stage.run(story())


def test_watches_see_both_directions_as_text(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        seen: list[tuple[str, str]] = []
        pair.central.watches.append(lambda way, text, channel: seen.append((way, text.split('"')[-2])))
        await pair.point.channel.call("DataTransfer", ASK)
        await pair.central.channels["CP-1"].call("DataTransfer", ASK)
        assert seen == [("<", "x"), (">", "x"), (">", "x"), ("<", "x")]

    pair.stage.run(story())
