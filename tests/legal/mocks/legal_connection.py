"""Legal: how a charge point connects, how fast it is, how it writes its messages, how it resets."""

from __future__ import annotations

import itertools
import json
from typing import Any

from mocks.legal import FIXED, TWO, edits_payload, variant

from evconform.ocpp.channel import Channel


def _thinks(cp: Any, seconds: float, *actions: str) -> None:
    """Takes so long before every CALL (of these actions)."""
    connect = cp.endpoint.connect

    async def connects(handshake: Any) -> Channel:
        channel = await connect(handshake)
        call = channel.call

        async def calls(action: str, *more: Any, **how: Any) -> Any:
            if not actions or action in actions:
                await cp.clock.wait(seconds)
            return await call(action, *more, **how)

        channel.call = calls
        return channel

    cp.endpoint.connect = connects


def _answers_after(cp: Any, seconds: float) -> None:
    for action, plain in list(cp.endpoint.handlers.items()):

        async def answers(payload: Any, channel: Channel, plain: Any = plain) -> Any:
            await cp.clock.wait(seconds)
            return plain(payload, channel)

        cp.endpoint.handlers[action] = answers


@variant("a charge point need not be fast")
def thinks_for_a_moment(cp: Any) -> None:
    """Every CALL takes 0.3 s longer."""
    _thinks(cp, 0.3)


@variant("a charge point need not be fast", on=TWO)
def thinks_for_two_seconds(cp: Any) -> None:
    """Every CALL takes 2 s longer."""
    _thinks(cp, 2.0)


@variant("a charge point need not be fast")
def answers_after_two_seconds(cp: Any) -> None:
    """Every answer takes 2 s."""
    _answers_after(cp, 2.0)


@variant("a charge point need not be fast", on=FIXED)
def answers_after_five_seconds(cp: Any) -> None:
    """Every answer takes 5 s."""
    _answers_after(cp, 5.0)


@variant("4.2 gives no time for a boot")
def boots_slowly(cp: Any) -> None:
    """Needs a minute to boot."""
    wakes = cp._wakes
    cp._wakes = lambda delay: wakes(60.0 if delay else 0.0)


@variant("OCPP-J 5.3: a back-off")
def reconnects_late(cp: Any) -> None:
    """Dials again half a minute after it lost the connection."""
    connect = cp.registration._connect
    first = [True]

    async def connects() -> Any:
        if not first.pop() if first else True:
            await cp.network.wait()
            await cp.clock.wait(30.0)
        return await connect()

    cp.registration._connect = connects


@variant("OCPP-J 4.1.4: an id of up to 36 characters")
def counts_its_messages(cp: Any) -> None:
    """Numbers its messages from 1."""
    count = itertools.count(1)
    cp.endpoint.new_message_id = lambda _: str(next(count))


@variant("OCPP-J 4.1.4 allows the same id for a message that is sent again")
def repeats_with_the_same_id(cp: Any) -> None:
    """A transaction-related message that is sent again has the id that it had."""
    ids: dict[str, str] = {}

    def edit(message: list[Any]) -> list[Any]:
        message[1] = ids.setdefault(json.dumps(message[2:]), message[1])
        return message

    def rewrite(said: str, channel: Channel) -> list[str]:
        message = json.loads(said)
        if message[0] != 2 or message[2] not in ("StartTransaction", "StopTransaction"):
            return [said]
        was = message[1]
        edit(message)
        if message[1] != was:
            channel._open_calls[message[1]] = channel._open_calls.pop(was)
        return [json.dumps(message)]

    cp.endpoint.rewrites.append(rewrite)


@variant("RFC 8259: white space, and members in any order")
def writes_its_json_otherwise(cp: Any) -> None:
    """Its members stand in another order, in lines of their own, and every letter is escaped that may be."""

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: turned(value[name]) for name in reversed(value)}
        return [turned(each) for each in value] if isinstance(value, list) else value

    cp.endpoint.rewrites.append(lambda said, _: [json.dumps(turned(json.loads(said)), indent=2, ensure_ascii=True)])


@variant("4.6: a Heartbeat may be skipped after another message")
def skips_heartbeats_in_traffic(cp: Any) -> None:
    """Sends a Heartbeat only an interval after its last message."""
    spoke = [0.0]

    def rewrite(said: str, _: Channel) -> list[str]:
        spoke[0] = cp.clock.now()
        return [said]

    cp.endpoint.rewrites.append(rewrite)
    registration = cp.registration

    async def heartbeat(channel: Channel) -> None:
        while not registration._lost.is_set():
            registration._interval_changed.clear()
            interval = float(cp.configuration.number("HeartbeatInterval"))
            if await cp.waits(spoke[0] + interval - cp.clock.now(), registration._lost, registration._interval_changed):
                continue
            if cp.clock.now() >= spoke[0] + interval - 1e-6:
                answer = await registration.call(channel, "Heartbeat", {})
                if answer:
                    registration.take_time(answer)

    registration._heartbeat = heartbeat


