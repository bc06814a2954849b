"""The JSON schemas of OCPP 1.6 (J erratum 3.8), from the ocpp package, with the errata overlay.

jsonschema-rs does the bulk; ``reference`` gives the same judgement by jsonschema, and a test holds the two equal. Dates
are not the schemas' business here: ``dates`` lists the members that must be ISO 8601 (OCPP 1.6, 3.15).
"""

from __future__ import annotations

import json
import re
import tomllib
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import jsonschema
import jsonschema_rs
from jsonschema.validators import validator_for

from evconform.ocpp.json import CallError

CORE = tuple(
    "Authorize BootNotification ChangeAvailability ChangeConfiguration ClearCache DataTransfer GetConfiguration Heartbeat "
    "MeterValues RemoteStartTransaction RemoteStopTransaction Reset StartTransaction StatusNotification StopTransaction "
    "UnlockConnector".split()
)
ACTIONS = (
    *CORE,
    *"GetDiagnostics DiagnosticsStatusNotification FirmwareStatusNotification UpdateFirmware".split(),
    *"GetLocalListVersion SendLocalList CancelReservation ReserveNow".split(),
    *"ClearChargingProfile GetCompositeSchedule SetChargingProfile TriggerMessage".split(),
)
"""The 28 actions of OCPP 1.6 edition 2, chapters 4 and 5."""
SECURITY_ACTIONS = tuple(
    "CertificateSigned DeleteCertificate ExtendedTriggerMessage GetInstalledCertificateIds GetLog InstallCertificate "
    "LogStatusNotification SecurityEventNotification SignCertificate SignedFirmwareStatusNotification "
    "SignedUpdateFirmware".split()
)
"""The 11 actions of the security whitepaper for 1.6-J."""

FORMATION = "FormationViolation"
CODES = {
    "required": "OccurenceConstraintViolation",
    "minItems": "OccurenceConstraintViolation",
    "type": "TypeConstraintViolation",
    "additionalProperties": FORMATION,
}
"""The error code (OCPP-J 4.2.3, table 7) for what a schema refuses; any other keyword: PropertyConstraintViolation."""


@dataclass(frozen=True)
class Violation:
    """One thing that a schema refuses: a JSON pointer into the payload, the schema's keyword, and words."""

    pointer: str
    keyword: str
    says: str

    @property
    def code(self) -> str:
        return CODES.get(self.keyword, "PropertyConstraintViolation")

    def as_error(self) -> CallError:
        return CallError(self.code, f"{self.pointer or '/'}: {self.says}"[:255])


@cache
def schema(name: str) -> dict[str, Any]:
    """The schema of ``Heartbeat`` (a request) or ``HeartbeatResponse``, errata applied. Raises FileNotFoundError."""
    source = files("ocpp").joinpath("v16", "schemas", f"{name}.json")
    loaded: dict[str, Any] = json.loads(source.read_text("utf-8-sig"))
    for erratum in errata():
        if erratum["schema"] == name:
            _mend(loaded, erratum)
    return loaded


