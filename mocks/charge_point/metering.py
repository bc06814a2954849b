"""Meter values (3.16, 4.7): sampled from the start of a transaction, and aligned to the clock."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from evconform.ocpp.channel import Payload
from mocks.charge_point.memory import Transaction
from mocks.charge_point.meter import REGISTER, letters

if TYPE_CHECKING:
    from mocks.inch import Inch


class Metering:
    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self._changed = asyncio.Event()
        rows = cp.pics.sections.get("measurement", ())
        self.main_meter = any((row["level"], letters(row["name"])) == ("charge point", letters(REGISTER)) for row in rows)
        """The register of the whole charge point is measured too."""
        for key in ("MeterValueSampleInterval", "ClockAlignedDataInterval"):
            cp.configuration.changed[key] = self.interval_changed

    def interval_changed(self) -> None:
        """Whoever waits for the next sample looks at the interval again."""
        self._changed.set()
        self._changed = asyncio.Event()

    # ── one transaction ──

    def begins(self, transaction: Transaction) -> None:
        if measurands := self.cp.configuration.items("StopTxnSampledData"):
            transaction.data.append(self.value(transaction.connector, measurands, "Transaction.Begin", transaction.started))
        self.cp.lives.spawn(self.samples(transaction))

    def ends(self, transaction: Transaction, at: datetime | None) -> list[Payload]:
        """The transactionData of its StopTransaction (3.16.5, 3.16.6)."""
        measurands = self.cp.configuration.items("StopTxnSampledData")
        last = [self.value(transaction.connector, measurands, "Transaction.End", at)] if measurands else []
        return [value for value in transaction.data + last if value["sampledValue"]]

    async def samples(self, transaction: Transaction) -> None:
        """3.16.1: at every interval from the start of the transaction."""
        began, count = self.cp.clock.now(), 0
        while self.cp.transactions.running(transaction.connector) is transaction:
            interval = self.sample_interval()
            count = int((self.cp.clock.now() - began) / interval + 1e-6) + 1 if interval else 0
            wait = began + count * interval - self.cp.clock.now() if interval else None
            if await self.cp.waits(wait, self._changed) or self.cp.transactions.running(transaction.connector) is not transaction:
                continue
            self.sampled(transaction, transaction.started + timedelta(seconds=count * interval))

    def sample_interval(self) -> float:
        return float(self.cp.configuration.number("MeterValueSampleInterval"))

    def sampled(self, transaction: Transaction, at: datetime) -> None:
        self.send(transaction.connector, transaction, "MeterValuesSampledData", "Sample.Periodic", at)
        if measurands := self.cp.configuration.items("StopTxnSampledData"):
            transaction.data.append(self.value(transaction.connector, measurands, "Sample.Periodic", at))

    # ── the clock ──

    async def aligned(self) -> None:
        """3.16.2: at every interval from midnight."""
        while True:
            interval = float(self.cp.configuration.number("ClockAlignedDataInterval"))
            now = self.cp.now()
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
            passed = (now - midnight).total_seconds()
            due = min((int(passed / interval + 1e-6) + 1) * interval, 86_400.0) if interval else 0.0
            if await self.cp.waits(due - passed if interval else None, self._changed):
                continue
            for number in self.cp.connectors:
                at = midnight + timedelta(seconds=due)
                transaction = self.cp.transactions.running(number)
                self.send(number, transaction, "MeterValuesAlignedData", "Sample.Clock", at)
                measurands = self.cp.configuration.items("StopTxnAlignedData")
                if transaction and measurands:
                    transaction.data.append(self.value(number, measurands, "Sample.Clock", at))
            if self.main_meter and REGISTER in (self.cp.configuration.items("MeterValuesAlignedData") or [REGISTER]):
                self.whole(midnight + timedelta(seconds=due))

    def whole(self, at: datetime) -> None:
        """4.7: connector 0 is the main meter, and its values are of no transaction (erratum 3.16)."""
        read = sum(int(meter.register) for meter in self.cp.meters.values())
        sampled = {"value": str(read), "context": "Sample.Clock", "measurand": REGISTER, "location": "Inlet", "unit": "Wh"}
        value = {"timestamp": self.cp.time_stamp(at), "sampledValue": [sampled]}
        self.cp.queue.add("MeterValues", {"connectorId": 0, "meterValue": [value]}, None)

    # ── a message ──

    def send(self, number: int, transaction: Transaction | None, key: str, context: str, at: datetime) -> None:
        value = self.value(number, self.cp.configuration.items(key), context, at)
        if value["sampledValue"]:
            self.cp.queue.add("MeterValues", {"connectorId": number, "meterValue": [value]}, transaction)

    def value(self, number: int, measurands: list[str], context: str, at: datetime | None) -> Payload:
        """A MeterValue (7.33)."""
        stamp = self.cp.time_stamp(at or self.cp.now())
        return {"timestamp": stamp, "sampledValue": self.cp.meters[number].read(measurands, context)}

    async def triggered(self, number: int) -> None:
        """5.17, erratum 3.46: the newest of what MeterValuesSampledData names."""
        value = self.value(number, self.cp.configuration.items("MeterValuesSampledData"), "Trigger", None)
        transaction = self.cp.transactions.running(number)
        known = {"transactionId": transaction.id} if transaction and transaction.id is not None else {}
        await self.cp.tell("MeterValues", {"connectorId": number, "meterValue": [value]} | known)
