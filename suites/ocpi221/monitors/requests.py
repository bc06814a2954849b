"""OCPI 2.2.1, transport_and_format: what every request of a platform has, whoever it calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpi.headers import AUTHORIZATION, CONTENT_TYPE, JSON, ROUTING
from evconform.ocpi.operations import CONFIGURATION
from evconform.ocpi.view import Frame, Log
from suites.ocpi221.monitors.routing import hubs

Offences = Iterator[tuple[Any, str]]

CHANGES = ("POST", "PUT", "PATCH")
UNDER_WAY = 1.0
"""Seconds after which a platform has taken in the answer that gave it another token."""


@monitor("OCPI221-TRN-01")
def requests_are_authorized(log: Log) -> Offences:
    for frame in log.requests(by=log.subject):
        if frame.header(AUTHORIZATION) is None:
            yield frame, f"{frame} has no Authorization header"


@monitor("OCPI221-TRN-02")
def tokens_are_encoded(log: Log) -> Offences:
    wanted = log.policy("token-encoding")
    for frame in log.requests(by=log.subject):
        header = frame.header(AUTHORIZATION)
        scheme = (header or "").partition(" ")[0]
        if header is None or (frame.token is None and scheme == "Token"):
            log.moot(frame)  # no token, or one that nobody knows: other rules are about these
        elif frame.token is None or scheme != "Token" or frame.token[1] != wanted:
            spelt = f"the token is spelt {frame.token[1]}" if frame.token else "the token is not known"
            yield frame, f"{frame}: to be Token, one space, the token in {wanted}; it begins with {scheme[:20]!r}, and {spelt}"


@monitor("OCPI221-TRN-17")
def bodies_are_called_json(log: Log) -> Offences:
    for frame in log.requests(CHANGES, by=log.subject):
        if not frame.body:
            log.moot(frame)
        elif media_type(frame) != JSON:
            yield frame, f"{frame} has a body, and Content-Type {frame.header(CONTENT_TYPE)}"


def media_type(frame: Frame) -> str:
    """The media type of a message, without its parameters, in small letters; empty if it says none."""
    return (frame.header(CONTENT_TYPE) or "").partition(";")[0].strip().lower()


@monitor("OCPI221-TRN-20", accumulates=dict)
def request_ids_are_unique(log: Log, seen: dict[str, int]) -> Offences:
    for frame in log.requests(by=log.subject):
        name = frame.request_id
        if not name:
            yield frame, f"{frame} has no X-Request-ID"
        elif seen.setdefault(name, frame.n) != frame.n:
            yield frame, f"{frame} has the X-Request-ID of frame {seen[name]}: {name}"


@monitor("OCPI221-TRN-21")
def requests_have_a_correlation_id(log: Log) -> Offences:
    for frame in log.requests(by=log.subject):
        if not frame.correlation_id:
            yield frame, f"{frame} has no X-Correlation-ID"


@monitor("OCPI221-TRN-22")
def functional_requests_are_routed(log: Log) -> Offences:
    ours = log.roles_of()
    may_be_open = bool(hubs(log))  # an Open Routing Request leaves it to a hub who gets it
    for frame in log.requests(by=log.subject, functional=True):
        if frame.routing.sender is None or (frame.routing.to is None and not may_be_open):
            yield frame, f"{frame} does not name both parties in its routing headers"
        elif ours and frame.routing.sender not in ours:
            yield frame, f"{frame} comes from {'*'.join(frame.routing.sender)}, which its credentials do not name"


@monitor("OCPI221-TRN-23")
def configuration_is_not_routed(log: Log) -> Offences:
    asked = log.requests(module=CONFIGURATION, by=log.subject)
    answered = log.answers(module=CONFIGURATION, by=log.subject)
    for frame in (*asked, *answered):
        if named := [name for name in ROUTING if frame.header(name) is not None]:
            yield frame, f"{frame} of the module {frame.module} has {', '.join(named)}"


@monitor("OCPI221-CRE-51")
def the_last_token_is_used(log: Log) -> Offences:
    for frame, token, given in with_token_given(log):
        log.saw(frame)
        if frame.token is None or frame.token[0].raw != token:
            yield (frame, given), f"{frame} does not carry the token that frame {given.n} gave"


def with_token_given(log: Log) -> Iterator[tuple[Frame, Any, Frame]]:
    """Requests of the subject after an exchange of credentials that succeeded, and outside of any, with the token that the
    other side gave in it, and the frame that gave it."""
    given: Frame | None = None
    under_way = 0
    for frame in log.conversation.frames:
        if frame.module == "credentials" and frame.method in CHANGES and frame.kind in ("request", "response"):
            under_way += 1 if frame.kind == "request" else -1
            if frame.kind == "response" and frame.ok and frame.request is not None:
                given = frame if frame.role != log.subject else frame.request
            continue
        asks = frame.kind == "request" and frame.role == log.subject and not under_way
        if asks and given is not None and frame.module and frame.since(given) > UNDER_WAY + log.tolerance:
            token = given.get("token")
            if token is not None:
                yield frame, token, given
