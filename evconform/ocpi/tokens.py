"""Credentials tokens in the log: what stands for each of them there, in every spelling, and who it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from evconform.harness.wire import Side


@dataclass(frozen=True)
class Token:
    """One credentials token. ``name``: A1, B1, C1 …, by its part in the registration; ``by``: who gave it out, and must accept
    it."""

    name: str
    by: Side
    partner: str
    raw: str
    """What stands for it in a credentials object of the log."""
    spelt: dict[str, str]
    """What stands in the log for each of its spellings in an Authorization header."""

    @classmethod
    def of(cls, facts: dict[str, Any]) -> Token:
        """As a mark ``credentials-token`` says it."""
        return cls(facts["name"], facts["side"], facts["partner"], facts["raw"], facts["spelt"])


class Tokens:
    """Those that the log has named so far."""

    def __init__(self) -> None:
        self.known: list[Token] = []

    def learns(self, facts: dict[str, Any]) -> None:
        self.known.append(Token.of(facts))

    def belongs(self, raw: Any, partner: str) -> None:
        """A token that was seen in the credentials of an exchange with this partner is for that one."""
        for n, each in enumerate(self.known):
            if each.raw == raw and each.partner != partner:
                self.known[n] = replace(each, partner=partner)

    def forget(self) -> None:
        self.known.clear()

    def named(self, header: str | None) -> tuple[Token, str] | None:
        """The token in an Authorization header, and how it is spelt: ``altered`` where more than the scheme stands around it."""
        if not header:
            return None
        found = [(len(text), token, how) for token in self.known for how, text in token.spelt.items() if text and text in header]
        if not found:
            return None
        _, token, how = max(found, key=lambda each: each[0])
        scheme, _, encoded = header.partition(" ")
        return token, how if encoded == token.spelt[how] and " " not in scheme else "altered"

    def member_of(self, text: Any) -> Token | None:
        """The token that a member of a credentials object is."""
        return next((each for each in reversed(self.known) if each.raw == text), None)
