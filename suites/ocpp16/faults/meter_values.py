"""Faults of a charge point in its meter values (3.16, 4.7), in the physics behind them, and against its own PICS."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Payload
from suites.ocpp16.faults.answers import answers
from suites.ocpp16.faults.framing import edits_payload, without

REGISTER = "Energy.Active.Import.Register"
Value = dict[str, Any]


def _edits_values(charge_point: Any, edit: Callable[[Value], Value | None]) -> None:
    """``edit`` gets each sampledValue, and gives back what is sent instead of it; None: nothing."""

    def edits(payload: Payload) -> Payload:
        for name in ("meterValue", "transactionData"):
            for each in payload.get(name, ()):
                each["sampledValue"] = [new for old in each["sampledValue"] if (new := edit(dict(old))) is not None]
        return payload

    edits_payload(charge_point, "MeterValues", edits)
    edits_payload(charge_point, "StopTransaction", edits)


def _scales(measurand: str, factor: float) -> Callable[[Value], Value]:
    def scale(value: Value) -> Value:
        return value | {"value": f"{float(value['value']) * factor:.3f}"} if value["measurand"] == measurand else value

    return scale


# ── when they come ──


@fault(kills="OCPP16-3.16.1-01")
def samples_at_half_the_interval(charge_point: Any) -> None:
    """Samples twice as often as MeterValueSampleInterval says."""
    plain = charge_point.metering.sample_interval
    charge_point.metering.sample_interval = lambda: plain() / 2


@fault(kills="OCPP16-3.7-02")
def misses_samples_offline(charge_point: Any) -> None:
    """Takes no samples while it is offline."""
    sampled = charge_point.metering.sampled
    charge_point.metering.sampled = lambda *sample: sampled(*sample) if charge_point.online else None


@fault(kills="OCPP16-3.16.1-02")
def samples_all_the_same(charge_point: Any) -> None:
    """Samples once a minute where MeterValueSampleInterval is 0."""
    plain = charge_point.metering.sample_interval
    charge_point.metering.sample_interval = lambda: plain() or 60.0


def _of_the_clock(charge_point: Any, change: Callable[[float], float]) -> None:
    number = charge_point.configuration.number
    charge_point.configuration.number = lambda key: change(number(key)) if key == "ClockAlignedDataInterval" else number(key)


@fault(kills="OCPP16-3.16.2-01")
def ignores_the_clock(charge_point: Any) -> None:
    """Sends no clock-aligned values."""
    _of_the_clock(charge_point, lambda interval: 0)


@fault(kills="OCPP16-3.16.2-01")
def is_late_on_the_clock(charge_point: Any) -> None:
    """Dates its clock-aligned values ten seconds after the interval."""
    send = charge_point.metering.send

    def sends(number: int, transaction: Any, key: str, context: str, at: Any) -> None:
        send(number, transaction, key, context, at + timedelta(seconds=10) if context == "Sample.Clock" else at)

    charge_point.metering.send = sends


@fault(kills="OCPP16-3.16.2-02")
def looks_at_the_clock_all_the_same(charge_point: Any) -> None:
    """Sends clock-aligned values once a minute where ClockAlignedDataInterval is 0."""
    _of_the_clock(charge_point, lambda interval: interval or 60)


# ── what is in them ──


@fault(kills="OCPP16-3.16.1-03")
def samples_one_measurand_more(charge_point: Any) -> None:
    """Samples a measurand that its list does not name."""
    _adds_to_the_list(charge_point, "MeterValuesSampledData")


@fault(kills="OCPP16-3.16.2-03")
def one_measurand_more_on_the_clock(charge_point: Any) -> None:
    """Sends a measurand on the clock that the list does not name."""
    _adds_to_the_list(charge_point, "MeterValuesAlignedData")


def _replaces_the_list(charge_point: Any, list_key: str, instead: Callable[[list[str]], list[str]]) -> None:
    items = charge_point.configuration.items
    charge_point.configuration.items = lambda key: instead(items(key)) if key == list_key else items(key)


def _adds_to_the_list(charge_point: Any, list_key: str) -> None:
    """Adds a measurand to a list that has any."""
    _replaces_the_list(charge_point, list_key, lambda items: [*dict.fromkeys([*items, "Voltage"])] if items else items)


@fault(kills="OCPP16-3.16.1-03")
def samples_one_measurand_less(charge_point: Any) -> None:
    """Leaves out the last measurand of its list."""
    _replaces_the_list(charge_point, "MeterValuesSampledData", lambda items: items[:-1])


@fault(kills="OCPP16-3.16.3-01", also=["OCPP16-PICS-03"])
def leaves_a_phase_out(charge_point: Any) -> None:
    """Sends the current of two of its three phases in every other sample."""
    count = 0

    def edit(value: Value) -> Value | None:
        nonlocal count
        if value["measurand"] == "Current.Import" and value.get("phase") == "L3":
            count += 1
            return None if count % 2 else value
        return value

    _edits_values(charge_point, edit)


@fault(kills="OCPP16-PICS-03")
def measures_no_phases(charge_point: Any) -> None:
    """Sends one voltage for all phases, though it claims one for each."""

    def edit(value: Value) -> Value | None:
        if value["measurand"] != "Voltage":
            return value
        return without(value, "phase") if value.get("phase") == "L1-N" else None

    _edits_values(charge_point, edit)


@fault(kills="OCPP16-3.16.5-01")
def tells_values_nobody_asked_for(charge_point: Any) -> None:
    """Puts meter values into a StopTransaction though its lists are empty."""
    _replaces_the_list(charge_point, "StopTxnSampledData", lambda items: items or [REGISTER])


@fault(kills="OCPP16-3.16.6-01", also=["OCPP16S-8-05"])
def tells_only_the_end(charge_point: Any) -> None:
    """Leaves the values of the begin out of a StopTransaction."""
    _edits_values(charge_point, lambda value: None if value["context"] == "Transaction.Begin" else value)


@fault(kills="OCPP16-4.7-01", also=["OCPP16-3.16.1-01"])
def values_of_no_transaction(charge_point: Any) -> None:
    """Sends the meter values of a transaction without its transactionId."""
    edits_payload(charge_point, "MeterValues", lambda p: without(p, "transactionId"))


# ── units ──


def frequency_in(unit: str, *also: str) -> None:
    """A fault: Frequency has this unit."""

    def has_a_unit(charge_point: Any) -> None:
        _edits_values(charge_point, lambda v: v | {"unit": unit} if v["measurand"] == "Frequency" else v)

    has_a_unit.__name__ = f"frequency_in_{unit}"
    has_a_unit.__doc__ = f"Gives a Frequency the unit {unit}."
    fault(kills="OCPP16-7.45-01", also=list(also))(has_a_unit)


frequency_in("Hz", "OCPP16J-4.2.4-01", "OCPP16S-8-07")
frequency_in("Hertz", "OCPP16J-4.2.4-01", "OCPP16S-8-07")
frequency_in("Percent")


@fault(kills="OCPP16-7.45-02", also=["OCPP16-PICS-02"])
def voltage_in_ampere(charge_point: Any) -> None:
    """Gives a Voltage the unit A."""
    _edits_values(charge_point, lambda v: v | {"unit": "A"} if v["measurand"] == "Voltage" else v)


@fault(kills="OCPP16-PICS-02")
def kilowatts_as_watts(charge_point: Any) -> None:
    """Claims kW, and sends W."""

    def edit(value: Value) -> Value:
        if value["measurand"] != "Power.Active.Import":
            return value
        factor, unit = (1000, "W") if value["unit"] == "kW" else (0.001, "kW")
        return value | {"value": f"{float(value['value']) * factor:.3f}", "unit": unit}

    _edits_values(charge_point, edit)


@fault(kills="OCPP16-METER-02", also=["OCPP16-METER-04", "OCPP16-PICS-02"])
def kilowatt_hours_called_watt_hours(charge_point: Any) -> None:
    """Sends kWh and calls them Wh."""
    _edits_values(charge_point, lambda v: v | {"unit": "Wh"} if v["measurand"] == REGISTER else v)


# ── physics ──


@fault(kills="OCPP16-METER-01", also=["OCPP16-METER-02", "OCPP16-METER-04"])
def its_register_falls(charge_point: Any) -> None:
    """Its energy register counts down."""

    def edit(value: Value) -> Value:
        if value["measurand"] != REGISTER:
            return value
        return value | {"value": f"{1000 - float(value['value']):.3f}"}

    _edits_values(charge_point, edit)


@fault(kills="OCPP16-METER-02", also=["OCPP16-METER-03"])
def power_that_does_not_arrive(charge_point: Any) -> None:
    """Tells half of its power."""
    _edits_values(charge_point, _scales("Power.Active.Import", 0.5))


@fault(kills="OCPP16-METER-03")
def currents_twice_as_high(charge_point: Any) -> None:
    """Tells twice its current."""
    _edits_values(charge_point, _scales("Current.Import", 2.0))


@fault(kills="OCPP16-METER-04")
def another_meter_at_the_end(charge_point: Any) -> None:
    """Its meterStop comes from another meter than its meter values."""
    edits_payload(charge_point, "StopTransaction", lambda p: p | {"meterStop": p["meterStop"] + 5000})


@fault(kills="OCPP16-PICS-05", also=["OCPP16-METER-02", "OCPP16-METER-03"])
def more_power_than_it_has(charge_point: Any) -> None:
    """Tells ten times its power."""
    _edits_values(charge_point, _scales("Power.Active.Import", 10.0))


@fault(kills="OCPP16-PICS-01", also=["OCPP16-3.16.1-03"])
def measures_what_it_does_not_claim(charge_point: Any) -> None:
    """Sends the state of charge, which it does not claim to know."""

    def edits(payload: Payload) -> Payload:
        for each in payload["meterValue"]:
            each["sampledValue"].append({"value": "80", "context": "Sample.Periodic", "measurand": "SoC", "unit": "Percent"})
        return payload

    edits_payload(charge_point, "MeterValues", edits)


# ── claims ──


@fault(kills="OCPP16-PICS-06")
def is_another_model(charge_point: Any) -> None:
    """Names another model in its BootNotification."""
    edits_payload(charge_point, "BootNotification", lambda p: p | {"chargePointModel": "Another"})


@fault(kills="OCPP16-PICS-07")
def accepts_what_it_does_not_claim(charge_point: Any) -> None:
    """Answers a GetLocalListVersion that it does not claim to know."""
    answers(charge_point, "GetLocalListVersion", {"listVersion": 7})


def _says_other_for(charge_point: Any, context: str) -> None:
    _edits_values(charge_point, lambda value: value | {"context": "Other"} if value["context"] == context else value)


@fault(kills="OCPP16-3.16.1-01")
def calls_its_samples_something_else(charge_point: Any) -> None:
    """Gives sampled values the context Other."""
    _says_other_for(charge_point, "Sample.Periodic")


@fault(kills="OCPP16-3.16.2-01")
def misses_every_other_on_the_clock(charge_point: Any) -> None:
    """Sends every other clock-aligned value only."""
    send, count = charge_point.metering.send, itertools.count()

    def sends(number: int, transaction: Any, key: str, context: str, at: Any) -> None:
        if context != "Sample.Clock" or next(count) % 2 == 0:
            send(number, transaction, key, context, at)

    charge_point.metering.send = sends


@fault(kills="OCPP16-3.16.2-01")
def calls_what_comes_on_the_clock_something_else(charge_point: Any) -> None:
    """Gives clock-aligned values the context Other."""
    _says_other_for(charge_point, "Sample.Clock")


@fault(kills="OCPP16-3.16.1-03")
def samples_voltage_without_a_list(charge_point: Any) -> None:
    """Samples the voltage, and not the energy register, where its list is empty."""
    _replaces_the_list(charge_point, "MeterValuesSampledData", lambda items: items or ["Voltage"])


@fault(kills="OCPP16-3.16.2-03")
def voltage_on_the_clock_without_a_list(charge_point: Any) -> None:
    """Sends the voltage on the clock, and not the energy register, where the list is empty."""
    _replaces_the_list(charge_point, "MeterValuesAlignedData", lambda items: items or ["Voltage"])


@fault(kills="OCPP16-3.16.2-03")
def one_measurand_less_on_the_clock(charge_point: Any) -> None:
    """Leaves the last measurand of the list out of what comes on the clock."""
    _replaces_the_list(charge_point, "MeterValuesAlignedData", lambda items: items[:-1])
