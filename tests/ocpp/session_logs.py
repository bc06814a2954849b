"""Hand-made logs of charging sessions, in few words, and what the rules of some modules make of them."""

from __future__ import annotations

import importlib
from dataclasses import replace
from itertools import chain, count
from types import SimpleNamespace
from typing import Any

from evconform.harness.judge import Judge, Terms
from evconform.harness.law import REGISTER, Requirement
from evconform.harness.pics import Pics
from evconform.harness.verdict import Level, Verdict
from evconform.harness.wire import Entry
from evconform.ocpp.json import CallError, call, call_error, call_result
from evconform.ocpp.view import Transcript
from tests.ocpp.transports import TRANSPORTS, Line

Lines = list[Line]
MODULES = [f"suites.ocpp16.monitors.{name}" for name in ("status_moves", "transactions", "queue")]
Case = tuple[str, str, str, Lines]
"""Requirement, what comes of it ("held", "red", "-" for no situation), words, log."""
PIXIT = {"patience": 10.0, "clock_tolerance": 60.0}
FAILS, SILENCE = "fails", None
ids = (f"m{n}" for n in count())


def judged(
    lines: Lines,
    *,
    connectors: int = 1,
    end: float = 5.0,
    cases: bool = False,
    tolerance: float = 1.0,
    transport: str = "json",
) -> tuple[set[str], set[str]]:
    """The requirements that were broken, and those that held in some situation."""
    for module in MODULES:
        importlib.import_module(module)
    monitors = [m for m in REGISTER.monitors if m.module in MODULES]
    rows = {m.requirement: Requirement(m.requirement, "", ("charge-point",), Level.MUST, "") for m in monitors}
    law: Any = SimpleNamespace(
        monitors=monitors, requirements=rows, cases={"C": SimpleNamespace(verifies=(), moved=False, speaks="")}
    )
    terms = Terms("charge-point", "CP-1", tolerance, PIXIT, Pics({"connectors": connectors}))
    judge = Judge(law, terms, Transcript(terms))
    numbers = count(1)
    judge.feed(Entry(next(numbers), 0.0, mark="case-begin", facts={"case": "C"}))
    for t, each in TRANSPORTS[transport](lines):
        if isinstance(each, Entry):
            judge.feed(replace(each, n=next(numbers)))
        else:
            _, _, kind, data = each
            judge.feed(Entry(next(numbers), t, mark=kind, facts={"action": data, "says": data, "parameters": {"connector": 1}}))
        if cases:
            judge.feed(Entry(next(numbers), t, mark="case-end"))
            judge.feed(Entry(next(numbers), t, mark="case-begin", facts={"case": "C"}))
    judge.feed(Entry(next(numbers), lines[-1][0] + end, mark="case-end"))
    assert [r.reason for r in judge.results if r.verdict is Verdict.ERROR] == []
    found = [f for result in judge.results for f in result.findings]
    return {f.requirement for f in found if f.verdict.red}, {f.requirement for f in found if not f.verdict.red}


def date(t: float) -> str:
    return f"2024-01-01T{int(t) // 3600:02}:{int(t) % 3600 // 60:02}:{t % 60:06.3f}Z"


def opens(t: float) -> Lines:
    return [(t, ">", "open", ""), (t, ">", "request", "GET /ocpp/CP-1 HTTP/1.1\r\nSec-WebSocket-Protocol: ocpp1.6")]


def again(t: float, gone: float = 1.0) -> Lines:
    """The connection is lost, and there is another at ``t``."""
    return [(t - gone, ">", "lost", ""), *opens(t)]


def said(t: float, by: str, action: str, answer: Any, **payload: Any) -> Lines:
    """A CALL, and its answer a tenth of a second later."""
    id, other = next(ids), "<" if by == ">" else ">"
    payload = {key: value for key, value in payload.items() if value is not None}
    asked: Line = (t, by, "text", call(id, action, payload))
    if answer is SILENCE:
        return [asked]
    back = call_error(id, CallError("InternalError")) if answer == FAILS else call_result(id, answer)
    return [asked, (t + 0.1, other, "text", back)]


def boots(t: float) -> Lines:
    answer = {"status": "Accepted", "currentTime": date(t), "interval": 300}
    return said(t, ">", "BootNotification", answer, chargePointVendor="V", chargePointModel="M")


