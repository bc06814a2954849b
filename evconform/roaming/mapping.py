"""What the OCPI status of an EVSE may be, told from the OCPP status of its connector.

Neither specification has a table from one to the other. Where the words of both leave one reading, that is asked; where they
leave several, all are right, unless the CPO claims one of them in its PICS (``[mapping]``).
"""

from __future__ import annotations

from typing import Any

from evconform.harness.pics import Pics

READINGS: dict[str, tuple[str, ...]] = {
    "Available": ("AVAILABLE",),
    "Preparing": ("CHARGING", "BLOCKED", "AVAILABLE"),
    "Charging": ("CHARGING",),
    "SuspendedEV": ("CHARGING",),
    "SuspendedEVSE": ("CHARGING",),
    "Finishing": ("CHARGING", "BLOCKED"),
    "Reserved": ("RESERVED",),
    "Unavailable": ("INOPERATIVE", "OUTOFORDER"),
    "Faulted": ("OUTOFORDER", "INOPERATIVE"),
}
"""OCPP 1.6, 7.7 and 4.9, to OCPI 2.2.1, mod_locations: Status."""
UNHEARD = "unheard"
"""The field of the mapping for a charge point that is not heard of."""
ANY_LAST = "UNKNOWN"
"""What a CPO that claims nothing may say of a charge point that it does not hear: this, or what it heard last."""
FIELDS = {"Preparing": "preparing", "Finishing": "finishing"}
"""OCPP status to the field of the mapping that may narrow it."""


def claimed(pics: Pics, field: str) -> str:
    """What the CPO claims; empty if it claims nothing there."""
    mapping: dict[str, Any] = pics.sections.get("mapping") or {}
    return str(mapping.get(field) or "")


def statuses(pics: Pics, told: Any) -> tuple[str, ...]:
    """What may be told partners of a connector whose status that is; none for what is no status of OCPP."""
    own = claimed(pics, FIELDS.get(str(told), ""))
    return (own,) if own else READINGS.get(str(told), ())


def unheard(pics: Pics, before: tuple[str, ...]) -> tuple[str, ...]:
    """The same while the charge point is not heard of, and what ``before`` it was right."""
    own = claimed(pics, UNHEARD)
    return (own,) if own else (*before, ANY_LAST)


def uids(pics: Pics) -> dict[int, str]:
    """Connector of the charge point to the uid of its EVSE, as the CPO claims."""
    rows = pics.sections.get("evse") or []
    return {int(row["connector"]): str(row["uid"]) for row in rows if row.get("connector")}


def evses(pics: Pics) -> dict[int, str]:
    """The same, case folded: a uid is a CiString."""
    return {connector: uid.casefold() for connector, uid in uids(pics).items()}
