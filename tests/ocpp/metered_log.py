"""Hand-made logs about configuration and metering, judged by the PICS of the Etrel INCH and one monitor module or several."""

from __future__ import annotations

import importlib
from dataclasses import replace
from itertools import count
from types import SimpleNamespace
from typing import Any

from evconform.harness.content import shipped
from evconform.harness.judge import Judge, Terms
from evconform.harness.law import REGISTER, Requirement
from evconform.harness.pics import Pics
from evconform.harness.user_file import read_toml
from evconform.harness.verdict import Level, Verdict
from evconform.harness.wire import Entry
from evconform.ocpp.json import CallError, call, call_error, call_result
from evconform.ocpp.view import Transcript
from tests.ocpp.transports import TRANSPORTS, Line

Lines = list[Line]
PIXIT = {"patience": 10.0, "clock_tolerance": 60.0}
ENERGY, POWER = "Energy.Active.Import.Register", "Power.Active.Import"
ids = (f"m{n}" for n in count())


def inch(**answers: Any) -> Pics:
    """What the form of the INCH says, and these answers."""
    said = read_toml(shipped() / "fixtures/pics/etrel-inch.toml")
    return Pics({"connectors": 1, "fixed_cable": False} | answers, sections=said)


def judged(
    module: str, lines: Lines, pics: Pics, *, end: float = 30.0, cases: bool = False, transport: str = "json"
) -> dict[str, Any]:
    """Requirement to the words of what broke it; "" where it held in some situation. With ``cases`` a case ends after every
    line, as an open conversation is judged again and again."""
    name = f"suites.ocpp16.monitors.{module}"
    importlib.import_module(name)
    monitors = [m for m in REGISTER.monitors if m.module == name]
    rows = {m.requirement: Requirement(m.requirement, "", ("charge-point",), Level.MUST, "") for m in monitors}
    law: Any = SimpleNamespace(
        monitors=monitors, requirements=rows, cases={"C": SimpleNamespace(verifies=(), moved=False, speaks="")}
    )
    terms = Terms("charge-point", "CP-1", 1.0, PIXIT, pics)
    judge, numbers = Judge(law, terms, Transcript(terms)), count(1)
    judge.feed(Entry(next(numbers), 0.0, mark="case-begin", facts={"case": "C"}))
    for t, each in TRANSPORTS[transport](lines):
        if isinstance(each, Entry):
            judge.feed(replace(each, n=next(numbers)))
        else:
            action, parameters = each[3]
            judge.feed(Entry(next(numbers), t, mark="act", facts={"action": action, "says": "", "parameters": parameters}))
        if cases:
            judge.feed(Entry(next(numbers), t, mark="case-end"))
            judge.feed(Entry(next(numbers), t, mark="case-begin", facts={"case": "C"}))
    judge.feed(Entry(next(numbers), lines[-1][0] + end, mark="case-end"))
    assert [r.reason for r in judge.results if r.verdict is Verdict.ERROR] == []
    found = [f for result in judge.results for f in result.findings]
    held = {f.requirement: "" for f in found if not f.verdict.red}
    return held | {f.requirement: f.says for f in reversed(found) if f.verdict.red}


HOLDS, MOOT = "holds", "moot"


def check(
    module: str, case: tuple[str, str, Lines], pics: Pics | None = None, *, end: float = 30.0, transport: str = "json"
) -> None:
    """That a log comes to what is expected of a row: HOLDS, MOOT, or words of the offence; and not to red of any other."""
    row, expected, lines = case
    requirement = f"OCPP16-{row}"
    found = judged(module, lines, pics or inch(), end=end, transport=transport)
    again = judged(module, lines, pics or inch(), end=end, cases=True, transport=transport)
    assert expected in (found.get(requirement, MOOT) or HOLDS)
    if expected in (HOLDS, MOOT):
        assert {id: words for id, words in {**found, **again}.items() if words} == {}
    else:
        assert again[requirement], "an open conversation, judged again and again, must come to the same"


# ── lines ──


def at(t: float) -> str:
    return f"2024-01-01T{int(t) // 3600:02}:{int(t) % 3600 // 60:02}:{t % 60:06.3f}Z"


def asks(t: float, by: str, action: str, answer: Any = None, **payload: Any) -> Lines:
    """A CALL and its CALLRESULT, or its CALLERROR; no answer if that is ``...``."""
    id, back = next(ids), "<" if by == ">" else ">"
    said = call_error(id, answer) if isinstance(answer, CallError) else call_result(id, answer or {}) if answer is not ... else ""
    return [(t, by, "text", call(id, action, payload)), *([(t, back, "text", said)] if said else [])]


def opens(t: float) -> Lines:
    request = "GET /ocpp/CP-1 HTTP/1.1\r\nSec-WebSocket-Protocol: ocpp1.6"
    return [(t, ">", "open", ""), (t, ">", "request", request), (t, "<", "response", "HTTP/1.1 101 S")]


def boots(t: float = 0, **payload: Any) -> Lines:
    named = {"chargePointVendor": "ETREL", "chargePointModel": "INCH"} | payload
    accepted = {"status": "Accepted", "currentTime": at(t), "interval": 300}
    return [*opens(t), *asks(t, ">", "BootNotification", accepted, **named)]


def sets(t: float, key: str, value: str, status: Any = "Accepted") -> Lines:
    return asks(
        t, "<", "ChangeConfiguration", status if isinstance(status, CallError) else {"status": status}, key=key, value=value
    )


def gets(t: float, asked: list[str], *entries: Any, unknown: Any = ()) -> Lines:
    """A GetConfiguration, of all if nothing is asked; an entry is (key, value) or (key, value, readonly)."""
    listed = [{"key": e[0], "value": e[1], "readonly": e[2] if len(e) > 2 else False} for e in entries]
    answer = {"configurationKey": listed} | ({"unknownKey": list(unknown)} if unknown else {})
    return asks(t, "<", "GetConfiguration", answer, **({"key": asked} if asked else {}))


def value(measurand: str, number: Any, unit: str = "", phase: str = "", **more: str) -> dict[str, str]:
    members = {"measurand": measurand, "unit": unit, "phase": phase, "context": "Sample.Periodic"} | more
    return {"value": str(number)} | {k: v for k, v in members.items() if v}


def by_phase(measurand: str, number: Any, unit: str, *phases: str) -> list[dict[str, str]]:
    return [value(measurand, number, unit, phase) for phase in phases]


def starts(t: float, id: int = 7, meter: float = 1000, **payload: Any) -> Lines:
    answer = {"transactionId": id, "idTagInfo": {"status": "Accepted"}}
    return asks(t, ">", "StartTransaction", answer, connectorId=1, idTag="T", meterStart=meter, timestamp=at(t), **payload)


def stops(t: float, id: int = 7, meter: float = 2000, **payload: Any) -> Lines:
    return asks(t, ">", "StopTransaction", transactionId=id, meterStop=meter, timestamp=at(t), **payload)


def measured(t: float, *sampled: Any, late: float = 0.0, id: int | None = 7, connector: int = 1) -> Lines:
    """A MeterValues; ``late``: so much after its time stamp."""
    related = {} if id is None else {"transactionId": id}
    values = [{"timestamp": at(t), "sampledValue": list(sampled) or [value(ENERGY, 1000)]}]
    return asks(t + late, ">", "MeterValues", connectorId=connector, meterValue=values, **related)
