"""How much of the tables of OCPI a log shows: the atoms of the model, checked of all, for one side of the log.

``given``: what the side itself sent, in requests and answers, so that the rules judged it. ``taken``: what it was sent, so that
its answer was judged. Objects count only where the URL was announced, for else nobody knows which table they belong to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from evconform.harness.wire import Side
from evconform.ocpi.frame import Frame
from evconform.ocpi.held import roots
from evconform.ocpi.model import Model, load
from evconform.ocpi.model.atoms import asked, atoms, counts, met


@dataclass(frozen=True)
class Row:
    """One class, enumeration or interface: how many of its atoms there are, and of how many the side gave and took something."""

    of: str
    chapter: str
    there: int
    given: int
    taken: int


@dataclass
class Coverage:
    """Fed with the frames of a log, in order, as the view makes them."""

    side: Side = "sut"
    model: Model = field(default_factory=lambda: load("2.2.1"))
    given: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)

    def add(self, frame: Frame) -> None:
        if frame.kind in ("request", "response"):
            (self.given if frame.by == self.side else self.taken).update(self._of(frame))

    def _of(self, frame: Frame) -> Iterator[str]:
        if frame.kind == "response":
            yield from met(self.model, "Response", frame.envelope)
        else:
            operation = frame.operation
            names = {*frame.query, *(operation.parts if operation else ())}
            yield from asked(self.model, interface_of(frame), frame.method, names)
        partial = frame.kind == "request" and frame.method == "PATCH"
        for name, _, value in roots(frame):
            yield from met(self.model, name, value, partial=partial)

    def rows(self) -> list[Row]:
        """In the order of the model."""
        chapters = {atom.of: atom.chapter for atom in atoms(self.model)}
        given, taken = counts(self.model, self.given), counts(self.model, self.taken)
        return [Row(of, chapters[of], there, given[of][0], taken[of][0]) for of, (_, there) in counts(self.model, ()).items()]


def interface_of(frame: Frame) -> str:
    """How the model calls the interface that a request goes to: ``locations SENDER``, ``versions details``, ``credentials``."""
    detail = "details" if frame.module == "versions" and frame.place.version else frame.interface
    return f"{frame.module} {detail}".strip()
