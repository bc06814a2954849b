"""A frame of one of the links of a chain, and the predicates by which expectations pick what the driver is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.harness.wire import Entry, Side
from evconform.ocpi import frame as ocpi

OCPP, OCPI, DRIVER = "ocpp", "ocpi", "driver"
PARTIES: dict[str, dict[Side, str]] = {
    OCPP: {"tester": "charge point", "sut": "CPO"},
    OCPI: {"sut": "CPO", "tester": "eMSP"},
    DRIVER: {"tester": "driver", "sut": "eMSP"},
}
"""Link to who speaks there: the party that the wire log calls by either side."""


class Shown(ocpi.Frame):
    """A request of the driver, or what the eMSP shows for it."""

    __slots__ = ()

    @property
    def evses(self) -> dict[str, dict[str, Any]]:
        """The EVSEs of a response by their uid, case folded; none where it is not what a driver view says."""
        found = self.json if self.kind == "response" and self.http_status == 200 else None
        rows = found.get("items") if isinstance(found, dict) else None
        rows = [row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, dict)]
        return {row["evse"].casefold(): row for row in rows if isinstance(row.get("evse"), str)}

    @property
    def statuses(self) -> dict[str, Any]:
        """The status of each."""
        return {uid: row.get("status") for uid, row in self.evses.items()}

    @property
    def label(self) -> str:
        if self.kind == "request":
            return f"{self.method} {self.target}"
        said = ", ".join(f"{row.get('evse')} {row.get('status')}" for row in self.evses.values())
        return f"{self.http_status} ◂ {said or 'nothing'}" if self.kind == "response" else ""


class Frame:
    """A frame as its protocol sees it (``frame``), which answers all that is not asked of the ``link`` that it is of."""

    def __init__(self, frame: Any, link: str) -> None:
        self.frame, self.link = frame, link
        self.n: int = frame.n
        self.t: float = frame.t
        self.by: Side = frame.by

    def __getattr__(self, name: str) -> Any:
        return getattr(self.frame, name)

    @property
    def parties(self) -> tuple[str, str]:
        """Who says it, and to whom."""
        sides = PARTIES[self.link]
        return sides[self.by], sides["tester" if self.by == "sut" else "sut"]

    @property
    def label(self) -> str:
        """With its parties, for a diagram has two lifelines and a chain has four."""
        inner = self.frame.label
        if self.link == OCPI and self.frame.kind == "request" and self.frame.ids and self.frame.get("status"):
            inner = f"{self.frame.method} {self.frame.ids[-1]} {self.frame.get('status')}"
        return f"{' → '.join(self.parties)}: {inner or self.frame.kind}"

    @property
    def whole(self) -> str:
        return str(self.frame.whole)

    def matches(self, what: dict[str, Any]) -> bool:
        """Whether an expectation's predicate picks this frame. Raises KeyError for a predicate that there is not."""
        return all(PREDICATES[name](self, wanted) for name, wanted in what.items())

    def __str__(self) -> str:
        return self.label if self.link == DRIVER else str(self.frame)


def _shows(frame: Frame, wanted: dict[str, list[str]]) -> bool:
    """The driver is shown each of these EVSEs with one of these statuses."""
    if frame.link != DRIVER:
        return False
    statuses = frame.frame.statuses
    return all(statuses.get(uid.casefold()) in allowed for uid, allowed in wanted.items())


PREDICATES: dict[str, Callable[[Frame, Any], bool]] = {
    "shows": _shows,
    "kind": lambda frame, wanted: frame.kind == wanted,
    "link": lambda frame, wanted: frame.link == wanted,
}


def is_upgrade(entry: Entry) -> bool:
    """Whether a request begins a WebSocket (RFC 6455, 4.1)."""
    head = str(entry.data).partition("\r\n\r\n")[0].lower().split("\r\n")[1:]
    return any(line.partition(":")[0].strip() == "upgrade" and "websocket" in line for line in head)


def host_of(entry: Entry) -> str:
    """The Host header of a request."""
    head = str(entry.data).partition("\r\n\r\n")[0].split("\r\n")[1:]
    found = (line.partition(":")[2].strip() for line in head if line.partition(":")[0].strip().lower() == "host")
    return next(found, "")
