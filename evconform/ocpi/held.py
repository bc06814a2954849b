"""Objects and pulls on the wire: which classes a frame carries, and where in its body."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from evconform.ocpi.frame import Frame
from evconform.ocpi.headers import LINK
from evconform.ocpi.json import NO_JSON
from evconform.ocpi.paging import next_link
from evconform.ocpi.places import target_of

NESTED = {
    "Location": (
        *(("evses", "EVSE"), ("directions", "DisplayText"), ("related_locations", "AdditionalGeoLocation")),
        *(("operator", "BusinessDetails"), ("opening_times", "Hours"), ("energy_mix", "EnergyMix")),
    ),
    "EVSE": (("connectors", "Connector"), ("status_schedule", "StatusSchedule"), ("directions", "DisplayText")),
    "AdditionalGeoLocation": (("name", "DisplayText"),),
    "Tariff": (("elements", "TariffElement"), ("tariff_alt_text", "DisplayText"), ("energy_mix", "EnergyMix")),
    "TariffElement": (("price_components", "PriceComponent"), ("restrictions", "TariffRestrictions")),
    "Credentials": (("roles", "CredentialsRole"),),
    "CredentialsRole": (("business_details", "BusinessDetails"),),
    "VersionDetails": (("endpoints", "Endpoint"),),
}
"""Class to members that hold objects of another one, for rules that ask for these by name. What else is nested is found by the
model, which validates a class to its leaves."""


@cache
def holds(name: str) -> frozenset[str]:
    """The class, and those that its objects hold."""
    inner = (holds(each) for _, each in NESTED.get(name, ()))
    return frozenset((name,)).union(*inner)


@dataclass(frozen=True, slots=True)
class Held:
    """One object on the wire. ``pointer``: where in the body (RFC 6901); ``partial``: it is, or is part of, a PATCH;
    ``chain``: the objects around it, the outermost first."""

    frame: Frame
    name: str
    """Its class."""
    pointer: str
    value: Any
    partial: bool = False
    chain: tuple[Any, ...] = ()


@dataclass
class Pull:
    """A list in pages: the answers from the first GET on, as the Links led."""

    pages: list[Frame] = field(default_factory=list)

    @property
    def first(self) -> Frame:
        return self.pages[0]

    @property
    def last(self) -> Frame:
        return self.pages[-1]

    @property
    def complete(self) -> bool:
        """Whether the last page was reached: one that leads to no other."""
        return self.last.ok and next_link(self.last.header(LINK)) is None

    def objects(self) -> Iterator[tuple[Frame, str, Any]]:
        """Page, JSON pointer and value of every object, one page in memory at a time."""
        for page in self.pages:
            data = page.data
            for n, value in enumerate(data if isinstance(data, list) else ()):
                yield page, f"/data/{n}", value


def roots(frame: Frame) -> Iterator[tuple[str, str, Any]]:
    """Class, JSON pointer and value of the objects that a frame is there for; none in an answer that is no success."""
    operation = frame.operation
    if operation is None:
        return
    if frame.kind == "request":
        if operation.takes and frame.json is not NO_JSON:
            yield operation.takes, "", frame.json
    elif operation.gives and frame.ok and frame.data is not NO_JSON:
        if operation.many and isinstance(frame.data, list):
            for n, value in enumerate(frame.data):
                yield operation.gives, f"/data/{n}", value
        elif not operation.many:
            yield operation.gives, "/data" if frame.said is frame.data else "/data/0", frame.said


def held_in(frame: Frame, classes: Iterable[str], nested: bool = True) -> Iterator[Held]:
    """The objects of these classes in a frame; of any class if none is named."""
    wanted = frozenset(classes)
    operation = frame.operation
    if wanted and operation and wanted.isdisjoint(holds(operation.takes if frame.kind == "request" else operation.gives)):
        return  # and its body need not be read
    partial = frame.kind == "request" and frame.method == "PATCH"
    for name, pointer, value in roots(frame):
        yield from _within(frame, wanted, Held(frame, name, pointer, value, partial), nested)


def _within(frame: Frame, wanted: frozenset[str], held: Held, nested: bool) -> Iterator[Held]:
    if not wanted or held.name in wanted:
        yield held
    if not nested or not isinstance(held.value, dict):
        return
    for member, name in NESTED.get(held.name, ()):
        inner = held.value.get(member)
        rows = enumerate(inner) if isinstance(inner, list) else [("", inner)] if isinstance(inner, dict) else ()
        for n, each in rows:
            pointer = f"{held.pointer}/{member}" + (f"/{n}" if n != "" else "")
            # a list within a PATCH replaces the list: what stands in it is whole
            yield from _within(frame, wanted, Held(frame, name, pointer, each, False, (*held.chain, held.value)), nested)


def pulls_of(frames: Iterable[Frame]) -> list[Pull]:
    """The pulls whose first page is among these frames, in the order of their first pages."""
    pulls: list[Pull] = []
    waiting: dict[tuple[str, str], Pull] = {}
    """Who serves, and the target of the page that comes next."""
    for frame in frames:
        operation = frame.operation if frame.kind == "response" and frame.request else None
        if operation is None or not operation.paged or frame.request is None or frame.interim:
            continue
        pull = waiting.pop((frame.role, frame.target), None)
        if pull is None:
            pull = Pull()
            pulls.append(pull)
        pull.pages.append(frame)
        if (url := next_link(frame.header(LINK))) is not None:
            waiting[frame.role, target_of(url, frame.target)] = pull
    return pulls
