"""Control: how the SUT is made to act. What a control says happened is never evidence; it only acts."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from evconform.harness.actions import ACTIONS, ALSO_DOES, PUT_BACK, SEVERS, in_words
from evconform.harness.named import import_string, one_line
from evconform.harness.verdict import CannotAct, Stopped, UsageError

if TYPE_CHECKING:
    from evconform.harness.campaign import Campaign
    from evconform.harness.sut import Sut

Owed = dict[tuple[str, tuple[Any, ...]], dict[str, Any]]
"""Actions with the values of their parameters, to the parameters."""


class Control:
    """The actions of one SUT, as methods: ``await bench.power_cycle()``. ``target``: the object that performs them."""

    def __init__(self, campaign: Campaign, role: str, target: Any, owed: Owed | None = None) -> None:
        self._campaign = campaign
        self._actions = ACTIONS[role]
        self._target = target
        self.owed: Owed = owed or {}
        """What has to be done to put the bench back as it was."""

    def __getattr__(self, action: str) -> Callable[..., Awaitable[None]]:
        if action.startswith("_") or action not in self._actions:
            raise AttributeError(f"no action is called {action}; there are {', '.join(self._actions)}")

        async def act(**parameters: Any) -> None:
            given = in_words(parameters)
            says = self._actions[action] + (f" ({given})" if given else "")
            if action in SEVERS:
                await self._campaign.clock.settles()  # nobody's hand is quicker than what is on the wire
            self._campaign.expectations.acts()
            self._campaign.wire.mark("act", action=action, says=says, parameters=parameters)
            self._campaign.opposite.acted(action)
            perform = getattr(self._target, action, None)
            if perform is None:
                raise CannotAct(f"the control of this SUT cannot {says}")
            try:
                done = perform(**parameters)
                if inspect.isawaitable(done):
                    await done
            except (CannotAct, Stopped):
                self._campaign.wire.mark("not-done", action=action)
                raise
            note_owed(self.owed, action, parameters)

        return act

    async def put_back(self, *actions: str) -> None:
        """Does those of the actions that are owed. Raises CannotAct."""
        for action in actions:
            for key in [key for key in self.owed if key[0] == action]:
                self._campaign.wire.mark("script", says=f"restores the base state by hand: {self._actions[action]}")
                await getattr(self, action)(**self.owed[key])

    def can(self, action: str) -> bool:
        return callable(getattr(self._target, action, None))


def note_owed(owed: Owed, action: str, parameters: dict[str, Any]) -> None:
    """Changes what is owed by what was done."""
    does = ALSO_DOES.get(action, action)
    if does in PUT_BACK.values():
        owed.pop((does, tuple(parameters.values())), None)
    if back := PUT_BACK.get(action):
        owed[back, tuple(parameters.values())] = parameters


def entry_of(sut: Sut) -> Callable[[Sut], Any]:
    """What a ``python`` control names. Raises UsageError."""
    folder = str(sut.file.parent)
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        make = import_string(sut.control.entry)
    except UsageError as error:
        raise UsageError(f"{sut.file}: control.entry: {error}") from error
    if not callable(make):
        raise UsageError(f"{sut.file}: control.entry: {sut.control.entry} cannot be called")
    return make  # type: ignore[no-any-return]


def load_python(sut: Sut) -> Any:
    """The object that a ``python`` control's entry point makes. Raises UsageError."""
    try:
        return entry_of(sut)(sut)
    except UsageError:
        raise
    except Exception as error:  # a user's code may raise anything
        raise UsageError(f"{sut.file}: control.entry: {sut.control.entry}: {one_line(error)}") from error
