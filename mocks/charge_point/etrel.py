"""Etrel's own DataTransfer messages, as its public note lists them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from evconform.ocpp.view import instant

if TYPE_CHECKING:
    from mocks.inch import Inch

VENDOR = "Etrel"
WATT_HOURS_PER_KM = 180.0


class Etrel:
    """``modes``: connector to its charging mode; ``limits``: connector to the limit of its transaction in Wh."""

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self.mode = "Fast"
        self.departure: datetime | None = None
        self.watts: float | None = None
        """What SetChargingRateKmPerKWh or the Smart mode leaves of the power."""
        self.energy_limit: float | None = None
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
        return isinstance(rate, int | float) and not isinstance(rate, bool) and rate > 0

    def tx_limit(self, data: dict[str, Any]) -> bool:
        """The energy in Wh after which a transaction is stopped."""
        limit = data.get("energyLimit")
        if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 0:
            return False
        self.energy_limit = float(limit) or None
        return True

    async def credit_card(self, connector: int, card: str) -> None:
        """A satellite charger was paid for with a credit card; the billing data follow."""
        about = {"connectorId": connector, "timestamp": self.cp.stamp()}
        await self.cp.data_transfer.send(VENDOR, "CreditCardChargingStartedOnSatelliteCharger", about)
        await self.cp.data_transfer.send(VENDOR, "CreditCardTransactionBillingData", about | {"card": card})

    def _offers(self) -> None:
        for number in self.cp.connectors:
            self.cp.offer_may_have_changed(number)
