"""OCPI 2.2.1, mod_locations and mod_tariffs: the tariffs that connectors name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpi.held import Held, Pull
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
