"""A Receiver interface that keeps what the owner pushes (OCPI 2.2.1, client owned object push; PUT, PATCH, DELETE, GET)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from evconform.ocpi.endpoint import Asked, Reply
from evconform.ocpi.sender import CHILDREN, child

Owner = tuple[str, str]
UNKNOWN = 2003
"""Unknown Location; of another object the generic 2000 would do."""


class Receiver:
    """``kept``: by owner and id, in capitals, for both are case-insensitive. ``owners``: whose objects are taken."""

    def __init__(self, owners: Callable[[], set[Owner]]) -> None:
        self.kept: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._owners = owners

    def _find(self, asked: Asked) -> tuple[Any, tuple[str, str, str]]:
        """What the URL names, and the key of the object that it is, or is part of."""
        country, party, id, *rest = (*asked.parts, "", "", "")[: max(3, len(asked.parts))]
        key = (country.upper(), party.upper(), id.upper())
        value: Any = self.kept.get(key)
        for part, (member, name) in zip(rest, CHILDREN, strict=False):
            value = child(value, member, name, part)
        return value, key

    def _refuses(self, asked: Asked) -> Reply | None:
        owner = (asked.parts[0].upper(), asked.parts[1].upper()) if len(asked.parts) > 2 else ("", "")
        if owner not in self._owners() or len(asked.parts) > 3 + len(CHILDREN):
            return Reply(http=404, status_code=UNKNOWN, message="no such party has objects here")
        return None

    def get(self, asked: Asked) -> Reply:
        value, _ = self._find(asked)
        return self._refuses(asked) or (Reply(value) if value is not None else _missing(asked))

    def put(self, asked: Asked) -> Reply:
        if refusal := self._refuses(asked) or _misfit(asked):
            return refusal
        value, key = self._find(asked)
        if len(asked.parts) == 3:
            self.kept[key] = asked.body
        elif not self._puts_child(asked, key):
            return _missing(asked)
        return Reply(http=201 if value is None else 200)

    def _puts_child(self, asked: Asked, key: tuple[str, str, str]) -> bool:
        """Replaces, or adds, an EVSE or Connector; what is around it was changed when it was."""
        parent: Any = self.kept.get(key)
        around = [parent]
        steps = list(zip(asked.parts[3:], CHILDREN, strict=False))
        for part, (member, name) in steps[:-1]:
            parent = child(parent, member, name, part)
            around.append(parent)
        if parent is None:
            return False
        part, (member, name) = steps[-1]
        rows = [row for row in parent.get(member) or [] if str(row.get(name)).upper() != part.upper()]
        parent[member] = [*rows, asked.body]
        _changed(around, asked.body.get("last_updated"))
        return True

    def patch(self, asked: Asked) -> Reply:
        if refusal := self._refuses(asked):
            return refusal
        value, key = self._find(asked)
        if value is None:
            return _missing(asked)
        if not isinstance(asked.body, dict) or "last_updated" not in asked.body:
            return Reply(status_code=2001, message="a PATCH needs last_updated")
        value.update(copy.deepcopy(asked.body))
        around: list[Any] = [self.kept[key]]
        for part, (member, name) in zip(asked.parts[3:], CHILDREN, strict=False):
            around.append(child(around[-1], member, name, part))
        _changed(around[:-1], asked.body["last_updated"])
        return Reply()

    def delete(self, asked: Asked) -> Reply:
        if refusal := self._refuses(asked):
            return refusal
        value, key = self._find(asked)
        if value is None:
            return _missing(asked)
        del self.kept[key]
        return Reply()


def _missing(asked: Asked) -> Reply:
    return Reply(http=404, status_code=UNKNOWN, message=f"no {'/'.join(asked.parts[2:])}")


def _misfit(asked: Asked) -> Reply | None:
    """An object whose own id is another than the URL's (OCPI 2.2.1, transport_and_format, errors)."""
    if not isinstance(asked.body, dict):
        return Reply(status_code=2001, message="the body is no object")
    name = "uid" if len(asked.parts) == 4 else "id"
    if str(asked.body.get(name)).upper() != asked.parts[-1].upper():
        return Reply(status_code=2001, message=f"{name} is not that of the URL")
    return None


def _changed(around: list[Any], last_updated: Any) -> None:
    for each in around:
        if isinstance(each, dict) and isinstance(last_updated, str):
            each["last_updated"] = max(str(each.get("last_updated", "")), last_updated)
