"""Reservations (3.11): ReserveNow (5.13) and CancelReservation (5.1)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.json import CallError
from mocks.charge_point.composite_schedule import moment

if TYPE_CHECKING:
    from mocks.inch import Inch

ANY = 0
"""The connectorId of a reservation of no specific connector."""
PRECEDENCE = ("Occupied", "Faulted", "Unavailable")
"""The answer for the whole charge point, where its connectors differ (7.40)."""


@dataclass
class Reservation:
    """One reservation, as it survives a power cycle."""

    id: int
    connector: int
    id_tag: str
    parent_id_tag: str | None
    expires: datetime

    def is_for(self, id_tag: str, parent_id_tag: str | None) -> bool:
        """5.13: the idTag, or the parent idTag of both (never a parent idTag against a presented one, 3.10)."""
        same_group = self.parent_id_tag and parent_id_tag and self.parent_id_tag.lower() == parent_id_tag.lower()
        return self.id_tag.lower() == id_tag.lower() or bool(same_group)


class Reservations:
    """Who may use which connector. One for any connector holds back as many free connectors as there are such ones."""

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        if cp.memory.reservations is None:
            cp.memory.reservations = {}
        self._watch: asyncio.Task[None] | None = None
        cp.handles("ReserveNow", self.reserve_now)
        cp.handles("CancelReservation", self.cancel_reservation)

    def keys(self) -> dict[str, tuple[bool, str]]:
        """9.3."""
        return {"ReserveConnectorZeroSupported": (True, "true")} if self.cp.pics["ReserveNow"] else {}

    @property
    def memory(self) -> dict[int, Reservation]:
        memory: dict[int, Reservation] = self.cp.memory.reservations
        return memory

    # ── what the other parts ask ──

    def in_force(self, connector: int) -> list[Reservation]:
        """Those of this connector, or with 0 those of any."""
        return [r for r in self.memory.values() if r.connector == connector and not self.has_expired(r)]

    def has_expired(self, reservation: Reservation) -> bool:
        return reservation.expires <= self.cp.now()

    def is_reserved(self, connector: int) -> bool:
        """Whether nobody without a reservation may use it."""
        if connector == ANY:
            return False  # 4.9: connector 0 is never Reserved
        return bool(self.in_force(connector)) or self.is_last(connector, len(self.in_force(ANY)))

    def is_last(self, connector: int, held_back: int) -> bool:
        """Whether too few free connectors would be left for the reservations of any."""
        return held_back > len(self.free(without=connector))

    def free(self, without: int = ANY) -> list[int]:
        """The connectors that somebody could use, and that are not reserved as such."""
        return [n for n in self.cp.connectors if n != without and self.condition(n) == "Accepted" and not self.in_force(n)]

    def blocks(self, connector: int, id_tag: str, parent_id_tag: str | None) -> bool:
        """5.13: whether an idTag is refused here because of somebody's reservation."""
        own = self.found(connector, id_tag, parent_id_tag)
        if self.in_force(connector):
            return own is None
        return self.is_last(connector, len(self.in_force(ANY)) - (own is not None))

    def found(self, connector: int, id_tag: str, parent_id_tag: str | None) -> Reservation | None:
        """The reservation that this idTag would use here: of the connector first, then of any."""
        mine = [r for r in self.in_force(connector) if r.is_for(id_tag, parent_id_tag)]
        if not mine and not self.in_force(connector):
            mine = [r for r in self.in_force(ANY) if r.is_for(id_tag, parent_id_tag)]
        return next(iter(mine), None)

    def uses(self, connector: int, id_tag: str, parent_id_tag: str | None) -> int | None:
        """A transaction starts: the reservation that it ends, for its StartTransaction (5.13)."""
        own = self.found(connector, id_tag, parent_id_tag)
        if own is None:
            return None
        del self.memory[own.id]
        self.look(but=connector)
        return own.id

    def connector_lost(self, connector: int) -> None:
        """5.13: it becomes Faulted or Unavailable; with 0, all of them do."""
        lost = [r for r in self.memory.values() if connector in (ANY, r.connector)]
        too_many = len(self.in_force(ANY)) - len(self.free(without=connector))
        lost += self.in_force(ANY)[-too_many:] if too_many > 0 and connector != ANY else []
        for reservation in lost:
            del self.memory[reservation.id]
        if lost:
            self.look(but=connector)

    # ── what the central system asks ──

    def reserve_now(self, payload: Payload, _: Channel) -> Answer:
        """One with the same id is replaced, if the new one can be kept."""
        expires = moment(payload["expiryDate"])
        if expires is None:
            return CallError("TypeConstraintViolation", "expiryDate is no date and time")
        wanted = Reservation(
            payload["reservationId"], payload["connectorId"], payload["idTag"], payload.get("parentIdTag"), expires
        )
        old = self.memory.pop(wanted.id, None)
        status = self.answer(wanted)
        if status == "Accepted":
            self.memory[wanted.id] = wanted
            self.cp.afterwards(self.settle())
        elif old:
            self.memory[old.id] = old
        return {"status": status}

    def answer(self, wanted: Reservation) -> str:
        """The ReservationStatus (7.40)."""
        if self.is_refused(wanted):
            return "Rejected"
        if wanted.connector == ANY:
            conditions = {"Occupied" if c == "Accepted" else c for c in map(self.condition, self.cp.connectors)}
            enough = len(self.free()) > len(self.in_force(ANY))
            return "Accepted" if enough else next(c for c in PRECEDENCE if c in conditions)
        condition = self.condition(wanted.connector)
        return "Occupied" if condition == "Accepted" and self.is_reserved(wanted.connector) else condition

    def is_refused(self, wanted: Reservation) -> bool:
        """A connector that there is not, connector 0 where it is not supported (9.3.1), or an end in the past."""
        zero = self.cp.configuration.flag("ReserveConnectorZeroSupported")
        unknown = not zero if wanted.connector == ANY else wanted.connector not in self.cp.connectors
        return unknown or self.has_expired(wanted)

    def condition(self, number: int) -> str:
        """What ReserveNow would be answered if nothing were reserved: the first of the rules that applies."""
        connector = self.cp.connectors[number]
        rules = (
            (bool(connector.fault), "Faulted"),
            (self.cp.transactions.running(number) is not None, "Occupied"),
            (self.cp.availability.is_inoperative(number), "Unavailable"),
            (connector.occupied or self.cp.sessions.is_identified(number), "Occupied"),
        )
        return next((answer for applies, answer in rules if applies), "Accepted")

    def cancel_reservation(self, payload: Payload, _: Channel) -> Answer:
        """5.1."""
        known = self.memory.get(payload["reservationId"])
        if known is None or self.has_expired(known):
            return {"status": "Rejected"}
        del self.memory[known.id]
        self.cp.afterwards(self.settle())
        return {"status": "Accepted"}

    # ── time ──

    async def settle(self) -> None:
        """The reservations changed: what that makes of the connectors is told, and the next expiry is awaited."""
        self.look()
        self.wakes()

    def look(self, but: int = ANY) -> None:
        for number in self.cp.connectors:
            if number != but:
                self.cp.status_may_have_changed(number)

    def wakes(self) -> None:
        """Watches anew, for the power is back, or the clock was set, or the reservations changed."""
        if self._watch:
            self._watch.cancel()
        self._watch = self.cp.lives.spawn(self.expire()) if self.memory else None

    async def expire(self) -> None:
        """5.13: ends each reservation at its expiryDate, by the clock of the charge point."""
        while self.memory:
            expired = [r.id for r in self.memory.values() if self.has_expired(r)]
            for number in expired:
                del self.memory[number]
            if expired:
                self.look()
            if self.memory:
                soonest = min(r.expires for r in self.memory.values())
                await self.cp.clock.wait((soonest - self.cp.now()).total_seconds())
