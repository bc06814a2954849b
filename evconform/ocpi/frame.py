"""A frame of OCPI in the log: an HTTP message with what OCPI makes of it, or what else a connection did."""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from evconform.harness.wire import Entry, Side
from evconform.ocpi.headers import CORRELATION_ID, REQUEST_ID, Routing, header
from evconform.ocpi.json import NO_JSON, read, spelt
from evconform.ocpi.operations import Operation
from evconform.ocpi.places import NOWHERE, Place
from evconform.ocpi.tokens import Token
from evconform.ocpi.told import told

ENDS = ("lost", "close")
"""Kinds of frames after which nobody says anything on a connection."""
PACKED_FROM = 4096
"""Bytes from which a body is kept packed, and read anew when it is asked for: a pull of 100 000 objects is level in memory."""
SHOWN_AT_MOST = 80


class Frame:
    """One frame of the log. ``kind``: what the tap calls it: request, response, open, tls, garbage, too-long, eof, lost …
    A response knows its ``request``, a request its ``answer``, both their ``place``: module, interface and parts below it."""

    __slots__ = (
        *(
            "_body",
            "_envelope",
            "_json",
            "_packed",
            "answer",
            "by",
            "conn",
            "facts",
            "first",
            "headers",
            "item",
            "kind",
            "memo",
            "n",
            "place",
        ),
        *("request", "role", "t", "token"),
    )

    def __init__(self, entry: Entry, role: str) -> None:
        self.n, self.t, self.conn, self.kind, self.facts = entry.n, entry.t, entry.conn, entry.kind, entry.facts
        self.by: Side = entry.by or "tester"
        self.role = role
        self.first = ""
        """The request line or status line; of what is no HTTP message, its text."""
        self.headers: list[tuple[str, str]] = []
        self.request: Frame | None = None
        self.answer: Frame | None = None
        self.place: Place = NOWHERE
        self.token: tuple[Token, str] | None = None
        """The credentials token and how it is spelt in the Authorization header, of those that the log knows."""
        self.memo: Any = None
        """What the law made of its body, so that it is made once."""
        self.item: dict[str, Any] | None = None
        """What a mark says of a hostile frame of ours, or of one that reads back."""
        self._json: tuple[Any, str] | None = None
        self._envelope: dict[str, Any] | None = None
        self._body: str | bytes = b""
        self._packed: str = ""
        self._takes(entry.data)

    def _takes(self, data: str | bytes) -> None:
        if self.kind not in ("request", "response"):
            self.first = data if isinstance(data, str) else data.decode("latin-1")
            return
        head: str
        if isinstance(data, str):
            head, _, self._body = data.partition("\r\n\r\n")
        else:
            raw, _, self._body = data.partition(b"\r\n\r\n")
            head = raw.decode("latin-1")
        self.first, *lines = head.split("\r\n")
        parted = (line.partition(":") for line in lines)
        self.headers = [(name, value.strip()) for name, colon, value in parted if colon]
        if len(self._body) > PACKED_FROM:
            self._packed = "text" if isinstance(self._body, str) else "bytes"
            whole = self._body.encode("utf-8", "surrogatepass") if isinstance(self._body, str) else self._body
            self._body = zlib.compress(whole, 1)

    # ── HTTP ──

    @property
    def method(self) -> str:
        """Of a request; of a response, that of the request it answers."""
        asked = self.asked
        return asked.first.split(" ")[0] if asked else ""

    @property
    def target(self) -> str:
        """As it stands in the request line."""
        words = self.asked.first.split(" ") if self.asked else []
        return words[1] if len(words) > 1 else ""

    @property
    def path(self) -> str:
        return unquote(self.target.partition("?")[0])

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @property
    def asked(self) -> Frame | None:
        """The request: this, or the one that this answers."""
        return self if self.kind == "request" else self.request

    @property
    def http_status(self) -> int | None:
        words = self.first.split(" ") if self.kind == "response" else []
        return int(words[1]) if len(words) > 1 and words[1].isdecimal() and words[1].isascii() else None

    @property
    def interim(self) -> bool:
        """A response that announces another one (RFC 9110, 15.2): it answers nothing yet."""
        return 100 <= (self.http_status or 0) < 200

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case; None if there is none."""
        return header(self.headers, name)

    @property
    def body(self) -> str | bytes:
        """The body as it was, transfer and content codings taken off; bytes where it is no UTF-8."""
        if not self._packed:
            return self._body
        whole = zlib.decompress(self._body)  # type: ignore[arg-type] # a packed body is bytes
        return whole.decode("utf-8", "surrogatepass") if self._packed == "text" else whole

    # ── OCPI ──

    @property
    def json(self) -> Any:
        """The body as JSON; NO_JSON if it is none."""
        return self._read()[0]

    @property
    def problem(self) -> str:
        """Why the body is no JSON; empty if it is."""
        return self._read()[1]

    def _read(self) -> tuple[Any, str]:
        if self._json is None:
            if self._packed and self._envelope is None:
                self._opens()
            elif not self._packed:
                self._json = read(self._body)
        return _unpacked(self) if self._json is None else self._json

    def _opens(self) -> None:
        """Reads a packed body for the first time: what is no JSON stays so, and the envelope stays at hand."""
        value, problem = _unpacked(self)
        if problem or not isinstance(value, dict):
            self._json = (value, problem) if problem else None
            self._envelope = {}
        else:
            self._envelope = {name: type(each)() if isinstance(each, list | dict) else each for name, each in value.items()}

    @property
    def envelope(self) -> dict[str, Any] | None:
        """Of a response whose body is a JSON object. In a large one, lists and objects are empty: ``data`` has them."""
        if self._packed and self.kind == "response":
            if self._envelope is None:
                self._opens()
            return self._envelope or None
        value = self.json if self.kind == "response" else None
        return value if isinstance(value, dict) else None

    @property
    def status_code(self) -> Any:
        """The OCPI status code, whatever stands there; None without one."""
        return (self.envelope or {}).get("status_code")

    @property
    def data(self) -> Any:
        """The object or list: what a request carries, or what stands in the envelope of a response; NO_JSON without any."""
        if self.kind == "request":
            return self.json
        value = self.json
        return value.get("data", NO_JSON) if isinstance(value, dict) else NO_JSON

    @property
    def said(self) -> Any:
        """The data for what they say: where one object is due and an array of one came, the object in it. That it came in an
        array is one rule's matter (OCPI221-TRN-15), and hides nothing else."""
        data, operation = self.data, self.operation
        single = self.kind == "response" and operation is not None and operation.gives and not operation.many
        return data[0] if single and isinstance(data, list) and len(data) == 1 else data

    @property
    def ok(self) -> bool:
        """A response that says success, in HTTP and in OCPI."""
        code = self.status_code
        plain = isinstance(code, int) and not isinstance(code, bool)
        return self.http_status is not None and 200 <= self.http_status < 300 and plain and 1000 <= code < 2000

    @property
    def routing(self) -> Routing:
        return Routing.of(self.headers)

    @property
    def request_id(self) -> str | None:
        return self.header(REQUEST_ID)

    @property
    def correlation_id(self) -> str | None:
        return self.header(CORRELATION_ID)

    @property
    def module(self) -> str:
        """By what the party that serves it announced; empty if it announced no such URL."""
        return self.place.module

    @property
    def interface(self) -> str:
        """SENDER or RECEIVER; empty for versions and credentials."""
        return self.place.interface

    @property
    def parts(self) -> tuple[str, ...]:
        """The URL's parts below the announced one, decoded."""
        return self.place.parts

    @property
    def depth(self) -> int:
        return len(self.place.parts)

    @property
    def owner(self) -> tuple[str, str] | None:
        """Country code and party id in the URL of a Receiver, as they were written."""
        return (self.parts[0], self.parts[1]) if self.interface == "RECEIVER" and self.depth >= 2 else None

    @property
    def ids(self) -> tuple[str, ...]:
        """The parts of the URL that name an object: behind the owner at a Receiver."""
        return self.parts[2:] if self.interface == "RECEIVER" else self.parts

    @property
    def operation(self) -> Operation | None:
        """The operation of 2.2.1 that the request asks for; None if there is none such."""
        return self.place.operation(self.method)

    # ── in the words that the report has for every protocol ──

    @property
    def type(self) -> str:
        """CALL: a request; CALLRESULT: an answer that says success; CALLERROR: another one; none."""
        if self.kind == "request":
            return "CALL"
        return "none" if self.request is None else "CALLRESULT" if self.ok else "CALLERROR"

    @property
    def action(self) -> str:
        """The message, as a form calls it: ``locations_receiver_put``; empty where nothing was announced."""
        names = (self.module, self.interface.lower(), self.method.lower())
        return "_".join(filter(None, names)) if self.module else ""

    @property
    def call(self) -> Frame | None:
        return self.request

    @property
    def payload(self) -> Any:
        return None if self.data is NO_JSON else self.data

    @property
    def completes(self) -> tuple[str, Frame] | None:
        """The message of the questionnaire that is complete with this frame, and its first frame: a request with success."""
        asked = self.request if self.kind == "response" and self.ok else None
        return (self.action, asked) if asked is not None and self.module else None

    @property
    def tells(self) -> dict[str, str]:
        """What its sender says of itself: who it is in its credentials, and the versions that it offers."""
        if self.module not in ("credentials", "versions") or not (self.ok or self.kind == "request"):
            return {}
        return told(self.data)

    @property
    def label(self) -> str:
        """What it is, in few words: ``GET locations ?offset=2``, ``locations ◂ 200 1000``; empty for what has its kind only."""
        if self.kind == "request":
            query = unquote(self.target.partition("?")[2])
            place = (self.module, "/".join(self.parts)) if self.module else (self.path,)
            return shown(" ".join(filter(None, (self.method, *place, query and f"?{query}"))))
        if self.kind != "response":
            return ""
        code = "" if self.status_code is None else f" {spelt(self.status_code)}"
        message = (self.envelope or {}).get("status_message")
        told = f" {message}" if isinstance(message, str) and not self.ok else ""
        return shown(f"{self.module or self.path or 'answer'} ◂ {self.http_status}{code}{told}")

    # ── for expectations, and in words ──

    @property
    def id(self) -> str:
        """How an expectation of an answer names a request of ours: by its X-Request-ID, or its number if it has none."""
        return (self.request_id or str(self.n)) if self.kind == "request" else ""

    def since(self, other: Frame) -> float:
        """Seconds from ``other`` to this."""
        return self.t - other.t

    def get(self, member: str, default: Any = None) -> Any:
        """A member of the data, if they are an object."""
        data = self.said
        return data.get(member, default) if isinstance(data, dict) else default

    def matches(self, what: dict[str, Any]) -> bool:
        """Whether an expectation's predicate picks this frame. Raises KeyError for a predicate that there is not."""
        from evconform.ocpi.predicates import PREDICATES

        return all(PREDICATES[key](self, wanted) for key, wanted in what.items())

    def why_not(self, what: dict[str, Any]) -> str:
        """Why a predicate does not pick this frame, in words; empty where that is plain."""
        from evconform.ocpi.predicates import why_not

        return why_not(self, what)

    @property
    def whole(self) -> str:
        """The frame in words, with what a request carries."""
        carried = f" {spelt(self.data)}" if self.kind == "request" and self.data is not NO_JSON else ""
        return f"{self}{carried}"

    def __str__(self) -> str:
        if self.kind == "request":
            return f"{self.method} {shown(self.target)}"
        if self.kind == "response":
            code = self.status_code
            says = "" if self.envelope is None else f" {spelt(code)}" if code is not None else " without status_code"
            message = (self.envelope or {}).get("status_message")
            told = f" {spelt(shown(message))}" if isinstance(message, str) else ""
            about = f" to {self.request}" if self.request else ""
            return f"HTTP {self.http_status}{says}{told}{about}"
        return f"{self.kind} {shown(self.first)!r}" if self.first else self.kind


@lru_cache(maxsize=2)
def _unpacked(frame: Frame) -> tuple[Any, str]:
    """A rule reads one page after another, and may look back at the last. More at hand would cost more than it saves: the
    collector looks through all that is there again and again."""
    return read(frame.body, again=frame._envelope is not None)


def shown(text: str) -> str:
    """A text that anybody may have chosen, not too long."""
    return text if len(text) <= SHOWN_AT_MOST else f"{text[:SHOWN_AT_MOST]}…"
