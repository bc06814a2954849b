"""Transactions of a scripted charge point that faces a central system under test: told, and never driven."""

from __future__ import annotations

from typing import Any

from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from evconform.ocpp.view import Frame

TOLD = "a transaction that is only told"


async def starts(charge_point: ScriptedChargePoint, id_tag: str = "", **how: Any) -> Frame:
    """A StartTransaction; its answer. ``how``: expects, proves, members of the payload."""
    payload: dict[str, Any] = {"connectorId": 1, "meterStart": 0, "timestamp": charge_point.now(), "deviates": TOLD} | how
    return await charge_point.calls("StartTransaction", idTag=id_tag or charge_point.pixit.id_tag, **payload)


async def stops(charge_point: ScriptedChargePoint, transaction: Any, **how: Any) -> Frame:
    """A StopTransaction; its answer."""
    payload: dict[str, Any] = {"meterStop": 1000, "timestamp": charge_point.now(), "deviates": TOLD} | how
    return await charge_point.calls("StopTransaction", transactionId=transaction, **payload)


async def meters(charge_point: ScriptedChargePoint, transaction: Any, **how: Any) -> Frame:
    """A MeterValues of a transaction; its answer."""
    value = [{"timestamp": charge_point.now(), "sampledValue": [{"value": "500"}]}]
    payload: dict[str, Any] = {"connectorId": 1, "meterValue": value, "deviates": TOLD} | how
    return await charge_point.calls("MeterValues", transactionId=transaction, **payload)
