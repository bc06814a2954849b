"""The tester's credentials tokens: made here, or given by the SUT; none of them ever reaches the disk."""

from __future__ import annotations

import base64
import json
import re
import secrets
from itertools import count
from typing import Literal

from evconform.harness.wire import Side, WireLog

Part = Literal["A", "B", "C"]
"""A: given out of band. B: in a Sender's POST or PUT. C: in the Receiver's answer (OCPI 2.2.1, credentials: registration)."""
MEMBER = re.compile(r'"token"\s*:\s*("(?:[^"\\]|\\.){1,512}")')
"""The token of a credentials object; no other object of OCPI has a text of that name."""
LENGTH = 36
"""Of a token of ours: a multiple of 3, so that its Base64 has no padding, and a line feed behind it hides nothing."""


class Keyring:
    """Registers every token with the wire log before a frame that holds it is written, and names it with a mark."""

    def __init__(self, wire: WireLog, partner: str = "", reads_of: tuple[Side, ...] = ("sut",)) -> None:
        """``reads_of``: whose tokens are learnt from what is said; the others were made here."""
        self._wire = wire
        self._reads_of = reads_of
        self._partner = partner
        self._names = count(1)
        self._known: dict[str, str] = {}
        """Token to its name."""

    @property
    def partner(self) -> str:
        return self._partner

    def makes(self, part: Part, side: Side = "tester") -> str:
        """A new token, by default one of ours; the SUT's token A may come from here too, for its operator to put in."""
        token = f"{part}{secrets.token_hex(LENGTH)}"[:LENGTH]
        self.learns(token, part, side)
        return token

    def learns(self, token: str, part: Part, side: Side) -> None:
        """From now on what stands for it in the log is known; ``side``: who gave it out."""
        if token in self._known or not token:
            return
        name = self._known[token] = f"{part}{next(self._names)}"
        texts = spellings(token)
        for how in ("raw", "base64"):
            self._wire.keep_secret(texts.get(how, token))
        spelt = {how: self._wire.token(text) for how, text in texts.items()}
        facts = {"name": name, "side": side, "partner": self._partner, "raw": self._wire.redact(token), "spelt": spelt}
        self._wire.mark("credentials-token", **facts)

    def reads(self, side: Side, data: str | bytes) -> None:
        """A frame is about to be logged: what a credentials object in it holds is learnt first. In a head the tap
        itself writes what stands for a token."""
        if side not in self._reads_of or isinstance(data, bytes):
            return
        for member in MEMBER.findall(data):
            try:
                token = json.loads(member)
            except ValueError:  # an escape that is none: a rule says so
                token = member[1:-1]
            self.learns(token, "C" if data.startswith("HTTP/") else "B", side)

    def name(self, token: str) -> str:
        """How the log calls it; empty if it does not know it."""
        return self._known.get(token, "")

    def forgets(self) -> None:
        """The SUT that these were for is gone."""
        for token in self._known:
            self._wire.drop_secrets(spellings(token).values())
        self._known.clear()
        self._names = count(1)


def spellings(token: str) -> dict[str, str]:
    """A token as it may be written into a header, rightly and wrongly; each text once."""
    plain, broken = token.encode("utf-8", "surrogatepass"), f"{token}\n".encode("utf-8", "surrogatepass")
    right = base64.b64encode(plain).decode()
    texts = {
        "base64": right,
        "raw": token,
        "newline": base64.b64encode(broken).decode(),
        "unpadded": right.rstrip("="),
        "base64url": base64.urlsafe_b64encode(plain).decode(),
        "twice": base64.b64encode(right.encode()).decode(),
    }
    once: dict[str, str] = {}
    for how, text in texts.items():
        if text not in once.values():
            once[how] = text
    return once
