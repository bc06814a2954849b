"""A location as it was and as it is to be: which of its parts are new, and since when (OCPI 2.2.1, mod_locations: last_updated
climbs from a connector to its EVSE and its location; what was published once stays visible as REMOVED)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.reference.cpo.ocpi.statuses import OFFLINE, REMOVED

Value = dict[str, Any]
CHILDREN = ("evses", "connectors")
"""The members that have times of their own."""


def merged(old: Value | None, new: Value, at: str, status: Callable[[Value | None, Value], str]) -> Value:
    """``new`` with the time of each part: ``at`` where it changed, otherwise as before. ``status``: of an EVSE as it was and
    as it is to be."""
    before = {evse["uid"].casefold(): evse for evse in (old or {}).get("evses", ())}
    evses = []
    for evse in new.get("evses", ()):
        was = before.pop(evse["uid"].casefold(), None)
        evses.append(_evse(was, evse | {"status": status(was, evse)}, at))
    evses += [_evse(was, was | {"status": REMOVED}, at) for was in before.values()]
    value = {**new, "evses": evses} if evses else {**new}
    return _dated(old, value, at)


def _evse(old: Value | None, new: Value, at: str) -> Value:
    before = {connector["id"].casefold(): connector for connector in (old or {}).get("connectors", ())}
    connectors = [_dated(before.get(connector["id"].casefold()), connector, at) for connector in new["connectors"]]
    return _dated(old, {**new, "connectors": connectors}, at)


def _dated(old: Value | None, new: Value, at: str) -> Value:
    """With ``last_updated`` as the last member: ``at``, unless nothing else is different."""
    plain = {name: value for name, value in new.items() if name != "last_updated"}
    same = old is not None and {name: value for name, value in old.items() if name != "last_updated"} == plain
    return plain | {"last_updated": old["last_updated"] if same and old else at}


def patched(value: Value, uid: str, status: str, at: str) -> bool:
    """Sets the status of an EVSE in place; False if it is so already, or is gone for good."""
    evse = next(each for each in value["evses"] if each["uid"].casefold() == uid)
    if evse["status"] in (status, REMOVED):
        return False
    evse["status"] = status
    evse["last_updated"] = value["last_updated"] = at
    return True


def dated(value: Any, at: str) -> Any:
    """What an operator says of a location, with what it need not say: every ``last_updated``, and an EVSE's status."""
    if not isinstance(value, dict):
        return value
    children = {name: [dated(each, at) for each in value[name]] for name in CHILDREN if isinstance(value.get(name), list)}
    status = {"status": OFFLINE} if "uid" in value else {}
    return status | value | children | {"last_updated": at}


def undated(value: Any) -> Any:
    """Without ``last_updated`` at any depth, which is ours to say."""
    if isinstance(value, list):
        return [undated(each) for each in value]
    return {n: undated(v) for n, v in value.items() if n != "last_updated"} if isinstance(value, dict) else value
