"""Legal: how a charge point writes the time, and how its clock goes."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

from mocks.legal import TWO, variant


@variant("3.15: ISO 8601")
def writes_whole_seconds(cp: Any) -> None:
    """Cuts its time stamps off to seconds."""
    cp.time_stamp = lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@variant("3.15: ISO 8601")
def rounds_to_seconds(cp: Any) -> None:
    """Rounds its time stamps to the next second."""
    cp.time_stamp = lambda at: (at.astimezone(UTC) + timedelta(seconds=0.5)).strftime("%Y-%m-%dT%H:%M:%SZ")


@variant("3.14: UTC, with or without an offset")
def writes_an_offset(cp: Any) -> None:
    """Writes +00:00 for Z."""
    cp.time_stamp = lambda at: at.astimezone(UTC).isoformat(timespec="milliseconds")


@variant("3.15")
def writes_microseconds(cp: Any) -> None:
    """Writes six digits of a second."""
    cp.time_stamp = lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@variant("3.15: no more than three digits are needed")
def writes_one_digit(cp: Any) -> None:
    """Writes one digit of a second."""
    cp.time_stamp = lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-5] + "Z"


def _is_off(cp: Any, seconds: float) -> None:
    now = cp.now
    cp.now = lambda: now() + timedelta(seconds=seconds)


@variant("4.2: a clock that is synchronized is not exact")
def is_two_seconds_ahead(cp: Any) -> None:
    """Its clock is two seconds ahead."""
    _is_off(cp, 2.0)


@variant(
    "4.2: a clock that is synchronized is not exact",
    inconclusive=dict.fromkeys(
        ("OCPP16-CP-TXDATA-01", "OCPP16-CP-TXDATA-02"), "it dates the transaction before the settings that were just changed"
    ),
)
def is_two_seconds_behind(cp: Any) -> None:
    """Its clock is two seconds behind."""
    _is_off(cp, -2.0)


@variant("4.6: the clock is set at every Heartbeat", on=TWO)
def has_a_clock_that_drifts(cp: Any) -> None:
    """Its clock gains a second in ten minutes, until the next Heartbeat sets it."""
    plain, began = cp.clock.date, cp.clock.now()

    class Drifting:
        def __getattr__(self, name: str) -> Any:
            return getattr(cp_clock, name)

        def date(self) -> Any:
            return plain() + timedelta(seconds=(cp_clock.now() - began) / 600)

    cp_clock = cp.clock
    cp.clock = Drifting()
