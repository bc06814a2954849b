"""The logs of one examination, opened, recognized, and put in the order of their time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from evconform.harness.wire import Entry
from evconform.ocpp.field.detect import Log, detect
from evconform.ocpp.field.entries import Entries, Numbers, Options
from evconform.ocpp.field.source import Source
from evconform.ocpp.field.view import FieldTranscript


class Logs:
    """What an examination reads: ``entries``, and ``reader``, the view that the rules have of them."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.reader = FieldTranscript(options.terms)
        self.sources: list[Source] = []
        self._made = Entries(options)

    @property
    def numbers(self) -> list[Numbers]:
        """What became of each log."""
        return self._made.numbers

    @property
    def at(self) -> float:
        """Seconds from the first entry to the last."""
        return self._made.clock.t

    def entries(self, names: list[str], follow: bool = False, idle: Callable[[], None] | None = None) -> Iterator[Entry]:
        """The entries of all logs. Raises UsageError for one that cannot be read."""
        self.sources = [Source(name, follow and name == names[-1], idle) for name in names]
        logs = [detect(source, self.options) for source in self.sources]
        for log in sorted(logs, key=first_time):
            yield from self._made.of(log)

    def stop(self) -> None:
        """Follows no longer."""
        for source in self.sources:
            source.stop.set()


__all__ = ["Logs", "Options"]


def first_time(log: Log) -> float:
    return log.begins if log.begins is not None else float("inf")
