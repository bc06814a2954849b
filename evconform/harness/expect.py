"""Expectations: what a waiting verb waits for, as data in a mark, so that anyone can settle it again from the log.

``what`` picks the frames that it is about; ``demand`` must hold of the first one picked (an answer that says something else
is known to be wrong at once). A met or contradicted expectation consumes its frame: no two share one. With ``proves`` the
outcome is a verdict on that requirement; without it a time-out means that the situation was not reached.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from evconform.harness.clock import Clock
from evconform.harness.verdict import Nonconformity, NotReached
from evconform.harness.wire import Entry, Side, WireLog

Outcome = Literal["met", "contradicted", "timed-out", "kept", "broken", "unfinished"]


class FrameView(Protocol):
    """A frame as the typed view of a protocol shows it."""

    n: int
    t: float
    by: Side

    @property
    def whole(self) -> str: ...
    def matches(self, what: dict[str, Any]) -> bool: ...
    def __str__(self) -> str: ...


@dataclass
class Expectation:
    """One opened expectation; ``closed`` is the number of its outcome mark, or None while it is open."""

    x: int
    kind: Literal["expect", "silence"]
    what: dict[str, Any]
    demand: dict[str, Any] | None
    since: int
    proves: str | None
    within: float
    n: int = 0
    closed: int | None = None
    outcome: Outcome = "unfinished"
    frame: FrameView | None = None

    @classmethod
    def of(cls, mark: Entry) -> Expectation:
        f = mark.facts
        return cls(f["x"], f["kind"], f["what"], f["demand"], f["since"], f["proves"], f["within"], mark.n)

    def facts(self) -> dict[str, Any]:
        names = ("x", "kind", "what", "demand", "since", "proves", "within")
        return {name: getattr(self, name) for name in names}

    @property
    def words(self) -> str:
        """What was expected, as one phrase."""
        phrase = in_words(self.what) + (f" that says {in_words(self.demand)}" if self.demand else "")
        return f"no {phrase} for {self.within:g} s" if self.kind == "silence" else f"{phrase} within {self.within:g} s"


HEAD = ("action", "type", "method", "module", "kind")
ONE_IS_ENOUGH = (*HEAD, "code", "status", "context", "info", "http_status", "status_code", "interface")
"""Predicates whose list holds alternatives, like the members of a payload; the list of another one is wanted whole."""
VALUE_AT_MOST = 200
"""Characters of a value in words: what was wrong with it must not be cut away behind it."""
SPREAD = ("payload", "data", "shows")
"""Predicates whose members are those of a message."""


def in_words(what: dict[str, Any]) -> str:
    """A predicate as a phrase: ``BootNotification CALL (status=Accepted)``."""
    head, inner = head_of(what), members_of(what)
    if not head and not inner and "one_of" in what:
        return " or ".join(map(in_words, what["one_of"]))
    return f"{head or 'frame'} ({inner})" if inner else head or "frame"


def head_of(what: dict[str, Any]) -> str:
    return " ".join(alternatives(what[k]) for k in HEAD if k in what)


def members_of(what: dict[str, Any]) -> str:
    """What is wanted of a frame besides what it is, without brackets: ``connectorId=1, status=Available``."""
    rest = {k: v for k, v in what.items() if k not in (*HEAD, *SPREAD, "one_of")}
    said = [f"{k}={alternatives(v) if k in ONE_IS_ENOUGH else value_of(v)}" for k, v in rest.items()]
    said += [f"{k}={alternatives(v)}" for name in SPREAD for k, v in what.get(name, {}).items()]
    choices = what.get("one_of", ())
    if choices and (said or head_of(what)):
        said.append(", or ".join(members_of(each) or in_words(each) for each in choices))
    return ", ".join(said)


def alternatives(value: Any) -> str:
    """A value, or several of which one is wanted, as words."""
    return " or ".join(map(value_of, value)) if isinstance(value, list) else value_of(value)


def value_of(value: Any) -> str:
    """A value as the wire would spell it, a text without its quotes; not all of a long one."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= VALUE_AT_MOST else f"{text[:VALUE_AT_MOST]}…"


def settle(expectations: Iterable[Expectation], frames: Sequence[FrameView]) -> None:
    """Gives every expectation its outcome and frame, from the frames alone."""
    consumed: set[int] = set()
    for each in expectations:
        before = each.closed if each.closed is not None else float("inf")
        picked = next((f for f in frames if each.since < f.n < before and f.n not in consumed and f.matches(each.what)), None)
        each.frame = picked
        if each.kind == "silence":
            each.outcome = "broken" if picked else "kept" if each.closed is not None else "unfinished"
        elif picked is None:
            each.outcome = "timed-out" if each.closed is not None else "unfinished"
        else:
            consumed.add(picked.n)
            each.outcome = "met" if each.demand is None or picked.matches(each.demand) else "contradicted"


