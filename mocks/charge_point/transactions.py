"""Transactions: StartTransaction (4.8), StopTransaction (4.10), and what the central system says to them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from evconform.ocpp.channel import Payload
from mocks.charge_point.memory import Queued, Transaction

if TYPE_CHECKING:
    from mocks.inch import Inch


class Transactions:
    def __init__(self, cp: Inch) -> None:
        self.cp = cp

    def running(self, number: int) -> Transaction | None:
        return self.cp.memory.running.get(number)

    def any_running(self) -> bool:
        return bool(self.cp.memory.running)

    async def all_ended(self) -> None:
        while self.any_running():
            await self.cp.clock.wait(1.0)

    def start(self, number: int, id_tag: str, parent_id_tag: str | None, profile: Payload | None = None) -> None:
        meter = self.cp.meters[number]
        transaction = Transaction(number, id_tag, self.cp.now(), int(meter.register), parent_id_tag)
        self.cp.memory.running[number] = transaction
        payload: Payload = {
            "connectorId": number,
            "idTag": id_tag,
            "meterStart": transaction.meter_start,
            "timestamp": self.cp.time_stamp(transaction.started),
        }
        reservation = self.cp.reservations.uses(number, id_tag, parent_id_tag)
        if reservation is not None:
            payload["reservationId"] = reservation
        self.cp.queue.add("StartTransaction", payload, transaction)
        if profile:
            self.cp.smart_charging.install_tx_profile(number, None, profile)
        self.cp.diagnostics.note(f"transaction started at connector {number}, {transaction.meter_start} Wh")
        self.cp.connectors[number].contactor = True
        self.cp.metering.begins(transaction)
        self.cp.etrel.begins(transaction)
        self.cp.offer_may_have_changed(number)
        self.cp.smart_charging.share_changed(number)
        self.cp.status.look(number)

    def stop(self, number: int, reason: str, id_tag: str | None = None, at: datetime | None = None, unlocks: bool = True) -> None:
        """Ends the energy, then the transaction; the cable is free (4.10)."""
        transaction, connector = self.cp.memory.running[number], self.cp.connectors[number]
        register = int(self.cp.meters[number].register)
        data = self.cp.metering.ends(transaction, at)
        connector.contactor, connector.offered = False, 0.0
        if unlocks:
            connector.unlock()
        self.cp.diagnostics.note(f"transaction stopped at connector {number}, {register} Wh, {reason}")
        payload = self.stop_payload(register, reason, id_tag, at)
        self.cp.queue.add("StopTransaction", payload | ({"transactionData": data} if data else {}), transaction)
        del self.cp.memory.running[number]
        if connector.occupied:
            self.cp.memory.finishing.add(number)
        self.cp.smart_charging.transaction_ended(number)
        self.cp.availability.settle(number)
        self.cp.status.look(number)

    def stop_payload(self, register: int, reason: str, id_tag: str | None, at: datetime | None) -> Payload:
        payload: Payload = {"meterStop": register, "timestamp": self.cp.time_stamp(at or self.cp.now()), "reason": reason}
        return payload | ({"idTag": id_tag} if id_tag else {})

    def delivered(self, message: Queued, answer: Payload) -> None:
        """The central system processed a transaction-related message."""
        transaction, info = message.transaction, answer.get("idTagInfo")
        if message.action == "StopTransaction" and "idTag" in message.payload:
            self.cp.authorization.learns(message.payload["idTag"], info)
        if message.action != "StartTransaction" or not transaction:
            return
        transaction.id = answer["transactionId"]
        self.cp.authorization.learns(transaction.id_tag, info)
        if info and info["status"] == "Accepted":
            transaction.parent_id_tag = info.get("parentIdTag", transaction.parent_id_tag)
        elif self.running(transaction.connector) is transaction:
            self.refused(transaction)

    def refused(self, transaction: Transaction) -> None:
        """3.5.4, erratum 3.17: stop it, or only its energy."""
        listed = self.cp.local_list.find(transaction.id_tag)
        if listed and listed["status"] == "Accepted":
            conflict = {"connectorId": 0, "errorCode": "LocalListConflict", "status": self.cp.status.of(0).status}
            self.cp.lives.spawn(self.cp.tell("StatusNotification", conflict))  # 3.5.2
        if self.cp.configuration.flag("StopTransactionOnInvalidId"):
            self.stop(transaction.connector, "DeAuthorized")
        else:
            transaction.refused = True
            self.cp.offer_may_have_changed(transaction.connector)

    def lost_power(self) -> None:
        """The power came back: what ran when it went is over (4.10). What begins from now on, even offline, is not."""
        for number in list(self.cp.memory.running):
            self.stop(number, "PowerLoss", at=self.cp.memory.went_dark)
