"""The wire log: every frame both ways and every mark, in one append-only, hash-chained file of JSON lines.

A line is ``{"n", "t", "wall", ...}`` and ends in ``"chain"``: the SHA-256 over the line before it and this line without
its chain. A *frame* has ``conn``, ``by`` ("sut" or "tester"), ``kind`` and ``data``; a *mark* has ``mark``. Data that is no
UTF-8 stands as base64 under ``b64``. A line is on disk before anyone acts on it.
"""

from __future__ import annotations

import base64
import errno
import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from json.encoder import encode_basestring
from pathlib import Path
from typing import IO, Any, Literal

from evconform.harness.clock import Clock
from evconform.harness.verdict import UsageError
from evconform.harness.xml_spelling import hidden

Side = Literal["sut", "tester"]
FRAME_MEMBERS = ("n", "t", "wall", "conn", "by", "kind", "data", "b64", "chain")
GENESIS = "0" * 64
SEARCHED_FROM = 10
"""Characters that a secret must have to be looked for in every frame; a shorter one would garble what only looks like it.
OCPP asks for at least 16 bytes."""


@dataclass(slots=True)
class Entry:
    """One line of the wire log. ``t``: seconds since the campaign began."""

    n: int
    t: float
    conn: str = ""
    by: Side | None = None
    kind: str = "mark"
    data: str | bytes = ""
    mark: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


Subscriber = Callable[[Entry], None]


@dataclass(frozen=True)
class Past:
    """What a log holds that is gone on with."""

    n: int
    t: float
    """Of its last entry."""
    began: datetime
    chain: str
    connections: int
    size: int
    """Bytes of its whole lines."""
    torn: int
    """Bytes of a last line that a kill cut."""


BIG_ENDIAN = b"\xfe\xff\x00"
"""How XML begins in UTF-16 whose bytes are in that order (XML 1.0, 4.3.3: there has to be a mark)."""


