"""The first journey: the driver sees what happens at the connector, and where not, the report says which party it was."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.sut import read
from evconform.harness.verdict import UsageError, Verdict
from evconform.harness.wire import Side
from evconform.ocpi.keyring import Keyring, Part, spellings
from evconform.roaming.frame import DRIVER, OCPI, OCPP
from tests.roaming.conftest import Travels

EVSE = "j1-1"


def test_the_driver_sees_the_evse_go_from_available_to_charging_and_back(travels: Travels) -> None:
    journey = travels("JRN-01")
    assert journey.result.verdict is Verdict.PASS, journey.result.reason
    shown = [frame.statuses.get(EVSE) for frame in journey.frames if frame.link == DRIVER and frame.kind == "response"]
    assert [status for status, _ in groupby(filter(None, shown))] == ["AVAILABLE", "CHARGING", "AVAILABLE"]


def test_every_link_is_in_the_log(travels: Travels) -> None:
    frames = travels("JRN-02").frames
    parties = {link: {f.parties for f in frames if f.link == link} for link in (OCPP, OCPI, DRIVER)}
    assert parties == {
        OCPP: {("charge point", "CPO"), ("CPO", "charge point")},
        OCPI: {("CPO", "eMSP"), ("eMSP", "CPO")},
        DRIVER: {("driver", "eMSP"), ("eMSP", "driver")},
    }
    labels = [frame.label for frame in frames]
    assert "charge point → CPO: StatusNotification Preparing" in labels
    assert "CPO → eMSP: PATCH J1-1 CHARGING" in labels
    assert "eMSP → driver: 200 ◂ J1-1 CHARGING, J1-2 PLANNED" in labels


NAMES = {
    "does_not_feel_the_cable": ("JRN-02", "ROAM-CP-01: the charge point told Preparing or .* not in time; the last .* Available"),
    "charges_in_secret": ("JRN-01", "ROAM-CP-02: the charge point told Charging or .* not in time; the last .* Preparing"),
    "does_not_see_the_cable_go": ("JRN-02", "ROAM-CP-03: the charge point told Available or .* not in time"),
    "hides_its_fault": ("JRN-03", "ROAM-CP-04: the charge point told Faulted not in time"),
    "stays_faulty": ("JRN-03", "ROAM-CP-05: the charge point told .* not in time; the last that it told is Faulted"),
    "calls_itself_free": ("JRN-01", "ROAM-CP-06: the charge point told Available after plug in"),
    "forgets_what_came_offline": ("JRN-05", "ROAM-CP-07: the charge point told Preparing or .* not in time"),
    "keeps_statuses_to_itself": ("JRN-03", r"ROAM-CPO-01: the CPO pushed OUTOFORDER .* not in time: .* told Faulted \(frame"),
    "calls_it_blocked": ("JRN-01", r"ROAM-CPO-02: the CPO pushed BLOCKED, the charge point had told \w+ \(frame \d+\)"),
    "makes_up_what_it_does_not_hear": ("JRN-04", "ROAM-CPO-02: the CPO pushed RESERVED, the charge point was not heard of"),
    "does_not_notice_the_silence": ("JRN-04", "ROAM-CPO-03: the CPO pushed UNKNOWN not in time: .* was not heard of"),
    "turns_back_time": ("JRN-03", "ROAM-CPO-04: the CPO pushed OUTOFORDER with last_updated .*, not after that of AVAILABLE"),
    "shows_what_was": ("JRN-01", r"ROAM-EMSP-01: the eMSP showed the driver J1-1 as AVAILABLE, the CPO had pushed CHARGING"),
    "complains_of_pushes": ("JRN-02", r"ROAM-EMSP-02: the eMSP refused \w+ of J1-1 \(frame \d+\): HTTP 200 2001"),
    "hides_what_is_in_use": ("JRN-02", "ROAM-EMSP-03: the eMSP shows no EVSE J1-1, which the CPO told it of"),
}
"""Fault to the journey that it breaks, and how the reason names who is at fault."""


@pytest.mark.parametrize("fault", NAMES)
def test_a_broken_journey_names_the_party_at_fault(travels: Travels, fault: str) -> None:
    case, says = NAMES[fault]
    journey = travels(case, fault)
    assert journey.result.verdict is Verdict.FAIL
    assert re.match(says, journey.result.reason), journey.result.reason
    again = journey.judged_again()
    assert (again.verdict, again.reason) == (journey.result.verdict, journey.result.reason)


def test_a_chain_without_an_evse_was_not_reached(travels: Travels, chain: Plan) -> None:
    nameless = replace(chain.pics, sections={"charge_point": chain.pics.sections["charge_point"]})
    result = travels("JRN-01", pics=nameless).result
    assert (result.verdict, result.reason) == (Verdict.INCONCLUSIVE, "the PICS names no EVSE that is connector 1")


def test_a_chain_is_embedded(tmp_path: Path, chain: Plan) -> None:
    text = chain.sut.file.read_text("utf-8")
    (tmp_path / "chain.toml").write_text(text.replace('kind = "embedded"\nparty = "reference-chain"', 'kind = "operator"'))
    with pytest.raises(UsageError, match="a chain is embedded"):
        read(tmp_path / "chain.toml")


def test_no_token_is_in_the_log(travels: Travels, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens: list[str] = []
    learns = Keyring.learns

    def listens(self: Keyring, token: str, part: Part, side: Side) -> None:
        tokens.append(token)
        learns(self, token, part, side)

    monkeypatch.setattr(Keyring, "learns", listens)
    text = travels("JRN-02").file.read_text("utf-8")
    assert len(set(tokens)) == 3, "A, B and C of one registration"
    assert [each for token in tokens for each in spellings(token).values() if each in text] == []
