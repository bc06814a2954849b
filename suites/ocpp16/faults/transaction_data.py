"""Faults of a charge point in the meter values of a StopTransaction (3.16.1, 3.16.2), and of its main meter (4.7)."""

from __future__ import annotations

from itertools import count
from typing import Any

from evconform.harness.law import fault
from suites.ocpp16.faults.framing import edits_calls


def _drops(charge_point: Any, context: str, one_in: int = 1) -> None:
    """Leaves values of a context out of each StopTransaction: all of them, or one in so many."""

    def edit(message: list[Any]) -> list[Any]:
        payload, counted = message[3], count()
        data = [
            value
            for value in payload.pop("transactionData", ())
            if value["sampledValue"][0]["context"] != context or (next(counted) + 1) % one_in
        ]
        return [*message[:3], payload | ({"transactionData": data} if data else {})]

    edits_calls(charge_point, edit, ("StopTransaction",))


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

    def edit(message: list[Any]) -> list[Any]:
        running = [transaction.id for transaction in charge_point.memory.running.values() if transaction.id]
        named = {"transactionId": running[0]} if message[3]["connectorId"] == 0 and running else {}
        return [*message[:3], message[3] | named]

    edits_calls(charge_point, edit, ("MeterValues",))