@variant("4.2: the interval is that of the answer, the key may show its own", on=TWO)
def keeps_its_heartbeat_key(cp: Any) -> None:
    """Heartbeats at the interval that it was given, and its key shows what it was set to."""
    shown = dict(cp.configuration.keys)["HeartbeatInterval"].value
    given = [""]
    put, describe = cp.configuration.put, cp.configuration.describe
    accepted = cp.registration._accepted

    async def accepts(channel: Channel, answer: Any) -> None:
        given[0] = str(answer["interval"] or "")
        await accepted(channel, answer)

    def puts(key: str, value: str) -> None:
        put(key, value)
        if key == "HeartbeatInterval" and value != given[0]:
            given[0] = ""

    def describes(key: str) -> Any:
        return describe(key) | ({"value": shown} if key == "HeartbeatInterval" and given[0] else {})

    cp.registration._accepted, cp.configuration.put, cp.configuration.describe = accepts, puts, describes


@variant("RFC 6455, 5.5.2: either side may ping")
def pings(cp: Any) -> None:
    """Pings the central system on every message that it sends."""

    def rewrite(said: str, channel: Channel) -> list[str]:
        channel.connection.ping(b"alive")
        return [said]

    cp.endpoint.rewrites.append(rewrite)


@variant("RFC 6455, 5.4: a message may come in fragments", on=FIXED)
def fragments_its_messages(cp: Any) -> None:
    """Sends every message in two frames."""

    def rewrite(said: str, channel: Channel) -> list[str]:
        half = len(said) // 2
        channel.connection.send_fragments([said[:half], said[half:]])
        return []

    cp.endpoint.rewrites.append(rewrite)


@variant("5.6: DataTransfer at any time")
def transfers_data(cp: Any) -> None:
    """Says things of its vendor's own after every status."""
    report = cp.status.report

    async def reports(channel: Channel, *what: Any) -> None:
        await report(channel, *what)
        await cp.registration.call(channel, "DataTransfer", {"vendorId": "com.example", "messageId": "m", "data": "{}"})

    cp.status.report = reports


@variant("6.3: optional members of a BootNotification")
def boots_with_every_member(cp: Any) -> None:
    """Gives every member of a BootNotification."""
    more = {"chargeBoxSerialNumber": "B-1", "iccid": "8944", "imsi": "2620", "meterSerialNumber": "M 1", "meterType": "x"}
    edits_payload(cp, lambda p: p | more, "BootNotification")


@variant("6.3: optional members of a BootNotification")
def boots_with_two_members(cp: Any) -> None:
    """Gives its vendor and model only."""
    needed = ("chargePointVendor", "chargePointModel")
    edits_payload(cp, lambda p: {name: p[name] for name in needed}, "BootNotification")


# ── Reset (5.14) ──


@variant("5.14: a hard reset need not stop anything before it")
def stops_after_the_hard_reset(cp: Any) -> None:
    """Restarts at once at a hard reset, and tells the StopTransaction after its boot."""
    resets = cp.remote.resets
    why = ["PowerLoss"]

    async def restarts(kind: str) -> None:
        if kind == "Hard":
            why[0] = "HardReset"
            await cp.reboot()
        else:
            await resets(kind)

    def ends() -> None:
        for number in list(cp.memory.running):
            cp.transactions.stop(number, why[0], at=cp.memory.went_dark)
        why[0] = "PowerLoss"

    cp.remote.resets, cp.transactions.lost_power = restarts, ends


@variant("5.14 gives no time", on=TWO)
def resets_after_ten_seconds(cp: Any) -> None:
    """Says Accepted, and restarts ten seconds later."""
    resets = cp.remote.resets

    async def later(kind: str) -> None:
        await cp.clock.wait(10.0)
        await resets(kind)

    cp.remote.resets = later


@variant("OCPP-J 4.2.3 allows details")
def explains_its_errors(cp: Any) -> None:
    """Gives details with every CALLERROR."""

    def rewrite(said: str, _: Channel) -> list[str]:
        message = json.loads(said)
        return [json.dumps([*message[:4], {"why": "because", "more": [1, 2]}])] if message[0] == 4 else [said]

    cp.endpoint.rewrites.append(rewrite)
