"""Hostile StartTransactions, and whether they started anything: OCPP 1.6, 4.8, 7.2. They carry an idTag that the central system
holds, and another StartTransaction tells by ConcurrentTx that it is in a transaction already."""

from __future__ import annotations

import itertools
import json
import math

from evconform.ocpp.barrage import ReadBack
from evconform.ocpp.channel import Payload
from evconform.ocpp.hostile import Item
from evconform.ocpp.hostile.bases import PAST, TAG
from evconform.ocpp.hostile.xml import escaped
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from evconform.ocpp.soap.names import IDENTITY

DAY = 86400.0
KEEPS_TAG = ("idTag", f"({IDENTITY})")
"""Where a StartTransaction keeps the idTag that nobody holds: it may be taken for one of another charge point."""
AROUND = ("StartTransaction", "StopTransaction")
CONNECTORS = (2, 1)
"""Where a transaction is tried. Another connector comes first: a transaction at the same one may just follow the one that was
started in secret (3.7.1), and end it."""


class Starts:
    """Each is another one: none may be taken for the retransmission of one before (3.7.1), not even of a run before."""

    def __init__(self, charge_point: ScriptedChargePoint) -> None:
        self.charge_point = charge_point
        self.id_tag = charge_point.pixit.id_tag
        self._count = itertools.count()

    def moment(self) -> str:
        """A time stamp of yesterday, later than the one before."""
        return self.charge_point.ago(DAY - next(self._count))

    def read_backs(self) -> list[ReadBack]:
        plain = {"idTag": self.id_tag, "meterStart": 0}
        return [
            ReadBack(
                "StartTransaction", {"connectorId": n} | plain, "idTagInfo.status", AROUND, lambda: {"timestamp": self.moment()}
            )
            for n in CONNECTORS
        ]

    def spelt(self, item: Item) -> str:
        """The text of an item: in a StartTransaction, what is not spoilt is what a central system would start with."""
        text = item.text
        if item.action == "StartTransaction" and item.field not in KEEPS_TAG:
            text = text.replace(TAG, escaped(self.id_tag) if self.charge_point.soap else json.dumps(self.id_tag)[1:-1])
        if item.action == "StartTransaction" and item.field != "timestamp":
            text = text.replace(PAST, self.moment())
        return text

    def stops(self, asked: Payload, answer: Payload) -> tuple[str, Payload] | None:
        """Ends what was started, with the meter where it was."""
        transaction, meter = answer.get("transactionId"), asked.get("meterStart")
        if not isinstance(transaction, int):
            return None
        at = int(meter) if isinstance(meter, int | float) and math.isfinite(meter) else 0
        return "StopTransaction", {"transactionId": transaction, "meterStop": at, "timestamp": self.charge_point.now()}
