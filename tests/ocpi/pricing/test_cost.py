"""VAT that is missing and VAT of 0, bounds without and with VAT, several tariffs in a session, the words of an explanation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from evconform.ocpi.pricing.explanation import Explanation
from evconform.ocpi.pricing.price import price
from evconform.ocpi.pricing.rounding import rounded, up_to_multiple
from evconform.ocpi.pricing.session import Reading
from evconform.ocpi.pricing.tariff import Tariff

START = datetime(2026, 6, 1, 10, tzinfo=UTC)


def component(dimension: str, at: float, vat: float | None = None, step_size: int = 1) -> dict[str, Any]:
    made: dict[str, Any] = {"type": dimension, "price": at, "step_size": step_size}
    return made if vat is None else {**made, "vat": vat}


def tariff(*components: dict[str, Any], name: str = "T", **members: Any) -> Tariff:
    return Tariff.of({"id": name, "currency": "EUR", "elements": [{"price_components": list(components)}], **members})


def charged(kwh: float, *tariffs: Tariff) -> Explanation:
    """An hour and the same energy under each tariff."""
    hours = [
        Reading(START + timedelta(hours=n), "charging", Decimal(str(kwh)) * n, tariff=each.id) for n, each in enumerate(tariffs)
    ]
    end = Reading(START + timedelta(hours=len(tariffs)), "charging", Decimal(str(kwh)) * len(tariffs))
    return price([*hours, end], tariffs, "UTC")


@pytest.mark.parametrize(
    ("components", "total"),
    [
        ([component("ENERGY", 0.2)], {"excl_vat": 2.0}),
        ([component("ENERGY", 0.2, 0)], {"excl_vat": 2.0, "incl_vat": 2.0}),
        ([component("ENERGY", 0.2, 10), component("FLAT", 1)], {"excl_vat": 3.0, "incl_vat": 3.2}),
        ([component("FLAT", 0)], {"excl_vat": 0.0}),
        ([component("ENERGY", 0.2, 19.6)], {"excl_vat": 2.0, "incl_vat": 2.392}),
    ],
)
def test_vat_that_is_missing_is_not_0(components: list[dict[str, Any]], total: dict[str, float]) -> None:
    assert charged(10, tariff(*components)).total.as_wire() == total


def bound(excl: float, incl: float | None = None) -> dict[str, float]:
    return {"excl_vat": excl} if incl is None else {"excl_vat": excl, "incl_vat": incl}


ENERGY = component("ENERGY", 0.2, 10)


@pytest.mark.parametrize(
    ("members", "total"),
    [
        ({"min_price": bound(3, 3.3)}, bound(3, 3.3)),
        ({"min_price": bound(1, 3)}, bound(2, 3)),
        ({"min_price": bound(2.1, 2.15)}, bound(2.1, 2.2)),
        ({"max_price": bound(1, 5)}, bound(1, 2.2)),
        ({"max_price": bound(5, 2.1)}, bound(2, 2.1)),
        ({"min_price": bound(3)}, bound(3, 3.3)),
        ({"max_price": bound(1)}, bound(1, 1.1)),
        ({"min_price": bound(1), "max_price": bound(3)}, bound(2, 2.2)),
        ({"min_price": bound(2, 2.2), "max_price": bound(2, 2.2)}, bound(2, 2.2)),
    ],
)
def test_each_bound_holds_without_and_with_vat_by_itself(members: dict[str, Any], total: dict[str, float]) -> None:
    explained = charged(10, tariff(ENERGY, **members))
    assert explained.total.as_wire() == total
    assert explained.before.as_wire() == bound(2, 2.2)


def test_a_bound_on_what_has_no_vat() -> None:
    free = component("ENERGY", 0.2)
    assert charged(10, tariff(free, min_price=bound(3))).total.as_wire() == bound(3)
    assert charged(10, tariff(free, min_price=bound(3, 3.6))).total.as_wire() == bound(3, 3.6)
    assert charged(0, tariff(ENERGY, min_price=bound(3))).total.as_wire() == bound(3, 3)


def test_a_reservation_that_became_no_session_has_no_least_price() -> None:
    element = {"price_components": [component("TIME", 1)], "restrictions": {"reservation": "RESERVATION"}}
    wire = {"id": "T", "currency": "EUR", "elements": [element], "min_price": bound(5)}
    readings = [Reading(START, "reserved", 0, tariff="T"), Reading(START + timedelta(hours=2), "reserved", 0)]
    assert price(readings, [Tariff.of(wire)], "UTC", expired=True).total.as_wire() == bound(2)
    readings.insert(1, Reading(START + timedelta(hours=1), "charging", 0, tariff="T"))
    assert price(readings, [Tariff.of(wire)], "UTC").total.as_wire() == bound(5)


def test_switching_tariffs_rounds_nothing_in_the_middle() -> None:
    """5.4 kWh by 500 Wh are 5.5: what is added belongs to the last component, under whichever tariff."""
    dear, cheap = (
        tariff(component("ENERGY", 1, step_size=500), name="A"),
        tariff(component("ENERGY", 0.1, step_size=500), name="b"),
    )
    explained = charged(2.7, dear, cheap)
    assert [(line.tariff, float(line.billed)) for line in explained.lines] == [("A", 2.7), ("b", 2.8)]
    assert explained.total.excl == Fraction("2.98")
    assert [period.tariff for period in explained.periods] == ["A", "b"]


def test_each_tariff_has_its_own_flat_and_its_own_bounds() -> None:
    one = tariff(component("FLAT", 1), component("ENERGY", 1), name="A", max_price=bound(4))
    two = tariff(component("FLAT", 1), name="B", min_price=bound(2))
    explained = charged(10, one, two)
    assert (explained.before.excl, explained.total.excl) == (12, 6)
    assert explained.bounds == (
        "tariff A, max_price: 11.0000 excl. VAT becomes 4.0000",
        "tariff B, min_price: 1.0000 excl. VAT becomes 2.0000",
    )


def test_back_to_the_first_tariff_its_flat_is_not_charged_again() -> None:
    one, two = tariff(component("FLAT", 1), name="A"), tariff(component("FLAT", 5), name="B")
    assert charged(1, one, two, one).total.excl == 6


def test_an_id_is_found_in_any_case_and_an_unknown_one_is_not() -> None:
    readings = [Reading(START, "charging", 0, tariff="t"), Reading(START + timedelta(hours=1), "charging", 5)]
    assert price(readings, [tariff(ENERGY)], "UTC").total.excl == 1
    with pytest.raises(ValueError, match="tariff 't' is not among those given"):
        price(readings, [tariff(ENERGY, name="other")], "UTC")


def test_without_a_tariff_nothing_is_owed() -> None:
    explained = price([Reading(START, "charging", 0), Reading(START + timedelta(hours=1), "charging", 5)], [], "UTC")
    assert (explained.lines, explained.total.as_wire(), explained.totals()["total_energy"]) == ((), bound(0), 5)
    assert "tariff_id" not in explained.periods[0].as_wire()


def test_the_step_is_that_of_the_last_component_that_was_used() -> None:
    """After 17:00 another element would have had the price of energy, but none was charged any more."""
    wire = {
        "id": "T",
        "currency": "EUR",
        "elements": [
            {"price_components": [component("ENERGY", 1, step_size=500)], "restrictions": {"end_time": "17:00"}},
            {"price_components": [component("ENERGY", 2, step_size=2000)]},
        ],
    }
    five = START.replace(hour=17)
    readings = [
        Reading(five - timedelta(hours=1), "charging", 0, tariff="T"),
        Reading(five - timedelta(minutes=5), "parking", Decimal("4.3"), tariff="T"),
        Reading(five + timedelta(hours=1), "parking", Decimal("4.3")),
    ]
    assert price(readings, [Tariff.of(wire)], "UTC").total.excl == Fraction("4.5")


def test_energy_that_goes_back_crosses_a_bound_too() -> None:
    elements = [
        {"price_components": [component("ENERGY", 1, step_size=0)], "restrictions": {"min_kwh": 6}},
        {"price_components": [component("ENERGY", 100, step_size=0)]},
    ]
    readings = [Reading(START + timedelta(hours=n), "charging", kwh, tariff="T") for n, kwh in enumerate((0, 10, 6, 4))]
    explained = price(readings, [Tariff.of({"id": "T", "currency": "EUR", "elements": elements})], "UTC")
    assert {line.element: line.used for line in explained.lines} == {1: 6 - 2, 0: 4 - 4}


def test_energy_that_went_back_is_not_rounded_up() -> None:
    assert charged(-2.75, tariff(component("ENERGY", 1, step_size=500))).total.excl == Fraction("-2.75")


@pytest.mark.parametrize(
    ("readings", "says"),
    [
        ([], "at least one reading"),
        ([Reading(START, "idle", 0)], "phase is one of reserved, charging, parking"),  # type: ignore[arg-type]
        ([Reading(START, "charging", 0), Reading(START - timedelta(1), "charging", 0)], "order of time"),
        ([Reading(START, "charging", 0), Reading(START + timedelta(400), "charging", 0)], "more than a year"),
    ],
)
def test_what_cannot_have_happened(readings: list[Reading], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        price(readings, [], "UTC")


@pytest.mark.parametrize(
    ("exact", "places", "shown"),
    [
        ("5.125", 2, "5.13"),
        ("-5.125", 2, "-5.13"),
        ("5.1249999", 2, "5.12"),
        ("0.00005", 4, "0.0001"),
        ("2/3", 4, "0.6667"),
        ("7", 2, "7.00"),
    ],
)
def test_the_rounding_rule(exact: str, places: int, shown: str) -> None:
    assert str(rounded(Fraction(exact), places)) == shown


@pytest.mark.parametrize(
    ("amount", "step", "up"),
    [("21", "5", "25"), ("25", "5", "25"), ("0", "5", "0"), ("7.3", "0", "7.3"), ("0.1", "0.25", "0.25")],
)
def test_up_to_a_multiple(amount: str, step: str, up: str) -> None:
    assert up_to_multiple(Fraction(amount), Fraction(step)) == Fraction(up)


def test_a_total_is_rounded_from_exact_amounts() -> None:
    """Three times a third of an hour at 0.0001: each line shows 0.0000, the total 0.0001."""
    elements = [
        {"price_components": [component("TIME", 0.0001, step_size=0)], "restrictions": {"max_duration": 1200 * n}}
        for n in (1, 2, 3)
    ]
    readings = [Reading(START, "charging", 0, tariff="T"), Reading(START + timedelta(hours=1), "charging", 5)]
    explained = price(readings, [Tariff.of({"id": "T", "currency": "EUR", "elements": elements})], "UTC")
    assert [str(line.cost.excl_vat) for line in explained.lines] == ["0.0000"] * 3
    assert str(explained.total.excl_vat) == "0.0001"


def test_an_explanation_in_words() -> None:
    priced = tariff(
        component("FLAT", 0.5, 20), component("ENERGY", 0.25, 10, 100), component("PARKING_TIME", 2), max_price=bound(5.5)
    )
    readings = [
        Reading(START, "reserved", 0, tariff="T"),
        Reading(START, "charging", 0, tariff="T"),
        Reading(START + timedelta(hours=1), "parking", Decimal("20.45"), tariff="T"),
        Reading(START + timedelta(minutes=90), "parking", Decimal("20.45")),
    ]
    explained = price(readings, [priced], "UTC")
    assert list(explained.text()) == [
        "tariff T, elements/0: FLAT = 0.5000, with VAT 0.6000 (20 %)",
        "tariff T, elements/0: ENERGY 20.4500 kWh, by step_size 100 20.5000 kWh, at 0.25 = 5.1250, with VAT 5.6375 (10 %)",
        "tariff T, elements/0: PARKING_TIME 0.5000 h at 2 = 1.0000, no VAT",
        "tariff T, max_price: 6.6250 excl. VAT becomes 5.5000",
        "tariff T, max_price: 7.2375 incl. VAT becomes 6.0085",
        "total: 5.5000, with VAT 6.0085",
    ]
    assert explained.totals() == {
        "total_cost": bound(5.5, 6.0085),
        "total_fixed_cost": bound(0.5, 0.6),
        "total_energy_cost": bound(5.125, 5.6375),
        "total_parking_cost": bound(1),
        "total_energy": 20.45,
        "total_time": 1.5,
        "total_parking_time": 0.5,
    }
