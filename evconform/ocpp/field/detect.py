"""Which format a log has: the one that fits most of its first lines. And what these lines show of it: how fine its time stamps
are, whether the newest stands first, and whose program wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice, pairwise
from typing import Any

from evconform.harness.context import Context
from evconform.harness.verdict import UsageError
from evconform.ocpp import json as ocppj
from evconform.ocpp.field.formats import (
    anything,
    citrineos,
    evcc,
    har,
    json_lines,
    ocpp_go,
    ocpp_logger,
    own,
    pcap,
    steve,
    tshark,
)
from evconform.ocpp.field.parties import Parties
from evconform.ocpp.field.said import Format, Item, Line, Said
from evconform.ocpp.field.source import Source

FORMATS: dict[str, Format] = {
    each.FORMAT.name: each.FORMAT
    for each in (own, har, pcap, tshark, evcc, steve, citrineos, ocpp_logger, ocpp_go, json_lines, anything)
}
"""In the order in which they are tried; the last takes what no other does."""
SAMPLE = 500
"""Lines that are looked at first; more, until one fits."""
SEARCHED = 1_000_000


@dataclass
class Log:
    """A source whose format is known."""

    source: Source
    format: Format
    lines: Iterator[Line]
    context: Context
    parties: Parties
    resolution: float = 0.0
    """What the last digit of its time stamps is worth, in seconds."""
    newest_first: bool = False
    begins: float | None = None
    """Its first time stamp."""

    @property
    def says(self) -> str:
        """What it was taken for, as a phrase."""
        notes = ["newest first"] if self.newest_first else []
        notes += [] if self.context.times else ["no time stamps"]
        notes += ["two programs in one log"] if self.parties.both else []
        written = f"written by the {self.parties.program}" if self.parties.program and not self.format.program else ""
        return ", ".join([self.format.title, *([written] if written else []), *notes])


def detect(source: Source, options: Any) -> Log:
    """Finds the format of a source, or takes the one that is named. Raises UsageError."""
    name = options.format
    if name and name not in FORMATS:
        raise UsageError(f"--format {name}: expected one of {', '.join(FORMATS)}")
    lines = source.lines()
    sample: list[Line] = []
    if source.follow and source.name != "-":  # what is there already is looked at without waiting for more
        ahead = list(islice(Source(source.name).lines(), SAMPLE))
        if there := FORMATS.get(name) or best(ahead):
            log = looked_at(source, there, ahead, lines, options)
            log.lines = lines
            return log
    found = FORMATS.get(name) or (FORMATS["json-lines"] if options.names else None)
    while found is None and len(sample) < SEARCHED:
        more = list(islice(lines, 1 if source.follow else SAMPLE))
        if not more:
            break
        sample += more
        found = best(more)
    found = found or FORMATS["anything"]
    if not sample:
        sample = list(islice(lines, 1 if source.follow else SAMPLE))
    return looked_at(source, found, sample, lines, options)


def best(lines: list[Line]) -> Format | None:
    """The format that fits most of these lines; the last resort only if no other fits any."""
    *named, last = FORMATS.values()
    counts = {each.name: sum(each.fits(line.text) for line in lines) for each in named}
    most = max(counts.values())
    if most:
        return next(each for each in named if counts[each.name] == most)
    return last if any(last.fits(line.text) for line in lines) else None


def looked_at(source: Source, found: Format, sample: list[Line], lines: Iterator[Line], options: Any) -> Log:
    whole = found.place != "line"  # it can only be read at once
    seen: list[Item] = [] if whole else list(found.read(iter(sample), options))
    said = [item for item in seen if isinstance(item, Said)]
    stamped = sum(item.at is not None for item in said)
    log = Log(source, found, chain(sample, lines), found.context, Parties.of(said, found.program))
    if said:
        log.resolution = max((item.facts.get("resolution", 0.0) for item in said), default=0.0)
        log.newest_first = is_newest_first(said) and not source.follow
        log.begins = min((item.at for item in said if item.at is not None), default=None)
        log.context = replace(log.context, times=stamped > len(said) / 2)
        if not log.context.direction and log.parties.program:
            log.context = replace(log.context, direction=True)
        if any(item.kind in ("open", "request") for item in said):
            log.context = replace(log.context, connections=True)
    return log


def is_newest_first(said: list[Said]) -> bool:
    """Whether the time stamps go down; where there are none, whether answers come before what they answer."""
    times = [item.at for item in said if item.at is not None]
    steps = [later - earlier for earlier, later in pairwise(times)]
    up, down = sum(step > 0 for step in steps), sum(step < 0 for step in steps)
    if up or down:
        return down > up
    answers_first = calls_first = 0
    seen: dict[tuple[str, str], str] = {}
    for item in said:
        message = ocppj.read(str(item.text)) if item.kind == "text" else ocppj.Message("none")
        kind = "CALL" if message.type == "CALL" else "answer" if message.type in ("CALLRESULT", "CALLERROR") else ""
        before = seen.setdefault((item.station, str(message.id)), kind) if kind else kind
        answers_first += before == "answer" and kind == "CALL"
        calls_first += before == "CALL" and kind == "answer"
    return answers_first > calls_first
