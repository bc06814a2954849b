"""JSON lines: an object a line, with the message in one member and the rest in others. The usual names are known; any other
is given with ``--map text=payload,time=ts,station=charger.id,way=direction`` (a dot steps into an object)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from evconform.ocpp.field.arrays import message_in
from evconform.ocpp.field.said import Format, Item, Line, Said, Unread
from evconform.ocpp.field.stamps import stamp_of

NAMES = {
    "text": "text message msg payload data raw frame ocpp ocppMessage body content log".split(),
    "time": "time timestamp ts @timestamp date datetime at created_at createdAt".split(),
    "station": (
        "station stationId station_id chargePoint chargePointId charge_point_id chargepoint cp cpId cp_id chargeBoxId "
        "charge_box_id charger chargerId charger_id identity clientId client_id"
    ).split(),
    "way": "way direction dir sender from type origin".split(),
    "conn": "conn connection connectionId connection_id session sessionId session_id".split(),
}
"""What is looked for, to the members that may hold it."""
WAYS = {
    **dict.fromkeys("in recv receive received receiving incoming inbound rx request_in".split(), "in"),
    **dict.fromkeys("out send sent sending outgoing outbound tx".split(), "out"),
}
ROLES = {
    **dict.fromkeys(
        "cp chargepoint charge-point charge_point chargingstation charging-station cs station charger".split(), "charge-point"
    ),
    **dict.fromkeys("csms centralsystem central-system central_system backend server cpo".split(), "central-system"),
}
"""A word for the sender, to its role."""


def fits(line: str) -> bool:
    if not line.lstrip().startswith("{"):
        return False
    try:
        return message_of(json.loads(line), {}) is not None
    except (ValueError, RecursionError):
        return False


def read(lines: Iterable[Line], options: Any) -> Iterator[Item]:
    names: dict[str, str] = options.names
    for line in lines:
        if not line.text.strip():
            continue
        try:
            row = json.loads(line.text)
        except (ValueError, RecursionError):
            yield Unread(line.n, "no JSON")
            continue
        text = message_of(row, names) if isinstance(row, dict) else None
        if text is not None:
            yield said_in(line, row, names, text)
        elif names:
            yield Unread(line.n, "no message where --map says that there is one")


def said_in(line: Line, row: dict[str, Any], names: dict[str, str], text: str) -> Said:
    given = {what: member(row, what, names) for what in ("time", "station", "way", "conn")}
    said = Said(line.n, text, station=str(given["station"] or ""), conn=str(given["conn"] or ""))
    word = str(given["way"] or "").strip().lower()
    said.way, said.role = WAYS.get(word, ""), ROLES.get(word, "")
    if stamp := stamp_in(given["time"]):
        said.at, said.facts["resolution"] = stamp
    return said


def stamp_in(value: Any) -> tuple[float, float] | None:
    """A time as a number of seconds or milliseconds, or as a text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        return stamp_of(value)
    seconds = value / 1000 if value > 1e11 else float(value)
    whole = seconds.is_integer() and isinstance(value, int) and value <= 1e11
    try:
        datetime.fromtimestamp(seconds)
    except (OverflowError, ValueError, OSError):
        return None
    return seconds, 1.0 if whole else 0.001


def member(row: dict[str, Any], what: str, names: dict[str, str]) -> Any:
    """The member that holds a thing: by the user's name for it, or the first of the usual ones that is there."""
    ways = [names[what]] if what in names else NAMES[what]
    for way in ways:
        value: Any = row
        for step in [way] if way in row else way.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None:
            return value
    return None


def message_of(row: Any, names: dict[str, str]) -> str | None:
    """The message in a row, as it stands there; one that was stored as JSON is written again."""
    if not isinstance(row, dict):
        return None
    for name in [names["text"]] if "text" in names else NAMES["text"]:
        value = member(row, "text", {"text": name})
        if isinstance(value, list) and len(value) > 1 and value[0] in (2, 3, 4):
            return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        if isinstance(value, str) and value.lstrip().startswith("["):
            stripped = value.strip()
            return message_in(stripped)
    return None


FORMAT = Format("json-lines", "JSON lines", fits, read)
