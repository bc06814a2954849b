"""OCPP 1.6, 4.8 and 6.46: the transactionIds that a central system gives, and 7.2: what it says of idTags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.frame import at, instant
from evconform.ocpp.view import Frame, Log
from suites.ocpp16.told import whole

Offences = Iterator[tuple[Any, str]]


def beginning(call: Frame) -> tuple[Any, ...]:
    """What makes two StartTransactions transmissions of one: a connector begins once at an instant, with one card (3.7.1)."""
    timestamp = str(call.get("timestamp"))
    told = instant(timestamp) or instant(f"{timestamp}Z") or timestamp  # however its offset is written; without one it is UTC
    return str(call.get("connectorId")), str(call.get("idTag")).casefold(), str(call.get("meterStart")), told


@monitor("OCPP16-6.46-31", accumulates=dict)
def transaction_ids_are_unique(log: Log, given: dict[int, tuple[Any, ...]]) -> Offences:
    for call in log.calls("StartTransaction", by="charge-point", answered={}):
        transaction = whole(call.answer.get("transactionId")) if call.answer else None
        if transaction is None:
            log.moot(call)
        elif given.setdefault(transaction, beginning(call)) != beginning(call):
            yield call.answer, f"the transactionId {transaction} was given before, to another transaction"


@monitor("OCPP16-6.46-33")
def transaction_ids_are_positive(log: Log) -> Offences:
    for call in log.calls("StartTransaction", by="charge-point", answered={}):
        transaction = whole(call.answer.get("transactionId")) if call.answer else None
        if transaction is not None and transaction <= 0:
            yield call.answer, f"the transactionId is {transaction}"


@monitor("OCPP16-7.2-34")
def concurrent_tx_for_transactions(log: Log) -> Offences:
    for call in log.calls("Authorize", by="charge-point", answered={}):
        if call.answer and at(call.answer.payload, "idTagInfo/status") == "ConcurrentTx":
            yield call.answer, "an Authorize was answered with ConcurrentTx"
