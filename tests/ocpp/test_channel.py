"""OCPP-J 4.1 and 4.2: one channel, its open CALLs, and whatever answers to them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from evconform.ocpp.channel import NoAnswer
from evconform.ocpp.json import CallError

ASK = {"vendorId": "v"}


def texts(stage: Any, by: str) -> list[Any]:
    return [e.data for e in stage.seen("text", by=by)]


def test_a_late_a_duplicate_and_an_unknown_answer_are_ignored(lab: Any) -> None:
    unexpected: list[Any] = []

    async def story() -> None:
        point, central = await lab.pair()
        central.owner.on_unexpected = lambda message, _: unexpected.append((message.type, message.id))
        point.owner.handlers["DataTransfer"] = lambda payload, channel: None
        with pytest.raises(NoAnswer):
            await central.call("DataTransfer", ASK, within=3.0)
        _, answer = central.send_call("DataTransfer", ASK, "two")
        for text in (
            '[3,"late",{}]',
            '[3,"two",{"status":"Rejected"}]',
            '[3,"two",{}]',
            '[4,"two","GenericError","",{}]',
            "[3,7,{}]",
            "[3]",
        ):
            point.connection.send(text)
        await lab.until(lambda: len(texts(lab, "sut")) == 6)
        assert await answer == {"status": "Rejected"}

    lab.run(story())
    assert unexpected == [
        ("CALLRESULT", "late"),
        ("CALLRESULT", "two"),
        ("CALLERROR", "two"),
        ("CALLRESULT", 7),
        ("CALLRESULT", None),
    ]


def test_a_call_waits_for_the_one_before_and_send_call_does_not(lab: Any) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        gate = asyncio.Event()

        async def slowly(payload: Any, _: Any) -> Any:
            await gate.wait()
            return {"status": "Accepted"}

        point.owner.handlers["DataTransfer"] = slowly
        first = asyncio.ensure_future(central.call("DataTransfer", ASK | {"data": "1"}))
        second = asyncio.ensure_future(central.call("DataTransfer", ASK | {"data": "2"}))
        await lab.clock.wait(5)
        assert len(texts(lab, "tester")) == 1
        central.send_call("DataTransfer", ASK | {"data": "3"})
        assert len(texts(lab, "tester")) == 2
        assert central.calling
        gate.set()
        await asyncio.gather(first, second)
        assert len(texts(lab, "tester")) == 3

    lab.run(story())


@pytest.mark.parametrize("lost", [False, True], ids=["open", "lost"])
def test_what_comes_with_an_answer_waits_until_the_answer_was_taken(lab: Any, lost: bool) -> None:
    """A StartTransaction.conf and a RemoteStopTransaction.req in one piece: the transaction is known to the second."""
    known: list[str] = []
    seen: list[tuple[str, list[str]]] = []

    async def story() -> None:
        point, central = await lab.pair()
        central.owner.handlers["DataTransfer"] = lambda payload, channel: None

        async def asks(name: str) -> None:
            known.append((await point.call("DataTransfer", ASK))["data"] + name)

        point.owner.handlers["Reset"] = lambda payload, _: seen.append((payload["type"], known.copy())) or {"status": "Accepted"}
        point.owner.new_message_id = lambda _: "1"
        first = asyncio.ensure_future(asks("!"))
        await lab.until(lambda: len(texts(lab, "sut")) == 1)
        point.heard('[3,"1",{"status":"Accepted","data":"a"}]')
        point.heard('[2,"x","Reset",{"type":"Hard"}]')
        point.heard('[2,"y","Reset",{"type":"Soft"}]')
        assert seen == []
        if lost:
            point.lost()
            assert [type for type, _ in seen] == ["Hard", "Soft"], "nothing that came is dropped"
        await first
        await asyncio.sleep(0)

    lab.run(story())
    assert known == ["a!"]
    assert lost or seen == [("Hard", ["a!"]), ("Soft", ["a!"])]


def test_calls_may_cross_under_one_id(lab: Any) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        (_, a), (_, b) = (
            point.send_call("DataTransfer", ASK | {"data": "p"}, "same"),
            central.send_call("DataTransfer", ASK, "same"),
        )
        assert await asyncio.gather(a, b) == [{"status": "Accepted", "data": "p"}, {"status": "Accepted", "data": ""}]

    lab.run(story())


def test_answers_keep_going_while_a_call_of_ours_is_open(lab: Any) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        point.owner.handlers["DataTransfer"] = lambda payload, channel: None
        mine = asyncio.ensure_future(central.call("DataTransfer", ASK))
        for _ in range(5):
            assert (await point.call("DataTransfer", ASK))["status"] == "Accepted"
        assert not mine.done()
        mine.cancel()

    lab.run(story())


def test_a_callerror_raises(lab: Any) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        point.owner.handlers["DataTransfer"] = lambda payload, channel: CallError("SecurityError", "no")
        with pytest.raises(CallError) as caught:
            await central.call("DataTransfer", ASK)
        assert (caught.value.code, caught.value.description) == ("SecurityError", "no")
        assert not central.calling

    lab.run(story())


def test_no_answer_within_the_time_raises_and_the_next_call_goes(lab: Any) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        echo = point.owner.handlers["DataTransfer"]
        point.owner.handlers["DataTransfer"] = lambda payload, channel: None
        central.owner.call_timeout = 7.0
        began = lab.clock.now()
        with pytest.raises(NoAnswer):
            await central.call("DataTransfer", ASK)
        assert lab.clock.now() - began == pytest.approx(7.0)
        point.owner.handlers["DataTransfer"] = echo
        assert (await central.call("DataTransfer", ASK))["status"] == "Accepted"

    lab.run(story())


def test_the_loss_of_the_connection_ends_every_open_call_at_once(lab: Any) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        point.owner.handlers["DataTransfer"] = lambda payload, channel: None
        calls = [asyncio.ensure_future(central.call("DataTransfer", ASK)) for _ in range(3)]
        _, sent = central.send_call("DataTransfer", ASK)
        await lab.until(lambda: len(texts(lab, "tester")) == 2)
        began = lab.clock.now()
        point.connection.abort()
        for each in (*calls, sent):
            with pytest.raises(NoAnswer):
                await each
        assert lab.clock.now() - began == 0

    lab.run(story())


def test_a_call_on_a_lost_connection_raises_at_once(lab: Any) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        point.connection.abort()
        await central.connection.closed()
        began = lab.clock.now()
        with pytest.raises(NoAnswer):
            await central.call("DataTransfer", ASK)
        assert lab.clock.now() - began == 0

    lab.run(story())


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_handler_that_raises_answers_internal_error_and_fails_its_owner(lab: Any, asynchronous: bool) -> None:
    def broken(payload: Any, _: Any) -> Any:
        raise LookupError("ours")

    async def broken_later(payload: Any, _: Any) -> Any:
        raise LookupError("ours")

    async def story() -> None:
        point, central = await lab.pair()
        central.owner.handlers["DataTransfer"] = broken_later if asynchronous else broken
        with pytest.raises(CallError) as caught:
            await point.call("DataTransfer", ASK)
        assert (caught.value.code, caught.value.description) == ("InternalError", "LookupError")
        with pytest.raises(LookupError, match="ours"):
            lab.tasks.check()

    lab.run(story())


def test_a_rejected_side_answers_nothing(lab: Any) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        point.owner.answers_calls = lambda: False
        with pytest.raises(NoAnswer):
            await central.call("DataTransfer", ASK, within=2.0)

    lab.run(story())
    assert texts(lab, "sut") == []
