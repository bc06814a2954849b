"""A Sender interface over objects in memory: lists in pages, single objects by their ids (OCPI 2.2.1, locations, tariffs …)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.ocpi import headers as names
from evconform.ocpi.endpoint import Asked, Reply
from evconform.ocpi.moments import moment
from evconform.ocpi.paging import Window, link

CHILDREN = (("evses", "uid"), ("connectors", "id"))
"""Below a Location: member, and what a part of the URL names there."""


class Sender:
    """``objects``: in the order in which they came; ``limit``: the most of a page."""

    LIMIT = 100

    def __init__(self, url: Callable[[], str], limit: int = LIMIT) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.limit = limit
        self._url = url
        self.mark = ""
        """What a Link holds besides, which no client can make up."""

    def holds(self, value: dict[str, Any]) -> None:
        self.objects[str(value["id"]).upper()] = value

    def drops(self, id: str) -> None:
        self.objects.pop(id.upper(), None)

    def get(self, asked: Asked) -> Reply:
        return self._one(asked) if asked.parts else self._page(asked)

    def _page(self, asked: Asked) -> Reply:
        try:
            window = Window.of(asked.query)
        except ValueError as why:
            return Reply(status_code=2001, message=str(why))
        found = [each for each in self.objects.values() if _is_asked_for(each, window)]
        size = min(self.limit, self.limit if window.limit is None else window.limit)
        page = found[window.offset : window.offset + size]
        heads: dict[str, str | None] = {names.TOTAL_COUNT: str(len(found)), names.LIMIT: str(self.limit)}
        if size and window.offset + size < len(found):
            after = Window(window.date_from, window.date_to, window.offset + size, size)
            heads[names.LINK] = link(f"{self._url()}?{after.query()}{self.mark}")
        return Reply(page, headers=heads)

    def _one(self, asked: Asked) -> Reply:
        value: Any = self.objects.get(asked.parts[0].upper())
        for part, (member, key) in zip(asked.parts[1:], CHILDREN, strict=False):
            value = child(value, member, key, part)
        if value is None or len(asked.parts) > 1 + len(CHILDREN):
            return Reply(http=404, status_code=2003, message=f"no {'/'.join(asked.parts)}")
        return Reply(value)


def _is_asked_for(value: dict[str, Any], window: Window) -> bool:
    try:
        return window.holds(moment(value.get("last_updated")))
    except ValueError:  # what a case made broken is on every page
        return True


def child(value: Any, member: str, key: str, part: str) -> Any:
    """The child of that id; ids are case-insensitive. None without one."""
    rows = value.get(member) if isinstance(value, dict) else None
    named = (row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, dict))
    return next((row for row in named if str(row.get(key)).upper() == part.upper()), None)


__all__ = ["CHILDREN", "Sender", "child"]
