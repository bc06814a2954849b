"""OCPP 1.6, 4.9: status after boot; 5.17: triggered messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.schemas import violations
from evconform.ocpp.view import Log

Offences = Iterator[tuple[Any, str]]

OF_CONNECTOR_0 = ("Available", "Unavailable", "Faulted")


@monitor("OCPP16-4.9-01")
def status_of_every_connector(log: Log) -> Offences:
    for boot in log.calls("BootNotification", answered={"status": "Accepted"}):
        assert boot.answer
        said = {c.number("connectorId") for c in log.conversation.called("StatusNotification") if c.n > boot.answer.n}
        missing = set(range(log.pics["connectors"] + 1)) - said
        last = max((c.t for c in log.conversation.called("StatusNotification") if c.n > boot.answer.n), default=0.0)
        due = max(boot.answer.t, last) + log.pixit["patience"]
        given_up = boot.answer.since(boot) > log.pixit["patience"]  # whether it still waited is its choice (OCPP-J 4.1.1)
        hostile = boot.item and boot.item["item"]  # it may be that of a charge point that there is not
        no_answer = bool(violations(boot.answer.schema, boot.answer.payload))  # it may be taken for none (J 4.2.2)
        if missing and (given_up or hostile or no_answer or not log.is_over(due, boot.answer)):
            log.moot(boot)
        elif missing:
            yield boot.answer, f"no StatusNotification for connector {', '.join(map(str, sorted(missing)))}"


@monitor("OCPP16-4.9-02")
def status_of_connector_0(log: Log) -> Offences:
    for call in log.calls("StatusNotification", by="charge-point"):
        if call.get("connectorId") != 0:
            log.moot(call)
        elif call.get("status") not in OF_CONNECTOR_0:
            yield call, f"the status of connector 0 is {call.get('status')!r}"


@monitor("OCPP16-5.17-01")
def no_boot_trigger_once_accepted(log: Log) -> Offences:
    for ask in log.calls("TriggerMessage", by="central-system", registered="Accepted"):
        if ask.get("requestedMessage") == "BootNotification":
            yield ask, "TriggerMessage for BootNotification to a charge point that is accepted"


@monitor("OCPP16-5.17-02")
def answers_trigger_first(log: Log) -> Offences:
    for ask in log.calls("TriggerMessage", by="central-system", answered={"status": "Accepted"}):
        assert ask.answer
        patience = log.pixit["patience"]
        asked = log.conversation.called(str(ask.get("requestedMessage")))
        wanted = [c for c in asked if c.n > ask.n and c.t <= ask.answer.t + patience]
        # one that normal operation sent in between may stand for the message (5.17), if no other follows
        early = wanted and all(c.n < ask.answer.n for c in wanted)
        if early and log.is_over(ask.answer.t + patience, ask):
            yield (wanted[0], ask.answer), f"{wanted[0]} came before the answer to its TriggerMessage, and none after it"
