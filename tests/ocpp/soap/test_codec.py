"""JSON to SOAP and back: every message of both versions, and what the two languages do not share."""

from __future__ import annotations

import math
from typing import Any

import pytest

from evconform.ocpp.hostile.bases import LEGAL_TOO, METER_VALUE
from evconform.ocpp.schemas import violations
from evconform.ocpp.soap.body import NotInSoap
from evconform.ocpp.soap.codec import decode, encode
from evconform.ocpp.soap.headers import of_answer
from evconform.ocpp.soap.model import Service
from evconform.ocpp.soap.table import service
from tests.ocpp.soap.samples import CENTRAL_SYSTEM, CHARGE_POINT, HEADERS, messages

MESSAGES = {name: rest for name, *rest in messages()}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_comes_back_as_it_was(name: str) -> None:
    of, action, kind, payload = MESSAGES[name]
    headers = HEADERS if kind == "request" else of_answer(HEADERS, "m-2")
    read = decode(encode(payload, action, headers, of, kind))
    assert read.problems == ()
    assert (read.kind, read.version, read.service, read.action) == (kind, of.version, of, action)
    assert read.payload == payload
    assert _types(read.payload) == _types(payload)


def _types(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _types(member) for name, member in value.items()}
    return [_types(item) for item in value] if isinstance(value, list) else type(value)


@pytest.mark.parametrize("name", [name for name in MESSAGES if name.startswith("1.6")])
def test_what_the_xsd_takes_the_json_schema_takes_too(name: str) -> None:
    _, action, kind, payload = MESSAGES[name]
    found = violations(action if kind == "request" else f"{action}Response", payload)
    meterless = name == "1.6-central-system-MeterValues-request-least"  # meterValue: 0..n, and 1..n in JSON
    assert [(v.pointer, v.keyword) for v in found] == ([("/meterValue", "minItems")] if meterless else [])


def test_the_least_of_meter_values_has_none() -> None:
    read = decode(encode({"connectorId": 1}, "MeterValues", HEADERS, CENTRAL_SYSTEM))
    assert (read.problems, read.payload) == ((), {"connectorId": 1, "meterValue": []})


def test_an_optional_array_without_elements_is_not_there() -> None:
    assert decode(encode({"key": []}, "GetConfiguration", HEADERS, CHARGE_POINT)).payload == {}


def test_celcius_is_json_only() -> None:
    of_json = [decode(encode(each, "MeterValues", HEADERS, CENTRAL_SYSTEM)) for each in LEGAL_TOO["MeterValues"].values()]
    where = "/meterValue/0/sampledValue/0/unit"
    assert [[(p.name, p.pointer) for p in each.problems] for each in of_json] == [[], [("enumeration", where)]]


def test_sampled_values_of_1_5_are_texts_with_attributes() -> None:
    of = service("1.5", "central-system")
    value = {"value": "230.1", "measurand": "Voltage", "unit": "Volt"}
    payload = {"connectorId": 1, "meterValue": [{"timestamp": "2026-01-01T10:00:00Z", "sampledValue": [value]}]}
    body = encode(payload, "MeterValues", HEADERS, of)
    assert b'<ocpp:value measurand="Voltage" unit="Volt">230.1</ocpp:value></ocpp:values>' in body
    read = decode(body.replace(b'"Volt"', b'"V"'))
    assert [(p.name, p.pointer) for p in read.problems] == [("enumeration", "/meterValue/0/sampledValue/0")]


@pytest.mark.parametrize(
    ("number", "text"), [(16, "16"), (16.0, "16.0"), (0.1, "0.1"), (1e-7, "0.0000001"), (1e22, "1" + 22 * "0")]
)
def test_a_decimal_has_no_exponent(number: float, text: str) -> None:
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": number}]}
    body = encode({"status": "Accepted", "chargingSchedule": schedule}, "GetCompositeSchedule", HEADERS, CHARGE_POINT, "response")
    assert f"limit>{text}</".encode() in body
    payload = decode(body).payload
    assert payload is not None
    assert payload["chargingSchedule"] == schedule


def test_a_decimal_has_one_digit_behind_the_point() -> None:
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit} for limit in (6.1, 6.15)]}
    body = encode({"status": "Accepted", "chargingSchedule": schedule}, "GetCompositeSchedule", HEADERS, CHARGE_POINT, "response")
    found = [(p.name, p.pointer) for p in decode(body).problems if p.name != "header-missing"]
    assert found == [("digits", "/chargingSchedule/chargingSchedulePeriod/1/limit")]


@pytest.mark.parametrize("text", ["\x00", "\x0b", "\ufffe", "\ud800"])
def test_a_text_that_xml_does_not_have_is_refused_by_the_writer(text: str) -> None:
    with pytest.raises(NotInSoap, match=r"^/idTag: "):
        encode({"idTag": f"A{text}"}, "Authorize", HEADERS, CENTRAL_SYSTEM)


@pytest.mark.parametrize(
    ("action", "payload", "where"),
    [
        ("Authorize", {"idTag": "A", "what": 1}, "/what"),
        ("Authorize", {"idTag": None}, "/idTag"),
        ("Authorize", {"idTag": {}}, "/idTag"),
        ("MeterValues", {"connectorId": 1, "meterValue": METER_VALUE}, "/meterValue"),
        ("MeterValues", {"connectorId": 1, "meterValue": [METER_VALUE, 7]}, "/meterValue/1"),
        ("MeterValues", {"connectorId": math.inf}, "/connectorId"),
    ],
)
def test_a_payload_without_the_models_shape_is_refused_by_the_writer(action: str, payload: dict[str, Any], where: str) -> None:
    with pytest.raises(NotInSoap, match=f"^{where}: "):
        encode(payload, action, HEADERS, CENTRAL_SYSTEM)


@pytest.mark.parametrize("of", [CENTRAL_SYSTEM, CHARGE_POINT], ids=lambda of: of.role)
def test_a_value_that_is_wrong_can_be_written_and_is_read_as_its_text(of: Service) -> None:
    read = decode(encode({"vendorId": "x" * 256, "data": True}, "DataTransfer", HEADERS, of))
    assert read.payload == {"vendorId": "x" * 256, "data": "true"}
    assert [(p.name, p.pointer) for p in read.problems] == [("length", "/vendorId")]
