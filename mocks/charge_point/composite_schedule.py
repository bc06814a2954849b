"""What charging profiles allow, and the composite schedule that they make (3.13). Pure functions over POSIX seconds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from evconform.ocpp.view import instant

Payload = dict[str, Any]

MAX, TX_DEFAULT, TX = "ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"
"""The purposes (7.10)."""
MAINS = 230.0
"""The set voltage of the area, which converts A to W, not the measured one (7.12)."""
PHASES = 3
"""Where numberPhases is absent (7.14)."""
CYCLES = {"Daily": 86_400.0, "Weekly": 604_800.0}
"""The recurrences (7.37, erratum 3.79)."""
EVER = math.inf


def moment(text: Any) -> datetime | None:
    """The instant of an ISO 8601 date and time, in UTC if it does not say (3.14, 3.15); None if it is none."""
    return instant(text) or (instant(f"{text}Z") if isinstance(text, str) else None)


class Period(NamedTuple):
    """A ChargingSchedulePeriod (7.14); ``start`` counts from the start of the schedule."""

    start: float
    limit: float
    phases: int


class Supply(NamedTuple):
    """What a connector, or the whole charge point, is fed with. ``phases``: 1 for DC. ``most``: its own limit in W."""

    phases: int
    most: float
    volts: float = MAINS


class Rate(NamedTuple):
    """A limit: W in total, the number of phases that it was given for, and A on each of them if it was given in A."""

    watts: float
    phases: int
    amperes: float = EVER


@dataclass(frozen=True)
class Profile:
    """A ChargingProfile (7.8) as it is installed on a connector."""

    id: int
    connector: int
    purpose: str
    stack_level: int
    transaction_id: int | None
    received: float
    valid_from: float
    valid_to: float
    start: float | None
    """None: relative to the start of the transaction."""
    cycle: float | None
    """Seconds after which it starts again."""
    length: float
    """Seconds for which it goes on, of each cycle."""
    unit: str
    periods: tuple[Period, ...]

    @classmethod
    def read(cls, connector: int, payload: Payload, received: float) -> Profile:
        """The profile that a proper payload is."""
        schedule, kind = payload["chargingSchedule"], payload["chargingProfileKind"]
        cycle = CYCLES[payload["recurrencyKind"]] if kind == "Recurring" else None
        return cls(
            id=payload["chargingProfileId"],
            connector=connector,
            purpose=payload["chargingProfilePurpose"],
            stack_level=payload["stackLevel"],
            transaction_id=payload.get("transactionId"),
            received=received,
            valid_from=seconds(payload.get("validFrom"), -EVER),
            valid_to=seconds(payload.get("validTo"), EVER),
            start=None if kind == "Relative" else seconds(schedule.get("startSchedule"), None),
            cycle=cycle,
            length=min(schedule.get("duration", EVER), cycle or EVER),  # erratum 3.44
            unit=schedule["chargingRateUnit"],
            periods=tuple(
                Period(p["startPeriod"], p["limit"], p.get("numberPhases", PHASES)) for p in schedule["chargingSchedulePeriod"]
            ),
        )

    def is_valid(self, at: float) -> bool:
        """3.13.2."""
        return self.valid_from <= at < self.valid_to

    def anchor(self, began: float) -> float:
        """When its schedule starts (first): 7.13; a limit of the whole charge point has no transaction to start with."""
        return self.start if self.start is not None else self.received if self.purpose == MAX else began

    def period(self, at: float, began: float) -> Period | None:
        """What holds at an instant; None where the schedule is not in force."""
        elapsed = at - self.anchor(began)
        if not self.is_valid(at) or elapsed < 0:
            return None
        elapsed = elapsed % self.cycle if self.cycle else elapsed
        return next((p for p in reversed(self.periods) if p.start <= elapsed < self.length), None)

    def edges(self, began: float, after: float, until: float) -> Iterator[float]:
        """The instants after ``after`` and before ``until`` at which what it allows may change."""
        anchor = self.anchor(began)
        offsets = [p.start for p in self.periods if p.start < self.length] + [self.length]
        run = anchor + max(0.0, (after - anchor) // self.cycle) * self.cycle if self.cycle else anchor
        while run < until:
            yield from (run + offset for offset in offsets if after < run + offset < until)
            run = run + self.cycle if self.cycle else EVER
        yield from (t for t in (self.valid_from, self.valid_to) if after < t < until)

    def next_edge(self, began: float, after: float) -> float | None:
        """The first of them; a recurring one has its next in the cycle after the next at the latest."""
        until = max(after, self.anchor(began)) + 2 * self.cycle if self.cycle else EVER
        validity = [t for t in (self.valid_from, self.valid_to) if after < t < EVER]
        return min([*self.edges(began, after, until), *validity], default=None)

    def rate(self, period: Period, supply: Supply) -> Rate:
        """A limit in A is for each phase that can be used (7.12, erratum 3.34); one in W is the total."""
        phases = min(period.phases, supply.phases)
        if self.unit == "W":
            return Rate(period.limit, phases)
        return Rate(period.limit * supply.volts * phases, phases, period.limit)


def seconds(text: Any, absent: Any) -> Any:
    """The POSIX seconds of a date that was found to be one."""
    found = moment(text)
    return found.timestamp() if found else absent


# ── combining ──


def of_purpose(profiles: Iterable[Profile], purpose: str, at: float, began: float, supply: Supply) -> Rate | None:
    """3.13.2: the highest stack level in force prevails; where its schedule is over, the next lower (erratum 3.43)."""
    for profile in sorted((p for p in profiles if p.purpose == purpose), key=lambda p: -p.stack_level):
        if period := profile.period(at, began):
            return profile.rate(period, supply)
    return None


def of_transaction(profiles: list[Profile], at: float, began: float, supply: Supply) -> Rate | None:
    """3.13.1: a valid TxProfile overrules the TxDefaultProfiles, even where its own schedule is over (TC_066_CS)."""
    purpose = TX if any(p.purpose == TX and p.is_valid(at) for p in profiles) else TX_DEFAULT
    return of_purpose(profiles, purpose, at, began, supply)


def least(volts: float, *rates: Rate | None) -> Rate | None:
    """3.13.3: the minimum of the purposes, in total and on each phase."""
    merged = [rate for rate in rates if rate]
    if not merged:
        return None
    phases, amperes = min(r.phases for r in merged), min(r.amperes for r in merged)
    return Rate(min(*(r.watts for r in merged), amperes * volts * phases), phases, amperes)


def for_connector(profiles: Iterable[Profile], number: int) -> list[Profile]:
    """Those that bear on a connector: its own, and those of connector 0 that none of its own replaces (3.13.1)."""
    found = [p for p in profiles if p.connector in (0, number)]
    own = {(p.purpose, p.stack_level) for p in found if p.connector == number != 0}
    return [p for p in found if p.connector == number or (p.purpose, p.stack_level) not in own]


# ── the composite schedule ──


def in_unit(rate: Rate, unit: str, volts: float) -> float:
    """A limit in A or W with at most one decimal (7.14), rounded down, for it must not exceed what was merged."""
    exact = rate.watts / (volts * rate.phases) if unit == "A" else rate.watts
    return math.floor(exact * 10 + 1e-6) / 10


def composite(
    rate_at: Callable[[float], Rate], edges: Iterable[float], began: float, duration: int, unit: str, volts: float
) -> Payload:
    """The ChargingSchedule of GetCompositeSchedule.conf: relative to ``began``, so without startSchedule (erratum 3.57)."""
    offsets = {0} | {math.ceil(edge - began) for edge in edges if edge - began < duration}
    periods: list[Payload] = []
    for offset in sorted(offset for offset in offsets if offset < max(1, duration)):
        rate = rate_at(began + offset)
        phases = {} if rate.phases == PHASES else {"numberPhases": rate.phases}
        period = {"limit": in_unit(rate, unit, volts)} | phases
        if not periods or period != {k: v for k, v in periods[-1].items() if k != "startPeriod"}:
            periods.append({"startPeriod": offset} | period)
    return {"duration": duration, "chargingRateUnit": unit, "chargingSchedulePeriod": periods}


def date(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
