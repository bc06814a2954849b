"""What a log holds beside its messages. A run of ours holds all of it; a log from the field hardly ever does.

A rule that comes to need what is not there raises Lacks: it is listed as such, and is neither kept nor broken.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any

from evconform.harness.form import Form
from evconform.harness.pics import Pics, names_in

WORDS = {
    "beginning": "what was said before the log begins",
    "life": "what the product was told before the log begins",
    "connections": "where connections begin and end",
    "answers": "the messages of the other side",
    "acts": "what was done to the product: power, network",
    "bytes": "the bytes as they were on the wire",
    "direction": "who sent a message",
    "times": "time stamps",
    "identity": "the identity that the charge point was given",
    "claims": "a PICS: what the product claims",
}
"""What may be lacking, as a phrase."""


class Lacks(Exception):
    """A rule needs something that the log does not hold; the message says what."""


@dataclass(frozen=True)
class Context:
    """What is known of one conversation in a log."""

    beginning: bool = True
    """The conversation is there from its begin on."""
    life: bool = True
    """The log holds all that was ever said to and by the product."""
    connections: bool = True
    """It shows where connections begin and end."""
    acts: bool = True
    """It says what was done to the product: a power cut, a cut network."""
    bytes: bool = True
    """It holds the messages as they were on the wire, broken ones too."""
    direction: bool = True
    """It says who sent a message; else that was told from the message."""
    times: bool = True
    openings: Container[str] | None = None
    """The connections whose opening is in the log; None: all."""
    tester: str = ""
    """The role of a party of ours that breaks rules on purpose, and says so with a mark."""

    def needs(self, *names: str) -> None:
        """Raises Lacks for what is not there."""
        for name in names:
            if not getattr(self, name):
                raise Lacks(WORDS[name])

    def needs_opening(self, conn: str) -> None:
        """Raises Lacks unless the log holds a connection from its opening on."""
        self.needs("connections")
        if self.openings is not None and conn not in self.openings:
            raise Lacks(WORDS["beginning"])


EVERYTHING = Context()
"""A run of ours."""
FIELD = Context(beginning=False, life=False, acts=False, bytes=False)
"""A log that shows connections, and not the wire itself."""


class NoPics(Pics):
    """A PICS that nobody filled in. A rule about a message applies where the message is seen; what else a rule asks of the
    product is lacking, but for what the log itself shows."""

    def __init__(self, seen_in_traffic: Iterable[str], shown: dict[str, Any] | None = None) -> None:
        self.answers = dict(shown or {})
        self.assumed, self.messages, self.secrets, self.form = (), {}, (), Form()
        self.traffic = frozenset(seen_in_traffic)
        self._claimed: dict[str, bool] = {}

    filled_in = False

    @property
    def sections(self) -> dict[str, Any]:  # type: ignore[override]
        raise Lacks(WORDS["claims"])

    def __getitem__(self, name: str) -> Any:
        if name not in self.answers:
            raise Lacks(WORDS["claims"])
        return self.answers[name]

    def claims(self, expression: str) -> bool:
        """Whether the expression holds, as far as the traffic tells. Raises Lacks."""
        if expression not in self._claimed:
            asked = {name: True if name in self.traffic else self[name] for name in names_in(expression)}
            self._claimed[expression] = Pics(asked).claims(expression)
        return self._claimed[expression]
