"""Etrel's own DataTransfer messages, as its public note lists them."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeGuard

from evconform.ocpp.view import instant
from mocks.charge_point.memory import Transaction

if TYPE_CHECKING:
    from mocks.inch import Inch

VENDOR = "Etrel"
REASON = 1e9
"""No number of these messages is larger."""


class Etrel:
    """``energy_limit``: Wh after which a transaction is stopped."""

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self.mode = "Fast"
        self.departure: datetime | None = None
        self.watts: float | None = None
        """What SetChargingRateKmPerKWh or the Smart mode leaves of the power."""
        self.energy_limit: float | None = None
        self._watches: dict[int, asyncio.Task[None]] = {}
        if cp.pics.sections.get("model", {}).get("vendor", "").lower() == VENDOR.lower():
            cp.data_transfer.messages[VENDOR.lower()] = {
                "SetChargingMode": self.set_charging_mode,
                "SetChargingRateKmPerKWh": self.set_charging_rate,
                "TxLimit": self.tx_limit,
            }

    def set_charging_mode(self, data: dict[str, Any]) -> bool:
        """Fast, or Smart until a departure time: half the power will do."""
        departure = instant(data.get("departureTime"))
        if data.get("chargingMode") not in ("Fast", "Smart") or (data["chargingMode"] == "Smart" and not departure):
            return False
        self.mode, self.departure = data["chargingMode"], departure
        self.watts = None if self.mode == "Fast" else max(c.most_power for c in self.cp.connectors.values()) / 2
        self._offers()
        return True

    def set_charging_rate(self, data: dict[str, Any]) -> bool:
        """How far the EV goes with a kWh: what the display counts with."""
        rate = data.get("kmPerKWh")
        return is_number(rate) and 0 < rate < REASON

    def tx_limit(self, data: dict[str, Any]) -> bool:
        """The energy in Wh after which a transaction is stopped."""
        limit = data.get("energyLimit")
        if not is_number(limit) or not 0 <= limit < REASON:
            return False
        self.energy_limit = float(limit) or None
        for transaction in self.cp.memory.running.values():
            self.begins(transaction)
        return True

    def begins(self, transaction: Transaction) -> None:
        """A transaction begins, or the limit changed."""
        if earlier := self._watches.pop(transaction.connector, None):
            earlier.cancel()
        if self.energy_limit is not None:
            self._watches[transaction.connector] = self.cp.lives.spawn(self.watch(transaction, self.energy_limit))

    async def watch(self, transaction: Transaction, limit: float) -> None:
        """Stops it, to the energy of a second."""
        number = transaction.connector
        while self.cp.transactions.running(number) is transaction:
            left = limit - (self.cp.meters[number].register - transaction.meter_start)
            if left <= 0:
                self.cp.transactions.stop(number, "Other")
                return
            await self.cp.clock.wait(max(1.0, left / self.cp.connectors[number].most_power * 3600))

    async def credit_card(self, connector: int, card: str) -> None:
        """A satellite charger was paid for with a credit card; the billing data follow."""
        about = {"connectorId": connector, "timestamp": self.cp.stamp()}
        await self.cp.data_transfer.send(VENDOR, "CreditCardChargingStartedOnSatelliteCharger", about)
        await self.cp.data_transfer.send(VENDOR, "CreditCardTransactionBillingData", about | {"card": card})

    def _offers(self) -> None:
        for number in self.cp.connectors:
            self.cp.offer_may_have_changed(number)


def is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
