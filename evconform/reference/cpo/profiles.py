"""Charging profiles as the charge points accepted them: OCPP 1.6, 3.13, 5.5 and 5.16."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evconform.reference.cpo.records import ChargingProfile, Transaction

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo


class Profiles:
    """What is installed where."""

    def __init__(self, cpo: Cpo) -> None:
        self.cpo = cpo

    def of(self, identity: str) -> list[ChargingProfile]:
        return [profile for (owner, _), profile in self.cpo.memory.profiles.items() if owner == identity]

    def transaction_ended(self, transaction: Transaction) -> None:
        """3.13.1: a TxProfile lives as long as its transaction. One of another transaction stays: a stop may come late."""
        its = (None, transaction.id)
        for profile in self.of(transaction.identity):
            here = profile.purpose == "TxProfile" and profile.connector_id == transaction.connector_id
            if here and profile.transaction_id in its:
                self.drop(profile)

    def put(self, profile: ChargingProfile) -> None:
        """5.16.1: replaces the one with the same id, or with the same purpose and stack level at the same place."""
        for other in self.of(profile.identity):
            same = (other.connector_id, other.purpose, other.stack_level)
            if other.profile_id != profile.profile_id and same == (profile.connector_id, profile.purpose, profile.stack_level):
                self.drop(other)
        self.cpo.memory.profiles[profile.identity, profile.profile_id] = profile
        self.cpo.store.put(profile)

    def drop(self, profile: ChargingProfile) -> None:
        self.cpo.memory.profiles.pop((profile.identity, profile.profile_id), None)
        self.cpo.store.drop(profile)
