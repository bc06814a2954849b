"""Transaction-related messages (3.7): queued, delivered in order, repeated when the central system fails to process them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from evconform.ocpp.channel import Channel, NoAnswer, Payload
from evconform.ocpp.json import CallError
from mocks.charge_point.memory import Queued, Transaction

if TYPE_CHECKING:
    from mocks.inch import Inch

NEVER_DELIVERED = -1
"""The transactionId of a transaction whose StartTransaction could not be delivered (erratum 3.18)."""


class TransactionQueue:
    """Delivers while the charge point is online; what waits is in the memory."""

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self._more = asyncio.Event()
        self._empty = asyncio.Event()

    @property
    def messages(self) -> list[Queued]:
        return self.cp.memory.queue

    def add(self, action: str, payload: Payload, transaction: Transaction | None) -> None:
        if not self.cp.can_say(action, payload):
            return
        self.messages.append(Queued(action, payload, transaction))
        self._empty.clear()
        self._more.set()

    async def emptied(self, within: float) -> None:
        """Waits until all is delivered, but no longer than ``within`` seconds."""
        if not self.messages:
            return
        try:
            async with asyncio.timeout(within):
                await self._empty.wait()
        except TimeoutError:
            return  # the rest stays queued

    async def online(self, channel: Channel) -> None:
        """Delivers message after message on one connection. Raises NoAnswer when it is gone."""
        while True:
            while not self.messages:
                self._empty.set()
                self._more.clear()
                await self._more.wait()
            first = self.messages[0]
            await self.cp.clock.wait(self.retry_after(first.failures) if first.failures else 0.0)
            await self._deliver(channel, first)

    async def _deliver(self, channel: Channel, message: Queued) -> None:
        try:
            answer = await channel.call(message.action, self.payload_of(message))
        except CallError:
            self._failed(message)
            return
        except NoAnswer:
            if not await self.cp.link.stands(channel, message.action):
                raise
            if self.cp.soap:
                self._failed(message)  # it was the message, not the link (errata of OCPP-S)
            else:
                await self.cp.clock.wait(self.retry_after(1))  # not processed, as far as we know
            return
        self.messages.remove(message)
        self.cp.transactions.delivered(message, answer)

    def _failed(self, message: Queued) -> None:
        message.failures += 1
        if self.gives_up(message.failures):
            self.messages.remove(message)
            if message.action == "StartTransaction" and message.transaction:
                message.transaction.id = NEVER_DELIVERED

    def payload_of(self, message: Queued) -> Payload:
        """The payload, with the transactionId that is known by now."""
        transaction = message.transaction
        if transaction is None or message.action == "StartTransaction":
            return message.payload
        return message.payload | {"transactionId": NEVER_DELIVERED if transaction.id is None else transaction.id}

    # what a fault may change

    def retry_after(self, failures: int) -> float:
        """3.7.1: the interval, times the transmissions so far."""
        return float(self.cp.configuration.number("TransactionMessageRetryInterval") * failures)

    def gives_up(self, failures: int) -> bool:
        """3.7.1: after as many failures as attempts are allowed."""
        return failures >= self.cp.configuration.number("TransactionMessageAttempts")
