"""The predicates by which expectations pick frames of OCPI. Their values are JSON, for they stand in marks of the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from evconform.ocpi.frame import Frame, shown
from evconform.ocpi.headers import LINK
from evconform.ocpi.json import NO_JSON, at, spelt
from evconform.ocpi.moments import moment
from evconform.ocpi.paging import next_link
from evconform.ocpi.status import range_of


def among(value: Any, wanted: Any) -> bool:
    """Whether a value is the one that is wanted, or one of several. True is not 1."""
    options = wanted if isinstance(wanted, list) else [wanted]
    return any(value == option and isinstance(value, bool) == isinstance(option, bool) for option in options)


CI_STRINGS = {"country_code", "party_id", "id", "uid", "evse_id", "tariff_ids", "group_id"}
"""Members of Locations and Tariffs, and of what is in them, that are the same in capitals and small letters (types, CiString)."""


def same(value: Any, wanted: Any, member: str = "") -> bool:
    """Whether two JSON values say the same: objects in any order of members, DateTimes by their moment, numbers by value, ids
    in any spelling. ``member``: the name of what they stand in."""
    if isinstance(value, dict) and isinstance(wanted, dict):
        return value.keys() == wanted.keys() and all(same(value[key], each, key) for key, each in wanted.items())
    if isinstance(value, list) and isinstance(wanted, list):
        return len(value) == len(wanted) and all(same(one, other, member) for one, other in zip(value, wanted, strict=True))
    if isinstance(value, bool) is not isinstance(wanted, bool):
        return False
    if isinstance(value, str) and isinstance(wanted, str):
        return value == wanted or _same_moment(value, wanted) or (member in CI_STRINGS and value.upper() == wanted.upper())
    return bool(value == wanted)


def _same_moment(one: str, other: str) -> bool:
    first, second = _moment(one), _moment(other)
    return first is not None and first == second


def _moment(text: Any) -> datetime | None:
    try:
        return moment(text)
    except ValueError:
        return None


def says(data: Any, members: dict[str, Any]) -> bool:
    """Whether at each path stands that value; a list stands for alternatives, unless it is what stands there."""
    return all(_fits(at(data, path), wanted, _member(path)) for path, wanted in members.items())


def _fits(value: Any, wanted: Any, member: str) -> bool:
    return same(value, wanted, member) or (isinstance(wanted, list) and any(same(value, each, member) for each in wanted))


def _member(path: str) -> str:
    """The name of the member that a path leads to, or into the list of."""
    return next((step for step in reversed(path.split("/")) if not step.isdecimal()), "")


NAMES = ("id", "uid", "country_code", "party_id")
"""CiStrings that name an object."""
DEFAULTS = {"charging_when_closed": True}
"""Members that say so by not being there."""


def plain(value: Any) -> Any:
    """As it may be held and given back: without members that say as much as if they were not there, null, an empty list or a
    default; names in capitals; and what has no order of its own in one: texts of a list, and objects that have a name."""
    if isinstance(value, dict):
        kept = {key: plain(each) for key, each in value.items() if each not in (None, []) and DEFAULTS.get(key) is not each}
        return kept | {name: kept[name].upper() for name in NAMES if isinstance(kept.get(name), str)}
    return sorted(map(plain, value), key=_place) if isinstance(value, list) else value


def _place(value: Any) -> str:
    """Where it comes in a list; the same for all that keep the order that they have."""
    named = str(value.get("uid", value.get("id", ""))) if isinstance(value, dict) else ""
    return value if isinstance(value, str) else named


def holds(value: Any, wanted: Any, member: str = "") -> bool:
    """Whether a value says all that is wanted, and perhaps more in its objects."""
    if isinstance(value, dict) and isinstance(wanted, dict):
        return value.keys() >= wanted.keys() and all(holds(value[key], each, key) for key, each in wanted.items())
    if isinstance(value, list) and isinstance(wanted, list):
        return len(value) == len(wanted) and all(holds(one, other, member) for one, other in zip(value, wanted, strict=True))
    return same(value, wanted, member)


def _headers(frame: Frame, wanted: dict[str, Any]) -> bool:
    """None: it is not there. True: it is, whatever it says."""
    return all(
        (got is not None) if value is True else among(got, value)
        for got, value in ((frame.header(name), value) for name, value in wanted.items())
    )


def _query(frame: Frame, wanted: dict[str, Any]) -> bool:
    given = frame.query
    return all(name in given if value is True else among(given.get(name), value) for name, value in wanted.items())


def _answers(frame: Frame, wanted: Any) -> bool:
    """The response to that request of ours, but for an interim one (RFC 9110, 15.2)."""
    asked = frame.request if frame.kind == "response" and (frame.http_status or 0) >= 200 else None
    return asked is not None and asked.id == wanted


def _parts(frame: Frame, wanted: Any) -> bool:
    """The parts below the announced URL; ids of parties and objects are case-insensitive."""
    return [part.upper() for part in frame.parts] == [str(part).upper() for part in wanted]


def _absent(frame: Frame, wanted: Any) -> bool:
    """Members that are not there, or say nothing."""
    return all(at(frame.said, path) in (NO_JSON, None) or at(frame.said, path) == [] for path in wanted)


def listed(frame: Frame) -> list[Any] | None:
    """The data that are a list; one in pages may be left out, or null, where it is empty (terminology: Cardinality)."""
    if isinstance(frame.data, list):
        return frame.data
    is_empty = frame.data in (NO_JSON, None) and frame.ok and frame.operation is not None and frame.operation.paged
    return [] if is_empty else None


def _ids(frame: Frame) -> list[str] | None:
    """The ``id`` of each object of a list, in capitals, for they are case-insensitive."""
    rows = listed(frame)
    return None if rows is None else [str(each.get("id")).upper() for each in rows if isinstance(each, dict)]


def _objects(frame: Frame, wanted: Any) -> bool:
    """The ``id`` of each object of a list, in any order."""
    found = _ids(frame)
    return found is not None and sorted(found) == sorted(str(id).upper() for id in wanted)


def _lists(frame: Frame, wanted: Any) -> bool:
    """The ``id``s of objects that are among those of the list."""
    return set(_ids(frame) or ()).issuperset(str(id).upper() for id in wanted)


def _lists_none(frame: Frame, wanted: Any) -> bool:
    found = _ids(frame)
    return found is not None and set(found).isdisjoint(str(id).upper() for id in wanted)


def _count(frame: Frame, wanted: Any) -> bool:
    rows = listed(frame)
    return rows is not None and among(len(rows), wanted)


def _at_most(frame: Frame, wanted: Any) -> bool:
    rows = listed(frame)
    return rows is not None and len(rows) <= wanted


def _later(frame: Frame, wanted: dict[str, str]) -> bool:
    """At each path a DateTime that is later than that one."""
    pairs = ((_moment(at(frame.said, path)), _moment(text)) for path, text in wanted.items())
    return all(found is not None and limit is not None and found > limit for found, limit in pairs)


def _not_before(frame: Frame, wanted: dict[str, str]) -> bool:
    pairs = ((_moment(at(frame.said, path)), _moment(text)) for path, text in wanted.items())
    return all(found is not None and limit is not None and found >= limit for found, limit in pairs)


DIFFERENCES_AT_MOST = 3


def differences(value: Any, wanted: Any, path: str = "") -> Iterator[str]:
    """Where two values do not say the same, in words."""
    if isinstance(value, dict) and isinstance(wanted, dict):
        for name in dict.fromkeys((*wanted, *value)):
            yield from differences(value.get(name, NO_JSON), wanted.get(name, NO_JSON), f"{path}/{name}")
    elif isinstance(value, list) and isinstance(wanted, list) and len(value) == len(wanted):
        for n, (one, other) in enumerate(zip(value, wanted, strict=True)):
            yield from differences(one, other, f"{path}/{n}")
    elif not same(value, wanted):
        yield f"{path or 'it'} is {told(value)}, not {told(wanted)}"


def told(value: Any) -> str:
    return "missing" if value is NO_JSON else shown(spelt(value))


def why_not(frame: Frame, what: dict[str, Any]) -> str:
    """What of the data a predicate does not find, in words; empty if it is not about them."""
    found: list[str] = []
    if "data" in what:
        found += [
            f"{path} is {told(at(frame.data, path))}"
            for path, wanted in what["data"].items()
            if not says(frame.data, {path: wanted})
        ]
    if "equals" in what and isinstance(frame.data, dict | list):
        found += differences(plain(frame.data), plain(what["equals"]))
    if "holds" in what and isinstance(frame.data, dict):
        wanted, value = plain(what["holds"]), plain(frame.data)
        found += differences({name: value[name] for name in wanted if name in value}, wanted)
    more = f", and {len(found) - DIFFERENCES_AT_MOST} more" if len(found) > DIFFERENCES_AT_MOST else ""
    return "; ".join(found[:DIFFERENCES_AT_MOST]) + more


PREDICATES: dict[str, Callable[[Frame, Any], bool]] = {
    "kind": lambda frame, wanted: among(frame.kind, wanted),
    "method": lambda frame, wanted: among(frame.method, wanted),
    "module": lambda frame, wanted: among(frame.module, wanted),
    "interface": lambda frame, wanted: among(frame.interface, wanted),
    "parts": _parts,
    "depth": lambda frame, wanted: among(frame.depth, wanted),
    "path": lambda frame, wanted: frame.path == wanted,
    "target": lambda frame, wanted: frame.target == wanted,
    "query": _query,
    "header": _headers,
    "token": lambda frame, wanted: among(frame.token[0].name if frame.token else None, wanted),
    "http_status": lambda frame, wanted: among(frame.http_status, wanted),
    "http_class": lambda frame, wanted: among((frame.http_status or 0) // 100, wanted),
    "status_code": lambda frame, wanted: among(frame.status_code, wanted),
    "status_range": lambda frame, wanted: among(range_of(frame.status_code), wanted),
    "ok": lambda frame, wanted: frame.ok is wanted,
    "enveloped": lambda frame, wanted: (frame.envelope is not None and "status_code" in frame.envelope) is wanted,
    "data": lambda frame, wanted: says(frame.said, wanted),
    "spelt": lambda frame, wanted: all(at(frame.said, path) == text for path, text in wanted.items()),
    "equals": lambda frame, wanted: same(plain(frame.said), plain(wanted)),
    "holds": lambda frame, wanted: holds(plain(frame.said), plain(wanted)),
    "absent": _absent,
    "is_list": lambda frame, wanted: (listed(frame) is not None) is wanted,
    "is_object": lambda frame, wanted: isinstance(frame.data, dict) is wanted,
    "count": _count,
    "at_most": _at_most,
    "objects": _objects,
    "lists": _lists,
    "lists_none": _lists_none,
    "later": _later,
    "not_before": _not_before,
    "next": lambda frame, wanted: (next_link(frame.header(LINK)) is not None) is wanted,
    "conn": lambda frame, wanted: frame.conn == wanted,
    "answer_to": _answers,
    "one_of": lambda frame, wanted: any(frame.matches(each) for each in wanted),
    "none_of": lambda frame, wanted: not any(frame.matches(each) for each in wanted),
}
