"""OCPP-S 1.6, chapter 3: the header of an envelope, by WS-Addressing 1.0, and the identity of the charge point."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from evconform.harness.law import monitor
from evconform.ocpp.soap.codec import same_action
from evconform.ocpp.soap.names import IDENTITY, WSA
from evconform.ocpp.view import Frame, Log
from suites.ocpp16.envelopes import in_words, message_id, spoken, who_is_meant, wrong, wrong_at
from suites.ocpp16.monitors.framing import Uses, used_before
from suites.ocpp16.told import delivered

Offences = Iterator[tuple[Any, str]]

DEMANDED = {
    IDENTITY: "OCPP16S-3.3-01",
    "MessageID": "OCPP16S-3.5-01",
    "From": "OCPP16S-3.7-01",
    "ReplyTo": "OCPP16S-3.8-01",
    "To": "OCPP16S-3.9-01",
}
"""A header block that every request has, to the row that says so."""
PORTS = {"http": 80, "https": 443}
UNSPECIFIED = ("0.0.0.0", "::")
"""At which a service is bound to all its addresses, and called by nobody."""


def has(block: str) -> Callable[[Log], Offences]:
    """A rule: every request has this block, and it is not empty."""

    def rule(log: Log) -> Offences:
        return wrong_at(log, block, "header-missing", "CALL")

    return rule


for _block, _row in DEMANDED.items():
    monitor(_row, name=f"soap_has_{_block}")(has(_block))


@monitor("OCPP16S-3.3-02")
def the_identity_is_that_of_the_charge_point(log: Log) -> Offences:
    for frame, envelope in spoken(log, "CALL"):
        if not envelope.headers.identity:
            log.moot(frame)
        elif envelope.headers.identity != (meant := who_is_meant(log)):
            yield frame, f"chargeBoxIdentity is {envelope.headers.identity!r}, and the charge point is {meant!r}"


@monitor("OCPP16S-3.4-01")
def has_an_action(log: Log) -> Offences:
    return wrong_at(log, "Action", "header-missing", "CALL", "CALLRESULT")


def named(log: Log) -> Iterator[tuple[Frame, str, bool]]:
    """Messages with an Action and a body that is known: the frame, what is wrong with its Action, whether it names the
    message all the same."""
    for frame, envelope in spoken(log, "CALL", "CALLRESULT"):
        said = envelope.headers.action
        if not said or not envelope.action:
            log.moot(frame)
        else:
            why = next((in_words(each) for each in wrong(envelope, "action")), "")
            yield frame, why, same_action(said, envelope.action, envelope.kind)


@monitor("OCPP16S-3.4-02")
def the_action_names_the_message(log: Log) -> Offences:
    for frame, why, names in named(log):
        if why and not names:
            yield frame, why


@monitor("OCPP16S-3.4-03")
def the_action_is_a_slash_and_the_name(log: Log) -> Offences:
    for frame, why, names in named(log):
        if why and names:
            yield frame, why
        elif why:
            log.moot(frame)


@monitor("OCPP16S-3.5-02", accumulates=OrderedDict)
def message_ids_are_unique(log: Log, used: Uses) -> Offences:
    for call in log.calls(by=log.subject):
        said = message_id(call)
        if not said:
            log.moot(call)
        elif before := used_before(used, said, call):
            yield (before, call), f"the MessageID {said!r} was that of frame {before.n}"


@monitor("OCPP16S-3.6-01")
def a_response_relates_to_its_request(log: Log) -> Offences:
    for frame, envelope in spoken(log, "CALLRESULT", "CALLERROR"):
        asked, said = message_id(frame.call) if frame.call else None, envelope.headers.relates_to
        odd = next((each for each in wrong(envelope, "header-missing") if each.pointer == "RelatesTo" and said), None)
        if not asked or (said is None and frame.type == "CALLERROR"):
            log.moot(frame)  # whether a fault needs one is not said (spec-gaps)
        elif said != asked:
            yield frame, f"RelatesTo is {said!r}, and the MessageID of the request {asked!r}"
        elif odd:
            yield frame, in_words(odd)


@monitor("OCPP16S-3.6-02")
def a_request_relates_to_nothing(log: Log) -> Offences:
    for frame, envelope in spoken(log, "CALL"):
        if envelope.headers.relates_to is not None:
            yield frame, f"RelatesTo is {envelope.headers.relates_to!r}"


@monitor("OCPP16S-3.7-02")
def from_is_a_url(log: Log) -> Offences:
    for frame, envelope in spoken(log, "CALL"):
        if not envelope.headers.sender:
            log.moot(frame)
        elif not can_listen(envelope.headers.sender):
            yield frame, f"From is {envelope.headers.sender!r}"


@monitor("OCPP16S-3.8-02")
def reply_to_is_anonymous(log: Log) -> Offences:
    for frame, envelope in spoken(log, "CALL"):
        if not envelope.headers.reply_to:
            log.moot(frame)
        for problem in wrong(envelope, "header-value"):
            if problem.pointer == "ReplyTo":
                yield frame, in_words(problem)


@monitor("OCPP16S-3.9-02")
def to_is_where_it_is_sent(log: Log) -> Offences:
    for frame, envelope in spoken(log, "CALL"):
        host = frame.header("Host")
        if not envelope.headers.to or not host:
            log.moot(frame)
            continue
        place, path = place_of(envelope.headers.to), urlsplit(frame.target).path
        sent = place_of(f"{place[0] if place else 'http'}://{host}{path}")
        if place is None or place != sent:
            if place:
                log.needs("acts")  # in a log from the field a proxy may have sent it on
            yield frame, f"To is {envelope.headers.to!r}, and it was sent to {path} of {host}"


@monitor("OCPP16S-5-01")
def what_is_for_it_goes_to_its_address(log: Log) -> Offences:
    last: Frame | None = None
    for frame in log.messages("CALL"):
        place = place_of((frame.envelope.headers.sender if frame.envelope else None) or "")
        if frame.role == "charge-point" and place and delivered(frame):
            last = frame  # of whom it refuses it need not believe anything
        if frame.role == "charge-point" or last is None or last.envelope is None:
            log.moot(frame)
            continue
        wanted = place_of(last.envelope.headers.sender or "")
        sent = place_of(f"{wanted[0] if wanted else 'http'}://{frame.header('Host')}{urlsplit(frame.target).path}")
        if sent != wanted and not (last.answer and last.answer.n > frame.n):
            yield (
                (last, frame),
                f"sent to {frame.target} of {frame.header('Host')}, and From was {last.envelope.headers.sender!r}",
            )


@monitor("OCPP16S-7.1-02", accumulates=dict)
def a_new_address_is_told_with_a_boot(log: Log, memory: dict[str, Frame]) -> Offences:
    for call in log.calls(by="charge-point"):
        before, said = memory.get("last"), call.envelope.headers.sender if call.envelope else None
        if said and can_listen(said):
            memory["last"] = call
        was = before.envelope.headers.sender if before and before.envelope else None
        if not said or not was or not can_listen(said) or place_of(said) == place_of(was):
            log.moot(call)
        elif call.action != "BootNotification" and before:
            yield (before, call), f"From is {said!r} now, and was {was!r}; {call.action} tells it"


def can_listen(url: str) -> bool:
    """Whether somebody can listen at a URL: not at those with which WS-Addressing says that nobody does, nor at no address."""
    place = place_of(url)
    return place is not None and not url.startswith(f"{WSA}/") and place[1] not in UNSPECIFIED


def place_of(url: str) -> tuple[str, str, int, str] | None:
    """Scheme, host, port and path of a URL of HTTP; None if it is none. A slash at the end does not count."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    known = parts.scheme in PORTS and parts.hostname and port
    return (parts.scheme, parts.hostname or "", port or 0, parts.path.rstrip("/")) if known else None
