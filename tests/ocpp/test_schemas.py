"""The schemas of OCPP 1.6: two validators of one mind, every erratum needed, every date found."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from evconform.ocpp.log import SCHEMAS
from evconform.ocpp.schemas import _date_members, dates, errata, reference, schema, violations

Path = tuple[Any, ...]


def sample(node: dict[str, Any], root: dict[str, Any], full: bool) -> Any:
    """A legal value; with ``full`` every member that there is."""
    if "$ref" in node:
        return sample(root["definitions"][node["$ref"].rsplit("/", 1)[-1]], root, full)
    if "enum" in node:
        return node["enum"][-1 if full else 0]
    match node["type"]:
        case "object":
            names = node.get("properties", {})
            return {n: sample(m, root, full) for n, m in names.items() if full or n in node.get("required", ())}
        case "array":
            items = node["items"] if isinstance(node["items"], dict) else node["items"][0]
            return [sample(items, root, full)] * (2 if full and "maxItems" not in node else 1)
        case "string":
            texts = {"date-time": "2024-02-29T23:59:59.123Z", "uri": "http://x/y"}
            return texts.get(node.get("format", ""), "é" * node["maxLength"] if full and "maxLength" in node else "1")
        case "boolean":
            return True
    return 1 if node["type"] == "integer" else 2.5


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    for step, member in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(member, (*path, step))


WRONG: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1.0,
    2.5,
    10**30,
    -(10**300),
    1e15,
    "",
    "x" * 2000,
    "Hertz",
    [],
    [[]],
    {},
    {"é/~": 1},
)


def mutations(whole: Any) -> Iterator[Any]:
    """The payload with one thing changed: a member dropped, added, or of a wrong type, length or value."""
    for path in places(whole):
        for change in ("drop", "add", *range(len(WRONG))):
            holder = [copy.deepcopy(whole)]
            place: Any = holder
            for step in (0, *path)[:-1]:
                place = place[step]
            last = (0, *path)[-1]
            if change == "drop":
                if not isinstance(place, dict):
                    continue
                del place[last]
            elif change == "add":
                if not isinstance(place[last], dict):
                    continue
                place[last]["evconform~/extra"] = 1
            else:
                assert isinstance(change, int)
                place[last] = WRONG[change]
            yield holder[0]


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("full", [False, True], ids=["minimal", "full"])
def test_a_legal_payload_has_no_violation(name: str, full: bool) -> None:
    payload = sample(schema(name), schema(name), full)
    assert violations(name, payload) == []
    assert reference(name, payload) == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_both_validators_refuse_the_same_and_point_at_it(name: str) -> None:
    whole = sample(schema(name), schema(name), True)
    for payload in mutations(whole):
        fast, slow = violations(name, payload), reference(name, payload)
        assert bool(fast) == bool(slow), f"{payload!r}: {fast} {slow}"
        for violation in fast:
            assert resolves(violation.pointer, payload), f"{violation} in {payload!r}"


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize(
    "odd",
    [10**400, float("inf"), "\ud800", [[[[]] * 300]], json.loads("[" * 600 + "]" * 600)],
    ids=["huge", "infinite", "surrogate", "wide", "deep"],
)
def test_what_the_engines_cannot_hold_never_raises(name: str, odd: Any) -> None:
    whole = sample(schema(name), schema(name), True)
    for member in whole:
        assert isinstance(violations(name, whole | {member: odd}), list)
    assert violations(name, odd)


def resolves(pointer: str, payload: Any) -> bool:
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        try:
            payload = payload[int(name)] if isinstance(payload, list) else payload[name]
        except (LookupError, TypeError, ValueError):
            return False
    return True


@pytest.mark.parametrize(
    ("name", "payload", "code", "pointer"),
    [
        ("BootNotification", {"chargePointVendor": "V"}, "OccurenceConstraintViolation", ""),
        ("BootNotification", {"chargePointVendor": 1, "chargePointModel": "M"}, "TypeConstraintViolation", "/chargePointVendor"),
        (
            "BootNotification",
            {"chargePointVendor": "V" * 21, "chargePointModel": "M"},
            "PropertyConstraintViolation",
            "/chargePointVendor",
        ),
        ("Heartbeat", {"x": 1}, "FormationViolation", ""),
        ("Reset", {"type": "Warm"}, "PropertyConstraintViolation", "/type"),
    ],
)
def test_a_violation_names_its_place_and_its_error_code(name: str, payload: Any, code: str, pointer: str) -> None:
    assert [(v.code, v.pointer) for v in violations(name, payload)] == [(code, pointer)]


def limited(limit: float) -> dict[str, Any]:
    return {
        "status": "Accepted",
        "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]},
    }


@pytest.mark.parametrize("limit", [21.4, 0.1, 0.3, 16, 1000.7])
def test_a_limit_of_one_decimal_is_legal(limit: float) -> None:
    assert violations("GetCompositeScheduleResponse", limited(limit)) == []


@pytest.mark.parametrize("limit", [2.15, 21.45, 0.01])
def test_a_limit_of_two_decimals_is_not(limit: float) -> None:
    assert [v.keyword for v in violations("GetCompositeScheduleResponse", limited(limit))] == ["multipleOf"]


def test_the_float_trap_of_the_reference_is_still_there() -> None:
    assert reference("GetCompositeScheduleResponse", limited(21.4)) != []


@pytest.mark.parametrize("erratum", errata(), ids=lambda e: f"{e['schema']}{e['at']}")
def test_an_erratum_changes_the_schema_that_is_installed(erratum: dict[str, Any]) -> None:
    there = json.loads(files("ocpp").joinpath("v16", "schemas", f"{erratum['schema']}.json").read_text("utf-8-sig"))
    for step in erratum["at"].strip("/").split("/"):
        there = there[int(step)] if isinstance(there, list) else there[step]
    assert erratum["why"]
    assert set(erratum["drop"]) <= set(there) if "drop" in erratum else there != erratum["set"]


@pytest.mark.parametrize(("unit", "legal"), [("Hertz", False), ("Wh", True)])
def test_hertz_is_no_unit(unit: str, legal: bool) -> None:
    value = {"timestamp": "2024-01-01T00:00:00Z", "sampledValue": [{"value": "50", "unit": unit}]}
    assert (violations("MeterValues", {"connectorId": 1, "meterValue": [value]}) == []) == legal


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_date_in_a_payload_is_found(name: str) -> None:
    payload = sample(schema(name), schema(name), True)
    texts = [p for p in places(payload) if value_at(payload, p) == "2024-02-29T23:59:59.123Z"]
    assert sorted(where for where, _ in dates(name, payload)) == sorted("".join(f"/{s}" for s in p) for p in texts)


def value_at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def test_dates_are_looked_for_in_any_shape() -> None:
    assert list(_date_members({"type": "object"}, ())) == []
    for payload in (None, [], {"meterValue": {}}, {"meterValue": [1, {"timestamp": 5}]}):
        assert list(dates("MeterValues", payload)) == []
