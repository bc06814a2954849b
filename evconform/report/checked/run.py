"""Runs a check: logs in, model out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evconform.harness.catalogue import Law
from evconform.harness.columns import Claims
from evconform.harness.context import NoPics
from evconform.harness.examination import Examination
from evconform.harness.judge import Terms
from evconform.harness.named import import_string
from evconform.harness.pics import Pics
from evconform.harness.user_file import read_toml
from evconform.harness.verdict import UsageError
from evconform.report.checked.model import Check
from evconform.report.checked.stations import STATIONS_AT_MOST, Station

TOLERANCE = 2.0
"""Seconds by which a time rule may be off in a log: it was written by a program, not by the wire."""
PATIENCE = 60.0
"""Seconds after which a CALL counts as unanswered."""
CLOCK_TOLERANCE = 60.0


@dataclass
class Asked:
    """What the user asked for."""

    logs: list[str]
    format: str = ""
    names: dict[str, str] = field(default_factory=dict)
    """What JSON lines call text, time, station and way."""
    identity: str = ""
    pics: Path | None = None
    complete: bool = False
    tolerance: float = TOLERANCE
    patience: float = PATIENCE
    follow: bool = False


def terms_for(law: Law, asked: Asked) -> Terms:
    """What logs are judged by. Raises UsageError for a PICS that cannot be read."""
    form = law.form
    pics: Pics = NoPics({*law.traffic, *form.messages, *form.unasked, *form.profiles})
    columns: dict[str, Claims] = {}
    if asked.pics:
        *others, (_, column) = form.columns.items()  # the newest stands last
        answers = read_toml(asked.pics)
        pics = Pics.fill(form, answers, asked.pics, column)
        columns = {speaks: Claims(Pics.fill(form, answers, asked.pics, column), {}) for speaks, column in others}
    pixit = {"patience": asked.patience, "tolerance": asked.tolerance, "clock_tolerance": CLOCK_TOLERANCE}
    return Terms("charge-point", asked.identity, asked.tolerance, pixit, pics, columns=columns)


def check(law: Law, asked: Asked, news: Callable[[Check], None] | None = None) -> Check:
    """Examines logs. While it follows one, ``news`` is called with what is known so far whenever nothing more comes for now.
    Raises UsageError."""
    if not law.logs:
        raise UsageError(f"--law {law.name}: there is nothing that reads its logs")
    options = import_string(law.logs.partition(":")[0] + ":Options")(
        terms_for(law, asked), asked.format, asked.names, asked.identity
    )
    logs = import_string(law.logs)(options)
    examination = Examination(law, logs.reader)
    made = Check(law, examination, logs.numbers, complete=asked.complete)
    judged = 0

    def idle() -> None:
        nonlocal judged
        if news and made.messages != judged:
            judged = made.messages
            news(Check(law, examination.so_far(logs.at), logs.numbers, made.stations, asked.complete))

    try:
        feed(logs, made, asked, idle)
    except KeyboardInterrupt:
        made.interrupted = not asked.follow
        logs.stop()
    examination.close(logs.at)
    return made


def feed(logs: Any, made: Check, asked: Asked, idle: Callable[[], None]) -> None:
    """Reads all entries into the examination."""
    for entry in logs.entries(asked.logs, asked.follow, idle):
        frame = made.examination.feed(entry)
        if frame is not None and (name := logs.reader.name_of(entry.conn)):
            station = made.stations.get(name)
            if station is None and len(made.stations) < STATIONS_AT_MOST:
                station = made.stations[name] = Station(name)
            if station is not None:
                station.takes(frame, entry.t)
