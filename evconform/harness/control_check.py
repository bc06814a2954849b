"""Tries each action of a control once: what works, what is not declared, what failed and why."""

from __future__ import annotations

import asyncio
import inspect
import secrets
from collections.abc import Iterator
from typing import Any

from evconform.harness.actions import ACTIONS, PARAMETERS
from evconform.harness.campaign import call_if_there
from evconform.harness.control_file import HttpAction
from evconform.harness.control_kinds import target_of
from evconform.harness.roles import BACK_OFFICES
from evconform.harness.sut import Sut
from evconform.harness.verdict import CannotAct, Stopped

Row = tuple[str, str]
"""An action, and what came of it."""
NOT_DECLARED = "not declared"
WORKS = "works"

ORDER = (
    "plug_in", "suspend_ev", "resume_ev", "unplug_at_ev", "plug_in_at_ev", "unplug", "plug_in_halfway", "unplug",
    "present_card", "transfer_data", "jam_lock", "free_lock", "provoke_fault", "clear_fault", "cut_network", "restore_network",
    "change_address", "cut_power", "restore_power", "power_cycle",
)  # fmt: skip
"""The actions at a charge point, so that each finds the bench as it needs it, and leaves it as it was."""
HARMLESS = ("invites",)
"""The operations of a back office that change nothing anybody would notice; the others are not tried."""
NOT_TRIED = "declared, and not tried: it would change something"


def declared(sut: Sut) -> list[Row]:
    """Without acting: which actions the control has, and how they are declared."""
    target = target_of(sut)
    return [(action, as_declared(sut, target, action)) for action in actions_of(sut)]


def actions_of(sut: Sut) -> list[str]:
    """What the control of a product of this role can be asked; to speak otherwise only where it speaks several columns."""
    return [action for action in ACTIONS[sut.sut.role] if action != "speaks" or len(sut.sut.speaks) > 1]


def as_declared(sut: Sut, target: Any, action: str) -> str:
    if not callable(getattr(target, action, None)):
        return NOT_DECLARED
    request: HttpAction | None = sut.control.action.get(action)
    return f"declared: {request.method} {request.shown_url}" if request else "declared"


async def tried(sut: Sut) -> list[Row]:
    """Each declared action, performed once, in an order that leaves the bench as it was."""
    target = target_of(sut)
    found: dict[str, str] = {}
    await call_if_there(target, "start")
    try:
        order = HARMLESS if sut.sut.role in BACK_OFFICES else ORDER
        for action in actions_of(sut):
            if action not in (*order, "speaks"):
                found[action] = NOT_TRIED if callable(getattr(target, action, None)) else NOT_DECLARED
        for n, action in enumerate(order):
            if action in found and found[order[n - 1]] == NOT_DECLARED:
                continue  # there is nothing to take away again
            came_to = await try_once(target, action, parameters_of(sut, action))
            found[action] = came_to if found.get(action, WORKS) == WORKS else found[action]
        if "speaks" in actions_of(sut):
            found["speaks"] = await tried_in_turn(sut, target)
    except Stopped as why:
        found |= {action: f"not tried: {why}" for action in actions_of(sut) if action not in found}
    finally:
        await call_if_there(target, "stop")
    return [(action, found[action]) for action in actions_of(sut)]


async def tried_in_turn(sut: Sut, target: Any) -> str:
    """Set to every other column, and to the first again: what the first that does not work comes to."""
    for speaks in (*sut.sut.speaks[1:], sut.sut.speaks[0]):
        came_to = await try_once(target, "speaks", {"speaks": speaks})
        if came_to != WORKS:
            return came_to
    return WORKS


async def try_once(target: Any, action: str, parameters: dict[str, Any]) -> str:
    perform = getattr(target, action, None)
    if not callable(perform):
        return NOT_DECLARED
    try:
        done = perform(**parameters)
        if inspect.isawaitable(done):
            await done
    except CannotAct as why:
        return f"failed: {why}"
    except (Stopped, asyncio.CancelledError):
        raise
    except Exception as error:  # noqa: BLE001 - a user's code may raise anything, and the table says what
        return f"failed: {type(error).__name__}: {' '.join(str(error).split())}"
    return WORKS


def parameters_of(sut: Sut, action: str) -> dict[str, Any]:
    """What an action is tried with."""
    given: dict[str, Any] = {"connector": 1, "uid": sut.pixit.card, "identity": sut.endpoint.identity}
    given |= {"token": secrets.token_urlsafe(24)}
    return {name: given[name] for name in PARAMETERS[sut.sut.role][action]}


def lines(rows: list[Row]) -> Iterator[str]:
    """The table, and its sum."""
    for action, came_to in rows:
        yield f"  {action:16} {came_to}"
    failed = sum(came_to.startswith(("failed", "not tried")) for _, came_to in rows)
    missing = sum(came_to == NOT_DECLARED for _, came_to in rows)
    yield f"{len(rows)} actions: {len(rows) - failed - missing} in order, {missing} not declared, {failed} failed"