@dataclass
class Waiter:
    expectation: Expectation
    future: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Expectations:
    """The open expectations of one case, live. Frames are offered as they are logged."""

    def __init__(
        self,
        wire: WireLog,
        clock: Clock,
        known: Container[str] | None = None,
        check: Callable[[dict[str, Any]], None] | None = None,
        longest: float | None = None,
    ) -> None:
        """``known``: the requirements that may be proved; ``check`` raises for a predicate that there is not; ``longest``:
        seconds that may be waited for one thing."""
        self.wire = wire
        self.clock = clock
        self._known = known
        self._check = check
        self._longest = longest
        self.stage = wire.n
        """Frames up to this number belong to what the case did before: a verb does not look at them."""
        self._frames: list[FrameView] = []
        self._consumed: set[int] = set()
        self._waiters: list[Waiter] = []
        self._count = 0

    def acts(self) -> None:
        """The tester acts: what comes from now on is what the next verb waits for."""
        self.stage = self.wire.n

    def offer(self, frame: FrameView) -> None:
        self._frames.append(frame)
        for waiter in list(self._waiters):
            if not waiter.future.done() and self._takes(waiter.expectation, frame):
                waiter.future.set_result(None)

    def _takes(self, expectation: Expectation, frame: FrameView) -> bool:
        if frame.n <= expectation.since or frame.n in self._consumed or not frame.matches(expectation.what):
            return False
        expectation.frame = frame
        if expectation.kind == "expect":
            self._consumed.add(frame.n)
        return True

    def latest(self, message_id: Any) -> FrameView | None:
        """The last frame that calls itself so."""
        return next((f for f in reversed(self._frames) if getattr(f, "id", None) == message_id), None)

    async def hears(
        self,
        what: dict[str, Any],
        within: float,
        demand: dict[str, Any] | None = None,
        proves: str | None = None,
        until: asyncio.Future[Any] | None = None,
    ) -> Any:
        """The first frame of the stage that ``what`` picks, awaited for ``within`` seconds, or ``until`` it cannot come any
        more. Raises Nonconformity if it proves a requirement, else NotReached."""
        each = await self._wait("expect", what, demand, within, proves, until)
        if each.frame is None:
            each.outcome = "timed-out"
        else:
            each.outcome = "met" if demand is None or each.frame.matches(demand) else "contradicted"
        self.wire.mark(each.outcome, x=each.x, frame=each.frame.n if each.frame else None)
        if each.outcome == "met":
            return each.frame
        says = f"expected {each.words}, " + (f"heard {each.frame}" if each.frame else "heard none")
        raise Nonconformity(says) if proves else NotReached(says)

    async def hears_no(self, what: dict[str, Any], for_: float, proves: str | None = None) -> None:
        """Waits ``for_`` seconds for what must not come."""
        each = await self._wait("silence", what, None, for_, proves)
        each.outcome = "broken" if each.frame else "kept"
        self.wire.mark(each.outcome, x=each.x, frame=each.frame.n if each.frame else None)
        if each.frame:
            says = f"expected {each.words}, heard {each.frame}"
            raise Nonconformity(says) if proves else NotReached(says)

    async def _wait(
        self,
        kind: Literal["expect", "silence"],
        what: dict[str, Any],
        demand: dict[str, Any] | None,
        within: float,
        proves: str | None,
        until: asyncio.Future[Any] | None = None,
    ) -> Expectation:
        if proves and self._known is not None and proves not in self._known:
            raise KeyError(f"proves={proves!r}: no requirement has this id")
        if self._check:
            self._check(what | (demand or {}))
        self._count += 1
        each = Expectation(self._count, kind, what, demand, self.stage, proves, within)
        if self._longest is not None and within > self._longest:
            raise NotReached(f"{each.words}: longest_wait in [pixit] is {self._longest:g} s, and this is not waited for")
        each.n = self.wire.mark("expect", **each.facts()).n
        if any(self._takes(each, frame) for frame in self._frames):
            return each
        waiter = Waiter(each)
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(within):
                await asyncio.wait([waiter.future, *([until] if until else [])], return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            # On wall time the loop may have been late: what the kernel already holds came in time.
            for _ in range(2 if self.clock.kind == "wall" and each.frame is None else 0):
                await asyncio.sleep(0)
        finally:
            self._waiters.remove(waiter)
        return each
