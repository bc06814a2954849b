"""What the virtual INCH keeps over SOAP alone (OCPP-S 1.6, errata): its service, its address, probes, nothing sent twice."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.http.client import HttpClient
from evconform.http.message import Request, Response
from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.json import CallError

from . import inch_bench
from .inch_bench import CARD, Scene, play

OUT_OF_ORDER = CallError("InternalError", "out of order")


@pytest.fixture(autouse=True)
def _soap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(inch_bench.SPEAKS, "", inch_bench.SOAP)


def said(scene: Scene, since: int) -> list[str]:
    return [action for _, action, _ in scene.heard[since:]]


def silent(times: int) -> Any:
    """A handler that leaves so many unanswered."""
    left = [times]

    def answer(payload: Payload, _: Channel) -> Answer:
        left[0] -= 1
        return None if left[0] >= 0 else {}

    return answer


# ── a message that comes to nothing ──


@pytest.mark.parametrize("failure", [OUT_OF_ORDER, silent(1)], ids=["fault", "no answer"])
def test_a_message_that_failed_is_not_sent_again(failure: Any) -> None:
    """But a Heartbeat tells whether it was the message or the link, where nothing came back at all."""

    async def story(scene: Scene) -> None:
        scene.answers["Authorize"] = failure
        since = len(scene.heard)
        scene.cp.plug_in()
        scene.cp.present_card(CARD)
        await scene.passes(60)
        assert said(scene, since).count("Authorize") == 1
        assert said(scene, since).count("Heartbeat") == (failure is not OUT_OF_ORDER)
        assert scene.cp.online

    play(story)


def test_a_transaction_message_without_an_answer_failed_if_a_heartbeat_has_one() -> None:
    """3.7.1 with the errata of OCPP-S: it is sent again as often as TransactionMessageAttempts says, and given up."""

    async def story(scene: Scene) -> None:
        await scene.sets(TransactionMessageAttempts=2, TransactionMessageRetryInterval=10)
        scene.answers["StartTransaction"] = silent(9)
        since = len(scene.heard)
        scene.cp.plug_in()
        scene.cp.present_card(CARD)
        await scene.passes(200)
        assert said(scene, since).count("StartTransaction") == 2
        assert said(scene, since).count("Heartbeat") == 2
        assert scene.cp.memory.queue == []

    play(story)


def test_a_central_system_that_answers_nothing_is_offline_and_probed() -> None:
    """With the back-off of a connection; nothing but Heartbeats, until one is answered."""

    async def story(scene: Scene) -> None:
        for action in ("Heartbeat", "StartTransaction"):
            scene.answers[action] = silent(9999)
        scene.cp.plug_in()
        scene.cp.present_card(CARD)
        await scene.hears("StartTransaction")
        await scene.passes(20)
        assert not scene.cp.online
        since = len(scene.heard)
        await scene.passes(600)
        assert set(said(scene, since)) == {"Heartbeat"}
        assert 5 < len(said(scene, since)) < 30
        scene.answers.clear()
        await scene.passes(120)
        assert scene.cp.online
        assert scene.cp.memory.queue == []

    play(story)


# ── its address ──


def test_it_says_hello_when_the_network_is_back() -> None:
    """A Heartbeat before anything else, and no BootNotification: the address is the same."""

    async def story(scene: Scene) -> None:
        await scene.charges()
        address = scene.cp.endpoint.address
        await scene.cp.cut_network()
        scene.cp.present_card(CARD)
        await scene.passes(30)
        since = len(scene.heard)
        await scene.cp.restore_network()
        await scene.passes(30)
        assert said(scene, since)[:1] == ["Heartbeat"]
        assert {"StopTransaction", "StatusNotification"} <= set(said(scene, since))
        assert "BootNotification" not in said(scene, since)
        assert scene.cp.endpoint.address == address
        assert await scene.status("ClearCache") == "Accepted"

    play(story)


def test_it_boots_with_its_new_address() -> None:
    async def story(scene: Scene) -> None:
        address = scene.cp.endpoint.address
        since = len(scene.heard)
        await scene.cp.change_address()
        await scene.passes(30)
        assert said(scene, since)[0] == "BootNotification"
        assert scene.cp.endpoint.address != address
        assert await scene.status("ClearCache") == "Accepted", "the central system calls it where it is now"
        since = len(scene.heard)
        await scene.cp.cut_network()
        await scene.cp.restore_network()
        await scene.passes(30)
        assert "BootNotification" not in said(scene, since)

    play(story)


def test_an_identity_that_is_not_its_own_is_refused() -> None:
    async def story(scene: Scene) -> None:
        scene.central.channels["INCH-1"].identity = "INCH-2"
        assert await scene.status("ClearCache") == "IdentityMismatch"

    play(story)


# ── its service ──


def test_its_service_is_where_it_was_told_to_be() -> None:
    async def story(scene: Scene) -> None:
        scene.site.service = "http://127.0.0.1:0/OCPP/CP"
        await scene.begins()
        assert scene.cp.endpoint.address.endswith("/OCPP/CP")
        assert not scene.cp.endpoint.address.endswith(":0/OCPP/CP")
        assert await scene.status("ClearCache") == "Accepted"

    play(story, begins=False)


async def visits(scene: Scene, path: str, method: str = "GET") -> Response:
    client = HttpClient(scene.clock)
    host = "/".join(scene.cp.endpoint.address.split("/")[:3])
    try:
        return await client.request(host + path, Request(method))
    finally:
        await client.close()


def test_its_web_page_is_beside_its_service() -> None:
    """The form: web configuration, by HTTP at port 80, where the SOAP service is, too."""

    async def story(scene: Scene) -> None:
        found = await visits(scene, "/")
        page = found.body.decode()
        assert (found.status, found.header("Content-Type")) == (200, "text/html; charset=utf-8")
        assert "ETREL INCH" in page
        assert "<th>HeartbeatInterval</th><td>300</td>" in page
        assert "WebSocketPingInterval" not in page
        assert (await visits(scene, "/else")).status == 404
        assert (await visits(scene, "/", "PUT")).status == 405

    play(story)


def test_a_model_without_a_web_page_has_none() -> None:
    async def story(scene: Scene) -> None:
        assert "<table>" not in (await visits(scene, "/")).body.decode()

    play(story, "two-connector")


def test_no_key_of_websocket_is_there() -> None:
    async def story(scene: Scene) -> None:
        assert await scene.asks("GetConfiguration", key=["WebSocketPingInterval"]) == {"unknownKey": ["WebSocketPingInterval"]}

    play(story, "two-connector")
