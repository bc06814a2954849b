"""Messages for the codec: from the table, from the JSON schemas' bases, and one envelope to be broken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.ocpp.hostile.bases import BASES
from evconform.ocpp.soap.codec import encode
from evconform.ocpp.soap.headers import of_request
from evconform.ocpp.soap.model import Complex, Service
from evconform.ocpp.soap.table import VERSIONS, service, services

KINDS = ("request", "response")
PLAIN = {
    "xs:int": (0, -(2**31)),
    "xs:boolean": (True, False),
    "xs:dateTime": ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59.123+01:00"),
    "xs:anyURI": ("ftp://h/", "http://user:pass@h:8080/a?b=c&d=%20#e"),
    "xs:string": ("", " <é> & \"'\r\n\t]]> 𝄞 "),
}
CENTRAL_SYSTEM, CHARGE_POINT = service("1.6", "central-system"), service("1.6", "charge-point")
HEADERS = of_request("INCH-1", "m-1", "http://127.0.0.1:8081/cp", "http://127.0.0.1:8080/cs")


def sample(of: Service, holds: Complex, full: bool) -> dict[str, Any]:
    """A legal payload: the least that there must be, or all that there may be."""
    payload: dict[str, Any] = {}
    for member in holds.members:
        if not (full or member.required or member.holds_none):
            continue
        one = _value(of, member.type, full)
        payload[member.json] = one if not member.many else [one, one] if full else [one] * member.required
    return payload


def _value(of: Service, kind: str, full: bool) -> Any:
    if kind in of.complex:
        return sample(of, of.complex[kind], full)
    if kind in PLAIN:
        return PLAIN[kind][full]
    simple = of.simple[kind]
    if simple.base == "xs:decimal":
        return -0.1 if full else 16
    if simple.values:
        return simple.values[-1 if full else 0]
    return "é" * (simple.at_most or 0) if full else ""


def messages() -> Iterator[tuple[str, Service, str, str, dict[str, Any]]]:
    """Id, service, action, kind and payload of every message: least, full, and as the hostile barrage knows it."""
    for of in (each for version in VERSIONS for each in services(version)):
        for action in of.operations:
            for kind in KINDS:
                holds = of.complex[action + kind.title()]
                for full in (False, True):
                    name = f"{of.version}-{of.role}-{action}-{kind}-{'full' if full else 'least'}"
                    yield name, of, action, kind, sample(of, holds, full)
    for of in services("1.6"):
        for action, payload in BASES[of.role].items():
            yield f"base-{action}-{of.role}", of, action, "request", payload


STATUS = encode({"connectorId": 1, "status": "Available", "errorCode": "NoError"}, "StatusNotification", HEADERS, CENTRAL_SYSTEM)


def changed(old: str, new: str, body: bytes = STATUS) -> bytes:
    """An envelope with one thing in it another."""
    assert body.count(old.encode()) >= 1, f"{old!r} is not in it"
    return body.replace(old.encode(), new.encode())
