"""1.6 said in 1.5 and back: every message of 1.5, and what gets lost."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.ocpp.schemas import violations
from evconform.ocpp.soap.codec import decode, encode
from evconform.ocpp.soap.fifteen import NEWER, OLDER, Unsayable, can_say, to_15, to_16
from evconform.ocpp.soap.headers import of_answer
from evconform.ocpp.soap.table import service, services
from tests.ocpp.soap.samples import HEADERS, messages

MESSAGES = {name: rest for name, *rest in messages()}
OF_15 = [name for name in MESSAGES if name.startswith("1.5")]
OF_16 = [name for name in MESSAGES if not name.startswith("1.5")]
ONLY_16 = ("ClearChargingProfile", "GetCompositeSchedule", "SetChargingProfile", "TriggerMessage")
LOST = {
    "1.5-central-system-StopTransaction-request-full": "transactionData",  # its elements become one
    "1.5-charge-point-SendLocalList-request-least": "hash",
    "1.5-charge-point-SendLocalList-request-full": "hash",
    "1.5-charge-point-SendLocalList-response-full": "hash",
}
"""What 1.6 has not, or has otherwise."""


def without(payload: dict[str, Any], member: str) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name != member}


@pytest.mark.parametrize("name", OF_15)
def test_a_message_of_1_5_comes_back_as_it_was(name: str) -> None:
    _, action, kind, payload = MESSAGES[name]
    lost = LOST.get(name, "")
    back = to_15(action, kind, to_16(action, kind, payload))
    assert without(back, lost) == without(payload, lost)


@pytest.mark.parametrize("name", OF_15)
def test_what_1_5_says_is_a_message_of_1_6(name: str) -> None:
    _, action, kind, payload = MESSAGES[name]
    found = violations(action if kind == "request" else f"{action}Response", to_16(action, kind, payload))
    meterless = name == "1.5-central-system-MeterValues-request-least"
    assert [(v.pointer, v.keyword) for v in found] == ([("/meterValue", "minItems")] if meterless else [])


@pytest.mark.parametrize("name", OF_16)
def test_a_message_of_1_6_is_one_of_1_5_or_cannot_be_said(name: str) -> None:
    of, action, kind, payload = MESSAGES[name]
    if action in ONLY_16 or unsayable(payload):
        with pytest.raises(Unsayable):
            to_15(action, kind, payload)
        return
    said = to_15(action, kind, payload)
    headers = HEADERS if kind == "request" else of_answer(HEADERS, "m-2")
    read = decode(encode(said, action, headers, service("1.5", of.role), kind))
    assert (read.problems, read.version, read.payload) == ((), "1.5", said)


def unsayable(payload: dict[str, Any]) -> bool:
    """The full samples have the last value of each list: the last phase, a status of an upload."""
    return payload.get("status") in ("Idle", "Uploading", "Downloading", "Installing") or "phase" in str(
        payload.get("meterValue")
    )


@pytest.mark.parametrize("kind", sorted(OLDER))
def test_each_word_is_one_of_its_version(kind: str) -> None:
    new = {value for each in services("1.6") if kind in each.simple for value in each.simple[kind].values} | {"Celcius"}
    old = {value for each in services("1.5") if kind in each.simple for value in each.simple[kind].values}
    assert OLDER[kind].keys() <= new - old
    assert set(OLDER[kind].values()) | set(NEWER.get(kind, ())) <= old


@pytest.mark.parametrize("kind", sorted({kind for each in services("1.5") for kind in each.simple}))
def test_each_word_of_1_5_that_1_6_has_not_means_something_there(kind: str) -> None:
    new = {value for each in services("1.6") if kind in each.simple for value in each.simple[kind].values}
    old = {value for each in services("1.5") if kind in each.simple for value in each.simple[kind].values}
    assert old - new <= {*OLDER.get(kind, {}).values(), *NEWER.get(kind, {})}


def test_a_status_is_occupied() -> None:
    told = {"connectorId": 1, "status": "SuspendedEVSE", "errorCode": "OverVoltage"}
    assert to_15("StatusNotification", "request", told) == told | {"status": "Occupied", "errorCode": "OtherError"}
    back = to_16("StatusNotification", "request", told | {"status": "Occupied", "errorCode": "Mode3Error"})
    assert back == told | {"status": "Charging", "errorCode": "EVCommunicationError"}


def value(text: str, **attributes: str) -> dict[str, Any]:
    return {"value": text} | attributes


def test_values_that_would_say_something_else_are_left_out() -> None:
    """A unit has its other name; a value of one phase, or of what 1.5 does not measure, goes; a reading context falls away."""
    values = [value("1", measurand="SoC"), value("2", phase="L1"), value("3", unit="V"), value("4", context="Trigger")]
    told = {"connectorId": 1, "meterValue": [{"timestamp": "2024-01-01T00:00:00Z", "sampledValue": values}]}
    said = to_15("MeterValues", "request", told)
    assert said["meterValue"][0]["sampledValue"] == [value("3", unit="Volt"), value("4")]


def test_meter_values_of_which_nothing_can_be_said_are_not_said() -> None:
    nothing = [{"timestamp": "2024-01-01T00:00:00Z", "sampledValue": [value("1", measurand="SoC")]}]
    assert not can_say("MeterValues", {"connectorId": 1, "meterValue": nothing})
    stop = {"transactionId": 1, "timestamp": "2024-01-01T00:00:00Z", "meterStop": 1}
    assert to_15("StopTransaction", "request", stop | {"reason": "Local", "transactionData": nothing}) == stop


def test_the_meter_values_of_a_stop_stand_one_level_deeper() -> None:
    values = [{"timestamp": "2024-01-01T00:00:00Z", "sampledValue": [value("1", unit="Wh")]}]
    stop = {"transactionId": 1, "timestamp": "2024-01-01T00:00:00Z", "meterStop": 1}
    said = to_15("StopTransaction", "request", stop | {"transactionData": values})
    assert said == stop | {"transactionData": [{"meterValue": values}]}
    assert to_16("StopTransaction", "request", said) == stop | {"transactionData": values}


@pytest.mark.parametrize("action", ONLY_16)
def test_1_5_has_no_such_message(action: str) -> None:
    assert not can_say(action, {})


@pytest.mark.parametrize(
    "payload",
    [
        {"connectorId": "one", "status": "Bogus", "errorCode": 7, "unknown": []},
        {"connectorId": None, "status": {}, "errorCode": ["NoError"]},
    ],
)
def test_a_deviation_stays_one(payload: dict[str, Any]) -> None:
    """What is no word of either version passes as it is, both ways."""
    assert to_15("StatusNotification", "request", payload) == payload
    assert to_16("StatusNotification", "request", payload) == payload


def test_broken_meter_values_pass() -> None:
    stop = {"transactionId": 1, "timestamp": "", "meterStop": 1}
    assert to_15("StopTransaction", "request", stop | {"transactionData": "none"}) == stop | {"transactionData": "none"}
    assert to_16("StopTransaction", "request", stop | {"transactionData": ["none", {}]}) == stop | {"transactionData": []}
