"""The roles of the products under test: who faces each, how a case calls both sides, and how they find each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """What the machine must know of a role; nothing of its protocol."""

    opposite: str
    """The role of the party that faces it."""
    fixtures: tuple[str, str]
    """What a test case calls the opposite party, and the control."""
    dials: bool = False
    """It dials us and listens to nobody: the opposite party goes on the wire first."""
    tapped: bool = False
    """It is several parties, and what they say to each other is in the tester's log too."""
    schemes: tuple[str, ...] = ("ws", "wss")
    """Of the URLs in ``[endpoint]``."""
    reads: tuple[str, ...] = ()
    """What of the PIXIT is about products of this role only."""


ID_TAGS = (
    "id_tag",
    "group_id_tag",
    "parent_id_tag",
    "other_id_tag",
    "blocked_id_tag",
    "expired_id_tag",
    "unknown_id_tag",
)
HTTP = ("http", "https")

ROLES: dict[str, Role] = {
    "charge-point": Role("central-system", ("central_system", "bench"), dials=True, reads=("card", "other_card", "service")),
    "central-system": Role(
        "charge-point",
        ("charge_point", "operations"),
        reads=(*ID_TAGS, "firmware_location", "diagnostics_location", "connector"),
    ),
    "cpo": Role("emsp", ("emsp", "operations"), schemes=HTTP, reads=("push_within",)),
    "emsp": Role("cpo", ("cpo", "operations"), schemes=HTTP, reads=("push_within",)),
    "chain": Role("driver", ("driver", "bench"), tapped=True, schemes=HTTP, reads=("push_within", "card")),
}
"""OCPP 1.6: Charge Point, Central System. OCPI 2.2.1: CPO, eMSP. A chain: charge point, CPO and eMSP, seen by a driver."""


BACK_OFFICES = ("cpo", "emsp")
"""Of OCPI."""


def pixit_of_others(role: str) -> set[str]:
    """What of the PIXIT is about products of other roles only."""
    return {name for each in ROLES.values() for name in each.reads} - set(ROLES[role].reads)


SPOKEN = {"cpo": "CPO", "emsp": "eMSP"}


def spoken(role: str) -> str:
    """How the standards write a role: ``charge point``, ``eMSP``."""
    return SPOKEN.get(role, role.replace("-", " "))
