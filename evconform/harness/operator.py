"""The ``operator`` control: a person at the terminal does what is asked, one thing at a time, and sees the wire meanwhile.

An action returns when the person says that it is done; so what a person takes is no time of the SUT's. Who cannot, or does
not answer within the patience of ``[control]``, makes the case inconclusive; who stops, stops the run.
"""

from __future__ import annotations

import asyncio
import json
import re
import unicodedata
from collections.abc import Callable, Coroutine, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from evconform.harness.actions import ACTIONS, in_words
from evconform.harness.expect import Expectation
from evconform.harness.sut import Sut
from evconform.harness.terminal import Terminal
from evconform.harness.user_file import read_toml
from evconform.harness.verdict import CannotAct, Stopped, Verdict
from evconform.harness.wire import Entry, WireLog

TEXTS_OF = {"chain": "charge-point"}
"""A role that is told what another one is told."""
TABLE = Path(__file__).with_name("instructions.toml")
ARROWS = {"sut": "←", "tester": "→"}
ABSENT = 3
"""So many instructions in a row without an answer: nobody is there, and the run stops, to be resumed."""
LONG = 15.0
"""Seconds from which on a person is told what is waited for."""
UUID = re.compile(r"\b([0-9a-fA-F]{4})[0-9a-fA-F]{4}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
"""What takes room on a line and tells a person nothing."""
CLEARS_LINE = "\r\x1b[K"


@cache
def table() -> dict[str, Any]:
    """The one table of texts."""
    return read_toml(TABLE)


def instruction(role: str, action: str, parameters: Mapping[str, Any], language: str) -> str:
    """What a person is told to do; parameters that the text does not name follow it."""
    text = str(table()[TEXTS_OF.get(role, role)][action][language])
    given = {"connector": 1} | dict(parameters)
    named = set(re.findall(r"\{(\w+)\}", text))
    rest = {name: value for name, value in parameters.items() if name not in named}
    done = re.sub(r"\{(\w+)\}", lambda found: as_entered(given.get(found[1], "?")), text)
    return done + (f": {json.dumps(rest, ensure_ascii=False)}" if rest else "")


def as_entered(value: Any) -> str:
    """A parameter as a person may enter it: an object as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def meaning(line: str) -> tuple[str, str]:
    """What an answer means, empty for none, and what it says besides."""
    word, _, rest = line.strip().partition(" ")
    found = next((meant for meant, words in table()["answers"].items() if word.lower() in words), "")
    return found, rest.strip()


END = "\r\n"
BODY = re.compile(r"<(?:[\w.-]+:)?Body\b[^<>]*>\s*<(?:[\w.-]+:)?([\w.-]+)(.*)", re.DOTALL)
LEAF = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)(?:\s[^<>]*)?>([^<>]+)</")
ENVELOPE_AT_MOST = 10_000
"""Characters of a message that are looked at for a line."""


class Operator:
    """Has every action of the SUT's role as a coroutine function."""

    def __init__(self, sut: Sut) -> None:
        self._role = sut.sut.role
        self._language = sut.control.language
        self._patience = sut.control.patience
        self._wire: WireLog | None = None
        self._titles: Mapping[str, str] = {}
        self._came_to: Callable[[], Verdict] = lambda: Verdict.INCONCLUSIVE
        self._cases, self._case = 0, 0
        self._terminal: Terminal | None = None
        self._late = 0
        """Instructions in a row without an answer."""
        self._asked = ""
        """The prompt that waits for an answer."""

    def __getattr__(self, action: str) -> Callable[..., Coroutine[Any, Any, None]]:
        if action.startswith("_") or action not in ACTIONS[self._role]:
            raise AttributeError(action)
        return partial(self._asks, action)

    def watches(self, wire: WireLog, titles: Mapping[str, str], came_to: Callable[[], Verdict], cases: int) -> None:
        """What the person sees of a run. ``titles``: case id to its sentence; ``came_to``: the verdict on the last case."""
        self._wire, self._titles, self._came_to, self._cases = wire, titles, came_to, cases

    async def start(self) -> None:
        self._terminal = Terminal.find()
        self._terminal.says(f"\n{self._word('begins').format(seconds=f'{self._patience:g}')}\n")
        if self._wire:
            self._wire.subscribe(self._logged)

    async def stop(self) -> None:
        if self._terminal is None:  # the SUT could not be faced, and nobody was asked anything
            return
        if self._wire:
            self._wire.unsubscribe(self._logged)
        self._terminal.close()
        self._terminal = None

    def _word(self, name: str) -> str:
        return str(table()["words"][self._language][name])

    async def _asks(self, action: str, **parameters: Any) -> None:
        terminal = self._terminal
        assert terminal, "it was started"
        given = in_words(parameters)
        says = ACTIONS[self._role][action] + (f" ({given})" if given else "")
        if any(meaning(line)[0] == "stop" for line in terminal.typed_ahead()):
            raise self._stopped()
        text = instruction(self._role, action, parameters, self._language)
        try:
            async with asyncio.timeout(self._patience):
                await self._answered(terminal, f"{text}, {self._word('then')}.", says)
        except TimeoutError:
            self._late += 1
            if self._late == ABSENT:
                terminal.says("\n" + self._word("absent").format(count=ABSENT) + "\n")
                raise Stopped(f"nobody at the terminal answered {ABSENT} times in a row") from None
            terminal.says("\n" + self._word("late").format(seconds=f"{self._patience:g}") + "\n")
            raise CannotAct(f"nobody at the terminal did within {self._patience:g} s what was asked: {says}") from None
        except EOFError:
            raise Stopped("nobody is at the terminal any more") from None
        finally:
            self._asked = ""

    async def _answered(self, terminal: Terminal, text: str, says: str) -> None:
        """Returns when it is done. Raises CannotAct, Stopped, EOFError."""
        meant, why = "repeat", ""
        while meant != "done":
            if meant == "repeat":
                self._asked = f"{self._word('prompt')} "
                terminal.says(f"\n▶ {text}\n{self._asked}")
            elif meant == "cannot":
                terminal.says(self._word("noted") + "\n")
                raise CannotAct(f"the person at the terminal cannot {says}" + (f": {why}" if why else ""))
            elif meant == "stop":
                raise self._stopped()
            else:
                terminal.says(f"{self._word('unknown')} ")
            meant, why = meaning(await terminal.line())
            self._late = 0

    def _stopped(self) -> Stopped:
        assert self._terminal
        self._terminal.says(self._word("stopped") + "\n")
        return Stopped("the person at the terminal stopped it")

    def _logged(self, entry: Entry) -> None:
        """Shows the wire above what was asked, which stays the last line."""
        self._case += entry.mark == "case-begin"
        line = self._shown(entry)
        terminal = self._terminal
        if line is None or terminal is None:
            return
        clipped = line if entry.mark or len(line) < terminal.columns else line[: terminal.columns - 2] + "…"
        if terminal.interactive and self._asked:
            terminal.says(f"{CLEARS_LINE}{clipped}\n{self._asked}")
        else:
            terminal.says(clipped + "\n")

    def _shown(self, entry: Entry) -> str | None:
        """An entry of the log as one line; None for what a person need not see."""
        match entry.mark:
            case "case-begin":
                count = self._word("case").format(number=self._case, of=self._cases)
                return f"\n── {entry.facts['case']} · {self._titles.get(entry.facts['case'], '')} ({count})"
            case "case-end":
                return f"── {table()['verdicts'][self._language][str(self._came_to())]}"
            case "not-reached":
                return f"   {self._word('unreached')}: {plain(entry.facts['why'])}"
            case "script":
                return f"   ✎ {plain(entry.facts['says'])}"
            case "expect" if entry.facts["within"] >= LONG:
                return f"   {self._word('waits')} {plain(Expectation.of(entry).words)}"
        return shown(entry)


def shown(entry: Entry) -> str | None:
    """A frame as one line that no terminal mistakes for a command; None for a mark."""
    if entry.mark or entry.by is None:
        return None
    data = entry.data.decode("utf-8", "replace") if isinstance(entry.data, bytes) else entry.data
    first = UUID.sub(r"\1…", data) if entry.kind == "text" else f"{data.partition(END)[0]} {enveloped(data)}"
    return f"   {entry.t:9.3f} {ARROWS[entry.by]} {'' if entry.kind == 'text' else entry.kind + ' '}{plain(first)}".rstrip()


def enveloped(data: str) -> str:
    """What a SOAP envelope holds, on one line: the element in its body, and every text in that. Empty for any other message."""
    found = BODY.search(data[:ENVELOPE_AT_MOST])
    if found is None:
        return ""
    return " ".join([found[1], *(f"{name}={text.strip()}" for name, text in LEAF.findall(found[2]) if text.strip())])


def plain(text: str) -> str:
    """Text without control characters: a SUT may send whatever moves a cursor, or worse."""
    return "".join("·" if unicodedata.category(c)[0] == "C" else c for c in text[:2000])
