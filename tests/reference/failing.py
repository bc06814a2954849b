"""A store whose commits fail as chosen, and what must hold whatever failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import OperationalError

from tests.reference.bench import Scene

Chosen = Callable[[int], str]
"""The number of a commit, from 1 on, to how it fails: ``lost``, ``kept`` (the database has it, and nobody heard), or not."""


class Failing:
    """Takes hold of a scene's store; from now on its commits are counted in ``seen``."""

    def __init__(self, lab: Scene, chosen: Chosen) -> None:
        self.chosen = chosen
        self.seen = 0
        self.failed = 0
        self._commit = lab.cpo.store._commit
        lab.cpo.store._commit = self.commits  # type: ignore[method-assign]

    async def commits(self, rows: Any) -> None:
        self.seen += 1
        how = self.chosen(self.seen)
        if how != "lost":
            await self._commit(rows)
        if how:
            self.failed += 1
            raise OperationalError("commit", {}, OSError("the disk is full"))

    def stops(self) -> None:
        """From now on all is well."""
        self.chosen = lambda _: ""


def at(*numbers: int, how: str = "lost") -> Chosen:
    return lambda number: how if number in numbers else ""


async def memory_is_what_the_disk_has(lab: Scene) -> None:
    """What is current, once more read from the store, is the same."""
    await lab.cpo.store.durable()
    before = current(lab)
    async with lab.cpo.store._turn:
        await lab.cpo.remember()
    assert before == current(lab)


def current(lab: Scene) -> dict[str, Any]:
    members = vars(lab.cpo.memory) | {"settings": {name: keys for name, keys in lab.cpo.memory.settings.items() if keys}}
    return {name: dict(value) if isinstance(value, dict) else value for name, value in members.items()}
