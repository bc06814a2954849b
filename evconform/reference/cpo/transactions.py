"""Transactions: OCPP 1.6, 4.8, 4.10 and 3.5 to 3.7, with errata. What a message says about the past is believed.

A StartTransaction heard twice before its stop has one transaction; one on a connector whose transaction never stopped ends
that one; a StopTransaction that fits nothing is answered and kept. Every answer waits for the disk.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.reference.cpo.records import Transaction, UnmatchedStop
from evconform.reference.cpo.schema import TRANSACTIONS
from evconform.reference.moments import stamp, told

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo


class Transactions:
    """The open ones are in memory; a message about an older one looks it up."""

    def __init__(self, cpo: Cpo) -> None:
        self.cpo = cpo
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """A station's transaction messages one after the other: a look-up may take a while."""
        cpo.handles("StartTransaction", self.start_transaction)
        cpo.handles("StopTransaction", self.stop_transaction)
        cpo.handles("MeterValues", self.meter_values)

    # ── start ──

    async def start_transaction(self, payload: Payload, channel: Channel) -> Answer:
        """4.8. The transaction exists whatever its idTag is worth."""
        async with self._turns[channel.identity]:
            transaction = await self.started_before(payload, channel.identity)
            if transaction is None:
                transaction = self.start(payload, channel.identity)
                info = self.cpo.tokens.info_at_start(transaction)
                transaction.authorization = info["status"]
            else:
                info = self.cpo.tokens.info(transaction.id_tag) | {"status": transaction.authorization}
        await self.cpo.store.durable()
        return {"transactionId": transaction.id, "idTagInfo": info}

    async def started_before(self, payload: Payload, identity: str) -> Transaction | None:
        """The transaction that the same StartTransaction began already (3.7.1, erratum 3.18: it is sent until answered).
        Not one that was stopped: messages come in order (3.7), and the stop has its id from the answer, so this is another."""
        number, at = int(payload["connectorId"]), told(payload["timestamp"])
        running = self.cpo.memory.running.get((identity, number))
        if running and is_start_of(payload, at, running):
            return running
        if at > self.cpo.memory.last_started.get((identity, number), ""):
            return None
        c = TRANSACTIONS.c
        same = (c.identity == identity, c.connector_id == number, c.started_at == at, c.state != "stopped")
        query = select(TRANSACTIONS).where(*same).order_by(c.id.desc())
        await self.cpo.store.durable()  # what is only put cannot be found
        found = [Transaction(**row) for row in await self.cpo.store.read(query)]
        return next((each for each in found if is_start_of(payload, at, each)), None)

    def start(self, payload: Payload, identity: str) -> Transaction:
        memory = self.cpo.memory
        number, at = int(payload["connectorId"]), told(payload["timestamp"])
        memory.last_transaction += 1
        token = memory.tokens.get(payload["idTag"].casefold())
        transaction = Transaction(
            id=memory.last_transaction,
            identity=identity,
            connector_id=number,
            id_tag=payload["idTag"],
            parent_id_tag=token.parent_id_tag if token else "",
            authorization="",
            started_at=at,
            meter_start=int(payload["meterStart"]),
            reservation_id=payload.get("reservationId"),
            received_at=stamp(self.cpo.clock.date()),
        )
        if older := memory.running.get((identity, number)):
            self.ends(older, "superseded")
        memory.opens(transaction)
        memory.last_started[identity, number] = max(at, memory.last_started.get((identity, number), ""))
        self.cpo.store.put(transaction)
        self.cpo.reservations.used(transaction)
        return transaction

    def ends(self, transaction: Transaction, state: str) -> None:
        """A connector has one transaction at a time, and they come in order (3.7.1): one that another follows is
        superseded, and its StopTransaction may still come."""
        transaction.state = state
        self.cpo.memory.ends(transaction)
        self.cpo.store.put(transaction)
        self.cpo.profiles.transaction_ended(transaction)

    # ── stop ──

    async def stop_transaction(self, payload: Payload, channel: Channel) -> Answer:
        """4.10, and erratum 3.18 on transactionId -1. idTagInfo only where an idTag came."""
        identity = channel.identity
        async with self._turns[identity]:
            transaction = await self.find(int(payload["transactionId"]), identity)
            if transaction is None or not self.stop(payload, transaction):
                self.keep_unmatched(payload, identity)
            self.cpo.metering.keeps(payload.get("transactionData", ()), identity, transaction, payload)
        await self.cpo.store.durable()
        return {"idTagInfo": self.cpo.tokens.info(payload["idTag"])} if "idTag" in payload else {}

    async def find(self, number: int, identity: str) -> Transaction | None:
        """The transaction of that id, if it is this station's."""
        found = self.cpo.memory.transactions.get(number)
        if found is None and 0 < number <= self.cpo.memory.last_transaction:
            await self.cpo.store.durable()
            query = select(TRANSACTIONS).where(TRANSACTIONS.c.id == number)
            rows = await self.cpo.store.read(query)
            found = self.cpo.memory.transactions.get(number) or next((Transaction(**row) for row in rows), None)
        return found if found and found.identity == identity else None

    def stop(self, payload: Payload, transaction: Transaction) -> bool:
        """Stops it; False if it was stopped already, and otherwise than now."""
        at, meter = told(payload["timestamp"]), int(payload["meterStop"])
        if transaction.state == "stopped":
            return (transaction.stopped_at, transaction.meter_stop) == (at, meter)
        transaction.stopped_at, transaction.meter_stop = at, meter
        transaction.stop_id_tag = payload.get("idTag", "")
        transaction.reason = payload.get("reason", "Local")
        transaction.stop_received_at = stamp(self.cpo.clock.date())
        self.ends(transaction, "stopped")
        return True

    def keep_unmatched(self, payload: Payload, identity: str) -> None:
        at, received = told(payload["timestamp"]), stamp(self.cpo.clock.date())
        number, meter = int(payload["transactionId"]), int(payload["meterStop"])
        idtag, reason = payload.get("idTag", ""), payload.get("reason", "Local")
        self.cpo.store.put(UnmatchedStop(identity, number, at, meter, idtag, reason, received))

    # ── meter values ──

    async def meter_values(self, payload: Payload, channel: Channel) -> Answer:
        """4.7: all are kept, whatever transaction they name."""
        self.cpo.metering.meter_values(payload, channel.identity)
        await self.cpo.store.durable()
        return {}


def is_start_of(payload: Payload, at: str, transaction: Transaction) -> bool:
    """Whether a StartTransaction says the same as the one that began ``transaction``."""
    told_now = (at, int(payload["meterStart"]), payload["idTag"].casefold())
    return told_now == (transaction.started_at, transaction.meter_start, transaction.id_tag.casefold())
