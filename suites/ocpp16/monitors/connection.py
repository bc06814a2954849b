"""OCPP-J 1.6, chapters 3 and 6.2.2: the opening handshake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from evconform.harness.law import monitor
from evconform.ocpp.json import SUBPROTOCOL
from evconform.ocpp.view import Frame, Log

Offences = Iterator[tuple[Any, str]]

SEGMENT = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*", re.ASCII)
"""RFC 3986, 3.3: a path segment."""


@monitor("OCPP16J-3.1.1-01")
def connection_url(log: Log) -> Offences:
    for request in log.frames("request", by="charge-point"):
        last = request.target.split("?", 1)[0].rsplit("/", 1)[-1]
        if not SEGMENT.fullmatch(last) or unquote(last) != log.identity:
            yield request, f"the URL ends in {last!r}; expected {log.identity!r}, percent-encoded"


@monitor("OCPP16J-3.1.2-01")
def offers_ocpp16(log: Log) -> Offences:
    for request in log.frames("request", by="charge-point"):
        if SUBPROTOCOL not in offered(request):
            yield request, f"the offered subprotocols are {offered(request) or 'none'}"


@monitor("OCPP16J-3.2-03")
def agrees_on_one_offered(log: Log) -> Offences:
    for request, response in log.handshakes(offering=SUBPROTOCOL):
        agreed = response.header("Sec-WebSocket-Protocol")
        if agreed not in offered(request):
            yield (request, response), f"offered {offered(request)}, agreed on {agreed!r}"


@monitor("OCPP16J-6.2.2-01")
def user_is_the_identity(log: Log) -> Offences:
    for request in log.frames("request", by="charge-point"):
        scheme, _, credentials = (request.header("Authorization") or "").partition(" ")
        user = credentials.partition(":")[0]
        if scheme.lower() != "basic" or user != log.identity:
            yield request, f"the user name is {user!r}" if scheme else "there is no Authorization header"


def offered(request: Frame) -> list[str]:
    """The subprotocols that an opening handshake offers."""
    return [name.strip() for name in (request.header("Sec-WebSocket-Protocol") or "").split(",") if name.strip()]
