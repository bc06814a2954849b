"""What a CPO may get wrong with what it tells besides: texts, hours, energy, and which tariffs it names."""

from __future__ import annotations

from typing import Any

from evconform.harness.law import fault
from suites.ocpi221.spoilt import edits_objects


@fault(kills="OCPI221-TRN-53")
def tells_in_html(cpo: Any) -> None:
    """Puts the texts for display in bold."""

    def edit(value: dict[str, Any]) -> None:
        for text in [*value.get("directions", ()), *value.get("tariff_alt_text", ())]:
            text["text"] = f"<b>{text['text']}</b>"

    edits_objects(cpo, "locations", edit)
    edits_objects(cpo, "tariffs", edit)


@fault(kills="OCPI221-LOC-60")
def loses_energy(cpo: Any) -> None:
    """Leaves the last source of energy out."""

    def edit(value: dict[str, Any]) -> None:
        if "energy_mix" in value:
            value["energy_mix"]["energy_sources"].pop()

    edits_objects(cpo, "locations", edit)
    edits_objects(cpo, "tariffs", edit)


@fault(kills="OCPI221-LOC-61")
def closes_while_it_opens(cpo: Any) -> None:
    """Closes an hour before the exceptional opening is over."""

    def edit(location: dict[str, Any]) -> None:
        for closing in location["opening_times"].get("exceptional_closings", ()):
            closing["period_begin"] = "2027-01-02T01:00:00Z"

    edits_objects(cpo, "locations", edit)


@fault(kills="OCPI221-LOC-63")
def has_two_tariffs_at_once(cpo: Any) -> None:
    """Gives tariffs of a type without the moment at which they start."""
    edits_objects(cpo, "tariffs", lambda tariff: tariff.pop("start_date_time", None) if "type" in tariff else None)


@fault(kills="OCPI221-LOC-62")
def leaves_the_connector_open(cpo: Any) -> None:
    """Does not say that a command for an EVSE with several connectors has to name one."""
    edits_objects(cpo, "locations", lambda location: [evse.pop("capabilities", None) for evse in location["evses"]])
