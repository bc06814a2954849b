"""What the charge point of a chain may get wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.harness.law import fault

HAVE_A_CABLE = ("Preparing", "Finishing")


def is_called(chain: Any, edit: Callable[[Any], Any]) -> None:
    """``edit`` changes the status that the charge point finds a connector to have."""
    part = chain.charge_point.status
    of = part.of
    part.of = lambda number: edit(of(number)) if number else of(number)


@fault(kills="ROAM-CP-01")
def does_not_feel_the_cable(chain: Any) -> None:
    """Tells of no cable: the connector is Available until somebody charges."""
    is_called(chain, lambda status: status._replace(status="Available") if status.status == "Preparing" else status)


@fault(kills="ROAM-CP-02")
def charges_in_secret(chain: Any) -> None:
    """Stays Preparing while it charges."""
    chain.charge_point.status.of_transaction = lambda number: "Preparing"


@fault(kills="ROAM-CP-03")
def does_not_see_the_cable_go(chain: Any) -> None:
    """Stays as it was when the cable is taken out."""
    part = chain.charge_point.status
    of = part.of

    def stays(number: int) -> Any:
        now, seen = of(number), part.seen.get(number)
        return seen if number and seen and now.status == "Available" and seen.status in HAVE_A_CABLE else now

    part.of = stays


@fault(kills="ROAM-CP-04")
def hides_its_fault(chain: Any) -> None:
    """Does not tell that a connector is faulty."""
    is_called(chain, lambda status: type(status)("Available") if status.status == "Faulted" else status)


@fault(kills="ROAM-CP-05")
def stays_faulty(chain: Any) -> None:
    """Does not tell that a connector is mended."""
    chain.charge_point.sessions.mended = lambda number: None


@fault(kills="ROAM-CP-06")
def calls_itself_free(chain: Any) -> None:
    """Tells Available once the transaction is over, with the cable still in."""
    is_called(chain, lambda status: status._replace(status="Available") if status.status == "Finishing" else status)


@fault(kills="ROAM-CP-07")
def forgets_what_came_offline(chain: Any) -> None:
    """Takes what changed while it had no network for told."""
    part = chain.charge_point.status
    online = part.online

    async def forgets(channel: Any) -> None:
        for number in part.told:
            part.told[number] = part.of(number)
        await online(channel)

    part.online = forgets


@fault(kills="ROAM-CP-06", also=["ROAM-CP-01"])
def takes_a_cable_for_a_fault(chain: Any) -> None:
    """Tells that a connector is faulty while a cable is in it and nobody charges."""
    is_called(chain, lambda status: status._replace(status="Faulted") if status.status == "Preparing" else status)
