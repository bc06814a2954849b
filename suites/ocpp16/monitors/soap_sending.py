"""OCPP-S 1.6, 3.2 and 4 with its erratum 3.2: that requests are answered, and what may be sent again after one failed."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

from evconform.harness.law import monitor
from evconform.http.message import media_type
from evconform.ocpp.soap.names import MEDIA_TYPE
from evconform.ocpp.view import Frame, Log
from suites.ocpp16.monitors.queue import RELATED, Queue
from suites.ocpp16.told import content, delivered, failed, told_by

Offences = Iterator[tuple[Any, str]]

OF_THEMSELVES = ("BootNotification", "Heartbeat")
"""What comes again by rules of its own (OCPP 1.6, 4.2 and 4.6), and says the same each time."""
AT_ONCE = 0.5
"""Seconds in which no operator asks a central system for the same again."""
CHALLENGES = (401, 407)
"""Where HTTP asks who it is: the same request comes again with credentials, and nothing has failed yet (RFC 9110, 11)."""
FORBIDDEN = 403
"""With which HTTP keeps somebody from the service."""
STRANGE = 415
"""With which HTTP refuses a media type, or a coding, that is not that of the service."""
CODINGS = ("", "identity", "gzip", "deflate")
"""Of a body that a service of OCPP may be sent (OCPP-S 1.6, 6.1)."""
NOT_REACHED = (429, 502, 503, 504)
"""With which a proxy, or an overloaded server, says that the service did not get the request (RFC 9110, 15.6)."""


@monitor("OCPP16S-3.2-01")
def every_request_is_answered(log: Log) -> Offences:
    for call in log.calls(by=log.other, proper=True):
        rejected = log.subject == "charge-point" and call.answer is None and log.status_at(call) == "Rejected"
        due, patience = call.t + log.pixit["patience"], log.pixit["patience"]
        if rejected or (call.item and call.item["item"]):
            log.moot(call)
        elif call.answer is not None:
            continue
        elif (error := http_error(log, call)) and unheard(log, call, error):
            log.moot(call)
        elif error:
            yield (call, error), f"{call.action} was answered with HTTP status {error.status}, and no envelope"
        elif ended := hung_up(log, call):
            log.needs("acts")  # it may have lost its power
            yield (call, ended), f"the {log.subject} closed the connection instead of answering {call.action}"
        elif log.is_over(due, call):
            yield call, f"{call.action} was not answered within {patience:g} s"
        else:
            log.moot(call)


def unheard(log: Log, call: Frame, error: Frame) -> bool:
    """Whether an HTTP error says that the request did not get as far as the service. To forbid it a central system has no reason
    any more once it accepted who asks."""
    if error.status == STRANGE:
        return is_strange(call)
    if error.status != FORBIDDEN:
        return error.status in (*CHALLENGES, *NOT_REACHED)
    return log.subject == "central-system" and log.status_at(call) != "Accepted"


def is_strange(call: Frame) -> bool:
    """Whether the head of a request says that its body is something else, or packed as nothing of OCPP is."""
    coding = (call.header("Content-Encoding") or "").strip().lower()
    return media_type(call.header("Content-Type")) != MEDIA_TYPE or coding not in CODINGS


def hung_up(log: Log, call: Frame) -> Frame | None:
    """Where the subject ended the connection of a request that it did not answer: with that its link ends, too."""
    ends = (f for f in log.conversation.frames if f.kind == "lost" and f.conn == call.conn and f.n > call.n)
    end = next(ends, None)
    return end if end and end.by != call.by and end.t <= call.t + log.pixit["patience"] else None


def http_error(log: Log, call: Frame) -> Frame | None:
    """The HTTP response to a request, if it holds no envelope and its status indicates an error."""
    found = log.conversation.index(
        "http errors", lambda: {f.call.n: f for f in log.conversation.frames if is_http_error(f) and f.call}
    )
    return found.get(call.n)


def http_failure(log: Log, call: Frame) -> Frame | None:
    """That HTTP response, where it is the end of the matter."""
    error = http_error(log, call)
    return None if error is None or error.status in CHALLENGES else error


def is_http_error(frame: Frame) -> bool:
    return frame.kind == "http-response" and (frame.status or 0) >= 400


@monitor("OCPP16S-4-07")
def a_failed_message_is_not_sent_again(log: Log) -> Offences:
    for call in log.calls(by=log.subject):
        failure = call.answer if failed(call) else http_failure(log, call)
        hostile = call.item and call.item["item"]  # that is sent to fail
        if failure is None or hostile or call.action in (*RELATED, *OF_THEMSELVES):
            log.moot(call)
            continue
        within = log.pixit["patience"] if log.subject == "charge-point" else AT_ONCE
        for frame in log.conversation.frames:
            if frame.n < failure.n or frame.since(failure) > within:
                continue
            if frame.kind == "act" or (frame.type == "CALL" and frame.role != log.subject):
                break  # who does it again is asked to
            if frame.action == "Heartbeat" and not delivered(frame):
                break  # it was offline: what it tells once it is back is told anew (4.9)
            if frame.type == "CALL" and content(frame) == content(call):
                if log.subject == "charge-point":
                    log.needs("acts")  # its power may have been cut, or its driver have done the same again
                yield (call, failure, frame), f"{call.action} was sent again {frame.since(failure):.1f} s after it failed"
                break


@monitor("OCPP16S-4-09")
def a_heartbeat_tells_whether_the_connection_is_at_fault(log: Log) -> Offences:
    queue = Queue(log)
    for call in log.calls(*RELATED, by="charge-point"):
        message, failure = queue.of.get(call.n), http_failure(log, call)
        later = [each for each in message.calls if each.n > call.n] if message and failure else []
        if failure is None or not later:
            log.moot(call)
            continue
        through = next((each for each in later if delivered(each)), None)
        until = through.n if through else inf  # it may be tried a couple of times before that is looked into
        if any(failure.n < each.n < until for each in probes(log)):
            continue
        if through or any(each.n > later[-1].n for each in told_by(log, *RELATED)):  # it is delivered, or given up
            says = "no Heartbeat, nor another message that works, was sent meanwhile"
            yield (call, failure, later[0]), f"{call.action} was sent again after HTTP status {failure.status}, and {says}"
        else:
            log.moot(call)


def probes(log: Log) -> list[Frame]:
    """What may tell whether the connection works. Whether it is answered says just that."""
    frames = log.conversation.frames
    return log.conversation.index(
        "probes", lambda: [f for f in frames if f.type == "CALL" and f.role == "charge-point" and f.action not in RELATED]
    )
