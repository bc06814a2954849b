"""The rules about meter values and the physics of a session, over hand-made logs: what holds, what is red, what is excused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suites.ocpp16.measurands import listed_measurands, parse
from tests.ocpp.metered_log import (
    ENERGY,
    HOLDS,
    MOOT,
    POWER,
    Lines,
    asks,
    at,
    boots,
    by_phase,
    check,
    gets,
    inch,
    judged,
    measured,
    opens,
    sets,
    starts,
    stops,
    value,
)  # fmt: skip
from tests.ocpp.transports import TRANSPORTS

INTERVAL, LIST, CLOCK = "MeterValueSampleInterval", "MeterValuesSampledData", "ClockAlignedDataInterval"
L123, LN123 = ("L1", "L2", "L3"), ("L1-N", "L2-N", "L3-N")
ALIGNED = {"context": "Sample.Clock"}


def ticks(*times: float, late: float = 0.0) -> Lines:
    return [line for t in times for line in measured(t, late=late)]


def clocked(*times: float, sampled: str = ENERGY) -> Lines:
    return [line for t in times for line in measured(t, value(sampled, 1000, **ALIGNED))]


def charges(watts: float, *readings: tuple[float, float], id: int = 7) -> Lines:
    """Samples (seconds, Wh) at one power."""
    return [line for t, wh in readings for line in measured(t, value(ENERGY, wh), value(POWER, watts / 1000, "kW"), id=id)]


EVERY_20 = [*sets(1, INTERVAL, "20"), *starts(5)]
TRIGGER = asks(30, "<", "TriggerMessage", {"status": "Accepted"}, requestedMessage="MeterValues")
AWAY: Lines = [(30, ">", "lost", ""), *opens(70)]
THREE = [*by_phase("Current.Import", 16, "A", *L123), *by_phase("Voltage", 230, "V", *LN123)]
TWO = [*by_phase("Current.Import", 16, "A", "L1", "L2"), *by_phase("Voltage", 230, "V", *LN123)]
BEGIN, END = {"context": "Transaction.Begin"}, {"context": "Transaction.End"}


def data(*sampled: dict[str, str]) -> list[object]:
    times = {"Transaction.Begin": at(5)}
    return [{"timestamp": times.get(each["context"], at(100)), "sampledValue": [each]} for each in sampled]


def empties(sampled: str = "", aligned: str = "") -> Lines:
    return [*sets(1, "StopTxnSampledData", sampled), *sets(2, "StopTxnAlignedData", aligned), *starts(5)]


METERED: dict[str, tuple[str, str, Lines]] = {
    "an interval apart": ("3.16.1-01", HOLDS, [*EVERY_20, *ticks(25, 45, 65), *stops(70)]),
    "one at once, besides": ("3.16.1-01", HOLDS, [*EVERY_20, *ticks(8, 25, 45, 65), *stops(70)]),
    "too often": ("3.16.1-01", "/meterValue/0/timestamp", [*EVERY_20, *ticks(15, 25, 35, 45), *stops(50)]),
    "too rarely": ("3.16.1-01", "without a sample", [*EVERY_20, *ticks(45, 85), *stops(90)]),
    "none at all": ("3.16.1-01", "without a sample", [*EVERY_20, *stops(90)]),
    "none any more, and it goes on": ("3.16.1-01", "since", [*EVERY_20, *ticks(25, 45), *asks(90, ">", "Heartbeat")]),
    "an interval that is not known": ("3.16.1-01", MOOT, [*starts(5), *ticks(20, 22), *stops(90)]),
    "an interval that changed": ("3.16.1-01", MOOT, [*EVERY_20, *ticks(25), *sets(26, INTERVAL, "5"), *ticks(31), *stops(36)]),
    "late, from the queue": (
        "3.16.1-01", HOLDS, [*EVERY_20, *ticks(25), *AWAY, *ticks(45, late=26), *ticks(65, late=7), *ticks(85), *stops(90)],
    ),
    "lost while offline": ("3.16.1-01", HOLDS, [*EVERY_20, *ticks(25), *AWAY, *ticks(85), *stops(90)]),
    "a transaction that was not accepted": (
        "3.16.1-01", MOOT,
        [*sets(1, INTERVAL, "20"), *asks(5, ">", "StartTransaction", {"transactionId": 7, "idTagInfo": {"status": "Invalid"}},
                                        connectorId=1, idTag="T", meterStart=0, timestamp="2024-01-01T00:00:05Z"), *stops(90)],
    ),
    "waiting behind an unanswered one": (
        "3.16.1-01", HOLDS, [*EVERY_20, *ticks(25), *asks(45, ">", "MeterValues", ..., connectorId=1, transactionId=7,
                                                         meterValue=[]), *asks(99, ">", "Heartbeat")],
    ),
    "silent": ("3.16.1-02", HOLDS, [*sets(1, INTERVAL, "0"), *starts(5), *stops(60)]),
    "not silent": ("3.16.1-02", "is a Sample.Periodic", [*sets(1, INTERVAL, "0"), *starts(5), *ticks(25), *stops(60)]),
    "not silent before it was set": ("3.16.1-02", MOOT, [*starts(5), *ticks(25), *sets(30, INTERVAL, "0"), *stops(60)]),
    "silent for a moment": ("3.16.1-02", MOOT, [*sets(1, INTERVAL, "0"), *starts(5), *stops(6)]),
    "answers a trigger": (
        "3.16.1-02", HOLDS,
        [*sets(1, INTERVAL, "0"), *starts(5), *TRIGGER, *measured(30, value(ENERGY, 1, context="Trigger")), *stops(60)],
    ),
    "the list": (
        "3.16.1-03", HOLDS, [*sets(1, LIST, f"{ENERGY}, Voltage"), *starts(5), *measured(25, value(ENERGY, 1), *THREE[3:])],
    ),
    "the list in two messages": (
        "3.16.1-03", HOLDS,
        [*sets(1, LIST, f"{ENERGY},Voltage"), *starts(5), *measured(25), *measured(25, *THREE[3:], late=0.5)],
    ),
    "the list with a phase": ("3.16.1-03", HOLDS, [*sets(1, LIST, "Voltage.L1"), *starts(5), *measured(25, THREE[3])]),
    "another phase": ("3.16.1-03", "lacks Voltage.L2", [*sets(1, LIST, "Voltage.L2"), *starts(5), *measured(25, THREE[3])]),
    "an empty list": ("3.16.1-03", HOLDS, [*sets(1, LIST, ""), *starts(5), *measured(25)]),
    "an empty list, and more": ("3.16.1-03", "does not name", [*sets(1, LIST, ""), *starts(5), *measured(25, *THREE)]),
    "less than the list": ("3.16.1-03", "lacks Voltage", [*sets(1, LIST, f"{ENERGY},Voltage"), *starts(5), *measured(25)]),
    "sampled before the list": (
        "3.16.1-03", MOOT, [*starts(5), *sets(26, LIST, "Voltage"), *measured(25, late=2)],
    ),
    "what only the car knows": ("3.16.1-03", HOLDS, [*sets(1, LIST, f"{ENERGY},SoC"), *starts(5), *measured(25)]),
    "on the clock": ("3.16.2-01", HOLDS, [*sets(1, CLOCK, "20"), *starts(5), *clocked(20, 40.4, 60), *stops(70)]),
    "off the clock": ("3.16.2-01", "off the multiples", [*sets(1, CLOCK, "20"), *starts(5), *clocked(25, 45, 65), *stops(70)]),
    "off the clock, outside a transaction": (
        "3.16.2-01", "5.0 s off", [*sets(1, CLOCK, "20"), *measured(25, value(ENERGY, 1, **ALIGNED), id=None)],
    ),
    "one of the clock missing": (
        "3.16.2-01", "without a sample", [*sets(1, CLOCK, "20"), *starts(5), *clocked(20, 60), *stops(70)],
    ),
    "none outside a transaction": ("3.16.2-01", MOOT, [*sets(1, CLOCK, "20"), *asks(90, ">", "Heartbeat")]),
    "no clock": ("3.16.2-02", HOLDS, [*sets(1, CLOCK, "0"), *starts(5), *ticks(25), *stops(60)]),
    "a clock all the same": ("3.16.2-02", "is a Sample.Clock", [*sets(1, CLOCK, "0"), *starts(5), *clocked(20), *stops(60)]),
    "the list of the clock": ("3.16.2-03", HOLDS, [*sets(1, "MeterValuesAlignedData", ENERGY), *clocked(20)]),
    "not the list of the clock": ("3.16.2-03", "does not name", [*sets(1, "MeterValuesAlignedData", "Voltage"), *clocked(20)]),
    "all phases": ("3.16.3-01", HOLDS, [*starts(5), *measured(25, *THREE), *measured(45, *THREE)]),
    "a phase less": ("3.16.3-01", "lacks Current.Import of L3", [*starts(5), *measured(25, *THREE), *measured(45, *TWO)]),
    "a phase twice": ("3.16.3-01", "/meterValue/0/sampledValue/3/phase", [*starts(5), *measured(25, *THREE[:3], THREE[0])]),
    "a phase less after a new list": (
        "3.16.3-01", HOLDS, [*starts(5), *measured(25, *THREE), *sets(30, "StopTxnSampledData", ""), *measured(45, *TWO)],
    ),
    "totals": ("3.16.3-01", MOOT, [*starts(5), *measured(25)]),
    "nothing in the stop": ("3.16.5-01", HOLDS, [*empties(), *stops(100)]),
    "something in the stop": ("3.16.5-01", "/transactionData", [*empties(), *stops(100, transactionData=data(value(ENERGY, 1)))]),
    "lists that are not known": ("3.16.5-01", MOOT, [*starts(5), *stops(100, transactionData=data(value(ENERGY, 1)))]),
    "begin and end": (
        "3.16.6-01", HOLDS,
        [*empties(ENERGY), *stops(100, transactionData=data(value(ENERGY, 1, **BEGIN), value(ENERGY, 2, **END)))],
    ),
    "no begin": (
        "3.16.6-01", "Transaction.Begin", [*empties(ENERGY), *stops(100, transactionData=data(value(ENERGY, 2, **END)))],
    ),
    "no unit": ("7.45-01", HOLDS, measured(5, value("Frequency", 50))),
    "Hz": ("7.45-01", "/meterValue/0/sampledValue/1/unit is 'Hz'", measured(5, value(ENERGY, 1), value("Frequency", 50, "Hz"))),
    "fitting units": ("7.45-02", HOLDS, measured(5, value(POWER, 1, "kW"), value("Temperature", 1, "Celcius"))),
    "a unit of something else": ("7.45-02", "/sampledValue/0/unit is 'kWh'", measured(5, value(POWER, 1, "kWh"))),
    "a unit of what has none": ("7.45-02", "/sampledValue/0/unit", measured(5, value("Power.Factor", 1, "Percent"))),
    "no units": ("7.45-02", MOOT, measured(5, value(POWER, 1))),
}  # fmt: skip

PHYSICS: dict[str, tuple[str, str, Lines]] = {
    "rises and rests": ("METER-01", HOLDS, [*starts(5), *charges(0, (25, 1000), (45, 1000))]),
    "falls": ("METER-01", "it was 1100 Wh", [*starts(5), *measured(25, value(ENERGY, 1100)), *measured(45, value(ENERGY, 1050))]),
    "arrives in another order": (
        "METER-01", HOLDS, [*starts(5), *measured(45, value(ENERGY, 1100)), *measured(25, value(ENERGY, 1050), late=40)],
    ),
    "two units": (
        "METER-01", HOLDS, [*starts(5), *measured(25, value(ENERGY, 1190, "Wh")), *measured(45, value(ENERGY, "1.1", "kWh"))],
    ),
    "begins anew with a transaction": (
        "METER-01", MOOT,
        [*starts(5), *measured(25, value(ENERGY, 1500)), *stops(30), *starts(60, 8, 0), *measured(80, value(ENERGY, 5), id=8)],
    ),
    "begins anew as nobody charges": (
        "METER-01", MOOT,
        [*starts(5), *measured(25, value(ENERGY, 1500)), *stops(30), *measured(80, value(ENERGY, 5, **ALIGNED), id=None)],
    ),
    "falls in the main meter": (
        "METER-01", "it was 9 Wh",
        [*measured(25, value(ENERGY, 9), connector=0, id=None), *measured(45, value(ENERGY, 1), connector=0, id=None)],
    ),
    "of two connectors": ("METER-01", MOOT, [*measured(25, value(ENERGY, 9)), *measured(45, value(ENERGY, 1), connector=2)]),
    "gains what the power gives": ("METER-02", HOLDS, [*starts(5), *charges(11000, (65, 1183), (125, 1366), (185, 1550))]),
    "gains half": ("METER-02", "gained 183 Wh", [*starts(5), *charges(11000, (65, 1092), (125, 1183), (185, 1275))]),
    "gains twice": ("METER-02", "the power gives", [*starts(5), *charges(11000, (65, 1366), (125, 1733), (185, 2100))]),
    "gains in coarse steps": (
        "METER-02", HOLDS,
        [*starts(5), *(line for t, kwh in ((65, "1.1"), (125, "1.3"), (185, "1.6"))
                       for line in measured(t, value(ENERGY, kwh, "kWh"), value(POWER, 11, "kW")))],
    ),
    "rests in between, and says so": (
        "METER-02", HOLDS,
        [*starts(5), *charges(11000, (65, 1183), (125, 1366)),
         *asks(130, ">", "StatusNotification", connectorId=1, errorCode="NoError", status="SuspendedEV"),
         *asks(180, ">", "StatusNotification", connectorId=1, errorCode="NoError", status="Charging"),
         *charges(11000, (185, 1397))],
    ),
    "two samples": ("METER-02", MOOT, [*starts(5), *charges(11000, (65, 1183), (125, 1183))]),
    "three phases": ("METER-03", HOLDS, measured(5, *THREE, value(POWER, 11, "kW"))),
    "three phases with a factor": ("METER-03", HOLDS, measured(5, *THREE, value(POWER, 5520, "W"), value("Power.Factor", 0.5))),
    "the power of one phase": ("METER-03", "/meterValue/0/sampledValue/6/value", measured(5, *THREE, value(POWER, 3680, "W"))),
    "power without current": (
        "METER-03", "is 11000 W",
        measured(5, *by_phase("Current.Import", 0, "A", *L123), *THREE[3:], value(POWER, 11000, "W"), value("Power.Factor", 1)),
    ),
    "totals only": (
        "METER-03", MOOT, measured(5, value("Current.Import", 48, "A"), value("Voltage", 230, "V"), value(POWER, 1, "W")),
    ),
    "between line and line": (
        "METER-03", MOOT, measured(5, *THREE[:3], *by_phase("Voltage", 400, "V", "L1-L2"), value(POWER, 11, "kW")),
    ),
    "between start and stop": (
        "METER-04", HOLDS,
        [*starts(5), *measured(25, value(ENERGY, 1500)),
         *stops(100, transactionData=data(value(ENERGY, 1000, **BEGIN), value(ENERGY, "2.0", "kWh", **END)))],
    ),
    "before the start": ("METER-04", "must be 1000 Wh or more", [*starts(5), *measured(25, value(ENERGY, 500))]),
    "beyond the stop": ("METER-04", "1000 to 2000 Wh", [*starts(5), *measured(25, value(ENERGY, 2500)), *stops(100)]),
    "another end": ("METER-04", "(Transaction.End)", [*starts(5), *stops(100, transactionData=data(value(ENERGY, 1500, **END)))]),
    "no register": ("METER-04", MOOT, [*starts(5), *measured(25, value(POWER, 1)), *stops(100)]),
}  # fmt: skip


def samples(*times: float, sampled: str = ENERGY, **context: str) -> list[object]:
    """What a StopTransaction has of the time in between."""
    return [{"timestamp": at(t), "sampledValue": [value(sampled, 1000, **context)]} for t in times]


def keeps(sampled: str, interval: str = INTERVAL, key: str = "StopTxnSampledData") -> Lines:
    return [*sets(1, key, sampled), *sets(2, interval, "20"), *starts(5)]


TICKED, ON_THE_CLOCK = keeps(ENERGY), keeps(ENERGY, CLOCK, "StopTxnAlignedData")
MOST = gets(3, [], ("StopTransactionMaxMeterValues", "9", True))
DATA: dict[str, tuple[str, str, Lines]] = {
    "all samples": ("3.16.1-04", HOLDS, [*TICKED, *stops(70, transactionData=samples(25, 45, 65))]),
    "a sample less": ("3.16.1-04", "for 40 s", [*TICKED, *stops(70, transactionData=samples(25, 65))]),
    "no sample": ("3.16.1-04", "lacks", [*TICKED, *stops(70)]),
    "counted from the answer": ("3.16.1-04", HOLDS, [*TICKED, *stops(70, transactionData=samples(29, 49, 69))]),
    "only begin and end": (
        "3.16.1-04", "for 55 s", [*TICKED, *stops(70, transactionData=[*samples(5, **BEGIN), *samples(70, **END)])],
    ),
    "another measurand": (
        "3.16.1-04", "lacks Voltage", [*keeps(f"{ENERGY},Voltage"), *stops(70, transactionData=samples(25, 45, 65))],
    ),
    "what only the car knows": ("3.16.1-04", MOOT, [*keeps("SoC"), *stops(70)]),
    "too short for a sample": ("3.16.1-04", MOOT, [*TICKED, *stops(36)]),
    "too long to keep all": ("3.16.1-04", MOOT, [*TICKED, *stops(300)]),
    "more than it can keep": ("3.16.1-04", MOOT, [*MOST, *TICKED, *stops(70, transactionData=samples(25, 65))]),
    "no list": ("3.16.1-04", MOOT, [*keeps(""), *stops(70)]),
    "no interval": ("3.16.1-04", MOOT, [*keeps(ENERGY)[:2], *sets(2, INTERVAL, "0"), *starts(5), *stops(70)]),
    "a list that came later": ("3.16.1-04", MOOT, [*starts(1), *TICKED[:4], *stops(70)]),
    "all of the clock": ("3.16.2-04", HOLDS, [*ON_THE_CLOCK, *stops(70, transactionData=samples(20, 40, 60, **ALIGNED))]),
    "all of the clock, by their begin": (
        "3.16.2-04", HOLDS, [*ON_THE_CLOCK, *stops(79, transactionData=samples(0, 20, 40, **ALIGNED))],
    ),
    "one of the clock less": (
        "3.16.2-04", "for 40 s", [*ON_THE_CLOCK, *stops(70, transactionData=samples(20, 60, **ALIGNED))],
    ),
    "samples, but not of the clock": ("3.16.2-04", "lacks", [*ON_THE_CLOCK, *stops(70, transactionData=samples(20, 40, 60))]),
}  # fmt: skip


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("name", DATA)
def test_transaction_data(name: str, transport: str) -> None:
    row, expected, lines = DATA[name]
    check("transaction_data", (row, expected, [*boots(), *lines]), transport=transport)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("name", METERED)
def test_meter_values(name: str, transport: str) -> None:
    row, expected, lines = METERED[name]
    check("meter_values", (row, expected, [*boots(), *lines]), end=2.0, transport=transport)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("name", PHYSICS)
def test_physics(name: str, transport: str) -> None:
    row, expected, lines = PHYSICS[name]
    check("physics", (row, expected, [*boots(), *lines]), transport=transport)


def test_a_bare_value_is_the_energy_register_in_wh() -> None:
    read = parse({"value": "12.50"})
    assert read
    assert (read.measurand, read.unit, read.context, read.location, read.phase) == (ENERGY, "Wh", "Sample.Periodic", "Outlet", "")
    assert (read.value, read.resolution) == (12.5, 0.01)


READ = {"1.5": 1500.0, "-2": -2000.0, "1e2": 100_000.0, "": None, "nan": None, "0x1": None, "1_0": None, "9" * 99: None}


@pytest.mark.parametrize("text", READ)
def test_numbers_are_decimal(text: str) -> None:
    read = parse({"value": text, "measurand": POWER, "unit": "kW"})
    assert read
    assert read.value == READ[text]
    assert parse({"value": text, "format": "SignedData"}).value is None  # type: ignore[union-attr]


def test_a_list_of_measurands_may_name_phases() -> None:
    assert listed_measurands(f"Voltage.L1 ,Voltage.L2-N,{ENERGY},,") == {"Voltage": {"L1", "L2-N"}, ENERGY: set()}


ODD = [None, True, 0, -1, 1.5, 1e999, int("9" * 400), "", "\ud800", [], {}, [[]], [None], [{}], {"a": {}}, "9999-99-99T99:99:99Z"]
HOSTILE: dict[str, Callable[[Any], Any]] = {
    "StartTransaction": lambda odd: dict.fromkeys(("connectorId", "idTag", "meterStart", "timestamp"), odd),
    "StopTransaction": lambda odd: dict.fromkeys(("transactionId", "meterStop", "timestamp", "transactionData"), odd),
    "MeterValues": lambda odd: dict.fromkeys(("connectorId", "transactionId", "meterValue"), odd),
    "MeterValues.value": lambda odd: {
        "connectorId": 1,
        "transactionId": 7,
        "meterValue": [{"timestamp": odd, "sampledValue": odd}],
    },
    "MeterValues.timestamp": lambda odd: {
        "connectorId": odd,
        "meterValue": [{"timestamp": at(9), "sampledValue": [odd, {"value": odd}]}],
    },
    "MeterValues.sampled": lambda odd: {
        "connectorId": 1,
        "meterValue": [
            {"timestamp": at(9), "sampledValue": [dict.fromkeys(("value", "unit", "measurand", "phase", "context"), odd)]}
        ],
    },
    "BootNotification": lambda odd: dict.fromkeys(("chargePointVendor", "chargePointModel", "firmwareVersion"), odd),
    "Authorize": lambda odd: {"idTag": odd},
    "GetConfiguration": lambda odd: {"key": odd},
    "ChangeConfiguration": lambda odd: {"key": odd, "value": odd},
    "TriggerMessage": lambda odd: {"requestedMessage": odd},
}


@pytest.mark.parametrize("module", ["configuration", "meter_values", "physics", "claims", "settings", "transaction_data"])
@pytest.mark.parametrize("action", HOSTILE)
def test_no_rule_chokes_on_any_value(module: str, action: str) -> None:
    known = [*sets(1, INTERVAL, "20"), *sets(1, CLOCK, "20"), *sets(1, LIST, "Voltage"), *starts(5)]
    for odd in ODD:
        reply = {"status": odd, "transactionId": odd, "idTagInfo": odd, "configurationKey": odd, "unknownKey": odd}
        by = "<" if action in ("GetConfiguration", "ChangeConfiguration", "TriggerMessage") else ">"
        lines = asks(9, by, action.partition(".")[0], reply, **HOSTILE[action](odd))
        answered = asks(
            9, "<", "GetConfiguration", {"configurationKey": [{"key": LIST, "value": odd, "readonly": odd}]}, key=[LIST]
        )
        assert judged(module, [*boots(), *known, *lines, *answered, *ticks(25, 45), *stops(50)], inch()) is not None


def test_values_without_a_transaction_id_belong_to_the_transaction_of_their_time() -> None:
    unnamed = [line for t in (3, 25, 45, 65) for line in measured(t, id=None)]
    check("meter_values", ("3.16.1-01", HOLDS, [*boots(), *EVERY_20, *unnamed, *stops(70)]))
    check("meter_values", ("3.16.1-01", "without a sample", [*boots(), *EVERY_20, *unnamed[:4], *unnamed[6:], *stops(70)]))
