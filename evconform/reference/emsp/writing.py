"""What a PUT or PATCH makes of an object that is held: OCPI 2.2.1, mod_locations (Receiver) and transport_and_format.

Functions of values alone. A location's parts are found by their ids whatever the case (types, CiString).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from evconform.ocpi.moments import moment

Value = dict[str, Any]
CHILDREN = (("evses", "uid"), ("connectors", "id"))
"""Below a location: the member that holds the parts, and the one that names them."""
NAMES = ("id", *(name for _, name in CHILDREN))
"""By depth: the member that names the object."""
FREE = "AVAILABLE"


def bare(value: Any) -> Any:
    """Without members that are null: they say the same as left out (terminology: Cardinality)."""
    if isinstance(value, list):
        return [bare(each) for each in value]
    return {name: bare(each) for name, each in value.items() if each is not None} if isinstance(value, dict) else value


def same(one: str, other: str) -> bool:
    """Ids are compared without regard to case."""
    return one.casefold() == other.casefold()


def find(parent: Value, depth: int, id: str) -> Value | None:
    """The part of a location (``depth`` 0) or EVSE (1) that has this id."""
    member, name = CHILDREN[depth]
    return next((each for each in parent.get(member, ()) if same(each[name], id)), None)


def chain(location: Value, parts: tuple[str, ...]) -> list[Value]:
    """The location and what lies on the way to its part, as far as it is there."""
    found = [location]
    for depth, id in enumerate(parts):
        if (part := find(found[-1], depth, id)) is None:
            break
        found.append(part)
    return found


def older(one: Value, other: Value | None) -> bool:
    """Whether ``one`` was changed before ``other`` was."""
    return other is not None and moment(one["last_updated"]) < moment(other["last_updated"])


def placed(location: Value, parts: tuple[str, ...], value: Value, raises: bool = True) -> Value:
    """The location with ``value`` in the place of its part; what is around it is as new as the part (PUT, PATCH)."""
    made = copy.deepcopy(location)
    around = chain(made, parts[:-1])
    member, _ = CHILDREN[len(parts) - 1]
    old = find(around[-1], len(parts) - 1, parts[-1])
    siblings = around[-1].setdefault(member, [])
    if old is None:
        siblings.append(value)
    else:
        siblings[next(i for i, each in enumerate(siblings) if each is old)] = value
    for each in around if raises else ():
        if older(each, value):
            each["last_updated"] = value["last_updated"]
    return made


def patched(value: Value, changes: Value, depth: int) -> Value:
    """The members that are given are new, the others as they were (PATCH); an id keeps its owner's spelling."""
    names = (NAMES[depth], "country_code", "party_id")
    return value | {name: each for name, each in changes.items() if name not in names}


def twice(location: Value, depth: int = 0) -> str:
    """An id that two parts of a location, EVSE or connector share; empty if none do."""
    return next(_twice(location, depth), "")


def _twice(value: Value, depth: int) -> Iterator[str]:
    if depth == len(CHILDREN):
        return
    member, name = CHILDREN[depth]
    seen: set[str] = set()
    for each in value.get(member, ()):
        if each[name].casefold() in seen:
            yield f"{member}: two have the {name} {each[name]!r}"
        seen.add(each[name].casefold())
        yield from _twice(each, depth + 1)


def free(location: Value) -> int:
    """How many of its EVSEs a driver can use now; none of one that is not published (Location: publish)."""
    return sum(evse.get("status") == FREE for evse in location.get("evses", ())) if location.get("publish") else 0
