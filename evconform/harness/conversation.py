"""What the views of all protocols have in common: the frames of a conversation with what is made of them once, which
conversations are open, and how a monitor's queries count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from evconform.harness.context import Context

Made = TypeVar("Made")


class Noted(Protocol):
    """A frame of a view. ``item``: what a mark says of it."""

    n: int
    item: dict[str, Any] | None


F = TypeVar("F", bound=Noted)
C = TypeVar("C")


class FramesInOrder(Generic[F]):
    """The frames of one conversation."""

    def __init__(self) -> None:
        self.frames: list[F] = []
        self._indexed: dict[Any, Any] = {}

    def index(self, name: Any, make: Callable[[], Made]) -> Made:
        """What ``make`` makes of the frames: once for all rules, until there are more frames."""
        if name not in self._indexed:
            self._indexed[name] = make()
        made: Made = self._indexed[name]
        return made

    def add(self, frame: F) -> None:
        self._indexed.clear()
        self.frames.append(frame)

    def notes(self, facts: dict[str, Any]) -> None:
        """What a mark says of frames that were just sent."""
        for frame in reversed(self.frames):
            if frame.n < facts["frames"][0]:
                return
            if frame.n in facts["frames"] and self.was_sent(frame):
                frame.item = facts

    def was_sent(self, frame: F) -> bool:
        """Whether somebody sent it: a view may add frames that tell what an entry came to."""
        return True

    @property
    def began(self) -> float:
        """The number of its first frame; infinite if there is none."""
        return self.frames[0].n if self.frames else float("inf")


class OpenAndDone(Generic[C]):
    """The conversations of a log, by whose they are."""

    def __init__(self) -> None:
        self._open: dict[str, C] = {}
        self._done: list[C] = []

    def conversations(self) -> list[C]:
        """Those that are open and those that closed since ``forget``."""
        return [*self._done, *self._open.values()]

    def forget(self) -> None:
        self._done.clear()

    def closed(self) -> list[C]:
        """Those that closed since, and forgets them."""
        done, self._done = self._done, []
        return done


class Situations(Generic[F]):
    """Counts the situations that a monitor's queries yield, and the margin by which a time rule was kept."""

    def __init__(self, context: Context, since: int) -> None:
        self.context = context
        self.situations = 0
        self.margin: float | None = None
        self._since = since

    def needs(self, *names: str) -> None:
        """Raises Lacks unless the log holds what a rule needs now: see Context. A rule that is about to find a fault asks."""
        self.context.needs(*names)

    def _seen(self, frame: F) -> F:
        if frame.n >= self._since:
            self.situations += 1
        return frame

    def moot(self, frame: F) -> None:
        """Takes back the situation that a query counted for ``frame``: the rule's condition did not come about."""
        if frame.n >= self._since:
            self.situations -= 1

    def saw(self, frame: F) -> None:
        """Counts a situation that no query yields."""
        self._seen(frame)

    def keeps(self, seconds: float) -> None:
        """Reports by how much a time rule was kept."""
        self.margin = seconds if self.margin is None else min(self.margin, seconds)
