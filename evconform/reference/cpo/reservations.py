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

    def active(self) -> list[Reservation]:
        """Those that stand now; one whose time is over is ended."""
        now = stamp(self.cpo.clock.date())
        for reservation in list(self.cpo.memory.reservations.values()):
            if reservation.expiry_date <= now:
                self.ends(reservation, "expired")
        return list(self.cpo.memory.reservations.values())

    def used(self, transaction: Transaction) -> None:
        """4.8: a StartTransaction that names a reservation ends it."""
        reservation = self.cpo.memory.reservations.get(transaction.reservation_id or 0)
        if reservation and reservation.identity == transaction.identity:
            reservation.transaction_id = transaction.id
            self.ends(reservation, "used")

    def ends_at(self, identity: str, connector_id: int) -> None:
        """5.13: the connector, or with 0 the whole charge point, cannot be used."""
        for reservation in list(self.cpo.memory.reservations.values()):
            if reservation.identity == identity and connector_id in (0, reservation.connector_id):
                self.ends(reservation, "ended")

    def put(self, reservation: Reservation) -> None:
        self.cpo.memory.reservations[reservation.id] = reservation
        self.cpo.store.put(reservation)

    def ends(self, reservation: Reservation, state: str) -> None:
        reservation.state = state
        self.cpo.memory.reservations.pop(reservation.id, None)
        self.cpo.store.put(reservation)

    def next_id(self) -> int:
        self.cpo.memory.last_reservation += 1
        return self.cpo.memory.last_reservation
