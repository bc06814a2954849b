"""Faults of a charge point offline (3.5.4, 3.7), and in repeating what failed (3.7.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Channel, Payload

Hidden = Callable[[Payload, Any], bool]
"""Whether this payload, of this transaction, is not told."""


def queues_no(charge_point: Any, action: str, hidden: Hidden = lambda payload, transaction: True) -> None:
    """Forgets the messages of this action that are ``hidden`` instead of queueing them."""
    add = charge_point.queue.add

    def adds(sent: str, payload: Payload, transaction: Any) -> None:
        if sent != action or not hidden(payload, transaction):
            add(sent, payload, transaction)

    charge_point.queue.add = adds


@fault(kills="OCPP16-3.7-02", also=["OCPP16-3.7-01"])
def drops_what_happens_offline(charge_point: Any) -> None:
    """Queues nothing while it is offline."""
    add = charge_point.queue.add
    charge_point.queue.add = lambda *message: add(*message) if charge_point.online else None


@fault(kills="OCPP16-3.5.4-01", also=["OCPP16-4.10-07"])
def does_not_tell_an_offline_start(charge_point: Any) -> None:
    """Forgets the StartTransaction of a transaction that began offline."""
    queues_no(charge_point, "StartTransaction", lambda payload, transaction: not charge_point.online)


@fault(kills="OCPP16-9.1.12-01")
def nobody_charges_offline(charge_point: Any) -> None:
    """Refuses everybody while it is offline."""
    authorize = charge_point.authorization.authorize

    async def refuses(id_tag: str) -> Payload:
        return await authorize(id_tag) if charge_point.online else {"status": "Invalid"}

    charge_point.authorization.authorize = refuses


@fault(kills="OCPP16-3.7-01")
def the_last_comes_first(charge_point: Any) -> None:
    """Delivers what was queued in the wrong order."""
    online = charge_point.queue.online

    async def delivers(channel: Channel) -> None:
        if len(charge_point.queue.messages) > 2:
            charge_point.queue.messages[-2:] = reversed(charge_point.queue.messages[-2:])
        await online(channel)

    charge_point.queue.online = delivers


@fault(kills="OCPP16-3.7-02")
def forgets_how_an_offline_transaction_ended(charge_point: Any) -> None:
    """Does not tell the StopTransaction of a transaction that ended offline."""
    queues_no(charge_point, "StopTransaction", lambda payload, transaction: not charge_point.online)


@fault(kills="OCPP16-3.7-01", also=["OCPP16-3.7-03"])
def lets_others_go_before_what_failed(charge_point: Any) -> None:
    """Waits to repeat a message that failed, and then sends the one behind it first."""
    deliver = charge_point.queue._deliver

    async def delivers(channel: Channel, message: Any) -> None:
        if message.failures and len(charge_point.queue.messages) > 1:
            await deliver(channel, charge_point.queue.messages[1])
        await deliver(channel, message)

    charge_point.queue._deliver = delivers


@fault(kills="OCPP16-3.7-03")
def meter_values_do_not_wait(charge_point: Any) -> None:
    """Sends meter values at once, whatever waits in the queue."""
    add = charge_point.queue.add

    def adds(action: str, payload: Any, transaction: Any) -> None:
        if action == "MeterValues" and charge_point.online:
            charge_point.lives.spawn(charge_point.tell(action, payload | {"transactionId": transaction.id or -1}))
        else:
            add(action, payload, transaction)

    charge_point.queue.add = adds


@fault(kills="OCPP16-3.7.1-01")
def tries_only_once(charge_point: Any) -> None:
    """Does not send a message again that failed."""
    charge_point.queue.gives_up = lambda failures: True


@fault(kills="OCPP16-3.7.1-02")
def tries_again_soon(charge_point: Any) -> None:
    """Waits half as long as it should before it sends a message again."""
    plain = charge_point.queue.retry_after
    charge_point.queue.retry_after = lambda failures: plain(failures) / 2


@fault(kills="OCPP16-3.7.1-02")
def always_waits_as_long(charge_point: Any) -> None:
    """Waits the same interval before every repetition."""
    plain = charge_point.queue.retry_after
    charge_point.queue.retry_after = lambda failures: plain(1)


@fault(kills="OCPP16-3.7.1-03")
def never_gives_up(charge_point: Any) -> None:
    """Sends a message again for ever."""
    charge_point.queue.gives_up = lambda failures: False


@fault(kills="OCPP16-3.7-01", also=["OCPP16-4.10-07"])
def tells_the_end_before_the_beginning(charge_point: Any) -> None:
    """Delivers the StopTransaction of a transaction of the time offline before its StartTransaction."""
    online = charge_point.queue.online

    async def delivers(channel: Channel) -> None:
        charge_point.queue.messages.sort(key=lambda message: message.action == "StartTransaction")
        await online(channel)

    charge_point.queue.online = delivers


@fault(kills="OCPP16-3.7-02", also=["OCPP16-4.10-07"])
def confuses_what_ended_offline(charge_point: Any) -> None:
    """Names another transaction in the StopTransaction of one that ended offline."""
    add, payload_of = charge_point.queue.add, charge_point.queue.payload_of
    offline: list[Any] = []

    def adds(action: str, payload: Payload, transaction: Any) -> None:
        if action == "StopTransaction" and not charge_point.online:
            offline.append(transaction)
        add(action, payload, transaction)

    def confuses(message: Any) -> Payload:
        payload: Payload = payload_of(message)
        confused = message.action == "StopTransaction" and message.transaction in offline
        return payload | {"transactionId": payload["transactionId"] + 1000} if confused else payload

    charge_point.queue.add, charge_point.queue.payload_of = adds, confuses