def claim(file: IO[bytes], path: Path) -> None:
    """Makes us the one that writes to this log, until ``file`` is closed. Raises UsageError where another run does."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(f"{path}: the run that writes this is still under way") from None
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP):  # a file system without locks
            raise


class WireLog:
    """Writes the log of one campaign. ``secret`` values never reach the disk."""

    def __init__(self, path: Path, clock: Clock, past: Past | None = None) -> None:
        """``past``: what is there already, to be gone on with. Raises UsageError where another run writes to it."""
        self.path = path
        self.clock = clock
        self.n = past.n if past else 0
        self._chain = (past.chain if past else GENESIS).encode()
        self._began = clock.began.replace(microsecond=0)
        self._began_us = clock.began.microsecond
        self._second, self._wall_head, self._wall_tail = -1, "", ""
        self._salt = secrets.token_hex(8)
        self._secrets: dict[str, str] = {}
        self._tokens: list[str] = []
        self._pattern: re.Pattern[str] | None = None
        self._has_short_escapes = False
        self._subscribers: list[Subscriber] = []
        self.finds: Callable[[Side, str | bytes], None] | None = None
        """Told of every frame before it is written: it may keep a secret that the other side made."""
        self._connections = past.connections if past else 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("r+b" if past else "ab", buffering=0)
        self._claim()  # before anything of what is there is taken away
        self._file.truncate(past.size if past else 0)
        self._file.seek(0, os.SEEK_END)

    def subscribe(self, subscriber: Subscriber) -> None:
        self._subscribers.append(subscriber)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        self._subscribers.remove(subscriber)

    def names_connection(self) -> str:
        """A name for one more connection: c1, c2 ..."""
        self._connections += 1
        return f"c{self._connections}"

    def token(self, secret: str) -> str:
        """What stands for a secret: its length, alphabet and salted digest."""
        digest = hashlib.sha256((self._salt + secret).encode("utf-8", "surrogatepass")).hexdigest()[:12]
        return f"⟪secret length={len(secret)} alphabet={alphabet(secret)} digest={digest}⟫"

    def keep_secret(self, secret: str) -> str:
        """Registers ``secret``, a configured one: from now on its token stands for it wherever it appears."""
        token = self.token(secret)
        if len(secret) < SEARCHED_FROM:
            return token
        self._secrets[secret] = token
        self._has_short_escapes |= has_short_escapes(secret)
        self._pattern = None
        return token

    def drop_secrets(self, dead: Iterable[str]) -> None:
        """These open nothing any more, and need not be looked for."""
        for secret in dead:
            self._secrets.pop(secret, None)
        self._pattern = None

    def _compiled(self) -> re.Pattern[str]:
        """A pattern for all secrets; made when it is first needed, for there may be hundreds."""
        if self._pattern is None:
            longest_first = sorted(self._secrets, key=len, reverse=True)
            self._tokens = [self._secrets[each] for each in longest_first]
            self._pattern = re.compile("|".join(f"({spelt(each)})" for each in longest_first))
        return self._pattern

    def redact(self, value: Any) -> Any:
        """The value with tokens for secrets, in one pass, whatever it is made of."""
        if not self._secrets:
            return value
        if isinstance(value, str):
            if self._may_hold_a_secret(value):  # most are long and hold none
                value = self._compiled().sub(lambda found: self._tokens[(found.lastindex or 1) - 1], value)
            return hidden(value, self._secrets)
        if isinstance(value, bytes):
            encoding = "utf-16-be" if BIG_ENDIAN in value else "utf-16-le"
            for secret, token in self._secrets.items() if b"\x00" in value else ():
                value = value.replace(secret.encode(encoding, "surrogatepass"), token.encode(encoding))
            text = value.decode("utf-8", "surrogateescape")
            return self.redact(text).encode("utf-8", "surrogateescape")
        if isinstance(value, dict):
            return {key: self.redact(member) for key, member in value.items()}
        return [self.redact(member) for member in value] if isinstance(value, list | tuple) else value

    def _may_hold_a_secret(self, text: str) -> bool:
        """Whether the pattern need be looked for, which costs much more than this, the more so with many secrets."""
        plain = unescaped(text) if "\\u" in text else text
        return self._has_short_escapes or any(secret in plain for secret in self._secrets)

    def frame(self, conn: str, by: Side, kind: str, data: str | bytes = "", **facts: Any) -> Entry:
        """Logs one frame and tells the subscribers."""
        if self.finds:
            self.finds(by, data)
        data, facts = self.redact(data), self.redact(facts)
        return self._append(Entry(self.n + 1, round(self.clock.now(), 6), conn, by, kind, data, "", facts))

    def mark(self, mark: str, **facts: Any) -> Entry:
        """Logs what is not traffic: case begin and end, bench action, expectation, deviation."""
        return self._append(Entry(self.n + 1, round(self.clock.now(), 6), mark=mark, facts=self.redact(facts)))

    def _append(self, entry: Entry) -> Entry:
        line = as_line(entry, self._wall(entry.t)).encode()
        self._chain = hashlib.sha256(self._chain + line).hexdigest().encode()
        self._write(b'%b,"chain":"%b"}\n' % (line[:-1], self._chain))
        self.n = entry.n
        for subscriber in tuple(self._subscribers):
            subscriber(entry)
        return entry

    def _write(self, line: bytes) -> None:
        """Straight to the kernel; a full disk may take a part, and then says why it takes no more."""
        while (written := self._file.write(line)) < len(line):
            line = line[written:]

    def _claim(self) -> None:
        """A log has one writer at a time."""
        try:
            claim(self._file, self.path)
        except UsageError:
            self._file.close()
            raise

    def _wall(self, t: float) -> str:
        """The real date at ``t`` in milliseconds. Formatted once a second: it is written with every frame."""
        second, us = divmod(self._began_us + round(t * 1e6), 1_000_000)
        if second != self._second:
            self._second = second
            date = (self._began + timedelta(seconds=second)).isoformat()
            self._wall_head, self._wall_tail = date[:19], date[19:]
        return f"{self._wall_head}.{us // 1000:03d}{self._wall_tail}"

    def close(self) -> None:
        self._file.close()


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encode_ascii = json.JSONEncoder(separators=(",", ":")).encode


def as_line(entry: Entry, wall: str) -> str:
    """The JSON text of an entry, without its chain."""
    if not entry.mark and not entry.facts and isinstance(entry.data, str) and has_utf8(entry.data):
        return _as_plain_line(entry, wall, entry.data)
    line: dict[str, Any] = {"n": entry.n, "t": entry.t, "wall": wall}
    if entry.mark:
        return encoded(line | {"mark": entry.mark} | entry.facts)
    line |= {"conn": entry.conn, "by": entry.by, "kind": entry.kind} | entry.facts
    if isinstance(entry.data, bytes):
        line["b64"] = base64.b64encode(entry.data).decode()
    elif entry.data:
        line["data"] = entry.data
    return encoded(line)


def encoded(line: dict[str, Any]) -> str:
    """The line as JSON; all in ASCII if it holds a lone surrogate, which has no UTF-8."""
    text = _encode(line)
    try:
        text.encode()
    except UnicodeEncodeError:
        return _encode_ascii(line)
    return text


def spelt(secret: str) -> str:
    """A pattern for a secret, each character plain or as JSON may escape it (RFC 8259, 7). No way of writing stands twice: else a
    text that has all but the end of a secret is looked at in 2 to the power of its length ways."""
    return "".join(map(ways, secret))


def ways(character: str) -> str:
    """A pattern for a character: plain, with a backslash where JSON has such an escape for it, and as its number."""
    short = json.dumps(character, ensure_ascii=False)[1:-1]
    written = [re.escape(character)] + ([re.escape(short)] if short != character and not short.startswith("\\u") else [])
    return f"(?:{'|'.join([*written, escaped(character)])})"


def escaped(character: str) -> str:
    """A pattern for a character as ``\\uXXXX``, or as two of them."""
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(rf"\\u(?i:{units[i : i + 4]})" for i in range(0, len(units), 4))


UNITS = re.compile(r"(?:\\u[0-9A-Fa-f]{4})+")


def unescaped(text: str) -> str:
    """A piece of JSON as it reads without ``\\uXXXX``."""
    return UNITS.sub(lambda found: bytes.fromhex(found[0].replace("\\u", "")).decode("utf-16-be", "surrogatepass"), text)


def has_short_escapes(text: str) -> bool:
    """Whether JSON may write it with a backslash and a letter or quote (RFC 8259, 7)."""
    return json.dumps(text, ensure_ascii=False)[1:-1] != text


def has_utf8(text: str) -> bool:
    """Whether there is no lone surrogate in ``text``."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _as_plain_line(entry: Entry, wall: str, data: str) -> str:
    """The same for a frame of text without facts, which most are, at half the cost."""
    head = f'{{"n":{entry.n},"t":{entry.t!r},"wall":"{wall}","conn":"{entry.conn}","by":"{entry.by}","kind":"{entry.kind}"'
    return f'{head},"data":{encode_basestring(data)}}}' if data else head + "}"


