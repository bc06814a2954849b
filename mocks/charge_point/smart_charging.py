"""Smart charging (3.13): SetChargingProfile (5.16), ClearChargingProfile (5.5), GetCompositeSchedule (5.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.json import CallError
from mocks.charge_point import composite_schedule as schedules
from mocks.charge_point.composite_schedule import MAX, TX, Profile, Rate, Supply

if TYPE_CHECKING:
    from mocks.inch import Inch

QUANTITIES = {"A": "Current", "W": "Power"}
"""Unit to its word in ChargingScheduleAllowedChargingRateUnit (erratum 3.88)."""
LONGEST = 31 * 86_400
"""Seconds of the longest composite schedule that it reports."""
Check = Callable[[int, Payload], bool]
"""Whether a profile (7.8) may stand on a connector, in one respect."""


class SmartCharging:
    """The installed profiles. ``checks``: what a profile must be, in words, and whether it is; a fault may drop one."""

    units = ("A", "W")
    max_stack_level = 8
    max_periods = 24
    max_installed = 20

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        if cp.memory.profiles is None:
            cp.memory.profiles = []
        self.checks: dict[str, Check] = self._of_content() | {
            "ChargePointMaxProfile on connector 0 only (3.13.1)": lambda n, p: n == 0 or p["chargingProfilePurpose"] != MAX,
            "TxProfile on a connector only (3.13.1)": lambda n, p: n > 0 or p["chargingProfilePurpose"] != TX,
            "TxProfile only for the transaction that runs (5.16.4)": self.has_its_transaction,
        }
        cp.handles("SetChargingProfile", self.set_charging_profile)
        cp.handles("ClearChargingProfile", self.clear_charging_profile)
        cp.handles("GetCompositeSchedule", self.get_composite_schedule)

    def keys(self) -> dict[str, tuple[bool, str]]:
        """9.4."""
        if not self.cp.pics["SetChargingProfile"]:
            return {}
        return {
            "ChargeProfileMaxStackLevel": (True, str(self.max_stack_level)),
            "ChargingScheduleAllowedChargingRateUnit": (True, ",".join(QUANTITIES[unit] for unit in self.units)),
            "ChargingScheduleMaxPeriods": (True, str(self.max_periods)),
            "MaxChargingProfilesInstalled": (True, str(self.max_installed)),
        }

    @property
    def profiles(self) -> list[Profile]:
        """Erratum 3.37: they survive a power cycle."""
        profiles: list[Profile] = self.cp.memory.profiles
        return profiles

    # ── what a profile must be ──

    def _of_content(self) -> dict[str, Check]:
        """What no connector and no transaction changes."""
        return {
            "a stack level that is supported (9.4.1)": lambda n, p: 0 <= p["stackLevel"] <= self.max_stack_level,
            "a unit that is supported (9.4.2)": lambda n, p: p["chargingSchedule"]["chargingRateUnit"] in self.units,
            "as many periods as are supported (9.4.3)": lambda n, p: len(starts_of(p)) <= self.max_periods,
            "a first period that starts at 0 (5.16.4)": lambda n, p: starts_of(p)[:1] == [0],
            "periods one after the other (7.14)": lambda n, p: starts_of(p) == sorted(set(starts_of(p))) and ends_ever(p),
            "limits and phases that can be (7.14)": has_possible_limits,
            "a duration (7.13)": lambda n, p: p["chargingSchedule"].get("duration", 1) > 0,
            "a recurrence where it recurs (7.8)": lambda n, p: p["chargingProfileKind"] != "Recurring" or "recurrencyKind" in p,
            "a limit of the whole is not relative to a transaction (7.9)": lambda n, p: (
                p["chargingProfilePurpose"] != MAX or p["chargingProfileKind"] != "Relative"
            ),
            "transactionId only in a TxProfile (7.8)": lambda n, p: p["chargingProfilePurpose"] == TX or "transactionId" not in p,
            "dates, and the end of validity after its start (7.8)": has_proper_dates,
        }

    def has_its_transaction(self, number: int, payload: Payload) -> bool:
        """5.16.4; the transactionId may be left out, but if it is there it matches (7.8)."""
        if payload["chargingProfilePurpose"] != TX or number == 0:
            return True
        transaction = self.cp.transactions.running(number)
        return transaction is not None and payload.get("transactionId", transaction.id) == transaction.id

    def accepts_for_remote_start(self, payload: Payload) -> bool:
        """5.16.2: a TxProfile without transactionId."""
        proper = payload["chargingProfilePurpose"] == TX and "transactionId" not in payload
        return proper and all(check(1, payload) for check in self._of_content().values())

    # ── what the central system asks ──

    def set_charging_profile(self, payload: Payload, _: Channel) -> Answer:
        """A connector that there is not: erratum 3.39."""
        number, profile = payload["connectorId"], payload["csChargingProfiles"]
        if number != 0 and number not in self.cp.connectors:
            return CallError("PropertyConstraintViolation", f"there is no connector {number}")
        if not all(check(number, profile) for check in self.checks.values()):
            return {"status": "Rejected"}
        new = Profile.read(number, profile, self.cp.now().timestamp())
        return {"status": "Accepted" if self.install(new) else "Rejected"}

    def install(self, new: Profile) -> bool:
        """5.16.3: replaces what has its id, or its purpose and stack level; False if there is no room for one more."""
        replaced = [old for old in self.profiles if self.replaces(new, old)]
        if not replaced and len(self.profiles) >= self.max_installed:
            return False
        self.cp.memory.profiles = [old for old in self.profiles if old not in replaced] + [new]
        self.tell({new.connector, *(old.connector for old in replaced)})
        return True

    def replaces(self, new: Profile, old: Profile) -> bool:
        same_place = (new.connector, new.purpose, new.stack_level) == (old.connector, old.purpose, old.stack_level)
        return new.id == old.id or same_place

    def clear_charging_profile(self, payload: Payload, _: Channel) -> Answer:
        return {"status": "Accepted" if self.drop(p for p in self.profiles if self.matches(p, payload)) else "Unknown"}

    def matches(self, profile: Profile, asked: Payload) -> bool:
        """Erratum 3.26: the id alone if it is there, else all that is asked; nothing asked matches all."""
        if "id" in asked:
            return bool(profile.id == asked["id"])
        have = {
            "connectorId": profile.connector,
            "chargingProfilePurpose": profile.purpose,
            "stackLevel": profile.stack_level,
        }
        return all(have[name] == value for name, value in asked.items())

    def get_composite_schedule(self, payload: Payload, _: Channel) -> Answer:
        """From now on; for connector 0 what the whole charge point may take (5.7)."""
        number, duration = payload["connectorId"], payload["duration"]
        if (number != 0 and number not in self.cp.connectors) or not 0 <= duration <= LONGEST:
            return {"status": "Rejected"}
        now, supply = self.cp.now(), self.supply(number)
        start, default = now.timestamp(), "A" if self.cp.connectors[max(1, number)].phases else "W"
        unit = payload.get("chargingRateUnit", default)
        edges = self.edges([number] if number else self.cp.connectors, start, start + duration)
        schedule = schedules.composite(lambda at: self.expected(number, at, start), edges, start, duration, unit, supply.volts)
        stamp = self.cp.time_stamp(now)
        return {"status": "Accepted", "connectorId": number, "scheduleStart": stamp, "chargingSchedule": schedule}

    # ── what the transactions do ──

    def install_tx_profile(self, number: int, transaction_id: int | None, payload: Payload) -> None:
        """The profile of a RemoteStartTransaction, on the transaction that it started (5.16.2)."""
        known = {} if transaction_id is None else {"transactionId": transaction_id}
        self.install(Profile.read(number, payload | known, self.cp.now().timestamp()))

    def transaction_ended(self, number: int) -> None:
        """3.13.1: its TxProfiles go; and what it took of the limit of the whole is free."""
        self.drop(p for p in self.profiles if p.purpose == TX and p.connector == number)
        self.share_changed(number)

    def share_changed(self, number: int) -> None:
        """A transaction began or ended on a connector: the others share the limit of the whole anew (3.13.3)."""
        if any(p.purpose == MAX for p in self.profiles):
            self.tell(n for n in self.cp.connectors if n != number and self.cp.transactions.running(n))

    def drop(self, profiles: Iterable[Profile]) -> bool:
        """Whether there was any."""
        dropped = list(profiles)
        self.cp.memory.profiles = [p for p in self.profiles if p not in dropped]
        self.tell({p.connector for p in dropped})
        return bool(dropped)

    def tell(self, numbers: Iterable[int]) -> None:
        touched = set(numbers)
        for number in self.cp.connectors if 0 in touched else sorted(touched):
            self.cp.offer_may_have_changed(number)

    # ── what is allowed ──

    def limit(self, number: int, at: datetime) -> float | None:
        """What the profiles allow a connector, in W; None if they say nothing. The limit of the whole is shared evenly."""
        instant, supply, mine = at.timestamp(), self.supply(number), self.bearing_on(number)
        whole = schedules.of_purpose(mine, MAX, instant, instant, supply)
        sharing = {number, *(n for n in self.cp.connectors if self.cp.transactions.running(n))}
        share = Rate(whole.watts / len(sharing), whole.phases, whole.amperes / len(sharing)) if whole else None
        own = schedules.of_transaction(mine, instant, self.began(number, instant), supply)
        rate = schedules.least(supply.volts, share, own)
        return rate.watts if rate else None

    def next_change(self, number: int, at: datetime) -> datetime | None:
        """When the limit may be another."""
        instant = at.timestamp()
        began = self.began(number, instant)
        edges = [edge for p in self.bearing_on(number) if (edge := p.next_edge(began, instant)) is not None]
        return schedules.date(min(edges)) if edges and min(edges) < LAST_DATE else None

    def expected(self, number: int, at: float, now: float) -> Rate:
        """The limit of a connector in a composite schedule, its own hardware's included; of 0, their sum within the whole's."""
        mine, supply = self.bearing_on(number), self.supply(number)
        hardware = Rate(supply.most, supply.phases)
        whole = schedules.of_purpose(mine, MAX, at, now, supply)
        if number:
            transaction = schedules.of_transaction(mine, at, self.began(number, now), supply)
            return schedules.least(supply.volts, whole, transaction, hardware) or hardware
        total = sum(self.of_connector(n, at, now) for n in self.cp.connectors)
        return schedules.least(supply.volts, whole, Rate(total, supply.phases)) or hardware

    def of_connector(self, number: int, at: float, now: float) -> float:
        """W of one connector, apart from the limit of the whole."""
        supply = self.supply(number)
        rate = schedules.of_transaction(self.bearing_on(number), at, self.began(number, now), supply)
        return min(supply.most, rate.watts) if rate else supply.most

    def edges(self, numbers: Iterable[int], after: float, until: float) -> list[float]:
        """When a composite schedule of these connectors may have a new period."""
        return [e for n in numbers for p in self.bearing_on(n) for e in p.edges(self.began(n, after), after, until)]

    def bearing_on(self, number: int) -> list[Profile]:
        """For connector 0: all."""
        return schedules.for_connector(self.profiles, number) if number else self.profiles

    def began(self, number: int, otherwise: float) -> float:
        """When the transaction began that a relative schedule counts from; ``otherwise`` if none runs."""
        transaction = self.cp.transactions.running(number) if number else None
        return transaction.started.timestamp() if transaction else otherwise

    def supply(self, number: int) -> Supply:
        """How a connector is fed; 0: the charge point."""
        connectors = [self.cp.connectors[number]] if number else list(self.cp.connectors.values())
        phases = max(c.phases for c in connectors)
        volts = schedules.MAINS if phases else max(c.voltage for c in connectors)
        return Supply(phases or 1, sum(c.most_power for c in connectors), volts)


LAST_DATE = 253_370_764_800.0
"""9999-01-01; no date can be much later."""


def starts_of(payload: Payload) -> list[int]:
    return [period["startPeriod"] for period in payload["chargingSchedule"]["chargingSchedulePeriod"]]


def ends_ever(payload: Payload) -> bool:
    """Whether its periods start, and it ends, within what a clock can count."""
    return bool(max([*starts_of(payload), payload["chargingSchedule"].get("duration", 0)]) < LAST_DATE)


def has_possible_limits(number: int, payload: Payload) -> bool:
    periods = payload["chargingSchedule"]["chargingSchedulePeriod"]
    return all(p["limit"] >= 0 and 1 <= p.get("numberPhases", 3) <= 3 for p in periods)


def has_proper_dates(number: int, payload: Payload) -> bool:
    texts = [payload.get("validFrom"), payload.get("validTo"), payload["chargingSchedule"].get("startSchedule")]
    start, end, _ = dates = [schedules.moment(text) for text in texts]
    return all(date or text is None for date, text in zip(dates, texts, strict=True)) and not (start and end and end <= start)
