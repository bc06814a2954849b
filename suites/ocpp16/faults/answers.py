"""How a fault takes hold of what a party of either role answers to the CALLs of one action."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from evconform.ocpp.channel import Answer, Channel, Payload

ACCEPTED: Payload = {"status": "Accepted"}
REJECTED: Payload = {"status": "Rejected"}


def answers(party: Any, action: str, answer: Answer) -> None:
    """Whatever is asked, this is answered and nothing is done."""
    party.endpoint.handlers[action] = lambda asked, channel: answer


def answers_if(party: Any, action: str, picks: Callable[[Payload], Any], answer: Answer) -> None:
    """Where ``picks`` holds of what is asked, this is answered and nothing is done; else all is as it was."""
    plain = party.endpoint.handlers[action]
    party.endpoint.handlers[action] = lambda asked, channel: answer if picks(asked) else plain(asked, channel)


def edits_answer(party: Any, action: str, edit: Callable[[Payload, Any], Answer]) -> None:
    """What is asked is done; ``edit`` gets what was asked and the answer to it, and gives back what is answered instead."""
    plain = party.endpoint.handlers[action]

    def edits(asked: Payload, channel: Channel) -> Answer | Awaitable[Answer]:
        answer = plain(asked, channel)
        return edits_later(asked, answer) if inspect.isawaitable(answer) else edit(asked, answer)

    async def edits_later(asked: Payload, answer: Awaitable[Answer]) -> Answer:
        return edit(asked, await answer)

    party.endpoint.handlers[action] = edits
