"""OCPP 1.6, chapter 4: a central system answers what an accepted charge point tells it with a CALLRESULT, whatever it thinks
of the content; that it answers at all is OCPP-J 4.2."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from math import inf
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


class Told:
    """What a charge point told before a CALL: its connectors, and the transactions that it was given, with their meters."""

    def __init__(self, log: Log) -> None:
        self._connectors: dict[int | None, int] = {}
        """A connector to the number of the frame that first told its status."""
        for call in log.conversation.called("StatusNotification"):
            self._connectors.setdefault(whole(call.get("connectorId")), call.n)
        self._begun: dict[int | None, list[tuple[int, float | None]]] = {}
        """A transactionId to the frames that gave it, and to the meters of their starts."""
        answers = [(c.answer, c.number("meterStart")) for c in log.conversation.called("StartTransaction") if c.answer]
        for answer, meter in sorted(answers, key=lambda each: each[0].n):
            self._begun.setdefault(whole(answer.get("transactionId")), []).append((answer.n, meter))
        self._first = min(self._connectors.values(), default=inf)

    @classmethod
    def of(cls, log: Log) -> Told:
        """That of a conversation, made once."""
        return log.conversation.index("told before", lambda: cls(log))

    def has_no_connector(self, number: int | None, call: Frame) -> bool:
        """Whether statuses were told, and none of this connector."""
        return self._first < call.n and number not in (None, 0) and self._connectors.get(number, inf) >= call.n

    def meter_of(self, transaction: int | None, call: Frame) -> float | None:
        """The meterStart of a transaction that was given by then, 0 if it had none; None if none was given."""
        meters = [meter for n, meter in self._begun.get(transaction, ()) if n < call.n]
        return (meters[-1] or 0.0) if meters else None


def doubtful(log: Log, call: Frame) -> bool:
    """Whether a central system may doubt what it is told: to answer all the same is a *should* (4.7, 4.8, 4.10)."""
    told, transaction, stop = Told.of(log), whole(call.get("transactionId")), call.number("meterStop")
    meter = told.meter_of(transaction, call)
    unknown = transaction is not None and meter is None
    backwards = stop is not None and stop < (meter or 0.0)
    return told.has_no_connector(whole(call.get("connectorId")), call) or unknown or backwards


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
