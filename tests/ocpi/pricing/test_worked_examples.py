"""Every worked example of mod_tariffs and mod_cdrs to the printed precision: priced from readings, and again from its own CDR."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from evconform.ocpi.moments import stamp
from evconform.ocpi.pricing.cdr import recompute, unsplit
from evconform.ocpi.pricing.cost import Cost
from evconform.ocpi.pricing.explanation import Explanation, Line
from evconform.ocpi.pricing.price import price
from evconform.ocpi.pricing.session import Reading
from evconform.ocpi.pricing.tariff import Tariff

HERE = Path(__file__).parent
TARIFFS = HERE.parents[2] / "fixtures" / "tariffs"
ZONE = "Europe/Amsterdam"
EXAMPLES: list[dict[str, Any]] = tomllib.loads((HERE / "worked_examples.toml").read_text("utf-8"), parse_float=Decimal)["example"]
ALL = pytest.mark.parametrize("example", EXAMPLES, ids=[example["name"] for example in EXAMPLES])


def wire(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((TARIFFS / f"{name}.json").read_text("utf-8"))
    return read


def readings(example: dict[str, Any]) -> list[Reading]:
    at = example.get("at", datetime(2026, 6, 1, 10)).replace(tzinfo=ZoneInfo(ZONE))
    kwh, found = Decimal(0), []
    for phase, minutes, energy, *momentary in example["steps"]:
        measured = momentary[0] if momentary else {}
        found.append(Reading(at, phase, kwh, measured.get("kW"), measured.get("A"), example["tariff"]))
        at, kwh = at + timedelta(minutes=float(minutes)), kwh + energy
    return [*found, Reading(at, "parking", kwh)]


def priced(example: dict[str, Any]) -> Explanation:
    tariff = Tariff.of(wire(example["tariff"]))
    return price(readings(example), [tariff], ZONE, expired=example.get("expired", False))


def as_printed(cost: Cost, printed: list[str]) -> list[str]:
    """The cost with as many decimals as each printed amount has."""
    places = [-int(Decimal(text).as_tuple().exponent) for text in printed]
    return [str(cost.shown(place)[which]) for which, place in enumerate(places)]


def billed(line: Line) -> Decimal:
    """As the text prints it: minutes, kWh, or 1."""
    exact = line.billed * 60 if line.dimension.endswith("TIME") else line.billed
    return Decimal(exact.numerator) / exact.denominator


def check(explained: Explanation, example: dict[str, Any]) -> None:
    if "total" in example:
        assert as_printed(explained.total, example["total"]) == example["total"]
    lines = example.get("lines", [])
    assert [(line.dimension, billed(line)) for line in explained.lines if lines] == [(dim, much) for dim, much, *_ in lines]
    for line, (_, _, *printed) in zip(explained.lines if lines else (), lines, strict=True):
        assert as_printed(line.cost, printed) == printed


@ALL
def test_from_readings(example: dict[str, Any]) -> None:
    check(priced(example), example)


@ALL
def test_from_the_cdr_that_was_made_of_it(example: dict[str, Any]) -> None:
    explained, end = priced(example), readings(example)[-1].at
    cdr = {
        "end_date_time": stamp(end),
        "tariffs": [wire(example["tariff"])],
        "charging_periods": [period.as_wire() for period in explained.periods],
        **explained.totals(),
    }
    again = recompute(json.loads(json.dumps(cdr)), ZONE)
    check(again, example)
    assert (again.total, again.totals()) == (explained.total, explained.totals())
    assert unsplit(cdr, ZONE) == []


def test_there_are_as_many_as_in_the_text() -> None:
    assert len(EXAMPLES) == 38
    assert {example["tariff"] for example in EXAMPLES} == {file.stem for file in TARIFFS.glob("*.json")}


def test_the_example_of_a_cdr() -> None:
    """mod_cdrs: 1.973 h from 21:39:09 to 23:37:32, by 5 minutes at 2.00 an hour and 10 per cent."""
    cdr = {
        "end_date_time": "2015-06-29T23:37:32Z",
        "tariffs": [wire("time-by-5-minutes")],
        "charging_periods": [
            {
                "start_date_time": "2015-06-29T21:39:09Z",
                "dimensions": [{"type": "TIME", "volume": 1.973}],
                "tariff_id": "time-by-5-minutes",
            }
        ],
    }
    explained = recompute(cdr, "Europe/Brussels")
    assert explained.total.as_wire() == {"excl_vat": 4.0, "incl_vat": 4.4}
    assert round(explained.totals()["total_time"], 3) == 1.973
    assert explained.totals()["total_time_cost"] == {"excl_vat": 4.0, "incl_vat": 4.4}
