"""Charge points and central systems that are broken, or strange and legal, each in one way. A user's own folder of mocks."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

from evconform.harness.party import Site, party
from evconform.ocpp.channel import Channel, Payload
from evconform.ocpp.json import read
from evconform.ocpp.websocket import Connection
from mocks.inch import Inch
from mocks.plain_central_system import PlainCentralSystem

FLOOD = 10_000
powered = itertools.count(1)


def text(said: str) -> Callable[[Connection], None]:
    return lambda connection: connection.send(said)


def raw(data: bytes) -> Callable[[Connection], None]:
    return lambda connection: connection.write(data)


GARBAGE: dict[str, Callable[[Connection], None]] = {
    "broken JSON": text('[3,"id",{'),
    "no JSON": text("\x00\x01 good morning"),
    "empty text": text(""),
    "an empty array": text("[]"),
    "an object": text("{}"),
    "not a number": text('[3,"id",{"status":NaN}]'),
    "odd ids": text('[3,{"an":["object"]},{}]'),
    "deep JSON": text("[" * 100_000),
    "a long number": text(f"[{'9' * 10_000}]"),
    "a lone surrogate": text('[2,"\\ud800","\\ud800",{"\\ud800":"\\ud800"}]'),
    "control characters": text('[2,"\\u0000","\\u0000\\u0001<b>&]]>",{"\\u0000":"\\u001b[31m"}]'),
    "a huge message": text(f'[2,"huge","DataTransfer",{{"vendorId":"x","data":"{"x" * 2_000_000}"}}]'),
    "binary": lambda connection: connection.send_binary(bytes(range(256))),
    "no UTF-8": raw(b"\x81\x82\x00\x00\x00\x00\xff\xfe"),
    "no WebSocket": raw(b"\xff" * 4096),
    "random bytes": lambda connection: connection.write(os.urandom(4096)),
    "unmasked frames": raw(b"\x81\x02[]"),
    "a close code that is none": raw(b"\x88\x82\x00\x00\x00\x00\x00\x01"),
}
"""What comes instead of an answer."""


class Garbles:
    """Answers every CALL with garbage."""

    garble: Callable[[Connection], None]

    def rewrite(self, said: str, channel: Channel) -> list[str]:
        if read(said).type == "CALL":
            return [said]
        self.garble(channel.connection)
        return []


class GarblingChargePoint(Garbles, Inch):
    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.endpoint.rewrites.append(self.rewrite)


class GarblingCentralSystem(Garbles, PlainCentralSystem):
    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.endpoint.rewrites.append(self.rewrite)


for _name, _garble in GARBAGE.items():
    party(f"charge point: {_name}", role="charge-point")(type("CP", (GarblingChargePoint,), {"garble": staticmethod(_garble)}))
    party(f"central system: {_name}", role="central-system")(
        type("CS", (GarblingCentralSystem,), {"garble": staticmethod(_garble)})
    )


def in_turn(kinds: dict[str, Any]) -> Iterator[Any]:
    """The kinds, one for each life of the product."""
    return itertools.cycle(kinds.values())


charge_point_garbage, central_system_garbage = in_turn(GARBAGE), in_turn(GARBAGE)


@party("charge point: garbage in turn", role="charge-point")
class GarbleInTurn(GarblingChargePoint):
    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.garble = next(charge_point_garbage)


@party("central system: garbage in turn", role="central-system")
class GarbleInTurnToo(GarblingCentralSystem):
    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.garble = next(central_system_garbage)


STRANGE: dict[str, Payload] = {
    "connector is a list": {"connectorId": [1], "errorCode": "NoError", "status": "Available"},
    "connector is an object": {"connectorId": {"a": 1}, "errorCode": "NoError", "status": "Available"},
    "status is a list": {"connectorId": 0, "errorCode": "NoError", "status": ["Available"]},
    "connector is huge": {"connectorId": 10**400, "errorCode": "NoError", "status": "Available"},
    "time is a list": {"connectorId": 0, "errorCode": "NoError", "status": "Available", "timestamp": [1]},
    "time is at the end": {
        "connectorId": 0, "errorCode": "NoError", "status": "Available", "timestamp": "9999-12-31T23:59:59-14:00",
    },
    "time is at the beginning": {
        "connectorId": 0, "errorCode": "NoError", "status": "Available", "timestamp": "0001-01-01T00:00:00+14:00",
    },
}  # fmt: skip
"""StatusNotifications that are well-formed messages, and wrong."""


class Reporting(Inch):
    """Has more to say after each of its reports."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        report = self.status.report

        async def reports(channel: Channel, number: int, *what: Any) -> None:
            await report(channel, number, *what)
            await self.reported(channel, number)

        self.status.report = reports  # type: ignore[method-assign]

    async def reported(self, channel: Channel, connector: int) -> None:
        raise NotImplementedError


