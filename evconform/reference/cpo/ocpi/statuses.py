"""What an EVSE's status is (OCPI 2.2.1, mod_locations, Status), told from what its station says (OCPP 1.6, 7.7 and 4.9).

The specification has no table from one to the other. CHARGING means *in use* there, so everything between a plug that goes in and
the one that comes out is that; who is not heard of is UNKNOWN, for that value is meant for *offline* too.
"""

from __future__ import annotations

STATUSES = {
    "Available": "AVAILABLE",
    "Preparing": "CHARGING",
    "Charging": "CHARGING",
    "SuspendedEV": "CHARGING",
    "SuspendedEVSE": "CHARGING",
    "Finishing": "CHARGING",
    "Reserved": "RESERVED",
    "Unavailable": "INOPERATIVE",
    "Faulted": "OUTOFORDER",
}
OFFLINE = "UNKNOWN"
REMOVED = "REMOVED"
SAID = ("BLOCKED", "PLANNED", REMOVED)
"""What no station tells: the operator says it, and it holds until the station tells something."""
WHOLE = ("Unavailable", "Faulted")
"""What a station says of itself (connectorId 0) and what holds for each of its connectors."""


def status(station: str | None, connector: str | None, online: bool) -> str:
    """Of one EVSE, from the statuses of its station and of its connector as last told."""
    if not online or connector is None:
        return OFFLINE
    return STATUSES[station if station in WHOLE else connector]
