"""Back offices that do nothing, each with a face of its own: nothing that they were to do may be told to be right. Each is the
party ``dead ROLE NAME``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mocks.legal_ocpi import PLAIN, made

from evconform.harness.party import party
from evconform.reference.ocpi.reply import Encoded, Reply, missing

EMPTY = [("X-Total-Count", "0"), ("X-Limit", "100")]
DEAD: dict[str, str] = {}
"""Name to role."""


def dead(*roles: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    def declare(change: Callable[[Any], None]) -> Callable[[Any], None]:
        for role in roles or tuple(PLAIN):
            name = f"{role} {change.__name__}"
            DEAD[name] = role
            party(f"dead {name}", role=role)(made(role, change))
        return change

    return declare


def replies_with(back_office: Any, reply: Callable[[Any], Reply], everywhere: bool = False) -> None:
    """Answers the functional modules so, or everything, whoever asks."""
    door = back_office.platform.app
    plain = door.replies

    async def replies(request: Any, place: Any) -> Any:
        if not everywhere and (not (place and place.interface) or door.caller(request.headers.get("authorization")) is None):
            return await plain(request, place)
        return reply(request)

    door.replies = replies


def does_nothing(back_office: Any) -> None:
    """Neither pushes nor pulls."""
    if hasattr(back_office, "office"):
        back_office.office.push.edit = lambda message: None
    else:

        async def nothing(*_: Any, **__: Any) -> None:
            return

        back_office.emsp.pulling.pulls = nothing


def is_gone(back_office: Any) -> None:
    """Does nothing, and registers with nobody."""

    async def nothing(*_: Any, **__: Any) -> None:
        return

    does_nothing(back_office)
    back_office.registers = nothing


@dead()
def says_empty_list_to_all(back_office: Any) -> None:
    is_gone(back_office)
    replies_with(back_office, lambda _: Reply(Encoded(b"[]"), headers=list(EMPTY)), everywhere=True)


@dead()
def says_404_to_all(back_office: Any) -> None:
    is_gone(back_office)
    replies_with(back_office, lambda _: missing("nothing"), everywhere=True)


@dead()
def says_empty_list_where_it_matters(back_office: Any) -> None:
    """Can be registered with, and says a success with an empty list to all else."""
    does_nothing(back_office)
    replies_with(back_office, lambda _: Reply(Encoded(b"[]"), headers=list(EMPTY)))


@dead()
def says_404_where_it_matters(back_office: Any) -> None:
    """Can be registered with, and has nothing."""
    does_nothing(back_office)
    replies_with(back_office, lambda _: missing("nothing"))


@dead("emsp")
def stores_nothing(back_office: Any) -> None:
    """Accepts every write, and has nothing."""
    does_nothing(back_office)
    replies_with(back_office, lambda request: missing("nothing") if request.method == "GET" else Reply())
