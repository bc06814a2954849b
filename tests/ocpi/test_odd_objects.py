"""Bad input is expected: whatever stands where an object has a member, every rule of the law goes on."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.judge import Terms, Window
from evconform.harness.law import Monitor
from evconform.harness.plan import find_sut, load_content, make_plan
from suites.ocpi221 import made
from tests.ocpi.entries import STAMP, Written, endpoint, said

OWNER = ("NL", "CPO")
ROLE = {"role": "CPO", "country_code": "NL", "party_id": "CPO", "business_details": {"name": "x"}}
CREDENTIALS: dict[str, Any] = {"token": "C", "url": "http://cpo/cpo/versions", "roles": [ROLE]}
OBJECTS: dict[str, dict[str, Any]] = {
    "locations": made.hidden_location("L1", OWNER, STAMP),
    "tariffs": made.tariff("T1", OWNER, STAMP),
    "credentials": CREDENTIALS,
    "versions": {"version": "2.2.1", "url": "http://x/cpo/2.2.1"},
    "details": {"version": "2.2.1", "endpoints": [endpoint("credentials", "SENDER", "http://x/cpo/cred")]},
    "endpoint": endpoint("locations", "SENDER", "http://x/cpo/locations/"),
}
ODD: tuple[Any, ...] = ([], {}, [{}], [[1]], None, 7, True)
MEMBERS = [(kind, member) for kind, value in OBJECTS.items() for member in value]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(load_content(), find_sut("reference-cpo-ocpi.toml", []))


def offers(written: Written, module: str, value: Any) -> None:
    """In a list, by itself, and pushed."""
    written.asks("tester", "GET", f"/cpo/{module}?limit=2")
    written.answers("sut", said([value, value]), X_Total_Count="2", X_Limit="2")
    written.asks("tester", "GET", f"/cpo/{module}/1")
    written.answers("sut", said(value))
    for method in ("PUT", "PATCH"):
        written.asks("sut", method, f"/emsp/{module}/NL/CPO/1", value)
        written.answers("tester", said())


def tells(written: Written, kind: str, value: Any) -> None:
    if kind in ("locations", "tariffs"):
        offers(written, kind, value)
    elif kind == "credentials":
        for by, other, path in (("tester", "sut", "/cpo/cred"), ("sut", "tester", "/emsp/cred")):
            for method in ("POST", "PUT", "GET"):
                written.asks(by, method, path, value)  # type: ignore[arg-type]
                written.answers(other, said(value))  # type: ignore[arg-type]
    else:
        written.asks("tester", "GET", "/cpo/versions")
        written.answers("sut", said([value, value]))
        written.asks("tester", "GET", "/cpo/2.2.1")
        written.answers("sut", said({"version": "2.2.1", "endpoints": [value, value]} if kind == "endpoint" else value))


def judges(rule: Monitor, written: Written, plan: Plan) -> None:
    terms = Terms("cpo", "", 0.0, {}, plan.pics, policy=plan.policy)
    for conversation in written.view.conversations():
        log = conversation.log("cpo", terms, Window(0, written.t))
        list(rule.function(log) if rule.accumulates is None else rule.function(log, rule.accumulates()))


@pytest.mark.parametrize(("kind", "member"), MEMBERS)
def test_every_rule_goes_on(plan: Plan, kind: str, member: str) -> None:
    for odd in ODD:
        written = Written()
        written.announces()
        written.registers()
        tells(written, kind, OBJECTS[kind] | {member: odd})
        for rule in plan.law.monitors:
            judges(rule, written, plan)
