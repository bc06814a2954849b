"""A card is made known to the cache without a hand where that can be, and by a session where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.itinerary import recorded
from evconform.harness.law import Fault
from evconform.harness.pics import Pics
from evconform.harness.plan import Content, find_sut, make_plan
from evconform.harness.user_file import read_toml

REJECTED = {"status": "Rejected"}


@pytest.fixture
def plan(loaded: Content) -> Plan:
    return make_plan(loaded, find_sut("etrel-inch.toml", []))


def asked_for(plan: Plan) -> tuple[list[str], str]:
    """What OCPP16-CP-CACHE-01 asks for, and why it did not come to its end."""
    [visit] = recorded(plan, [plan.law.cases["OCPP16-CP-CACHE-01"]])
    return [action for action, _ in visit.acts], visit.open_end


def with_manner(plan: Plan, manner: Callable[[Any], None]) -> Plan:
    return replace(plan, fault=Fault("manner", "OCPP16-5.11-01", (), manner, "mine", ""))


def claiming(plan: Plan, **supplementary: Any) -> Plan:
    source = read_toml(plan.pics_file)
    source["supplementary"] = source["supplementary"] | supplementary
    return replace(plan, pics=Pics.fill(plan.law.form, source, plan.pics_file, "1.6-json"))


def rejects_without_a_cable(charge_point: Any) -> None:
    handlers = charge_point.endpoint.handlers
    plain = handlers["RemoteStartTransaction"]

    def answer(asked: Any, channel: Any) -> Any:
        return plain(asked, channel) if charge_point.connectors[1].plugged else REJECTED

    handlers["RemoteStartTransaction"] = answer


def test_a_remote_start_asks_for_no_hand(plan: Plan) -> None:
    assert asked_for(plan) == (["plug_in", "present_card"], "")


def test_one_that_is_rejected_without_a_cable_is_followed_by_a_session(plan: Plan) -> None:
    assert asked_for(with_manner(plan, rejects_without_a_cable)) == (["plug_in", "unplug", "plug_in", "present_card"], "")


def test_a_product_that_authorizes_no_remote_starts_gets_a_session(plan: Plan) -> None:
    assert asked_for(claiming(plan, remote_authorization=False)) == (["plug_in", "unplug", "plug_in", "present_card"], "")
