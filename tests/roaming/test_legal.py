"""Chains that do otherwise than ours, and nothing wrong: each journey passes."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from evconform.harness.verdict import Verdict
from tests.roaming.conftest import Travels

JOURNEYS = ("JRN-01", "JRN-02", "JRN-03", "JRN-04", "JRN-05")


def takes_its_time(chain: Any) -> None:
    """Each push of the CPO takes almost as long as was agreed; one after the other."""
    push, tells, clock = chain.office.push, chain.office.push.tells, chain.site.clock
    turn = asyncio.Lock()

    async def later(at: float, *given: Any) -> None:
        async with turn:
            await clock.wait(at - clock.now())
            tells(*given)

    push.tells = lambda *given: chain.site.tasks.spawn(later(clock.now() + 28, *given))


def tells_late(chain: Any) -> None:
    """The charge point tells each status some seconds after it came about, in order."""
    part = chain.charge_point.status
    report = part.report

    async def late(*given: Any) -> None:
        if chain.charge_point.clock.now() > 20:
            await chain.charge_point.clock.wait(3)
        await report(*given)

    part.report = late


def puts_whole_evses(chain: Any) -> None:
    """The CPO pushes the whole EVSE where its status changed."""

    def edit(message: Any) -> Any:
        if message.method != "PATCH":
            return message
        evses = copy.deepcopy(message.whole.value["evses"])
        [evse] = [each for each in evses if each["uid"] == message.parts[-1]]
        return replace(message, method="PUT", body=evse | message.body, whole=None)

    chain.office.push.edit = edit


def puts_whole_locations(chain: Any) -> None:
    """The CPO pushes the whole Location where the status of an EVSE changed."""

    def edit(message: Any) -> Any:
        if message.method != "PATCH":
            return message
        return replace(message, method="PUT", parts=message.parts[:1], body=message.whole.document, whole=None)

    chain.office.push.edit = edit


def pushes_twice(chain: Any) -> None:
    """The CPO pushes each status once more at once."""
    push, tells = chain.office.push, chain.office.push.tells

    def twice(*given: Any) -> None:
        tells(*given)
        tells(*given)

    push.tells = twice


def maps(told: str, status: str) -> Callable[[Any], None]:
    """The CPO has another reading of a status."""

    def edit(chain: Any) -> None:
        of = chain.office.locations.status

        def maps(identity: str, connector: int) -> str:
            last = chain.cpo.memory.connectors.get((identity, connector))
            online = chain.office.online(identity)
            return status if online and last is not None and last.status == told else str(of(identity, connector))

        chain.office.locations.status = maps

    return edit


CHAINS: dict[str, tuple[Callable[[Any], None], dict[str, str] | None]] = {
    "takes its time": (takes_its_time, None),
    "tells late": (tells_late, None),
    "puts whole EVSEs": (puts_whole_evses, None),
    "puts whole locations": (puts_whole_locations, None),
    "pushes twice": (pushes_twice, None),
    "Preparing is BLOCKED": (maps("Preparing", "BLOCKED"), {"unheard": "UNKNOWN"}),
    "Preparing is AVAILABLE, as claimed": (maps("Preparing", "AVAILABLE"), {"preparing": "AVAILABLE", "unheard": "UNKNOWN"}),
    "Faulted is INOPERATIVE": (maps("Faulted", "INOPERATIVE"), {"unheard": "UNKNOWN"}),
}


@pytest.mark.parametrize("journey", JOURNEYS)
@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_that_does_otherwise_passes(travels: Travels, name: str, journey: str) -> None:
    edit, mapping = CHAINS[name]
    result = travels(journey, edit=edit, mapping=mapping).result
    assert result.verdict is Verdict.PASS, result.reason


def test_what_is_not_as_claimed_is_wrong(travels: Travels) -> None:
    result = travels("JRN-02", edit=maps("Preparing", "BLOCKED"), mapping={"preparing": "CHARGING", "unheard": "UNKNOWN"}).result
    assert result.verdict is Verdict.FAIL
    assert result.reason.startswith("ROAM-CPO-02: the CPO pushed BLOCKED, the charge point had told Preparing"), result.reason
