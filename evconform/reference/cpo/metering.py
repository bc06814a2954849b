"""Meter values: OCPP 1.6, 4.7 and 7.32 to 7.33. The same samples sent twice are kept once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from evconform.ocpp.channel import Payload
from evconform.reference.cpo.records import MeterValue, Transaction
from evconform.reference.moments import stamp, told

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo

_encode = json.JSONEncoder(separators=(",", ":")).encode


class Metering:
    """Keeps each meterValue as one record, its samples as they came."""

    def __init__(self, cpo: Cpo) -> None:
        self.cpo = cpo

    def meter_values(self, payload: Payload, identity: str) -> None:
        place = (int(payload.get("transactionId", 0)), int(payload["connectorId"]))
        self._keep(payload["meterValue"], identity, place, "Sampled")

    def keeps(self, data: Iterable[Payload], identity: str, transaction: Transaction | None, stop: Payload) -> None:
        """The transactionData of a StopTransaction."""
        place = (int(stop["transactionId"]), transaction.connector_id if transaction else 0)
        self._keep(data, identity, place, "Stop")

    def _keep(self, values: Iterable[Payload], identity: str, place: tuple[int, int], source: str) -> None:
        received = stamp(self.cpo.clock.date())
        for value in values:
            samples = _encode(value["sampledValue"])
            digest = hashlib.blake2b(samples.encode(), digest_size=8).hexdigest()
            self.cpo.store.put(MeterValue(identity, *place, told(value["timestamp"]), source, digest, samples, received))


def energy(samples: list[dict[str, Any]]) -> float | None:
    """Wh of the register that a meterValue holds (7.43: the default measurand, in Wh unless it says kWh); None without one."""
    for sample in samples:
        if sample.get("measurand", "Energy.Active.Import.Register") != "Energy.Active.Import.Register" or sample.get("phase"):
            continue
        try:
            return float(sample["value"]) * (1000.0 if sample.get("unit") == "kWh" else 1.0)
        except ValueError:
            continue
    return None
