"""What the objects in a frame break of the model's tables, each told to the requirement that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from evconform.ocpi.frame import Frame, shown
from evconform.ocpi.held import Held, held_in
from evconform.ocpi.model import Error, Model, load

SHOWN = 3
"""Offences of one frame and requirement that are told one by one."""

ROWS = {
    "GeoLocation": "LOC-02",
    "AdditionalGeoLocation": "LOC-02",
    "Location.country": "LOC-03",
    "Location.time_zone": "LOC-04",
    "EVSE.connectors": "LOC-05",
    "Location:unpublished-only": "LOC-12",
    "PublishTokenType": "LOC-53",
    "Hours": "LOC-17",
    "RegularHours": "LOC-17",
    "ExceptionalPeriod": "LOC-17",
    "Tariff.start_date_time": "TAR-06",
    "Tariff.end_date_time": "TAR-06",
    "Credentials.token": "CRE-13",
    "CredentialsRole.party_id": "CRE-15",
    "CredentialsRole.country_code": "CRE-15",
    "Endpoint": "VER-03",
    "Endpoint.url:url": "VER-08",
    "Version.url:url": "VER-08",
}
"""A class, a field of it or a rule, to the requirement that has it for its own."""
CLASSES = {
    "Location": "LOC-01",
    "EVSE": "LOC-01",
    "Connector": "LOC-01",
    "Tariff": "TAR-01",
    "Credentials": "CRE-56",
    "Version": "VER-01",
    "VersionDetails": "VER-03",
}
"""The class of a whole object to the requirement that has the rest."""


@cache
def model() -> Model:
    """The text that lengths are taken from: that of 2026, which allows more."""
    return load("2.2.1", text="2026")


def broken(frame: Frame) -> dict[str, list[str]]:
    """Requirement, without the law's name, to what the objects of a frame break of it; made once."""
    if frame.memo is None:
        found: dict[str, list[str]] = {}
        for held in held_in(frame, CLASSES, nested=False):
            for error in model().errors(held.name, held.value, partial=held.partial):
                if is_open(error):
                    continue
                place = f"{held.pointer}{error.pointer}"
                words = ": ".join(filter(None, (named(held), place, error.says)))
                found.setdefault(requirement_of(error, held), []).append(words)
        frame.memo = found
    made: dict[str, list[str]] = frame.memo
    return made


def is_open(error: Error) -> bool:
    """Of coordinates the text has a greatest length and a pattern, which allows a sign and seven decimals beyond it."""
    return error.kind == "length" and error.row.startswith(("GeoLocation.", "AdditionalGeoLocation."))


def requirement_of(error: Error, of: Held) -> str:
    """The requirement that an error belongs to: that of its field or rule, of its class, or of the whole object."""
    row = error.row.rpartition(":")[0]
    if error.kind == "missing" and row != "EVSE.connectors":  # a field that is not there is of the whole
        return "LOC-51" if of.partial and error.pointer == "/last_updated" else CLASSES[of.name]
    return ROWS.get(error.row) or ROWS.get(row) or ROWS.get(row.partition(".")[0]) or CLASSES[of.name]


def named(held: Held) -> str:
    """How an object is called in words."""
    key = "uid" if held.name == "EVSE" else "id"
    called = isinstance(held.value, dict) and isinstance(held.value.get(key), str)
    return f"{held.name} {shown(held.value[key])}" if called else held.name


def offences(frame: Frame, requirement: str) -> Iterator[str]:
    """What a frame breaks of a requirement, in words; the rest of many in one line."""
    found = broken(frame).get(requirement, [])
    yield from found[:SHOWN]
    if len(found) > SHOWN:
        yield f"and {len(found) - SHOWN} more like these"
