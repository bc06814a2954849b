"""OCPI 2.2.1, transport_and_format and status_codes: what every response of a platform has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.http.message import media_type
from evconform.ocpi.headers import CONTENT_TYPE, CORRELATION_ID, JSON, REQUEST_ID, ROUTING
from evconform.ocpi.json import NO_JSON, spelt
from evconform.ocpi.moments import moment
from evconform.ocpi.status import is_code, is_custom
from evconform.ocpi.view import Frame, Log

Offences = Iterator[tuple[Any, str]]

DIGITS = 4
"""Of a status code, which no status of HTTP has."""
APART = 10.0
"""Seconds between two responses from which on their timestamps have to tell them apart."""
INEXACT = 5.0
"""Seconds by which the time between two timestamps may differ from that between the frames: a platform stamps before it sends."""


@monitor("OCPI221-TRN-12")
def errors_are_enveloped(log: Log) -> Offences:
    for frame in log.answers(by=log.subject):
        if (frame.http_status or 0) < 400:
            log.moot(frame)
        elif is_bare_error(frame):
            yield frame, f"{frame}: no object with a status_code"


@monitor("OCPI221-TRN-13")
def answers_are_enveloped(log: Log) -> Offences:
    for frame in log.answers(by=log.subject):
        if frame.envelope is None or ((frame.http_status or 0) >= 300 and "status_code" not in frame.envelope):
            if 200 <= (frame.http_status or 0) < 300:
                yield frame, f"{frame}: the body is no JSON object"
            else:
                log.moot(frame)  # whether errors have the response format is another rule
            continue
        if not is_code(frame.status_code) or len(str(frame.status_code)) != DIGITS:
            yield frame, f"{frame}: status_code is {spelt(frame.envelope.get('status_code'))}, not an integer of four digits"
        if problem := untimely(frame):
            yield frame, f"{frame}: timestamp: {problem}"


def untimely(frame: Frame) -> str:
    """What is wrong with the timestamp of an envelope; empty if nothing is."""
    try:
        moment((frame.envelope or {}).get("timestamp"))
    except ValueError as error:
        return str(error)
    return ""


@monitor("OCPI221-TRN-14")
def timestamps_go_on(log: Log) -> Offences:
    first: Frame | None = None
    for frame in log.enveloped(by=log.subject):
        if untimely(frame):
            log.moot(frame)
        elif first is None or frame.since(first) < APART:
            first = first or frame
            log.moot(frame)
        else:
            stamps = [moment((each.envelope or {})["timestamp"]) for each in (first, frame)]
            stamped, passed = (stamps[1] - stamps[0]).total_seconds(), frame.since(first)
            least, most = passed - took(frame), passed + took(first)
            off = max(least - stamped, stamped - most, 0.0)
            log.keeps(INEXACT + log.tolerance - off)
            if off > INEXACT + log.tolerance:
                yield (first, frame), f"{passed:.0f} s lie between two responses, and {stamped:.0f} s between their timestamps"


def took(answer: Frame) -> float:
    """Seconds from the request to its answer, in which it was made at any time."""
    return answer.since(answer.request) if answer.request else 0.0


@monitor("OCPI221-TRN-15")
def data_are_a_list_or_an_object(log: Log) -> Offences:
    for frame in log.answers(by=log.subject, ok=True):
        operation = frame.operation
        if operation is None or not operation.gives or (operation.paged and frame.data in (NO_JSON, None)):
            log.moot(frame)  # an empty list may be left out
        elif operation.many != isinstance(frame.data, list) or frame.data in (NO_JSON, None):
            wanted = f"a list of {operation.gives} objects" if operation.many else f"one {operation.gives}"
            yield frame, f"{frame}: data are to be {wanted}, and are {kind(frame.data)}"


def kind(value: Any) -> str:
    """What a JSON value is, in words."""
    if value is NO_JSON:
        return "missing"
    names = {dict: "an object", list: "an array", str: "a text", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "null")


@monitor("OCPI221-TRN-16")
def answers_are_called_json(log: Log) -> Offences:
    for frame in log.answers(by=log.subject):
        if not frame.body or is_bare_error(frame):
            log.moot(frame)
        elif media_type(frame.header(CONTENT_TYPE)) != JSON:
            yield frame, f"{frame}: Content-Type is {frame.header(CONTENT_TYPE)}"


def is_bare_error(frame: Frame) -> bool:
    """An HTTP error without the response format, as a gateway before the platform may send it: another rule is about these."""
    return (frame.http_status or 0) >= 400 and (frame.envelope is None or "status_code" not in frame.envelope)


@monitor("OCPI221-TRN-18")
def request_ids_come_back(log: Log) -> Offences:
    yield from ids_come_back(log, REQUEST_ID)


@monitor("OCPI221-TRN-19")
def correlation_ids_come_back(log: Log) -> Offences:
    yield from ids_come_back(log, CORRELATION_ID)


def ids_come_back(log: Log, name: str) -> Offences:
    """An answer has the id in this header that its request had."""
    for frame in log.answers(by=log.subject):
        wanted = frame.request.header(name) if frame.request else None
        if wanted is None:
            log.moot(frame)
        elif frame.header(name) != wanted:
            yield frame, f"{frame}: {name} is {frame.header(name)}, the request had {wanted}"


@monitor("OCPI221-TRN-24")
def answers_are_routed_back(log: Log) -> Offences:
    ours = log.roles_of()
    is_wanted = log.pics.claims("several_parties or hub_connected") or log.has_several_roles
    for frame in log.answers(by=log.subject, ok=True, functional=True):
        asked = frame.request.routing if frame.request else None
        silent = all(frame.header(name) is None for name in ROUTING)
        if asked is not None and asked.to is not None and ours and asked.to not in ours:
            log.moot(frame)  # it was for somebody who is not here
            continue
        if asked is None or asked.to is None or asked.sender is None:
            log.moot(frame)
        elif silent and (log.is_between_two_parties or not is_wanted):
            continue  # two platforms with one party each do not need them
        elif (frame.routing.to, frame.routing.sender) != (asked.sender, asked.to):
            told = " to ".join("*".join(each) if each else "nobody" for each in (frame.routing.sender, frame.routing.to))
            yield frame, f"{frame} goes from {told}; the request came from {'*'.join(asked.sender)} to {'*'.join(asked.to)}"


@monitor("OCPI221-TRN-28")
def no_custom_status_codes(log: Log) -> Offences:
    for frame in log.enveloped(by=log.subject):
        if not frame.module:
            log.moot(frame)
        elif is_custom(frame.status_code):
            yield frame, f"{frame}: {frame.status_code} is of a range for custom modules"


@monitor("OCPI221-TRN-30")
def nobody_is_redirected(log: Log) -> Offences:
    for frame in log.answers(by=log.subject):
        if 300 <= (frame.http_status or 0) < 400:
            yield frame, f"{frame}: redirected to {frame.header('Location')}"
