"""Legal variants of the reference back offices: each deviates from them in one way that OCPI 2.2.1 allows. Each is the party
``legal NAME`` of its roles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evconform.harness.party import Site, party
from mocks.reference_cpo_ocpi import ReferenceCpoOcpi
from mocks.reference_emsp import ReferenceEmsp

Change = Callable[[Any], None]
PLAIN: dict[str, Callable[[Site], Any]] = {"cpo": ReferenceCpoOcpi, "emsp": ReferenceEmsp}


@dataclass(frozen=True)
class BackOffice:
    """``cases``: the ends of the ids of those that could turn red. ``warns``: requirements that are no must, and that it may be
    warned for. ``claims``: what its form says otherwise than the reference's."""

    name: str
    role: str
    clause: str
    cases: tuple[str, ...]
    warns: frozenset[str] = frozenset()
    claims: tuple[tuple[str, bool], ...] = ()
    lacks: tuple[str, ...] = ()
    """Operations that it does not have."""
    unseen: tuple[str, ...] = ()
    """Requirements that it gives no occasion to see."""


BACK_OFFICES: dict[str, BackOffice] = {}
"""By role and name."""


def legal(
    clause: str,
    *cases: str,
    roles: tuple[str, ...] = ("cpo", "emsp"),
    warns: tuple[str, ...] = (),
    lacks: tuple[str, ...] = (),
    unseen: tuple[str, ...] = (),
    **claims: bool,
) -> Callable[[Change], Change]:
    """Declares what it decorates as a legal change of the reference parties of these roles."""

    def declare(change: Change) -> Change:
        for role in roles:
            name = f"{role} {change.__name__}"
            assert name not in BACK_OFFICES
            BACK_OFFICES[name] = BackOffice(name, role, clause, cases, frozenset(warns), tuple(claims.items()), lacks, unseen)
            party(f"legal {name}", role=role)(made(role, change))
        return change

    return declare


def made(role: str, change: Change) -> Callable[[Site], Any]:
    def make(site: Site) -> Any:
        back_office = PLAIN[role](site)
        change(back_office)
        return back_office

    return make
