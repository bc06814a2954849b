"""Module × operation × role: every operation of 2.2.1, who serves it where a CPO or an eMSP is under test, and how often a
log shows it answered with success."""

from __future__ import annotations

from dataclasses import dataclass, field

from evconform.harness.roles import ROLES
from evconform.harness.wire import Side
from evconform.ocpi.frame import Frame
from evconform.ocpi.operations import EITHER, OPERATIONS, RECEIVER, SENDER, Operation

SENDS = {
    **dict.fromkeys(("locations", "sessions", "cdrs", "tariffs"), "cpo"),
    **dict.fromkeys(("tokens", "commands", "chargingprofiles"), "emsp"),
    "hubclientinfo": "hub",
}
"""Module to who sends in it (OCPI 2.2.1, introduction: the typical roles; a smart charging provider counts as eMSP here)."""


@dataclass(frozen=True)
class Row:
    """One operation at one server. ``served``: product or tester; empty if neither is of the role that serves it."""

    module: str
    operation: str
    """Method, and the parts of the URL below the announced one."""
    interface: str
    served: str
    role: str
    """That of who serves it: cpo, emsp, hub."""
    message: str
    """What it is called in a questionnaire; several depths of a URL are one message there."""
    here: bool
    """Whether this version judges its module."""
    seen: int
    first: int | None
    """The frame of the first request that was answered with success."""


@dataclass
class Matrix:
    """Fed with the frames of a log, in order, as the view makes them. ``role``: that of the product."""

    role: str
    _seen: dict[tuple[Operation, Side], tuple[int, int]] = field(default_factory=dict)
    """Operation and who served it, to how often, and the frame of the first."""

    def add(self, frame: Frame) -> None:
        if frame.kind == "response" and frame.request is not None and frame.ok and (asked := frame.operation):
            times, first = self._seen.get((asked, frame.by), (0, frame.request.n))
            self._seen[asked, frame.by] = times + 1, first

    def rows(self) -> list[Row]:
        """In the order of the modules. None for a product that is neither CPO nor eMSP."""
        return [row for each in OPERATIONS for row in self._rows(each)] if self.role in ("cpo", "emsp") else []

    def _rows(self, each: Operation) -> list[Row]:
        both = {self.role: "product", ROLES[self.role].opposite: "tester"}
        roles = list(both) if each.interface == EITHER else self._servers(each)
        found = []
        for role in roles:
            served = both.get(role, "")
            side: Side = "sut" if served == "product" else "tester"
            seen, first = self._seen.get((each, side), (0, None)) if served else (0, None)
            about = (each.module, words(each), each.interface, served, role)
            found.append(Row(*about, message_of(each), each.here, seen, first))
        return found

    def _servers(self, each: Operation) -> list[str]:
        sender = SENDS[each.module]
        if each.interface == SENDER:
            return [sender]
        assert each.interface == RECEIVER
        return [role for role in (self.role, ROLES[self.role].opposite) if role != sender]


def words(each: Operation) -> str:
    """``GET list``, ``PATCH …/location_id/evse_uid``, ``POST to the caller's URL``."""
    if each.called_back:
        return f"{each.method} at the URL of the caller"
    named = "/".join(part for part in each.parts if part not in ("country_code", "party_id"))
    return f"{each.method} {named or ('list' if each.many else '')}".rstrip()


def message_of(each: Operation) -> str:
    """As ``Frame.completes`` calls it: module, interface, method."""
    return "_".join(word.lower() for word in (each.module, each.interface, each.method) if word)
