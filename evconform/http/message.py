"""Requests and responses, and how they are read back from the wire log."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from evconform.harness.wire import Entry

Headers = list[tuple[str, str]]
REQUEST_LINE = re.compile(r"(\S+) (.*) HTTP/(\d\.\d)", re.ASCII)
STATUS_LINE = re.compile(r"HTTP/(\d\.\d) (\d\d\d)(?: (.*))?", re.ASCII)


def media_type(content_type: str | None) -> str:
    """What a Content-Type names, without parameters, in small letters; empty if there is none (RFC 9110, 8.3.1)."""
    return (content_type or "").partition(";")[0].strip().lower()


class Message:
    """What requests and responses have in common. A header is found whatever the case of its name."""

    headers: Headers

    def header(self, name: str) -> str | None:
        """The value; those of several fields of the name joined by a comma (RFC 9110, 5.3). None if there is no such field."""
        values = self.all(name)
        return ", ".join(values) if values else None

    def all(self, name: str) -> list[str]:
        """The value of each field of the name, in order."""
        return all_of(self.headers, name)


@dataclass
class Request(Message):
    """``target`` as it stands in the request line, path and query; ``n``: its entry in the wire log, 0 if it has none."""

    method: str
    target: str = ""
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    version: str = "1.1"
    n: int = 0

    @property
    def path(self) -> str:
        """The path, still percent-encoded; also of a target that is a whole URL (RFC 9112, 3.2.2)."""
        return re.sub(r"\A\w+://[^/?#]*", "", self.target).partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


@dataclass
class Response(Message):
    """``n``: its entry in the wire log; ``asked``: the entry of the request that it answers."""

    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    reason: str = ""
    version: str = "1.1"
    n: int = 0
    asked: int = 0


@dataclass(frozen=True)
class Raw:
    """Bytes that are sent as they are instead of a response. ``closes``: the connection ends with them."""

    data: bytes
    closes: bool = True


def all_of(headers: Headers, name: str) -> list[str]:
    return [value for key, value in headers if key.lower() == name.lower()]


def parse(entry: Entry) -> Request | Response:
    """The message in an entry of kind ``request`` or ``response``; its body as it was before transfer and compression.
    Raises ValueError."""
    data = entry.data if isinstance(entry.data, bytes) else entry.data.encode("utf-8", "surrogatepass")
    head, _, body = data.partition(b"\r\n\r\n")
    first, headers = split(head)
    if entry.kind == "request" and (found := REQUEST_LINE.fullmatch(first)):
        return Request(found[1], found[2], headers, body, found[3], entry.n)
    if entry.kind == "response" and (found := STATUS_LINE.fullmatch(first)):
        return Response(int(found[2]), headers, body, found[3] or "", found[1], entry.n)
    raise ValueError(f"entry {entry.n} is no HTTP message")


def split(head: bytes) -> tuple[str, Headers]:
    """The first line of a head, and its fields. UTF-8 where it is that, else Latin-1; folded lines are one (RFC 9112, 5.2)."""
    try:
        text = head.decode()
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    first, *lines = re.sub(r"\r?\n[ \t]+", " ", text).split("\n")
    fields = [line.rstrip("\r").partition(":") for line in lines]
    return first.rstrip("\r"), [(name.strip(), value.strip()) for name, colon, value in fields if colon]


class Unreadable(Exception):
    """Why a head cannot be followed by a message, in words."""


def length_of(headers: Headers) -> int | None:
    """Content-Length (RFC 9110, 8.6); None if there is none. Raises Unreadable."""
    values = {part.strip() for value in all_of(headers, "Content-Length") for part in value.split(",")}
    if not values:
        return None
    value = values.pop()
    if values or not re.fullmatch(r"[0-9]{1,20}", value, re.ASCII):
        raise Unreadable("its Content-Length is no number, or more than one")
    return int(value)
