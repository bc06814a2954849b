"""Reservations as the central system knows them: OCPP 1.6, 5.3 and 5.13."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evconform.reference.cpo.records import Reservation, Transaction
from evconform.reference.moments import stamp

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo


class Reservations:
    """The active ones; a reservation ends by use, expiry, cancellation, or a connector that cannot be used."""

    def __init__(self, cpo: Cpo) -> None:
        self.cpo = cpo
        self._given: dict[str, int] = {}
        """Identity to the number that was chosen last: it may be in no commit yet, or in one that failed."""

    def active(self) -> list[Reservation]:
        """Those that stand now; one whose time is over is ended."""
        now = stamp(self.cpo.clock.date())
        for reservation in list(self.cpo.memory.reservations.values()):
            if reservation.expiry_date <= now:
                self.ends(reservation, "expired")
        return list(self.cpo.memory.reservations.values())

    def used(self, transaction: Transaction) -> None:
        """4.8: a StartTransaction that names a reservation ends it."""
        if transaction.reservation_id is None:
            return
        if reservation := self.cpo.memory.reservations.get((transaction.identity, transaction.reservation_id)):
            reservation.transaction_id = transaction.id
            self.ends(reservation, "used")

    def ends_at(self, identity: str, connector_id: int) -> None:
        """5.13: the connector, or with 0 the whole charge point, cannot be used."""
        for reservation in list(self.cpo.memory.reservations.values()):
            if reservation.identity == identity and connector_id in (0, reservation.connector_id):
                self.ends(reservation, "ended")

    def put(self, reservation: Reservation) -> None:
        self.cpo.memory.reservations[reservation.identity, reservation.id] = reservation
        self.cpo.store.put(reservation)

    def ends(self, reservation: Reservation, state: str) -> None:
        reservation.state = state
        self.cpo.memory.reservations.pop((reservation.identity, reservation.id), None)
        self.cpo.store.put(reservation)

    def next_id(self, identity: str) -> int:
        """A number that this charge point has not had, nor a command that is under way."""
        last = max(self._given.get(identity, 0), self.cpo.memory.last_reservation.get(identity, 0))
        self._given[identity] = last + 1
        return last + 1
