"""The same hand-made conversation over WebSockets and over SOAP: lines become the entries that each tap would have logged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from evconform.harness.wire import Entry, Side
from evconform.ocpp.json import Message, read
from evconform.ocpp.soap.body import NotInSoap
from evconform.ocpp.soap.codec import encode, encode_fault
from evconform.ocpp.soap.fault import SUBCODES, Fault
from evconform.ocpp.soap.headers import of_answer, of_request
from evconform.ocpp.soap.model import Service
from evconform.ocpp.soap.names import content_type
from evconform.ocpp.soap.table import service

Line = tuple[float, str, str, Any]
"""Seconds, ``>`` from the charge point or ``<`` from the central system, kind, data."""
SERVES = {">": "central-system", "<": "charge-point"}
"""Who sends a CALL, to the role that serves it."""
URLS = {">": "http://cs.test:8080/ocpp", "<": "http://cp.test:8081/cp"}
"""The same to its address."""
SUBCODE = {"NotImplemented": "NotSupported"}
STATUS = {"Sender": 400, "Receiver": 500}
"""Code of a fault to the status of HTTP that it comes with (SOAP 1.2 part 2, 7.5.2.2)."""
HANDSHAKE = ("open", "request", "response")
PROBE = Message("CALL", None, "probe", "Heartbeat", {})


class CannotBeSaid(Exception):
    """SOAP has no way to say it; the message says why."""


def side(by: str) -> Side:
    return "sut" if by == ">" else "tester"


def over_json(lines: Iterable[Line]) -> Iterator[tuple[float, Entry | Line]]:
    """Each line as an entry; a mark stays a line."""
    conn = 0
    for line in lines:
        t, by, kind, data = line
        conn += kind == "open"
        yield t, line if is_mark(kind) else Entry(0, t, f"c{conn}", side(by), kind, data)


def is_mark(kind: str) -> bool:
    return kind in ("act", "power-off", "deviation")


class OverSoap:
    """Says lines over HTTP. A connection takes a request after the other; a CALL that waits keeps it to itself."""

    def __init__(self, identity: str = "CP-1", version: str = "1.6") -> None:
        self.identity = identity
        self._services = {by: service(version, role) for by, role in SERVES.items()}
        self._idle: dict[str, list[str]] = {">": [], "<": []}
        self._waits: dict[tuple[str, Any], tuple[str, Message]] = {}
        """Who asked, and the id, to the connection and the CALL."""
        self._count = 0

    def entries(self, lines: Iterable[Line]) -> Iterator[tuple[float, Entry | Line]]:
        for line in lines:
            t, by, kind, data = line
            if is_mark(kind):
                yield t, line
            elif kind == "lost":
                for entry in self._lost(t):
                    yield t, entry
            elif kind == "text":
                for entry in self._says(t, by, data):
                    yield t, entry
            elif kind not in HANDSHAKE:
                raise CannotBeSaid(f"{kind} is of WebSockets only")

    def _says(self, t: float, by: str, text: str) -> Iterator[Entry]:
        message = read(text)
        if message.type == "CALL":
            yield from self._asks(t, by, message)
        elif message.type in ("CALLRESULT", "CALLERROR"):
            yield self._answers(t, by, message)
        else:
            raise CannotBeSaid(f"{message.type} is of JSON only")

    def _asks(self, t: float, by: str, message: Message) -> Iterator[Entry]:
        if self._idle[by]:
            conn = self._idle[by].pop()
        else:
            self._count += 1
            conn = f"c{self._count}"
            yield Entry(0, t, conn, side(by), "open", "", "", {"peer": "127.0.0.1:1"})
        headers = of_request(self.identity, str(message.id), URLS["<" if by == ">" else ">"], URLS[by])
        try:
            body = encode(message.payload or {}, str(message.action), headers, self._services[by])
        except (NotInSoap, KeyError) as why:
            raise CannotBeSaid(f"{message.action}: {why}") from why
        self._waits[(by, message.id)] = (conn, message)
        host, _, path = URLS[by].removeprefix("http://").partition("/")
        head = f"POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {content_type(f'/{message.action}')}"
        yield Entry(0, t, conn, side(by), "request", f"{head}\r\n\r\n{body.decode()}")

    def _answers(self, t: float, by: str, message: Message) -> Entry:
        asker = "<" if by == ">" else ">"
        waits = self._waits.pop((asker, message.id), None)
        if waits is None:
            raise CannotBeSaid("an answer to no CALL, for it is the response to a request")
        conn, asked = waits
        self._idle[asker].append(conn)
        of = self._services[asker]
        headers = of_answer(of_request(self.identity, str(asked.id), "", ""), "answer")
        if message.type == "CALLRESULT":
            try:
                body, line = encode(message.payload or {}, str(asked.action), headers, of, "response"), "200 OK"
            except (NotInSoap, KeyError) as why:
                raise CannotBeSaid(f"{asked.action} response: {why}") from why
        else:
            fault = fault_of(message, of)
            body, line = encode_fault(fault, headers, of), f"{STATUS[fault.code]} No"
        head = f"HTTP/1.1 {line}\r\nContent-Type: {content_type(f'/{asked.action}Response')}"
        return Entry(0, t, conn, side(by), "response", f"{head}\r\n\r\n{body.decode()}")

    def _lost(self, t: float) -> Iterator[Entry]:
        """What shows that a charge point was out of reach: a request that got no answer. If none waits it probes."""
        if not self._waits:
            yield from self._asks(t, ">", PROBE)
        for asker, _ in list(self._waits):
            conn, _ = self._waits.pop(next(key for key in self._waits if key[0] == asker))
            yield Entry(0, t, conn, side(asker), "lost")
        self._idle = {">": [], "<": []}


def fault_of(error: Message, of: Service) -> Fault:
    subcode = SUBCODE.get(str(error.code), str(error.code))
    subcode = subcode if subcode in SUBCODES else "ProtocolError"
    return Fault(SUBCODES[subcode], subcode, str(error.description), of.namespace)


TRANSPORTS: dict[str, Callable[[Iterable[Line]], Iterator[tuple[float, Entry | Line]]]] = {
    "json": over_json,
    "soap": lambda lines: OverSoap().entries(lines),
}
