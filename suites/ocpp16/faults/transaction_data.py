"""Faults of a charge point in the meter values of a StopTransaction (3.16.1, 3.16.2), and of its main meter (4.7)."""

from __future__ import annotations

from itertools import count
from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Payload
from suites.ocpp16.faults.framing import edits_payload


def _drops(charge_point: Any, context: str, one_in: int = 1) -> None:
    """Leaves values of a context out of each StopTransaction: all of them, or one in so many."""

    def edit(payload: Payload) -> Payload:
        counted = count()
        data = [
            value
            for value in payload.pop("transactionData", ())
            if value["sampledValue"][0]["context"] != context or (next(counted) + 1) % one_in
        ]
        return payload | ({"transactionData": data} if data else {})

    edits_payload(charge_point, "StopTransaction", edit)


@fault(kills="OCPP16-3.16.1-04")
def keeps_no_samples(charge_point: Any) -> None:
    """Has none of the samples in its StopTransaction."""
    _drops(charge_point, "Sample.Periodic")


@fault(kills="OCPP16-3.16.1-04")
def keeps_every_other_sample(charge_point: Any) -> None:
    """Has every other sample in its StopTransaction."""
    _drops(charge_point, "Sample.Periodic", one_in=2)


@fault(kills="OCPP16-3.16.2-04")
def keeps_no_clock_samples(charge_point: Any) -> None:
    """Has none of the clock-aligned values in its StopTransaction."""
    _drops(charge_point, "Sample.Clock")


@fault(kills="OCPP16-4.7-02")
def its_main_meter_has_a_transaction(charge_point: Any) -> None:
    """Sends the values of the whole charge point with the transactionId of one connector."""

    def edit(payload: Payload) -> Payload:
        running = [transaction.id for transaction in charge_point.memory.running.values() if transaction.id]
        named = {"transactionId": running[0]} if payload["connectorId"] == 0 and running else {}
        return payload | named

    edits_payload(charge_point, "MeterValues", edit)
