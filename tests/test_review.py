"""`evconform review`: each rule finds its contradiction on a form that breaks just it, and the INCH's own five."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from evconform.harness.catalogue import Law
from evconform.harness.content import shipped
from evconform.harness.pics import Pics
from evconform.harness.plan import load_content
from evconform.harness.review import ReviewFinding, review
from evconform.harness.user_file import read_toml
from evconform.ocpp.schemas import schema

INCH = shipped() / "fixtures" / "pics" / "etrel-inch.toml"
Source = dict[str, Any]


@pytest.fixture(scope="session")
def law() -> Law:
    return load_content().catalogue.laws["ocpp16"]


def found(law: Law, source: Source) -> list[ReviewFinding]:
    return [f for f in review(law, Pics.fill(law.form, source, INCH, "1.6-json")) if not f.is_question]


def sound() -> Source:
    """The INCH's answers, mended: nothing contradicts."""
    source = copy.deepcopy(read_toml(INCH))
    for column in ("1.6-soap", "1.6-json"):
        source["messages"][column].append("GetLocalListVersion")
    source["measurement"][4].pop("unit")
    source["rfid"]["byte_order"] = "big-endian"
    source["measurement"][5]["name"] = "Power.Factor"
    return source


def test_the_inch_contradicts_the_standard_in_five_places(law: Law) -> None:
    assert [(f.item, f.clause.split(";")[0]) for f in found(law, read_toml(INCH))] == [
        ("messages 1.6-soap", "OCPP 1.6 edition 2, 3.3"),
        ("messages 1.6-json", "OCPP 1.6 edition 2, 3.3"),
        ("measurement Power factor", "OCPP 1.6 edition 2, 7.31"),
        ("measurement Frequency", "OCPP 1.6 edition 2, 7.45"),
        ("rfid byte_order", "OCPP 1.6 edition 2, 3.9"),
    ]


def test_what_the_form_does_not_ask_is_a_question(law: Law) -> None:
    questions = [f for f in review(law, Pics.fill(law.form, read_toml(INCH), INCH, "1.6-json")) if f.is_question]
    assert {f.item for f in questions} == {*law.form.supplementary, "GetCompositeSchedule"}


def test_sound_answers_contradict_nothing(law: Law) -> None:
    assert found(law, sound()) == []


def connector(**members: Any) -> Source:
    return {"evse": 1, "code": 1, "charging_type": "AC", "connector_type": "Type 2", "max_power": 22, "phases": 3} | members


BREAKS: dict[str, tuple[str, Callable[[Source], Any]]] = {
    "half a profile": ("messages 1.6-json", lambda s: s["messages"]["1.6-json"].remove("CancelReservation")),
    "Core without Authorize": ("messages 1.6-json", lambda s: s["messages"]["1.6-json"].remove("Authorize")),
    "an unknown measurand": ("measurement Speed", lambda s: s["measurement"][0].update(name="Speed")),
    "an unknown unit": ("measurement Voltage", lambda s: s["measurement"][3].update(unit="Volt")),
    "a unit of something else": ("measurement Voltage", lambda s: s["measurement"][3].update(unit="A")),
    "an idTag of 21 characters": ("rfid example", lambda s: s["rfid"].update(example="0" * 21)),
    "byte 0 last": ("rfid byte_order", lambda s: s["rfid"].update(byte_order="little-endian")),
    "an example without its delimiter": ("rfid example", lambda s: s["rfid"].update(delimiter=":")),
    "two connectors of one code": ("connector", lambda s: s["connector"].append(connector())),
    "a gap between EVSEs": ("connector", lambda s: s["connector"].append(connector(evse=3))),
    "phases for DC": ("connector phases", lambda s: s["connector"][0].update(charging_type="DC")),
    "four phases": ("connector phases", lambda s: s["connector"][0].update(phases=4)),
    "an upload by SFTP": ("diagnostics protocols", lambda s: s["diagnostics"].update(protocols=["sftp"])),
    "no upload protocol": ("diagnostics protocols", lambda s: s["diagnostics"].pop("protocols")),
    "SOAP without a port": ("service soap_port", lambda s: s["service"].pop("soap_port")),
    "SOAP without http": ("service schemes", lambda s: s["service"].update(schemes=["ws"])),
    "JSON without ws": ("back_end schemes", lambda s: s["back_end"].update(schemes=["http"])),
    "a list without room": ("local_list capacity", lambda s: s["local_list"].update(capacity=0)),
}


@pytest.mark.parametrize("break_", BREAKS)
def test_a_rule_finds_just_what_breaks_it(law: Law, break_: str) -> None:
    item, change = BREAKS[break_]
    source = sound()
    change(source)
    assert [f.item for f in found(law, source)] == [item]


def test_connector_numbers_follow_the_codes(law: Law) -> None:
    from suites.ocpp16.review import connector_ids

    source = sound()
    source["connector"] = [connector(evse=2, code=2), connector(), connector(evse=2)]
    assert connector_ids(Pics.fill(law.form, source, INCH, "")) == {(1, 1): 1, (2, 1): 2, (2, 2): 3}


def test_the_measurands_and_units_are_those_of_the_schema(law: Law) -> None:
    from suites.ocpp16.measurands import EVERY_UNIT, UNITS

    assert law.requirements
    meter_value = schema("MeterValues")["properties"]["meterValue"]["items"]["properties"]
    sampled = meter_value["sampledValue"]["items"]["properties"]
    assert set(UNITS) == set(sampled["measurand"]["enum"])
    assert set(sampled["unit"]["enum"]) == EVERY_UNIT
