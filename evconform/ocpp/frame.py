"""A frame of OCPP in the log, with its message, and the predicates by which expectations pick frames."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from evconform.harness.wire import Entry, Side
from evconform.http.message import Request, Response
from evconform.ocpp.equal import among, same
from evconform.ocpp.json import Message, read
from evconform.ocpp.proper import refuse_undated
from evconform.ocpp.schemas import DATE_TIME
from evconform.ocpp.soap.codec import Envelope

NOTHING = Message("none")
LINK = "link"
"""The role of who began or ended the link of a charge point over SOAP: it is neither side's doing."""
STATUS_LINE = re.compile(r"HTTP/\d\.\d (\d{3})(?: |\r|$)", re.ASCII)


class Frame:
    """One frame of the log, or one message that came in several. ``kind``: what the tap calls it; for a text message
    the members of its Message stand here too."""

    __slots__ = (
        *(
            "_faulty",
            "action",
            "answer",
            "by",
            "call",
            "code",
            "conn",
            "doubted",
            "envelope",
            "facts",
            "http",
            "id",
            "item",
            "kind",
            "memo",
        ),
        *("message", "n", "payload", "role", "t", "text", "type"),
    )

    def __init__(self, entry: Entry, role: str, text: str | bytes | None = None, message: Message | None = None) -> None:
        """``text``: that of a message in several frames, or in a body; ``message``: what it says, where it is no OCPP-J."""
        self.n, self.t, self.conn, self.kind, self.facts = entry.n, entry.t, entry.conn, entry.kind, entry.facts
        self.by: Side = entry.by or "tester"
        self.role = role
        self.text = entry.data if text is None else text
        if text is not None:
            self.kind = "text"
        if message is None:
            message = read(self.text) if self.kind == "text" and isinstance(self.text, str) else NOTHING
        self.message = message
        self.type, self.id, self.action = self.message.type, self.message.id, self.message.action
        self.payload, self.code = self.message.payload, self.message.code
        self.answer: Frame | None = None
        self.call: Frame | None = None
        self.doubted = False
        """A CALL that was answered wrongly on purpose before it was answered: nobody can say which answer was taken."""
        self.memo: Any = None
        """What the law made of its payload, so that it is made once."""
        self.item: dict[str, Any] | None = None
        """What a mark says of a hostile frame of ours, or of one that reads back."""
        self.envelope: Envelope | None = None
        """Of OCPP-S: what the text says, with headers and problems."""
        self.http: Request | Response | None = None
        """Of OCPP-S: the HTTP message that it came in."""
        self._faulty: bool | None = None

    def since(self, other: Frame) -> float:
        """Seconds from ``other`` to this."""
        return self.t - other.t

    def says(self, **members: Any) -> bool:
        """Whether the payload has these members with these values; a list stands for alternatives."""
        if not isinstance(self.payload, dict):
            return not members
        got = self.payload
        return all(
            among(got.get(k), v, k) if isinstance(v, list) else k in got and same(got[k], v, k) for k, v in members.items()
        )

    def get(self, member: str, default: Any = None) -> Any:
        """A member of the payload, if there is one."""
        return self.payload.get(member, default) if isinstance(self.payload, dict) else default

    def number(self, member: str) -> float | None:
        """A member of the payload as a number, if it is one; whatever is larger than any time is infinite."""
        value = self.get(member)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if abs(value) < 1e15 else float("inf") * (1 if value > 0 else -1)

    @property
    def schema(self) -> str:
        """The name of the schema for this CALL or CALLRESULT; empty if the call is unknown."""
        if self.type == "CALL":
            return self.action if isinstance(self.action, str) else ""
        return f"{self.call.action}Response" if self.call and isinstance(self.call.action, str) else ""

    @property
    def proper(self) -> bool:
        """A CALL that its receiver has no reason to refuse as a message (OCPP-J 4.2.3; OCPP-S 4; OCPP 1.6, 3.15)."""
        if self._faulty is None and self.envelope is not None:
            self._faulty = self.type != "CALL" or bool(self.envelope.problems)
        elif self._faulty is None:
            self._faulty = self.type != "CALL" or not isinstance(self.id, str) or refuse_undated(self.message) is not None
        return not self._faulty

    @property
    def content(self) -> str:
        """What a CALL says, without its message id: a retransmission says it again."""
        if self.envelope is not None and self.payload is not None:
            return f"{self.action} {json.dumps(self.payload, sort_keys=True)}"
        text = str(self.text)
        place = text.find(f'"{self.action}"')
        return text[place:] if place >= 0 else text

    def matches(self, what: dict[str, Any]) -> bool:
        """Whether an expectation's predicate picks this frame. Raises KeyError for a predicate that there is not."""
        return all(PREDICATES[key](self, wanted) for key, wanted in what.items())

    # ── the heads of a handshake, or of a message of HTTP ──

    @property
    def status(self) -> int | None:
        """The HTTP status of a response."""
        if isinstance(self.http, Response):
            return self.http.status
        line = STATUS_LINE.match(str(self.text)) if self.kind == "response" else None
        return int(line[1]) if line else None

    @property
    def target(self) -> str:
        """The target of a request line."""
        if isinstance(self.http, Request):
            return self.http.target
        words = str(self.text).split("\r\n", 1)[0].split(" ") if self.kind == "request" else []
        return words[1] if len(words) > 1 else ""

    def header(self, name: str) -> str | None:
        """The value of a header, all of them joined by commas; None if there is none."""
        if self.http is not None:
            return self.http.header(name)
        lines = (line.partition(":") for line in str(self.text).split("\r\n")[1:])
        values = [value.strip() for key, _, value in lines if key.strip().lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def completes(self) -> tuple[str, Frame] | None:
        """The message of the questionnaire that is complete with this frame, and its first frame: an answered CALL."""
        call = self.call if self.type == "CALLRESULT" else None
        return (call.action, call) if call is not None and isinstance(call.action, str) else None

    @property
    def tells(self) -> dict[str, Any]:
        """What its sender says of itself: the members of a BootNotification."""
        boots = self.type == "CALL" and self.action == "BootNotification"
        return self.payload if boots and isinstance(self.payload, dict) else {}

    @property
    def label(self) -> str:
        """What a message is: the action of a CALL, what a CALLRESULT says to it, the code of a CALLERROR. Empty for others."""
        about = (self.call.action if self.call else "") or "answer"
        if self.type == "CALL":
            return f"{self.action} {self._status}".rstrip()
        if self.type == "CALLERROR":
            return f"{about} ◂ error {self.code}"
        return f"{about} ◂ {self._status}".rstrip() if self.type == "CALLRESULT" else ""

    @property
    def _status(self) -> str:
        """The status that the payload says, itself or in one of its members."""
        payload = self.payload if isinstance(self.payload, dict) else {}
        places = [payload, *(member for member in payload.values() if isinstance(member, dict))]
        return next((str(place["status"]) for place in places if "status" in place), "")

    @property
    def whole(self) -> str:
        """The frame in words, with what a CALL asks."""
        return f"{self.action} {spelt(self.payload)}" if self.type == "CALL" else str(self)

    def __str__(self) -> str:
        if self.type == "CALL":
            return f"{self.action} CALL"
        if self.type in ("CALLRESULT", "CALLERROR"):
            about = f" for {self.call.action}" if self.call else ""
            return f"{self.type}{about} {self.code or spelt(self.payload)}"
        return f"{self.kind} {str(self.text)[:80]!r}" if self.text else self.kind


def spelt(payload: Any) -> str:
    """A payload as JSON spells it, on one line."""
    return json.dumps(payload, ensure_ascii=False)


def at(payload: Any, path: str) -> Any:
    """What stands at a path of members and positions, ``a/0/b``; None if there is nothing."""
    for step in path.split("/"):
        if isinstance(payload, list) and step.isdigit() and int(step) < len(payload):
            payload = payload[int(step)]
        elif isinstance(payload, dict):
            payload = payload.get(step)
        else:
            return None
    return payload


def _lists(frame: Frame, path: str, wanted: list[Any]) -> bool:
    entries, _, member = path.rpartition("/")
    found = at(frame.payload, entries)
    values = [each.get(member) for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return all(any(same(value, each, member) for value in values) for each in wanted)


def sampled_values(frame: Frame) -> Iterator[tuple[str, str]]:
    """Measurand and context (7.31, 7.37) of each value that a MeterValues or a StopTransaction holds."""
    for value in _meter_values(frame):
        sampled = value.get("sampledValue")
        for each in sampled if isinstance(sampled, list) else ():
            if isinstance(each, dict):
                yield str(each.get("measurand", "Energy.Active.Import.Register")), str(each.get("context", "Sample.Periodic"))


def _meter_values(frame: Frame) -> Iterator[dict[str, Any]]:
    found = frame.get("meterValue", frame.get("transactionData"))
    yield from (each for each in (found if isinstance(found, list) else ()) if isinstance(each, dict))


def _contexts(frame: Frame, wanted: Any) -> bool:
    return any(among(context, wanted) for _, context in sampled_values(frame))


def _sampled_before(frame: Frame, wanted: Any) -> bool:
    moments = [instant(each.get("timestamp")) for each in _meter_values(frame)]
    return bool(moments) and all(moment and moment.timestamp() < wanted for moment in moments)


def settings(frame: Frame) -> dict[str, dict[str, Any]]:
    """The settings (7.29) in a GetConfiguration.conf by their lower-case name; names are CiStrings."""
    found = frame.get("configurationKey")
    rows = [row for row in (found if isinstance(found, list) else ()) if isinstance(row, dict)]
    return {str(row.get("key")).lower(): row for row in rows}


def _unknown_keys(frame: Frame, wanted: Any) -> bool:
    found = frame.get("unknownKey") or []
    return isinstance(found, list) and sorted(str(key).lower() for key in found) == sorted(key.lower() for key in wanted)


def _values(frame: Frame, wanted: Any) -> bool:
    return all(settings(frame).get(key.lower(), {}).get("value") == value for key, value in wanted.items())


def _access(frame: Frame, wanted: Any) -> bool:
    keys = settings(frame)
    return all(keys[key.lower()].get("readonly") is readonly for key, readonly in wanted.items() if key.lower() in keys)


def _near(frame: Frame, wanted: Any) -> bool:
    moment = instant(frame.get("timestamp"))
    return moment is not None and abs(moment.timestamp() - wanted[0]) <= wanted[1]


PREDICATES: dict[str, Callable[[Frame, Any], bool]] = {
    "kind": lambda frame, wanted: among(frame.kind, wanted),
    "type": lambda frame, wanted: among(frame.type, wanted),
    "action": lambda frame, wanted: among(frame.action, wanted),
    "code": lambda frame, wanted: among(frame.code, wanted),
    "status": lambda frame, wanted: among(frame.status, wanted),
    "conn": lambda frame, wanted: frame.conn == wanted,
    "text": lambda frame, wanted: frame.text == wanted,
    "answer_to": lambda frame, wanted: frame.type in ("CALLRESULT", "CALLERROR") and frame.id == wanted,
    "answers": lambda frame, wanted: frame.call is not None and frame.call.n == wanted and not 100 <= (frame.status or 0) < 200,
    "http_error": lambda frame, wanted: ((frame.status or 0) >= 400) is wanted,
    "payload": lambda frame, wanted: frame.says(**wanted),
    "at": lambda frame, wanted: all(
        among(at(frame.payload, path), value, path.rpartition("/")[2]) for path, value in wanted.items()
    ),
    "has": lambda frame, wanted: all(frame.get(name) is not None for name in wanted),
    "lists": lambda frame, wanted: all(_lists(frame, path, values) for path, values in wanted.items()),
    "one_of": lambda frame, wanted: any(frame.matches(each) for each in wanted),
    "time_not_near": lambda frame, wanted: not _near(frame, wanted),
    "context": _contexts,
    "every_context": lambda frame, wanted: set(wanted) <= {context for _, context in sampled_values(frame)},
    "measurands": lambda frame, wanted: {measurand for measurand, _ in sampled_values(frame)} == set(wanted),
    "sampled_before": _sampled_before,
    "info": lambda frame, wanted: any(word in str(frame.get("info")).lower() for word in wanted),
    "keys": lambda frame, wanted: all("value" in settings(frame).get(key.lower(), ()) for key in wanted),
    "only_keys": lambda frame, wanted: set(settings(frame)) == {key.lower() for key in wanted},
    "unknown_keys": _unknown_keys,
    "values": _values,
    "access": _access,
}
"""What an expectation may say of a frame; a list stands for alternatives, and the case of an idTag does not count.

``answers``: it is what came to the frame of this number, whatever it says. ``http_error``: its
HTTP status indicates one. ``at``: the members at these paths,
``idTagInfo/status``, have these values; null: there is none. ``lists``: each of these values is that of the member of some
entry of the list, ``localAuthorizationList/idTag``. ``one_of``: predicates of which one must hold. ``time_not_near``: [POSIX
seconds, tolerance]. ``info`` has one of these words in it. Of meter values:
``context``: one has it; ``every_context``: for each of these one has it; ``measurands``: these and no others;
``sampled_before``: all were taken before these POSIX seconds. Of a GetConfiguration.conf: ``keys`` are there with a value,
``only_keys`` and no others, ``unknown_keys``, ``values``: key to its value, ``access``: key to whether it is read-only, where
it is there. Of any: ``has``: it has these members."""


def instant(text: Any) -> datetime | None:
    """The instant that an ISO 8601 date and time names; None if it is none, or has no offset."""
    return instant_of(text) if isinstance(text, str) else None


@lru_cache(maxsize=4096)
def instant_of(text: str) -> datetime | None:
    if not DATE_TIME.fullmatch(text):
        return None
    if text.startswith("0000"):  # ISO 8601 has a year 0 and Python has not; this leap year is as far off
        text = f"0004{text[4:]}"
    try:
        parsed = datetime.fromisoformat(text.replace(",", ".").upper())
    except ValueError:
        return None
    return parsed if parsed.tzinfo else None
