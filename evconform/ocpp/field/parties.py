"""Who said it: a log may tell, or tell only what its own program received and sent, or nothing. A CALL of most actions has one
sender only (OCPP 1.6, chapters 4 and 5), and an answer is the other side's."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from evconform.ocpp import json as ocppj
from evconform.ocpp.field.said import Item, Said
from evconform.ocpp.scripts import INITIATED

CHARGE_POINT, CENTRAL_SYSTEM = "charge-point", "central-system"
OTHER = {CHARGE_POINT: CENTRAL_SYSTEM, CENTRAL_SYSTEM: CHARGE_POINT}
ONLY = {
    **{action: CHARGE_POINT for action in INITIATED[CHARGE_POINT] if action not in INITIATED[CENTRAL_SYSTEM]},
    **{action: CENTRAL_SYSTEM for action in INITIATED[CENTRAL_SYSTEM] if action not in INITIATED[CHARGE_POINT]},
}
"""Action to the one role that sends it."""
REMEMBERED = 2000
"""CALLs whose answers are waited for."""
DOUBT = 0.1
"""The share of CALLs against it from which on a log is taken for that of two programs, one of each role."""
TWICE_WITHIN = 64
"""Messages within which the second program writes down the same."""


def sender_of(message: ocppj.Message) -> str:
    """The role that alone sends such a CALL; empty if it is none, or either does."""
    return ONLY.get(message.action, "") if message.type == "CALL" and isinstance(message.action, str) else ""


@dataclass
class Parties:
    """Gives each message its sender. ``program``: the role of the program that wrote the log, if it is known."""

    program: str = ""
    both: bool = False
    """Two programs, one of each role, wrote it: everything stands there twice."""
    _calls: OrderedDict[tuple[str, str], str] = field(default_factory=OrderedDict)
    _recent: OrderedDict[tuple[str, str], str] = field(default_factory=OrderedDict)

    @classmethod
    def of(cls, items: Iterable[Item], program: str) -> Parties:
        """What the first messages of a log show. With a known program there is nothing to be found out."""
        if program:
            return cls(program)
        votes: Counter[str] = Counter()
        for item in items:
            if isinstance(item, Said) and item.kind == "text" and item.way and not item.role:
                sender = sender_of(ocppj.read(str(item.text)))
                if sender:
                    votes[OTHER[sender] if item.way == "in" else sender] += 1
        if not votes:
            return cls()
        (most, _), total = votes.most_common(1)[0], votes.total()
        if 1 - votes[most] / total > DOUBT and total > 1:
            return cls(both=True)
        return cls(most)

    def sender(self, said: Said) -> str:
        """The role that said it; empty if that cannot be told."""
        if said.role:
            return said.role
        if self.program and said.way:
            return OTHER[self.program] if said.way == "in" else self.program
        message = ocppj.read(str(said.text))
        key = (said.station, str(message.id))
        if message.type == "CALL":
            sender = sender_of(message)
            if sender:
                self._calls[key] = sender
                if len(self._calls) > REMEMBERED:
                    self._calls.popitem(last=False)
            return sender
        asked = self._calls.get(key, "")
        return OTHER[asked] if asked else ""

    def is_second(self, said: Said) -> bool:
        """Whether the other program wrote this down already."""
        if not self.both:
            return False
        key = (said.station, str(said.text))
        before = self._recent.pop(key, "")
        if before and before != said.way:
            return True
        self._recent[key] = said.way
        if len(self._recent) > TWICE_WITHIN:
            self._recent.popitem(last=False)
        return False
