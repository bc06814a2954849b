"""Hand-made logs of OCPP over SOAP, in few words, and what the rules about envelopes, addresses and faults make of them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from itertools import count
from types import SimpleNamespace
from typing import Any

from evconform.harness.judge import Judge, Terms
from evconform.harness.law import REGISTER, Requirement
from evconform.harness.pics import Pics
from evconform.harness.verdict import Level, Verdict
from evconform.harness.wire import Entry
from evconform.ocpp.soap.codec import encode, encode_fault
from evconform.ocpp.soap.fault import Fault
from evconform.ocpp.soap.headers import of_answer, of_request
from evconform.ocpp.soap.names import content_type
from evconform.ocpp.soap.table import service
from evconform.ocpp.view import Transcript

MODULES = [f"suites.ocpp16.monitors.soap_{name}" for name in ("envelope", "addressing", "faults", "sending")]
PIXIT = {"patience": 10.0, "clock_tolerance": 60.0}
DATE = "2024-01-01T00:00:00Z"
ADDRESSES = {"charge-point": "http://127.0.0.1:8080/", "central-system": "http://127.0.0.1:9090/ocpp"}
OTHER = {"charge-point": "central-system", "central-system": "charge-point"}
ACTS = ("act",)
Edit = Callable[[bytes], bytes]
Line = tuple[float, str, str, str, bytes | str]
"""Seconds, connection, role, kind, data."""
Lines = list[Line]
numbers = count(1)


def same(body: bytes) -> bytes:
    return body


def swaps(old: str, new: str) -> Edit:
    """An edit; what is to be replaced has to be there."""

    def edit(body: bytes) -> bytes:
        assert old.encode() in body, (old, body)
        return body.replace(old.encode(), new.encode(), 1)

    return edit


def asks(
    t: float,
    by: str,
    action: str,
    answer: dict[str, Any] | Fault | int | None,
    *,
    id: str = "",
    request: Edit = same,
    response: Edit = same,
    head: Edit = same,
    heads_back: Edit = same,
    sender: str = "",
    to: str = "",
    **payload: Any,
) -> Lines:
    """A request, and what answers it a tenth of a second later: a payload, a fault, the status of an HTTP error, or nothing."""
    called, id = service("1.6", OTHER[by]), id or f"m{next(numbers)}"
    to = to or ADDRESSES[OTHER[by]]
    headers = of_request("CP-1", id, sender or ADDRESSES[by], to)
    conn = f"c{next(numbers)}"
    host, path = to.removeprefix("http://").split("/", 1)
    media = f"Content-Type: {content_type(f'/{action}')}"
    first = head(f"POST /{path} HTTP/1.1\r\nHost: {host}\r\n{media}\r\n\r\n".encode())
    lines: Lines = [
        (t, conn, by, "open", ""),
        (t, conn, by, "request", first + request(encode(payload, action, headers, called))),
    ]
    back = of_answer(headers, f"m{next(numbers)}")
    if isinstance(answer, int):
        lines.append(
            (t + 0.1, conn, OTHER[by], "response", f"HTTP/1.1 {answer} No\r\nContent-Type: text/html\r\n\r\nno".encode())
        )
    elif answer is not None:
        status = 200 if isinstance(answer, dict) else 400 if answer.code == "Sender" else 500
        said = (
            encode_fault(answer, back, called) if isinstance(answer, Fault) else encode(answer, action, back, called, "response")
        )
        first = heads_back(f"HTTP/1.1 {status} X\r\n{media}\r\n\r\n".encode())
        lines.append((t + 0.1, conn, OTHER[by], "response", first + response(said)))
    return lines


def boots(t: float = 0.0, **how: Any) -> Lines:
    accepted = {"status": "Accepted", "currentTime": DATE, "interval": 300}
    return asks(t, "charge-point", "BootNotification", accepted, chargePointVendor="evconform", chargePointModel="plain", **how)


def judged(lines: Lines, role: str = "charge-point", end: float = 20.0) -> tuple[set[str], set[str]]:
    """The requirements that were broken, and those that held in some situation."""
    for module in MODULES:
        importlib.import_module(module)
    monitors = [m for m in REGISTER.monitors if m.module in MODULES]
    rows = {m.requirement: Requirement(m.requirement, "", (role,), Level.MUST, "") for m in monitors}
    case = SimpleNamespace(verifies=(), moved=False, speaks="ocpp1.6-soap")
    law: Any = SimpleNamespace(monitors=monitors, requirements=rows, cases={"C": case}, columns={})
    terms = Terms(role, "CP-1", 1.0, PIXIT, Pics({"connectors": 1}))
    judge = Judge(law, terms, Transcript(terms))
    n = count(1)
    judge.feed(Entry(next(n), 0.0, mark="case-begin", facts={"case": "C"}))
    for t, conn, by, kind, data in lines:
        if kind in ACTS:
            judge.feed(Entry(next(n), t, mark=kind, facts={"action": data, "says": data, "parameters": {}}))
        else:
            text = data if isinstance(data, str) else data.decode("utf-8", "surrogateescape")
            readable = isinstance(data, str) or max(text, default="") < "\udc80"
            judge.feed(Entry(next(n), t, conn, "sut" if by == role else "tester", kind, text if readable else data))  # type: ignore[arg-type]
    judge.feed(Entry(next(n), lines[-1][0] + end, mark="case-end"))
    assert [r.reason for r in judge.results if r.verdict is Verdict.ERROR] == []
    found = [f for result in judge.results for f in result.findings]
    return {f.requirement for f in found if f.verdict.red}, {f.requirement for f in found if not f.verdict.red}
