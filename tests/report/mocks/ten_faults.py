"""An INCH with ten faults of different areas at once: what a report must let its reader find."""

from __future__ import annotations

from evconform.harness.law import REGISTER
from evconform.harness.party import Site, party
from mocks.inch import Inch

FAULTS = (
    "asks_before_it_stops",
    "changes_in_silence",
    "impatient_after_refusal",
    "says_nothing_of_unknown_keys",
    "long_ids",
    "leaves_a_phase_out",
    "tries_again_soon",
    "stops_what_does_not_run",
    "communication_error_while_charging",
    "meter_stop_below_meter_start",
)


@party("ten-faults", role="charge-point")
def inch_with_ten_faults(site: Site) -> Inch:
    """The law's own faults, by name."""
    inch = Inch(site)
    named = {fault.name: fault for fault in REGISTER.faults}
    for name in FAULTS:
        named[name].function(inch)
    return inch
