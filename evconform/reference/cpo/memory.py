"""What is current, in memory: stations, tokens, open transactions, reservations, profiles, lists. History is in the store.

Read from the store at the start, and again when a commit failed. Changed by the parts, which put every change.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TypeVar

from sqlalchemy import Select, func, select

from evconform.reference.cpo import schema
from evconform.reference.cpo.records import (
    ChargingProfile,
    Connector,
    Job,
    LocalList,
    Reservation,
    Setting,
    Station,
    Token,
    Transaction,
)
from evconform.reference.records import Record
from evconform.reference.store import Store

R = TypeVar("R", bound=Record)
Place = tuple[str, int]
"""A station's identity and a number of its own."""
FINAL = frozenset(("Uploaded", "UploadFailed", "Installed", "InstallationFailed", "DownloadFailed", "Refused"))
"""The statuses after which a job is over."""


class Memory:
    """Everything current, by what it is looked up by."""

    def __init__(self) -> None:
        self.stations: dict[str, Station] = {}
        self.connectors: dict[Place, Connector] = {}
        self.tokens: dict[str, Token] = {}
        self.transactions: dict[int, Transaction] = {}
        """The open ones."""
        self.running: dict[Place, Transaction] = {}
        """The open one of each connector."""
        self.used: defaultdict[str, set[int]] = defaultdict(set)
        """Key of a token to the open transactions that it started; of a group, with a ``group:`` before it."""
        self.last_started: dict[Place, str] = {}
        """The latest start on each connector: a StartTransaction of a later time cannot be a repeated one."""
        self.last_transaction = 0
        self.last_reservation: dict[str, int] = {}
        """Identity to the highest reservationId."""
        self.reservations: dict[Place, Reservation] = {}
        self.profiles: dict[Place, ChargingProfile] = {}
        self.lists: dict[str, LocalList] = {}
        self.settings: defaultdict[str, dict[str, Setting]] = defaultdict(dict)
        """Identity to the keys, each by its name in lower case."""
        self.jobs: dict[tuple[str, str], Job] = {}
        """Identity and kind to the newest job, unless it is over."""

    def opens(self, transaction: Transaction) -> None:
        self.transactions[transaction.id] = transaction
        self.running[transaction.identity, transaction.connector_id] = transaction
        for user in users(transaction):
            self.used[user].add(transaction.id)

    def ends(self, transaction: Transaction) -> None:
        """It is open no longer, however it ended."""
        self.transactions.pop(transaction.id, None)
        place = (transaction.identity, transaction.connector_id)
        if (running := self.running.get(place)) and running.id == transaction.id:
            del self.running[place]
        for user in users(transaction):
            self.used[user].discard(transaction.id)
            if not self.used[user]:
                del self.used[user]

    async def load(self, store: Store) -> None:
        """Reads it all into a new one, for who has the store's turn."""

        async def rows(kind: type[R], query: Select[tuple[object, ...]] | None = None) -> list[R]:
            found = await store.read_within(select(kind.TABLE) if query is None else query)
            return [kind(**row) for row in found]

        tables = schema.TRANSACTIONS.c
        self.stations = {s.identity: s for s in await rows(Station)}
        self.connectors = {(c.identity, c.connector_id): c for c in await rows(Connector)}
        self.tokens = {t.key: t for t in await rows(Token)}
        for transaction in await rows(Transaction, select(schema.TRANSACTIONS).where(tables.state == "open")):
            self.opens(transaction)
        latest = select(tables.identity, tables.connector_id, func.max(tables.started_at).label("at"))
        for row in await store.read_within(latest.group_by(tables.identity, tables.connector_id)):
            self.last_started[row["identity"], row["connector_id"]] = row["at"]
        [highest] = await store.read_within(select(func.max(tables.id).label("id")))
        self.last_transaction = highest["id"] or 0
        reserved = schema.RESERVATIONS.c
        numbered = select(reserved.identity, func.max(reserved.id).label("id")).group_by(reserved.identity)
        self.last_reservation = {row["identity"]: row["id"] for row in await store.read_within(numbered)}
        active = select(schema.RESERVATIONS).where(reserved.state.in_(("active", "asked")))
        self.reservations = {(r.identity, r.id): r for r in await rows(Reservation, active)}
        self.profiles = {(p.identity, p.profile_id): p for p in await rows(ChargingProfile)}
        self.lists = {each.identity: each for each in await rows(LocalList)}
        for setting in await rows(Setting):
            self.settings[setting.identity][setting.name.lower()] = setting
        for job in await rows(Job, select(schema.JOBS).where(schema.JOBS.c.status.not_in(FINAL)).order_by(schema.JOBS.c.at)):
            self.jobs[job.identity, job.kind] = job


def users(transaction: Transaction) -> list[str]:
    """Under which names a transaction counts as its token's and its group's."""
    group = transaction.parent_id_tag.casefold()
    return [transaction.id_tag.casefold(), *([f"group:{group}"] if group else [])]
