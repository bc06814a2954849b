"""OCPP 1.6, 5.13: what a central system reserves; 5.9, 5.17, 5.19: locations and connectors of what else it asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from evconform.harness.law import monitor
from evconform.ocpp.equal import same
from evconform.ocpp.limits import YEARS
from evconform.ocpp.view import Frame, Log, instant
from suites.ocpp16.told import whole

Offences = Iterator[tuple[Any, str]]

LOCATED = {"GetDiagnostics": "OCPP16-5.9-32", "UpdateFirmware": "OCPP16-5.19-32"}
"""What says where a file goes to or comes from."""


def central_time(log: Log, frame: Frame) -> datetime | None:
    """What the clock of the central system shows at a frame, by its last answer that says so."""
    told = [call.answer for call in log.conversation.frames if call.action in ("BootNotification", "Heartbeat") and call.answer]
    last = next((answer for answer in reversed(told) if answer.n < frame.n and instant(answer.get("currentTime"))), None)
    moment = instant(last.get("currentTime")) if last else None
    if moment is None or last is None or moment.year not in YEARS:
        return None
    return moment + timedelta(seconds=frame.since(last))


@monitor("OCPP16-5.13-32")
def reservations_end_in_the_future(log: Log) -> Offences:
    for call in log.calls("ReserveNow", by="central-system"):
        now, ends = central_time(log, call), instant(call.get("expiryDate"))
        if now is None or ends is None:
            log.moot(call)
        elif ends <= now - timedelta(seconds=log.pixit["clock_tolerance"]):
            yield call, f"it ended {(now - ends).total_seconds():.0f} s ago"


@monitor("OCPP16-5.13-33")
def reservation_ids_differ(log: Log) -> Offences:
    running: dict[int | None, Frame] = {}
    for call in log.calls("ReserveNow", "CancelReservation", "StartTransaction"):
        reservation = whole(call.get("reservationId"))
        earlier = running.get(reservation)
        now, ends = central_time(log, call), instant(earlier.get("expiryDate")) if earlier else None
        if call.action != "ReserveNow":
            log.moot(call)
            running.pop(reservation, None)
            continue
        if earlier and not same(earlier.get("idTag"), call.get("idTag"), "idTag") and now and ends and now < ends:
            yield (earlier, call), f"reservationId {reservation} is that of another idTag's reservation"
        if call.answer and call.answer.says(status="Accepted"):
            running[reservation] = call


def location_is_a_uri(action: str) -> Callable[[Log], Offences]:
    def is_uri(log: Log) -> Offences:
        for call in log.calls(action, by="central-system"):
            location = str(call.get("location"))
            if not is_a_uri(location):
                yield call, f"the location is {location!r}"

    is_uri.__name__ = f"location_of_{action}"
    return is_uri


def is_a_uri(location: str) -> bool:
    try:
        return bool(urlsplit(location).scheme)
    except ValueError:
        return False


for _action, _requirement in LOCATED.items():
    monitor(_requirement)(location_is_a_uri(_action))


@monitor("OCPP16-6.51-31")
def triggered_connectors(log: Log) -> Offences:
    for call in log.calls("TriggerMessage", by="central-system"):
        connector = call.number("connectorId")
        if connector is None or call.says(requestedMessage="StatusNotification"):
            log.moot(call)
        elif connector <= 0:
            yield call, f"it is for connector {connector:g}"
