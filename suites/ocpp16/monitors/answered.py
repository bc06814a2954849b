"""OCPP 1.6, chapter 4: a central system answers what an accepted charge point tells it with a CALLRESULT, whatever it thinks
of the content; that it answers at all is OCPP-J 4.2."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Frame, Log
from suites.ocpp16.told import whole

Offences = Iterator[tuple[Any, str]]

ANSWERED = {
    "Authorize": "OCPP16-4.1-31",
    "DataTransfer": "OCPP16-4.3-31",
    "MeterValues": "OCPP16-4.7-31",
    "StartTransaction": "OCPP16-4.8-31",
    "StopTransaction": "OCPP16-4.10-31",
}
"""What a charge point sends, to the row that says how it is answered."""


def misspelt(call: Frame) -> bool:
    """Whether a temperature is in Celcius, which the first schemas had: to take that is a *should* of its own (erratum 2.1)."""
    return call.action == "MeterValues" and '"Celcius"' in json.dumps(call.payload)


def doubtful(log: Log, call: Frame) -> bool:
    """Whether a central system may doubt what it is told: to answer all the same is a *should* (4.7, 4.8, 4.10)."""
    connector, transaction = whole(call.get("connectorId")), whole(call.get("transactionId"))
    told = {whole(c.get("connectorId")) for c in log.conversation.called("StatusNotification") if c.n < call.n}
    starts = [c for c in log.conversation.called("StartTransaction") if c.answer and c.answer.n < call.n]
    begun = {whole(c.answer.get("transactionId")): c.number("meterStart") for c in starts if c.answer}
    stop = call.number("meterStop")
    nowhere = bool(told) and connector not in (None, 0, *told)
    unknown = transaction is not None and transaction not in begun
    backwards = stop is not None and stop < (begun.get(transaction) or 0.0)
    return nowhere or unknown or backwards


def answered_with_result(action: str) -> Callable[[Log], Offences]:
    def result(log: Log) -> Offences:
        for call in log.calls(action, by="charge-point", proper=True, registered="Accepted"):
            hostile = call.item and call.item["item"]  # that has rules of its own
            if call.answer is None or hostile or misspelt(call) or doubtful(log, call):
                log.moot(call)
            elif call.answer.type == "CALLERROR":
                yield (call, call.answer), f"{action} was answered with {call.answer}"

    result.__name__ = f"result_for_{action}"
    return result


for _action, _requirement in ANSWERED.items():
    monitor(_requirement)(answered_with_result(_action))


@monitor("OCPP16-4.3-33")
def no_data_from_unknown_vendors(log: Log) -> Offences:
    for call in log.calls("DataTransfer", by="charge-point", answered={"status": "UnknownVendorId"}):
        if call.answer and "data" in call.answer.payload:
            yield call.answer, f"{call.answer}"


@monitor("OCPP16-6.4-31")
def interval_is_positive(log: Log) -> Offences:
    for call in log.calls("BootNotification", by="charge-point", answered={"status": "Accepted"}):
        interval = call.answer.number("interval") if call.answer else None
        if interval is not None and interval <= 0:
            yield call.answer, f"interval is {interval:g}"
