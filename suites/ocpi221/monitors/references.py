"""OCPI 2.2.1, mod_locations and mod_tariffs: the tariffs that connectors name."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations, groupby
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpi.held import Held, Pull
from evconform.ocpi.moments import moment
from evconform.ocpi.view import Frame, Log
from suites.ocpi221.monitors.locations import party_of
from suites.ocpi221.monitors.pagination import FILTERS

Offences = Iterator[tuple[Any, str]]


def tariffs_named(log: Log) -> Iterator[tuple[Held, str]]:
    """The connectors that the subject sent, with each tariff that they name."""
    for held in log.objects("Connector", by=log.subject):
        ids = held.value.get("tariff_ids") if isinstance(held.value, dict) else None
        log.moot(held.frame)
        yield from ((held, str(id)) for id in ids) if isinstance(ids, list) else ()


def whole_pulls(log: Log) -> Iterator[Pull]:
    """Pulls of all tariffs that there are, to the end."""
    for pull in log.pages("tariffs", by=log.subject):
        log.moot(pull.last)
        if pull.complete and not ({*FILTERS, "offset"} & pull.first.query.keys()):
            yield pull


@monitor("OCPI221-LOC-13")
def named_tariffs_are_there(log: Log) -> Offences:
    for pull in whole_pulls(log):
        there = {str(value.get("id")).upper() for _, _, value in pull.objects() if isinstance(value, dict)}
        acts = [frame.n for frame in log.conversation.frames if frame.kind == "act"]
        for held, id in tariffs_named(log):
            if any(pull.first.n < n < held.frame.n or held.frame.n < n < pull.first.n for n in acts):
                continue  # something may have changed in between
            log.saw(held.frame)
            if id.upper() not in there:
                yield (held.frame, pull.last), f"{held.frame}: tariff_ids name {id}, which the tariffs do not hold"


@monitor("OCPI221-TAR-16")
def deleted_tariffs_are_named_no_more(log: Log) -> Offences:
    for frame in log.requests("DELETE", module="tariffs", interface="RECEIVER", by=log.subject):
        for held, id in tariffs_named(log):
            if held.frame.n > frame.n and is_that(frame, held, id):
                yield (frame, held.frame), f"{held.frame}: tariff_ids name {id}, which {frame} deleted"


def is_that(frame: Frame, held: Held, id: str) -> bool:
    """Whether a DELETE is of the tariff that a connector names: that of its own party, where its location says whose it is."""
    owner = tuple(part.upper() for part in frame.owner or ())
    of_another = bool(held.chain) and "party_id" in held.chain[0] and party_of(held.chain[0]) != owner
    return bool(frame.ids) and frame.ids[0].upper() == id.upper() and not of_another


ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
Known = dict[tuple[str, int], Held]
"""Tariff id, and how many acts there were before, to the tariff that the subject sent then."""


@monitor("OCPI221-LOC-63")
def one_tariff_of_a_type_is_active(log: Log) -> Offences:
    acts = [frame.n for frame in log.conversation.frames if frame.kind == "act"]  # between two of them nothing changes
    known = typed_tariffs(log, acts)
    for _, named in groupby(tariffs_named(log), lambda each: (each[0].frame.n, each[0].pointer)):  # a connector at a time
        (held, first), *more = named
        frame, since = held.frame, bisect_left(acts, held.frame.n)
        ids = sorted({first.upper(), *(id.upper() for _, id in more)})
        for one, other in combinations([known[id, since] for id in ids if (id, since) in known], 2):
            if one.value["type"] != other.value["type"]:
                continue
            log.saw(frame)
            if overlap(one.value, other.value):
                names = f"{one.value.get('id')} and {other.value.get('id')}, both {one.value['type']}"
                words = f"{frame}: {held.pointer}/tariff_ids name {names}, whose periods overlap"
                yield (frame, one.frame, other.frame), words


def typed_tariffs(log: Log, acts: list[int]) -> Known:
    """The tariffs that the subject sent and that have a type, as they were last between two acts."""
    known: Known = {}
    for held in log.objects("Tariff", by=log.subject, nested=False):
        log.moot(held.frame)
        if isinstance(held.value, dict) and isinstance(held.value.get("type"), str):
            known[str(held.value.get("id")).upper(), bisect_left(acts, held.frame.n)] = held
    return known


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether there is a moment at which both tariffs are active; no, where a date cannot be read."""
    try:
        (start, end), (begins, ends) = period(one), period(other)
    except ValueError:
        return False
    return start < ends and begins < end


def period(tariff: dict[str, Any]) -> tuple[datetime, datetime]:
    """From when until when it is active; without a date for ever. Raises ValueError."""
    start, end = tariff.get("start_date_time"), tariff.get("end_date_time")
    return (ALWAYS[0] if start is None else moment(start), ALWAYS[1] if end is None else moment(end))