def status(t: float, *statuses: str, at: float | None = None, error: str = "NoError", answer: Any = "ok") -> Lines:
    """StatusNotifications of connector 1, a second apart."""
    stamps = [date(t + n if at is None else at) for n in range(len(statuses))]
    told = enumerate(zip(statuses, stamps, strict=True))
    reply = {} if answer == "ok" else answer
    return list(
        chain.from_iterable(
            said(t + n, ">", "StatusNotification", reply, connectorId=1, errorCode=error, status=s, timestamp=stamp)
            for n, (s, stamp) in told
        )
    )


def authorizes(t: float, tag: str = "A", answer: str | None = "Accepted") -> Lines:
    return said(t, ">", "Authorize", answer and {"idTagInfo": {"status": answer}}, idTag=tag)


def starts(t: float, id: Any = 7, at: float | None = None, tag: str = "A", says: str = "Accepted", connector: int = 1) -> Lines:
    answer = {"transactionId": id, "idTagInfo": {"status": says}} if isinstance(id, int) else id
    stamp = date(t if at is None else at)
    return said(t, ">", "StartTransaction", answer, connectorId=connector, idTag=tag, meterStart=100, timestamp=stamp)


def stops(t: float, id: int = 7, at: float | None = None, meter: int = 200, tag: str | None = None, answer: Any = "ok") -> Lines:
    stamp, reply = date(t if at is None else at), {} if answer == "ok" else answer
    return said(t, ">", "StopTransaction", reply, transactionId=id, meterStop=meter, timestamp=stamp, idTag=tag)


def meters(
    t: float,
    id: int | None = 7,
    at: float | None = None,
    context: str = "Sample.Periodic",
    answer: Any = "ok",
    connector: int = 1,
) -> Lines:
    values = [{"timestamp": date(t if at is None else at), "sampledValue": [{"value": "1", "context": context}]}]
    reply = {} if answer == "ok" else answer
    return said(t, ">", "MeterValues", reply, connectorId=connector, transactionId=id, meterValue=values)


def sets(t: float, key: str, value: str, answer: str = "Accepted") -> Lines:
    return said(t, "<", "ChangeConfiguration", {"status": answer}, key=key, value=value)


def asks(t: float, action: str, answer: str = "Accepted", **payload: Any) -> Lines:
    return said(t, "<", action, {"status": answer}, **payload)


def acts(t: float, action: str) -> Lines:
    return [(t, "<", "act", action)]


def retries(attempts: str = "3", interval: str = "20") -> Lines:
    rows = [("TransactionMessageAttempts", attempts), ("TransactionMessageRetryInterval", interval)]
    keys = [{"key": key, "readonly": False, "value": value} for key, value in rows]
    return said(2, "<", "GetConfiguration", {"configurationKey": keys})


UP = [*opens(0), *boots(0)]
READY = [*UP, *status(1, "Available")]
RETRY = [*READY, *retries()]
REBOOT = [(100, ">", "lost", ""), (100, "<", "power-off", ""), *opens(110), *boots(110)]
BEAT = said(12, ">", "Heartbeat", {"currentTime": date(12)})
FAULTED = status(5, "Faulted", error="GroundFailure")
FAILED = [*starts(10), *stops(20, answer=FAILS)]
AGAIN = stops(40.5, at=20, answer=FAILS)
COUNTED = [*FAILED, *AGAIN, *stops(81, at=20, answer=FAILS)]

SESSION = [
    *READY, *authorizes(5), *status(5.5, "Preparing"), *starts(8), *status(9, "Charging"), *meters(20), *BEAT[:0],
    *meters(30, context="Sample.Clock"), *stops(40, tag="A", meter=100), *status(41, "Finishing", "Available"),
]  # fmt: skip


def rows_of(cases: dict[str, list[tuple[str, str, Lines]]]) -> dict[str, Case]:
    """The rows of a table, by what pytest shall call them."""
    return {f"{id}: {row[0]}: {row[1]}": (id, *row) for id, rows in cases.items() for row in rows}


def check(case: Case, transport: str = "json") -> None:
    """Judges a log twice: as one case, and with the end of a case after every line, as an open conversation is judged again
    and again."""
    id, outcome, _, lines = case
    red, held = judged(lines, transport=transport)
    assert ("red" if id in red else "held" if id in held else "-") == outcome
    assert (id in judged(lines, cases=True, transport=transport)[0]) == (outcome == "red")


def rules_of(module: str) -> set[str]:
    """The requirements that a module of monitors has rules for."""
    importlib.import_module(f"suites.ocpp16.monitors.{module}")
    return {m.requirement for m in REGISTER.monitors if m.module == f"suites.ocpp16.monitors.{module}"}
