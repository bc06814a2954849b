"""OCPI 2.2.1, transport_and_format: what every request of a platform has, whoever it calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.http.message import media_type
from evconform.ocpi.headers import AUTHORIZATION, CONTENT_TYPE, JSON, ROUTING
from evconform.ocpi.operations import CONFIGURATION
from evconform.ocpi.view import Frame, Log
from suites.ocpi221.monitors.routing import hubs

Offences = Iterator[tuple[Any, str]]

CHANGES = ("POST", "PUT", "PATCH")
UNDER_WAY = 4.0
"""Seconds after which a platform has taken in the answer that gave it another token; a case waits for longer."""
TRIED = ("base64", "raw")
"""The spellings of a token that a platform may try one after the other."""


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
        elif scheme == "Token" and is_second_try(log, frame, wanted):
            log.moot(frame)
        elif frame.token is None or scheme != "Token" or frame.token[1] != wanted:
            spelt = f"the token is spelt {frame.token[1]}" if frame.token else "the token is not known"
            yield frame, f"{frame}: to be Token, one space, the token in {wanted}; it begins with {scheme[:20]!r}, and {spelt}"


def is_second_try(log: Log, frame: Frame, wanted: str) -> bool:
    """Whether the token was refused in the right spelling before: which one a partner takes may be found by trial and error."""
    if frame.token is None or frame.token[1] not in TRIED:
        return False
    right = (frame.token[0], wanted)
    earlier = (each for each in log.before(frame, by=log.subject) if each.token == right)
    return any(each.answer is not None and each.answer.http_status == 401 for each in earlier)


@monitor("OCPI221-TRN-17")
def bodies_are_called_json(log: Log) -> Offences:
    for frame in log.requests(CHANGES, by=log.subject):
        if not frame.body:
            log.moot(frame)
        elif media_type(frame.header(CONTENT_TYPE)) != JSON:
            yield frame, f"{frame} has a body, and Content-Type {frame.header(CONTENT_TYPE)}"


@monitor("OCPI221-TRN-20", accumulates=dict)
def request_ids_are_unique(log: Log, seen: dict[str, tuple[int, str]]) -> Offences:
    for frame in log.requests(by=log.subject):
        name = frame.request_id
        if not name:
            yield frame, f"{frame} has no X-Request-ID"
            continue
        n, unanswered = seen.get(name, (frame.n, ""))
        seen[name] = (frame.n, "" if frame.answer else frame.first)
        if n != frame.n and unanswered == frame.first:
            log.moot(frame)  # HTTP sends a request again that a connection lost (RFC 9112, 9.3.1): it is the same one
        elif n != frame.n:
            yield frame, f"{frame} has the X-Request-ID of frame {n}: {name}"


@monitor("OCPI221-TRN-21")
def requests_have_a_correlation_id(log: Log) -> Offences:
    for frame in log.requests(by=log.subject):
        if not frame.correlation_id:
            yield frame, f"{frame} has no X-Correlation-ID"


@monitor("OCPI221-TRN-22")
def functional_requests_are_routed(log: Log) -> Offences:
    ours, theirs = log.roles_of(), log.roles_of("tester" if log.side == "sut" else "sut")
    by_hub = bool(hubs(log)) or log.pics.claims("hub_connected")
    for frame in log.requests(by=log.subject, functional=True):
        to, sender = frame.routing.to, frame.routing.sender
        if sender is None or (to is None and not (by_hub and is_open(frame))):
            yield frame, f"{frame} does not name both parties in its routing headers"
        elif ours and sender not in ours:
            yield frame, f"{frame} comes from {'*'.join(sender)}, which its credentials do not name"
        elif to is not None and theirs and to not in theirs and not by_hub:
            yield frame, f"{frame} goes to {'*'.join(to)}, which the credentials of its partner do not name"


def is_open(frame: Frame) -> bool:
    """Whether a hub may find out whom a request is for: it names nobody, and is no GET of everything (Open Routing Request)."""
    named = frame.routing.to_party is not None or frame.routing.to_country is not None
    return not named and not (frame.operation is not None and frame.operation.paged)


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
        if frame.interim:
            continue
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