@cache
def errata() -> tuple[dict[str, Any], ...]:
    text = files("evconform.ocpp").joinpath("errata.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["erratum"])


def _mend(loaded: dict[str, Any], erratum: dict[str, Any]) -> None:
    *way, last = erratum["at"].strip("/").split("/")
    place: Any = loaded
    for step in way:
        place = place[step]
    if "set" in erratum:
        place[last] = erratum["set"]
    else:
        place[last] = [member for member in place[last] if member not in erratum["drop"]]


@cache
def _fast(name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(schema(name), validate_formats=False)


@cache
def _slow(name: str) -> jsonschema.protocols.Validator:
    validator: jsonschema.protocols.Validator = validator_for(schema(name))(schema(name))
    return validator


def violations(name: str, payload: Any) -> list[Violation]:
    """What the schema ``name`` refuses in ``payload``; empty if nothing."""
    fast = _fast(name)
    try:
        if fast.is_valid(payload):
            return []
        found = [
            Violation(pointer(e.instance_path), str(e.schema_path[-1]) if e.schema_path else "", shorten(e.message))
            for e in fast.iter_errors(payload)
        ]
    except ValueError as error:  # a payload deeper, or a number larger, than the engine reads
        return [Violation("", "type", shorten(REFUSED.get(type(error), str(error))))]
    return sorted(found, key=lambda v: (v.pointer, v.keyword))


REFUSED: dict[type[ValueError], str] = {UnicodeEncodeError: "a text with half of a surrogate pair, which is no Unicode"}
"""What an engine raises, in our words."""


def reference(name: str, payload: Any) -> list[Violation]:
    """The same, by the reference validator; it alone has the float trap of ``multipleOf``."""
    try:
        found = [Violation(pointer(e.absolute_path), str(e.validator), e.message) for e in _slow(name).iter_errors(payload)]
    except (ValueError, OverflowError) as error:  # a number that Python does not write or divide
        return [Violation("", "type", shorten(str(error)))]
    return sorted(found, key=lambda v: (v.pointer, v.keyword))


def pointer(path: Any) -> str:
    """A JSON pointer (RFC 6901) from the steps of a path."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def shorten(words: str) -> str:
    return words if len(words) <= 200 else f"{words[:140]} … {words[-50:]}"


DATE_TIME = re.compile(
    r"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3])[0-5]\d([0-5]\d([.,]\d+)?)?(Z|[+-]\d\d(\d\d)?)?|"
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]"
    r"(([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)([.,]\d+)?)?|24:00(:00([.,]0+)?)?)"
    r"([Zz]|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?",
    re.ASCII,
)
"""ISO 8601, basic or extended format, of a date and a time of day (OCPP 1.6, 3.15); the offset may be left out, see spec-gaps."""


def is_date_time(text: str) -> bool:
    """Whether a text is a date and a time of day, of a day that there is."""
    if not DATE_TIME.fullmatch(text):
        return False
    digits = text.replace("-", "")[:8]
    return int(digits[6:]) <= monthrange(int(digits[:4]) or 2000, int(digits[4:6]))[1]  # the proleptic year 0 is a leap year


@cache
def members_of(action: str) -> frozenset[str]:
    """The members that the payload of a CALL may have; none for an action that there is not."""
    return frozenset(schema(action).get("properties", ())) if action in (*ACTIONS, *SECURITY_ACTIONS) else frozenset()


def date_members(name: str) -> tuple[tuple[str, ...], ...]:
    """The paths of the members of a schema that hold a date and time; ``*`` stands for each item of an array."""
    return tuple(_date_members(schema(name), (), schema(name).get("definitions", {})))


def _date_members(
    node: dict[str, Any], path: tuple[str, ...], definitions: Mapping[str, Any] = MappingProxyType({})
) -> Iterator[tuple[str, ...]]:
    if "$ref" in node:
        node = definitions[node["$ref"].rsplit("/", 1)[-1]]
    if node.get("format") == "date-time":
        yield path
    for name, member in node.get("properties", {}).items():
        yield from _date_members(member, (*path, name), definitions)
    if isinstance(node.get("items"), dict):
        yield from _date_members(node["items"], (*path, "*"), definitions)


def dates(name: str, payload: Any) -> Iterator[tuple[str, str]]:
    """JSON pointer and text of each date and time in ``payload``, as far as it has the schema's shape."""
    for path in date_members(name):
        yield from _dates(payload, path, ())


def _dates(node: Any, path: tuple[str, ...], done: tuple[str | int, ...]) -> Iterator[tuple[str, str]]:
    if not path:
        if isinstance(node, str):
            yield pointer(done), node
    elif path[0] == "*":
        for i, item in enumerate(node if isinstance(node, list) else ()):
            yield from _dates(item, path[1:], (*done, i))
    elif isinstance(node, dict) and path[0] in node:
        yield from _dates(node[path[0]], path[1:], (*done, path[0]))
