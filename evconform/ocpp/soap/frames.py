"""A message of HTTP as a frame: one with an envelope in it is a text message, as OCPP-J has them; any other is what it is."""

from __future__ import annotations

from typing import Any

from evconform.harness.wire import Entry
from evconform.http.message import Message as HttpMessage
from evconform.http.message import media_type, parse
from evconform.ocpp.frame import NOTHING, Frame
from evconform.ocpp.json import CALL, CALLERROR, CALLRESULT, Message
from evconform.ocpp.soap.codec import Envelope, decode
from evconform.ocpp.soap.names import MEDIA_TYPE

UNREADABLE = ("too-long", "encoding", "doctype", "entity", "xml", "soap-version", "envelope", "body")
"""Problems beside which nothing is known of an envelope."""
XML = (MEDIA_TYPE, "text/xml", "application/xml")
"""Media types of what means to be an envelope."""
LOOKED_AT = 2000
"""Bytes of a body in which the word Envelope shows the same."""


def frame_of(entry: Entry, role: str, asked: Frame | None = None) -> Frame:
    """The frame of an entry ``request`` or ``response``: of kind ``text``, or ``http-request``, ``http-response`` where there
    is no envelope in it. ``asked``: the request that a response answers."""
    try:
        http = parse(entry)
    except ValueError:
        http = None
    envelope = decode(http.body) if http and http.body else None
    if http is None or envelope is None or not (is_readable(envelope) or means_soap(http, http.body)):
        frame = Frame(entry, role, message=NOTHING)
        frame.kind, frame.http = f"http-{entry.kind}", http
        return frame
    message = request_in(envelope) if entry.kind == "request" else answer_in(envelope, asked)
    frame = Frame(entry, role, text_of(http.body), message)
    frame.envelope, frame.http = envelope, http
    return frame


def is_readable(envelope: Envelope) -> bool:
    """Whether there is an envelope, whatever it holds."""
    return not any(problem.name in UNREADABLE for problem in envelope.problems)


def means_soap(http: HttpMessage, body: bytes) -> bool:
    """Whether what cannot be read was to be an envelope."""
    return media_type(http.header("Content-Type")) in XML or b"Envelope" in body[:LOOKED_AT]


def text_of(body: bytes) -> str | bytes:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def request_in(envelope: Envelope) -> Message:
    """A CALL, if it can be read and is no answer. Of an operation that nobody knows wsa:Action names the action."""
    says = problems_in(envelope)
    if not is_readable(envelope):
        return Message("broken", problem=says)
    if envelope.kind not in ("request", ""):
        return Message("other", problem=f"a {envelope.kind} where a request was due")
    headers = envelope.headers
    action = envelope.action or (headers.action or "").rstrip("/").rpartition("/")[2] or None
    id = headers.message_id or None
    return Message("CALL", [CALL, id, action, envelope.payload], id, action, envelope.payload, problem=says)


def answer_in(envelope: Envelope, asked: Frame | None) -> Message:
    """A CALLRESULT or, of a fault, a CALLERROR: its id is that of the request, whatever it relates to."""
    id = asked.id if asked else envelope.headers.relates_to
    says = problems_in(envelope)
    if not is_readable(envelope):
        return Message("broken", problem=says)
    if envelope.kind == "response":
        return Message("CALLRESULT", [CALLRESULT, id, envelope.payload], id, payload=envelope.payload, problem=says)
    if fault := envelope.fault:
        code = fault.subcode or fault.code
        raw: list[Any] = [CALLERROR, id, code, fault.reason, {}]
        return Message("CALLERROR", raw, id, code=code, description=fault.reason, details={}, problem=says)
    return Message("other", problem=says or "a request where an answer was due")


def problems_in(envelope: Envelope) -> str:
    """What is wrong with an envelope, in words."""
    return "; ".join(f"{each.pointer}: {each.says}".removeprefix(": ") for each in envelope.problems)
