"""OCPI 2.2.1, mod_locations and mod_tariffs: what a CPO pushes, and where to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpi.json import NO_JSON
from evconform.ocpi.predicates import same
from evconform.ocpi.view import Frame, Log
from suites.ocpi221.monitors.locations import children, shape

Offences = Iterator[tuple[Any, str]]

MEMBERS = {
    "Location": ("country_code", "party_id", "id"),
    "EVSE": ("", "", "", "uid"),
    "Connector": ("", "", "", "", "id"),
    "Tariff": ("country_code", "party_id", "id"),
}
"""Class to the members that stand in the URL, part by part."""


NAMING = ("country_code", "party_id", "id", "uid", "last_updated")
"""What a PATCH may hold without a change: the identifiers, and the date that it has to hold."""


def contradictions(log: Log, module: str) -> Offences:
    """Pushes of a module whose URL says something else than the object in it."""
    ours = log.roles_of()
    for frame in log.requests(("PUT", "PATCH"), module=module, interface="RECEIVER", by=log.subject):
        operation = frame.operation
        if operation is None or not isinstance(frame.data, dict):
            log.moot(frame)
            continue
        for part, member in zip(frame.parts, MEMBERS[operation.takes], strict=False):
            said = frame.data.get(member, NO_JSON) if member else NO_JSON
            if said is not NO_JSON and str(said).upper() != part.upper():
                yield frame, f"{frame}: {member} is {said!r}, and the URL says {part!r}"
        owner = tuple(part.upper() for part in frame.parts[:2])
        if ours and owner not in ours:
            yield frame, f"{frame}: {'*'.join(owner)} is none of the parties that its credentials name"


@monitor("OCPI221-LOC-52")
def locations_are_pushed_to_their_urls(log: Log) -> Offences:
    yield from contradictions(log, "locations")


@monitor("OCPI221-TAR-51")
def tariffs_are_pushed_to_their_urls(log: Log) -> Offences:
    yield from contradictions(log, "tariffs")


@monitor("OCPI221-LOC-51")
def patches_say_when(log: Log) -> Offences:
    for frame in log.requests("PATCH", module="locations", interface="RECEIVER", by=log.subject):
        if frame.data is NO_JSON:
            log.moot(frame)
    yield from shape(log, "LOC-51", "Location", "EVSE", "Connector")


@monitor("OCPI221-TRN-52")
def patches_hold_changes_only(log: Log) -> Offences:
    for frame in log.requests("PATCH", module="locations", interface="RECEIVER", by=log.subject):
        known = known_before(log, frame)
        if known is None or not isinstance(frame.data, dict):
            log.moot(frame)
            continue
        held = [name for name, value in frame.data.items() if name not in NAMING and same(known.get(name), value)]
        if held:
            yield frame, f"{frame}: {', '.join(held)} did not change"


def known_before(log: Log, frame: Frame) -> dict[str, Any] | None:
    """The object of a PATCH as the subject put it last; None if it put it never, patched it since, or was refused."""
    for earlier in log.before(frame, module="locations", by=log.subject):
        if earlier.method == "PATCH" and earlier.parts[:3] == frame.parts[:3]:
            return None
        depth = len(earlier.parts)
        if earlier.method == "PUT" and earlier.parts == frame.parts[:depth]:
            if earlier.answer is None or not earlier.answer.ok:
                return None
            return within(earlier.data, frame.parts[depth:], depth)
    return None


def within(value: Any, ids: tuple[str, ...], depth: int) -> dict[str, Any] | None:
    """The EVSE or Connector of these ids in an object that was put at ``depth``."""
    for id in ids:
        name, key = ("evses", "uid") if depth == 3 else ("connectors", "id")
        value = next((each for each in children(value, name) if str(each.get(key)).upper() == id.upper()), None)
        depth += 1
    return value if isinstance(value, dict) else None
