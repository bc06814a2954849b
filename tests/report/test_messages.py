"""The questionnaire's messages: what is claimed beside what the run verified, from the law and the wire log alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.catalogue import Law
from evconform.harness.clauses import messages_of
from evconform.harness.verdict import Verdict
from evconform.report.messages import STATES, Seen, messages, state_of
from evconform.report.model import Report, json_schema
from evconform.report.sight import seen_in
from evconform.report.terminal import message_lines

PASS, WARN, INCONCLUSIVE, FAIL, ERROR = Verdict


@pytest.mark.parametrize(
    ("verdicts", "exercised", "has_law", "state"),
    [
        ([PASS, PASS], True, True, "verified"),
        ([PASS, INCONCLUSIVE], True, True, "verified"),
        ([PASS, WARN], True, True, "verified with warnings"),
        ([PASS, FAIL], True, True, "broken"),
        ([FAIL], False, True, "broken"),
        ([PASS], False, True, "not verified"),
        ([INCONCLUSIVE, ERROR], True, True, "not verified"),
        ([], True, True, "not verified"),
        ([], True, False, "no law yet"),
        ([PASS], True, False, "no law yet"),
        ([PASS, FAIL], True, False, "broken"),
    ],
)
def test_the_state_of_a_claimed_message(verdicts: list[Verdict], exercised: bool, has_law: bool, state: str) -> None:
    assert state_of(verdicts, exercised, has_law) == state


def claiming(plan: Plan, **claims: bool) -> Plan:
    return replace(plan, pics=replace(plan.pics, answers=plan.pics.answers | claims))


def test_every_message_of_the_form_is_told_once(plan: Plan) -> None:
    rows = dict(messages(plan, {}, {}))
    assert list(rows) == list(plan.law.form.messages)
    assert len(rows) == 28
    assert all(row["state"] in STATES for row in rows.values())
    assert {name for name, row in rows.items() if row["state"] == "not claimed"} == {name for name in rows if not plan.pics[name]}


def test_a_message_is_verified_by_the_rows_about_it(plan: Plan) -> None:
    seen = {"Heartbeat": Seen(3, 17)}
    about = [row.id for row in plan.law.requirements.values() if "Heartbeat" in messages_of(plan.law, row)]
    assert "OCPP16-4.6-01" in about
    row = dict(messages(claiming(plan, Heartbeat=True), {"OCPP16-4.6-01": PASS, "OCPP16-4.9-02": FAIL}, seen))["Heartbeat"]
    assert (row["claimed"], row["state"], row["calls"], row["first"], row["judged"]) == (True, "verified", 3, 17, 1)
    row = dict(messages(claiming(plan, Heartbeat=True), {"OCPP16-4.6-01": FAIL}, seen))["Heartbeat"]
    assert (row["state"], row["broken"]) == ("broken", ["OCPP16-4.6-01"])
    assert dict(messages(claiming(plan, Heartbeat=False), {}, seen))["Heartbeat"]["state"] == "not claimed"


def test_a_message_that_no_row_is_about_has_no_law_yet(plan: Plan) -> None:
    claims = claiming(plan, Heartbeat=True)
    assert dict(messages(claims, {}, {}))["Heartbeat"]["state"] == "not verified"
    rows = {id: row for id, row in plan.law.requirements.items() if "Heartbeat" not in messages_of(plan.law, row)}
    assert dict(messages(replace(claims, law=replace(plan.law, requirements=rows)), {}, {}))["Heartbeat"]["state"] == "no law yet"


def test_what_is_refused_shows_nothing_of_a_message(plan: Plan) -> None:
    """A charge point that refuses an unknown connector may do anything with a charging profile that it takes."""
    law = plan.law
    about = [
        row
        for row in law.requirements.values()
        if "SetChargingProfile" in messages_of(law, row) and "charge-point" in row.subject
    ]
    assert about
    assert all(row.refusal for row in about)
    seen = {"SetChargingProfile": Seen(1, 1)}
    claims = claiming(plan, SetChargingProfile=True)
    for verdict, state in ((PASS, "no law yet"), (FAIL, "broken")):
        assert dict(messages(claims, {"OCPP16-5.16-02": verdict}, seen))["SetChargingProfile"]["state"] == state


def test_a_row_that_does_not_apply_does_not_judge(plan: Plan) -> None:
    law: Law = replace(plan.law, requirements=dict(plan.law.requirements))
    law.requirements["OCPP16-4.6-01"] = replace(law.requirements["OCPP16-4.6-01"], applies="Reservation")
    claims = replace(claiming(plan, Heartbeat=True, Reservation=False), law=law)
    assert dict(messages(claims, {"OCPP16-4.6-01": FAIL}, {"Heartbeat": Seen(1, 1)}))["Heartbeat"]["state"] == "not verified"


def test_an_older_version_has_no_such_message(plan: Plan) -> None:
    product = plan.sut.sut.model_copy(update={"speaks": ["ocpp1.5-soap"]})
    older = replace(plan, sut=plan.sut.model_copy(update={"sut": product}))
    assert dict(messages(older, {}, {}))["TriggerMessage"]["state"] == "no such message"


def test_what_the_wire_log_shows_is_counted(failed: tuple[Report, Path]) -> None:
    report, log = failed
    sight = seen_in(log, report.plan)
    seen = sight.messages
    assert sight.told["chargePointVendor"].frames
    assert seen["BootNotification"].calls >= 3
    assert report.results[0].begin < seen["BootNotification"].first < seen["StatusNotification"].first
    assert "TriggerMessage" not in seen


def test_the_terminal_says_it_in_one_line(failed: tuple[Report, Path]) -> None:
    report = failed[0]
    rows = report.as_json()["messages"]
    claimed = [row["state"] for row in rows.values() if row["claimed"]]
    line = next(message_lines(report))
    assert line.startswith(f"messages: {len(claimed)} of 28 claimed: ")
    assert all(f"{claimed.count(state)} {state}" in line for state in claimed)


def test_the_schema_knows_every_state() -> None:
    assert json_schema()["$defs"]["message"]["properties"]["state"]["enum"] == list(STATES)
