"""What the CPO of a chain may get wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from evconform.harness.law import fault

SLOWLY = 45.0
"""Seconds: more than was agreed."""


def edits_status(chain: Any, edit: Callable[[Any], Any]) -> None:
    """``edit`` changes the message that tells of a status, or takes it away with None."""
    push = chain.office.push
    before = push.edit
    push.edit = lambda message: before(message) if message.method != "PATCH" else edit(message)


def with_body(message: Any, **members: Any) -> Any:
    return replace(message, body=message.body | members)


@fault(kills="ROAM-CPO-01")
def keeps_statuses_to_itself(chain: Any) -> None:
    """Pushes no status, but that a charge point is not heard of."""
    edits_status(chain, lambda message: message if message.body["status"] == "UNKNOWN" else None)


@fault(kills="ROAM-CPO-01")
def is_slow(chain: Any) -> None:
    """Pushes what a charge point told, but not in time."""
    push = chain.office.push
    sends = push._sends

    async def slowly(partner: Any, message: Any) -> None:
        if message.method == "PATCH" and message.body["status"] in ("CHARGING", "OUTOFORDER"):
            await chain.site.clock.wait(SLOWLY)
        await sends(partner, message)

    push._sends = slowly


@fault(kills="ROAM-CPO-02")
def calls_it_blocked(chain: Any) -> None:
    """Pushes BLOCKED for a connector that is in use."""
    edits_status(chain, lambda message: with_body(message, status="BLOCKED") if message.body["status"] == "CHARGING" else message)


@fault(kills="ROAM-CPO-02")
def takes_a_fault_for_a_session(chain: Any) -> None:
    """Pushes CHARGING for a connector that is faulty."""
    edits_status(
        chain, lambda message: with_body(message, status="CHARGING") if message.body["status"] == "OUTOFORDER" else message
    )


@fault(kills="ROAM-CPO-01")
def calls_it_free(chain: Any) -> None:
    """Pushes AVAILABLE once more for a connector that became faulty."""
    edits_status(
        chain, lambda message: with_body(message, status="AVAILABLE") if message.body["status"] == "OUTOFORDER" else message
    )


@fault(kills="ROAM-CPO-02", also=["ROAM-CPO-01"])
def takes_one_evse_for_another(chain: Any) -> None:
    """Pushes the status of the EVSE beside the one whose connector it is."""
    other = chain.site.pics.sections["evse"][1]["uid"]
    edits_status(
        chain,
        lambda message: (
            replace(message, parts=(message.parts[0], other)) if message.body["status"] in ("CHARGING", "OUTOFORDER") else message
        ),
    )


@fault(kills="ROAM-CPO-03")
def does_not_notice_the_silence(chain: Any) -> None:
    """Takes a charge point that is not connected for one that is."""
    chain.office.online = lambda identity: True


@fault(kills="ROAM-CPO-04")
def turns_back_time(chain: Any) -> None:
    """Pushes CHARGING as of the time at which the EVSE became something else."""
    last: dict[str, str] = {}

    def edit(message: Any) -> Any:
        uid = message.parts[-1]
        if uid in last and message.body["status"] in ("CHARGING", "OUTOFORDER", "UNKNOWN"):
            return with_body(message, last_updated=last[uid])
        last[uid] = message.body["last_updated"]
        return message

    edits_status(chain, edit)


@fault(kills="ROAM-CPO-02")
def makes_up_what_it_does_not_hear(chain: Any) -> None:
    """Pushes RESERVED for a charge point that is not heard of."""
    edits_status(chain, lambda message: with_body(message, status="RESERVED") if message.body["status"] == "UNKNOWN" else message)
