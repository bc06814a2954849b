"""What a CPO may get wrong with its tariffs."""

from __future__ import annotations

from typing import Any

from evconform.harness.law import fault
from suites.ocpi221.spoilt import edits_bodies, edits_objects


def edits_tariffs(cpo: Any, edit: Any) -> None:
    """``edit`` changes, in place, every Tariff that is given."""
    edits_objects(cpo, "tariffs", edit)


def components(tariff: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for element in tariff["elements"] for each in element["price_components"]]


@fault(kills="OCPI221-TAR-01")
def has_no_currency(cpo: Any) -> None:
    """Gives tariffs without a currency."""
    edits_tariffs(cpo, lambda tariff: tariff.pop("currency"))


@fault(kills="OCPI221-TAR-06")
def begins_at_local_time(cpo: Any) -> None:
    """Gives the start of a tariff with an offset."""
    edits_tariffs(cpo, lambda tariff: "start_date_time" in tariff and tariff.update(start_date_time="2026-01-01T00:00:00+01:00"))


@fault(kills="OCPI221-TAR-06")
def ends_before_it_begins(cpo: Any) -> None:
    """Gives tariffs that end before they start."""
    edits_tariffs(cpo, lambda tariff: "start_date_time" in tariff and tariff.update(end_date_time="2025-01-01T00:00:00Z"))


@fault(kills="OCPI221-TAR-08")
def sells_energy_to_reservations(cpo: Any) -> None:
    """Prices a reservation by energy."""

    def edit(tariff: dict[str, Any]) -> None:
        for element in tariff["elements"]:
            if element.get("restrictions", {}).get("reservation"):
                element["price_components"][0]["type"] = "ENERGY"

    edits_tariffs(cpo, edit)


@fault(kills="OCPI221-TAR-10")
def repeats_its_prices(cpo: Any) -> None:
    """Says a price in the text too."""
    text = {"language": "en", "text": "0.35 EUR per kWh"}
    edits_tariffs(cpo, lambda tariff: "tariff_alt_text" in tariff and tariff.update(tariff_alt_text=[text]))


@fault(kills="OCPI221-TAR-11")
def is_free_by_the_hour(cpo: Any) -> None:
    """Writes a free tariff as one that costs nothing by energy and time."""

    def edit(tariff: dict[str, Any]) -> None:
        if all(each["price"] == 0 for each in components(tariff)):
            tariff["elements"] = [{"price_components": [{"type": "ENERGY", "price": 0, "step_size": 1}]}]

    edits_tariffs(cpo, edit)


@fault(kills="OCPI221-TAR-12")
def has_no_fallback(cpo: Any) -> None:
    """Restricts every element of a tariff."""

    def edit(tariff: dict[str, Any]) -> None:
        for element in tariff["elements"] if len(tariff["elements"]) > 1 else []:
            element.setdefault("restrictions", {"day_of_week": ["MONDAY"]})

    edits_tariffs(cpo, edit)


@fault(kills="OCPI221-TAR-16")
def leaves_tariffs_named(cpo: Any) -> None:
    """Deletes a tariff that connectors still name."""

    async def nothing(*_: Any) -> None:
        return

    cpo.office.locations.forgets_tariff = nothing


@fault(kills="OCPI221-TAR-51")
def puts_no_tariffs(cpo: Any) -> None:
    """Does not push a new tariff."""
    cpo.office.push.edit = lambda message: None if message.method == "PUT" else message


@fault(kills="OCPI221-TAR-51")
def pushes_tariffs_of_another(cpo: Any) -> None:
    """Puts a tariff whose party is not that of the URL."""
    edits_bodies(cpo, "PUT", lambda body: body.update(party_id="EVX"), "/tariffs")


@fault(kills="OCPI221-TAR-52")
def deletes_nothing(cpo: Any) -> None:
    """Does not say that a tariff was taken back."""
    cpo.office.push.edit = lambda message: None if message.method == "DELETE" else message
