"""The records of the store: plain objects whose members are the columns of their table, empty text for what is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Table

from evconform.reference.cpo import schema
from evconform.reference.records import Record


@dataclass
class Station(Record):
    TABLE: ClassVar[Table] = schema.STATIONS
    identity: str
    registration: str = "Accepted"
    answered: str = ""
    password: str = ""
    boot: str = "{}"
    booted_at: str = ""
    seen_at: str = ""
    firmware_status: str = ""
    diagnostics_status: str = ""
    speaks: str = ""
    address: str = ""


@dataclass
class Connector(Record):
    TABLE: ClassVar[Table] = schema.CONNECTORS
    identity: str
    connector_id: int
    status: str
    notification: str
    at: str


@dataclass
class Token(Record):
    TABLE: ClassVar[Table] = schema.TOKENS
    key: str
    id_tag: str
    parent_id_tag: str = ""
    expiry_date: str = ""
    blocked: bool = False
    concurrent: int = 1


@dataclass
class Transaction(Record):
    TABLE: ClassVar[Table] = schema.TRANSACTIONS
    id: int
    identity: str
    connector_id: int
    id_tag: str
    parent_id_tag: str
    authorization: str
    started_at: str
    meter_start: int
    reservation_id: int | None
    received_at: str
    state: str = "open"
    stopped_at: str = ""
    meter_stop: int | None = None
    stop_id_tag: str = ""
    reason: str = ""
    stop_received_at: str = ""


@dataclass
class UnmatchedStop(Record):
    """A StopTransaction that stops nothing we know: transactionId -1, another's, or one that had ended otherwise."""

    TABLE: ClassVar[Table] = schema.UNMATCHED_STOPS
    identity: str
    transaction_id: int
    stopped_at: str
    meter_stop: int
    id_tag: str
    reason: str
    received_at: str


@dataclass
class MeterValue(Record):
    TABLE: ClassVar[Table] = schema.METER_VALUES
    identity: str
    transaction_id: int
    connector_id: int
    at: str
    source: str
    digest: str
    samples: str
    received_at: str


@dataclass
class Reservation(Record):
    TABLE: ClassVar[Table] = schema.RESERVATIONS
    id: int
    identity: str
    connector_id: int
    id_tag: str
    parent_id_tag: str
    expiry_date: str
    state: str = "active"
    transaction_id: int | None = None


@dataclass
class ChargingProfile(Record):
    TABLE: ClassVar[Table] = schema.CHARGING_PROFILES
    identity: str
    profile_id: int
    connector_id: int
    purpose: str
    stack_level: int
    transaction_id: int | None
    profile: str
    at: str


@dataclass
class LocalList(Record):
    TABLE: ClassVar[Table] = schema.LOCAL_LISTS
    identity: str
    version: int
    entries: str
    at: str


@dataclass
class Setting(Record):
    """A configuration key as it was read, or as a ChangeConfiguration left it."""

    TABLE: ClassVar[Table] = schema.CONFIGURATION
    identity: str
    name: str
    value: str | None
    readonly: bool
    at: str


@dataclass
class Job(Record):
    TABLE: ClassVar[Table] = schema.JOBS
    id: str
    identity: str
    kind: str
    status: str
    location: str
    file_name: str
    history: str
    at: str


@dataclass
class DataTransfer(Record):
    TABLE: ClassVar[Table] = schema.DATA_TRANSFERS
    id: str
    identity: str
    request: str
    answer: str
    at: str


@dataclass
class Command(Record):
    TABLE: ClassVar[Table] = schema.COMMANDS
    id: str
    identity: str
    action: str
    payload: str
    state: str
    outcome: str
    asked_at: str
    done_at: str = ""


@dataclass
class Evse(Record):
    """Which connector an EVSE of OCPI is (OCPI 2.2.1, mod_locations: with OCPP 1.x one EVSE a connector)."""

    TABLE: ClassVar[Table] = schema.EVSES
    uid: str
    country_code: str
    party_id: str
    location_id: str
    identity: str
    connector_id: int