def alphabet(secret: str) -> str:
    """The smallest named alphabet that holds ``secret``: what a rule about passwords needs to know."""
    if all(c in "0123456789abcdefABCDEF" for c in secret):
        return "hex"
    if not (secret.isascii() and secret.isprintable()):
        return "unicode"
    return "ascii with spaces" if " " in secret else "ascii"


class Tampered(Exception):
    """A line of the log is not what was written; the message names it."""


def read(path: Path, *, verify: bool = True) -> Iterator[Entry]:
    """The entries of a log. Raises Tampered with the frame number where the chain breaks. A torn last line (a killed
    run) ends the log."""
    chain = GENESIS
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, 1):
            if not raw.endswith(b"\n"):
                return
            cut = raw.rfind(b',"chain":"')
            if verify:
                expected = hashlib.sha256(chain.encode() + raw[:cut] + b"}").hexdigest()
                if raw[cut:] != f',"chain":"{expected}"}}\n'.encode():
                    raise Tampered(f"{path.name}: frame {number} is not what was recorded")
                chain = expected
            yield as_entry(json.loads(raw))


def past_of(path: Path) -> Past | None:
    """What a log holds; None if it holds no whole line. Raises Tampered, OSError."""
    last, connections, size, torn = Entry(0, 0.0), 0, 0, 0
    for last in read(path):
        connections = max(connections, int(last.conn[1:] or 0) if last.conn else 0)
    with path.open("rb") as lines:
        first = end = b""
        for raw in lines:
            torn = 0 if raw.endswith(b"\n") else len(raw)
            first, end = first or raw, end if torn else raw
            size += len(raw) - torn
    if not last.n:
        return None
    head = json.loads(first)
    began = datetime.fromisoformat(head["wall"]) - timedelta(seconds=head["t"])
    return Past(last.n, last.t, began, json.loads(end)["chain"], connections, size, torn)


def as_entry(line: dict[str, Any]) -> Entry:
    """The entry that a parsed line stands for."""
    if "mark" in line:
        facts = {k: v for k, v in line.items() if k not in ("n", "t", "wall", "mark", "chain")}
        return Entry(line["n"], line["t"], mark=line["mark"], facts=facts)
    facts = {k: v for k, v in line.items() if k not in FRAME_MEMBERS}
    data = base64.b64decode(line["b64"]) if "b64" in line else line.get("data", "")
    return Entry(line["n"], line["t"], line["conn"], line["by"], line["kind"], data, "", facts)
