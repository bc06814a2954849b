"""The tables of the store. Each row of a table is a record of ``records.py`` with the same members.

Documents stand as JSON text; times as UTC text that sorts (``moments.stamp``); what a charging station numbers is 64 bits.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

from evconform.reference.columns import key, number, text

METADATA = MetaData()


def table(name: str, *columns: Column[object] | Column[str] | Column[int] | Column[bool] | Index) -> Table:
    return Table(name, METADATA, *columns)


STATIONS = table(
    "stations",
    key("identity"),
    Column("registration", String(8), nullable=False),  # what the operator wants
    Column("answered", String(8), nullable=False),  # the status of the last BootNotification.conf; empty if there was none
    text("password"),  # salt and digest; empty if none is asked
    text("boot"),  # the last BootNotification.req
    text("booted_at"),
    text("seen_at"),
    Column("firmware_status", String(32), nullable=False),
    Column("diagnostics_status", String(32), nullable=False),
    Column("speaks", String(16), nullable=False),  # what it registered by: ocpp1.6-json, ocpp1.6-soap; empty: nothing yet
    text("address"),  # where its own service is (wsa:From, OCPP-S 1.6, 3.7); empty where it has none
)
CONNECTORS = table(
    "connectors",
    key("identity"),
    Column("connector_id", BigInteger, primary_key=True, autoincrement=False),
    Column("status", String(20), nullable=False),
    text("notification"),  # the last StatusNotification.req
    text("at"),
)
TOKENS = table(
    "tokens",
    key("key"),  # the idTag, case folded (CiString, 7.17)
    text("id_tag"),
    text("parent_id_tag"),
    text("expiry_date"),
    Column("blocked", Boolean, nullable=False),
    Column("concurrent", Integer, nullable=False),  # transactions at a time; 0: as many as it likes
)
TRANSACTIONS = table(
    "transactions",
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("identity", String(255), nullable=False),
    number("connector_id"),
    text("id_tag"),
    text("parent_id_tag"),
    Column("authorization", String(16), nullable=False),  # the status of StartTransaction.conf
    text("started_at"),
    number("meter_start"),
    number("reservation_id", nullable=True),
    Column("state", String(12), nullable=False),  # open, stopped, superseded
    text("stopped_at"),
    number("meter_stop", nullable=True),
    text("stop_id_tag"),
    Column("reason", String(20), nullable=False),
    text("received_at"),
    text("stop_received_at"),
    Index("transactions_started", "identity", "connector_id", "started_at"),
    Index("transactions_state", "state"),
)
UNMATCHED_STOPS = table(
    "unmatched_stops",
    key("identity"),
    Column("transaction_id", BigInteger, primary_key=True, autoincrement=False),
    key("stopped_at", 32),
    Column("meter_stop", BigInteger, primary_key=True, autoincrement=False),
    text("id_tag"),
    Column("reason", String(20), nullable=False),
    text("received_at"),
)
METER_VALUES = table(
    "meter_values",
    key("identity"),
    Column("transaction_id", BigInteger, primary_key=True, autoincrement=False),  # 0: of no transaction
    Column("connector_id", BigInteger, primary_key=True, autoincrement=False),
    key("at", 32),
    key("source", 8),  # MeterValues, or Stop for transactionData
    key("digest", 16),  # of the samples: the same message twice is the same row
    text("samples"),
    text("received_at"),
)
RESERVATIONS = table(
    "reservations",
    key("identity"),
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # each charge point has numbers of its own
    number("connector_id"),
    text("id_tag"),
    text("parent_id_tag"),
    text("expiry_date"),
    Column("state", String(12), nullable=False),
    number("transaction_id", nullable=True),
)
CHARGING_PROFILES = table(
    "charging_profiles",
    key("identity"),
    Column("profile_id", BigInteger, primary_key=True, autoincrement=False),
    number("connector_id"),
    Column("purpose", String(32), nullable=False),
    number("stack_level"),
    number("transaction_id", nullable=True),
    text("profile"),
    text("at"),
)
LOCAL_LISTS = table(
    "local_lists",
    key("identity"),
    number("version"),
    text("entries"),  # idTag to its AuthorizationData, as far as we sent them
    text("at"),
)
CONFIGURATION = table(
    "configuration",
    key("identity"),
    key("name"),  # as the charge point spells it
    Column("value", Text),
    Column("readonly", Boolean, nullable=False),
    text("at"),
)
JOBS = table(
    "jobs",
    key("id", 36),  # the id of the command
    Column("identity", String(255), nullable=False),
    Column("kind", String(12), nullable=False),  # firmware or diagnostics
    Column("status", String(24), nullable=False),
    text("location"),
    text("file_name"),
    text("history"),  # the statuses in order, each with its time
    text("at"),
    Index("jobs_identity", "identity"),
)
DATA_TRANSFERS = table(
    "data_transfers",
    key("id", 36),
    Column("identity", String(255), nullable=False),
    text("request"),
    text("answer"),
    text("at"),
    Index("data_transfers_identity", "identity"),
)
COMMANDS = table(
    "commands",
    key("id", 36),
    Column("identity", String(255), nullable=False),
    Column("action", String(64), nullable=False),
    text("payload"),
    Column("state", String(12), nullable=False),  # asked, sent, answered, error, timed-out, not-sent
    text("outcome"),  # the answer's payload, or what went wrong
    text("asked_at"),
    text("done_at"),
    Index("commands_identity", "identity"),
)
EVSES = table(
    "evses",
    key("uid", 36),  # of OCPI, case folded
    Column("country_code", String(2), nullable=False),
    Column("party_id", String(3), nullable=False),
    Column("location_id", String(36), nullable=False),
    Column("identity", String(255), nullable=False),  # the connector of the station that it is
    number("connector_id"),
    Index("evses_station", "identity", "connector_id"),
)
