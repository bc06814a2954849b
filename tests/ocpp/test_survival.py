"""Bad input is expected (DESIGN, 5.10): whatever a SUT sends is logged and judged, and the next connection is served."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from evconform.harness.campaign import Campaign
from evconform.harness.plan import find_sut, load_content, make_plan
from evconform.harness.wire import read
from evconform.ocpp.charge_point import Handshake, NotConnected
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint

Make = Callable[[Callable[..., bytes]], bytes]
CALL = b'[2,"c","DataTransfer",{"vendorId":"v"}]'


def text(said: str | bytes) -> Make:
    return lambda f: f(1, said.encode() if isinstance(said, str) else said)


def texts(template: str, *values: str) -> Make:
    """A text message for each value in the place of ``@``."""
    return lambda f: b"".join(f(1, template.replace("@", value).encode()) for value in values)


HOSTILE: dict[str, tuple[Make, dict[str, int]]] = {
    "broken JSON": (text('[2,"c","DataTransfer",{'), {"text": 2}),
    "an empty text": (text(""), {"text": 2}),
    "deep JSON": (text("[" * 200_000), {"text": 2}),
    "a wrong arity": (texts("[@]", "2", '2,"c"', '2,"c","d"', "2,1,2,3,4,5", "3", '3,"c"', "4", '4,"c"'), {"text": 9}),
    "ids of every type": (texts('[2,@,"Heartbeat",{}]', "7", "null", "[]", "{}", '""', '"\\ud800"'), {"text": 7}),
    "an id of 37 characters": (text(f'[2,"{"i" * 37}","Heartbeat",{{}}]'), {"text": 2}),
    "actions of every type": (texts('[2,"c",@,{}]', "7", "null", "[]", "{}", '""', '"\\ud800"'), {"text": 7}),
    "payloads of every type": (texts('[2,"c","Heartbeat",@]', "7", "null", "[]", '"x"', '{"\\ud800":1e999}'), {"text": 6}),
    "stray answers": (texts("@", '[3,"x",{}]', '[3,"x",{}]', '[4,"x","GenericError","",{}]', "[3,[],{}]"), {"text": 5}),
    "a second CALL while one is open": (lambda f: f(1, CALL) * 2, {"text": 3}),
    "a CALL of 16 MiB": (text(CALL[:-2] + b',"data":"' + b"x" * 2**24 + b'"}]'), {"text": 2}),
    "a binary message": (lambda f: f(2, CALL), {"binary": 1, "text": 1}),
    "fragments": (lambda f: f(1, CALL[:9], fin=False) + f(9) + f(0, CALL[9:]), {"text": 2, "continuation": 1, "ping": 1}),
    "a fragment that is never ended": (lambda f: f(1, b"[", fin=False), {"text": 2}),
    "a continuation of nothing": (lambda f: f(0, b"x"), {"continuation": 1, "text": 1}),
    "the wrong masking": (lambda f: f(1, CALL, mask=None), {"text": 2}),
    "reserved opcodes": (lambda f: f(3, b"x") + f(11), {"opcode-3": 1, "opcode-11": 1, "text": 1}),
    "reserved bits": (lambda f: f(1, CALL, rsv=4), {"text": 2}),
    "invalid UTF-8": (lambda f: f(1, b'["\xc3\x28"]'), {"text": 2}),
    "a close with half a code": (lambda f: f(8, b"\x03"), {"close": 1, "text": 1}),
    "a close with no legal code": (lambda f: f(8, b"\x00\x01"), {"close": 1, "text": 1}),
    "a close with a reason that is no UTF-8": (lambda f: f(8, b"\x03\xe8\xff"), {"close": 1, "text": 1}),
    "a ping that is too long": (lambda f: f(9, b"x" * 200), {"ping": 1, "text": 1}),
    "garbage": (lambda f: b"\x00\xff" * 3000 + b"GET / HTTP/1.1\r\n\r\n", {}),
    "half a frame": (lambda f: f(1, b"", length=9000), {"bytes": 1}),
    "a frame that says it is 2^63 - 1 long": (lambda f: f(1, b"x", length=2**63 - 1), {"bytes": 1}),
    "10000 CALLs": (lambda f: b"".join(f(1, CALL.replace(b'"c"', b'"c%d"' % i)) for i in range(10_000)), {"text": 10_001}),
    "1000 pings": (lambda f: f(9, b"?") * 1000, {"ping": 1000, "text": 1}),
    "nothing": (lambda f: b"", {"text": 1}),
}  # fmt: skip
HEADS: dict[str, bytes] = {
    "HTTP/1.0": b"GET /ocpp/CP-1 HTTP/1.0\r\nHost: x\r\n\r\n",
    "70 KB of headers": b"GET /ocpp/CP-1 HTTP/1.1\r\n"
    + b"".join(b"X-%d: %s\r\n" % (i, b"x" * 1000) for i in range(70))
    + b"\r\n",
    "a line of 70 KB": b"GET /ocpp/CP-1 HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
    "silence": b"",
    "half a head": b"GET /ocpp/CP-1 HTT",
    "TLS to a plain port": bytes.fromhex("160301020001000001fc0303") + b"\x00" * 500,
    "a POST with a body": b"POST /ocpp/CP-1 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
    "an odd target": b"GET //[ HTTP/1.1\r\nHost: x\r\n\r\n",
    "credentials that are no ASCII": b"GET /ocpp/CP-1 HTTP/1.1\r\nAuthorization: Basic \xff\xc3\xa4\r\n\r\n",
    "two credentials": b"GET /ocpp/CP-1 HTTP/1.1\r\nAuthorization: Basic eA==\r\nAuthorization: Basic eQ==\r\n\r\n",
    "no WebSocket": b"GET /ocpp/CP-1 HTTP/1.1\r\nHost: x\r\n\r\n",
    "garbage": b"\x00\xff\r\n\r\n" * 1000,
}


class Facing:
    """A scripted party of ours in a campaign, on wall time, and what its log came to."""

    def __init__(self, stage: Any, role: str, ours: type[Any]) -> None:
        self.stage = stage
        plan = make_plan(load_content(), find_sut(f"plain-{role}.toml", []))
        self.identity = plan.sut.endpoint.identity
        assert plan.sut.endpoint.password
        self.password = plan.sut.endpoint.password.get_secret_value()
        self.campaign = Campaign(plan, stage.wire, stage.clock)
        self.campaign.opposite = self.ours = ours(self.campaign)
        stage.leave.append(self.ours.stop)
        stage.wire.mark("case-begin", case=next(c.id for c in plan.law.cases.values() if c.role == role))

    def ends_well(self, kinds: dict[str, int]) -> None:
        """The log can be judged and read, holds what came on the first connection, and no error of ours."""
        self.stage.wire.mark("case-end", case="")
        assert len(self.campaign.judge.results) == 1
        assert [e.facts for e in read(self.stage.wire.path) if e.mark == "error"] == []
        assert self.stage.uncaught == []
        got = [e.kind for e in self.stage.log if e.by == "sut" and e.conn == "c1"]
        assert {kind: got.count(kind) for kind in kinds} == kinds


async def dial(raw: Any, url: str) -> Any:
    parts = urlsplit(url)
    return raw(*await asyncio.open_connection(parts.hostname, parts.port))


def shaped(frame: Callable[..., bytes], mask: bool) -> Callable[..., bytes]:
    """Makes frames masked as this side must; ``mask=None``: as it must not."""
    return lambda *args, **how: frame(*args, **(how | {"mask": mask if "mask" not in how else not mask}))


def lost(stage: Any, conn: str) -> Callable[[], bool]:
    return lambda: any(e.conn == conn and e.kind == "lost" for e in stage.log)


async def face_central_system(facing: Facing, said: bytes, frame: Callable[..., bytes], handshake: bool, raw: Any) -> bytes:
    """Says something hostile to our central system; then a proper charge point boots."""
    url = await facing.ours.start()
    hostile = await dial(raw, url)
    if handshake:
        await hostile.shakes(facing)
    heard = await hostile.says(said)
    await facing.stage.until(lost(facing.stage, "c1"))
    proper = await dial(raw, url)
    await proper.shakes(facing)
    boot = b'[2,"boot","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'
    assert b'[3,"boot",{"status":"Accepted"' in await proper.says(frame(1, boot))
    await facing.stage.until(lost(facing.stage, "c2"))
    return heard


@pytest.mark.parametrize("name", HOSTILE)
def test_the_central_system_survives(wall: Any, ws_frame: Callable[..., bytes], raw: Any, name: str) -> None:
    make, kinds = HOSTILE[name]
    frame = shaped(ws_frame, True)
    facing = Facing(wall, "charge-point", ScriptedCentralSystem)
    heard = wall.run(face_central_system(facing, make(frame) + frame(1, CALL.replace(b'"c"', b'"sync"')), frame, True, raw))
    facing.ends_well(kinds)
    assert name != "10000 CALLs" or heard.count(b'[3,"c') == 10_000
    assert name != "1000 pings" or heard.count(b"\x8a\x01?") == 1000


@pytest.mark.parametrize("name", HEADS)
def test_the_central_system_survives_an_opening_of(wall: Any, ws_frame: Callable[..., bytes], raw: Any, name: str) -> None:
    facing = Facing(wall, "charge-point", ScriptedCentralSystem)
    heard = wall.run(face_central_system(facing, HEADS[name], shaped(ws_frame, True), False, raw))
    facing.ends_well({"open": 1})
    said = sum(len(e.data) for e in wall.log if e.conn == "c1" and e.by == "sut")
    assert bool(said) == bool(HEADS[name])
    assert b" 101 " not in heard[:20]


@pytest.mark.parametrize("name", HOSTILE)
def test_the_charge_point_survives(wall: Any, ws_frame: Callable[..., bytes], raw: Any, name: str) -> None:
    make, kinds = HOSTILE[name]
    frame = shaped(ws_frame, False)
    facing = Facing(wall, "central-system", ScriptedChargePoint)
    conversations = [
        make(frame) + frame(1, CALL.replace(b'"c"', b'"sync"')),
        frame(1, b'[3,"beat",{"currentTime":"2024-01-01T00:00:00Z"}]'),
    ]
    served: set[asyncio.Task[Any]] = set()

    async def serve(client: Any, said: bytes, waits: bool) -> None:
        await client.agrees()
        if waits:
            await client.reader.readexactly(8)  # of its CALL
        await client.says(said)

    async def story() -> None:
        server = await asyncio.start_server(
            lambda r, w: served.add(asyncio.ensure_future(serve(raw(r, w), conversations[len(served)], bool(served)))),
            "127.0.0.1",
            0,
        )
        handshake = Handshake(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ocpp", facing.identity, facing.password)
        with contextlib.suppress(NotConnected):  # the worst may come with the response
            await facing.ours.endpoint.connect(handshake)
        await facing.stage.until(lost(facing.stage, "c1"))
        channel = await facing.ours.endpoint.connect(handshake)
        _, answer = channel.send_call("Heartbeat", {}, "beat")
        assert await answer == {"currentTime": "2024-01-01T00:00:00Z"}
        await channel.connection.closed()
        await asyncio.gather(*served)
        server.close()

    wall.run(story())
    facing.ends_well(kinds)