class StrangeChargePoint(Reporting):
    payload: Payload

    async def reported(self, channel: Channel, connector: int) -> None:
        await self.registration.call(channel, "StatusNotification", self.payload)


for _name, _payload in STRANGE.items():
    party(f"strange: {_name}", role="charge-point")(type("Strange", (StrangeChargePoint,), {"payload": _payload}))


strange = in_turn(STRANGE)


@party("strange in turn", role="charge-point")
class StrangeInTurn(StrangeChargePoint):
    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.payload = next(strange)


BOOTED: dict[str, Payload] = {
    "interval is huge": {"interval": 10**400},
    "interval is a fraction": {"interval": 1e308},
    "interval is negative": {"interval": -300},
    "interval is a list": {"interval": [300]},
    "status is a list": {"status": ["Accepted"]},
    "time is a list": {"currentTime": ["2026-01-01T00:00:00Z"]},
    "time is at the end": {"currentTime": "9999-12-31T23:59:59-14:00"},
    "hour is 24": {"currentTime": "2026-01-01T24:00:00Z"},
}
"""What a BootNotification.conf may hold."""


class StrangeCentralSystem(PlainCentralSystem):
    members: Payload

    def boot_notification(self, payload: Payload, channel: Channel) -> Any:
        answer = super().boot_notification(payload, channel)
        assert isinstance(answer, dict)
        return answer | self.members


for _name, _payload in BOOTED.items():
    party(f"booted: {_name}", role="central-system")(type("Strange", (StrangeCentralSystem,), {"members": _payload}))


booted = in_turn(BOOTED)


@party("booted in turn", role="central-system")
class BootedInTurn(StrangeCentralSystem):
    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.members = next(booted)


# ── floods ──


@party("flood: pings", role="charge-point")
class Pings(Reporting):
    async def reported(self, channel: Channel, connector: int) -> None:
        if connector == 0:
            for _ in range(FLOOD):
                channel.connection.ping(b"flood")


@party("flood: pongs", role="charge-point")
class Pongs(Reporting):
    async def reported(self, channel: Channel, connector: int) -> None:
        if connector == 0:
            for _ in range(FLOOD):
                channel.connection.ws.send_pong(b"flood")
            channel.connection.ping()


@party("flood: calls", role="charge-point")
class Calls(Reporting):
    async def reported(self, channel: Channel, connector: int) -> None:
        if connector == max(self.connectors):
            for _ in range(FLOOD):
                await self.registration.call(channel, "DataTransfer", {"vendorId": "evconform"})


# ── the end ──


@party("dies after three cases", role="charge-point")
class Dies(Inch):
    """Its fourth life and all that follow are none."""

    async def start(self) -> str:
        if next(powered) <= 3:
            return await super().start()
        self.lives.spawn(self.clock.wait(0))
        return ""

    async def power_cycle(self) -> None:
        """Nothing happens."""


@party("leaves while it answers", role="charge-point")
class Leaves(Inch):
    """Drops the connection instead of answering, and never comes back."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.endpoint.rewrites.append(self.leave)

    def leave(self, said: str, channel: Channel) -> list[str]:
        if read(said).type == "CALL":
            return [said]
        self.network.clear()
        channel.connection.abort()
        return []
