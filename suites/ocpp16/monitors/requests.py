"""OCPP 1.6, chapter 6: what the messages that a central system sends may say of connectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Log

Offences = Iterator[tuple[Any, str]]

POSITIVE = {
    "RemoteStartTransaction": "OCPP16-6.33-31",
    "UnlockConnector": "OCPP16-6.53-31",
}
"""What is about one connector, and never about connector 0."""


def connector_is_positive(action: str) -> Callable[[Log], Offences]:
    def positive(log: Log) -> Offences:
        for call in log.calls(action, by="central-system"):
            connector = call.number("connectorId")
            if connector is None:
                log.moot(call)
            elif connector <= 0:
                yield call, f"{action} for connector {connector:g}"

    positive.__name__ = f"connector_of_{action}"
    return positive


for _action, _requirement in POSITIVE.items():
    monitor(_requirement)(connector_is_positive(_action))


@monitor("OCPP16-6.7-31")
def connectors_are_not_negative(log: Log) -> Offences:
    for call in log.calls(by="central-system"):
        connector = call.number("connectorId")
        if connector is None:
            log.moot(call)
        elif connector < 0:
            yield call, f"{call} for connector {connector:g}"
