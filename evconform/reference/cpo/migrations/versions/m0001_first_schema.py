"""The first schema."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG = sa.BigInteger()
TEXT = sa.Text()


def short(length: int) -> sa.String:
    return sa.String(length)


TABLES: dict[str, tuple[tuple[str, sa.types.TypeEngine[Any], str], ...]] = {
    "stations": (
        ("identity", short(255), "key"), ("registration", short(8), ""), ("answered", short(8), ""), ("password", TEXT, ""),
        ("boot", TEXT, ""), ("booted_at", TEXT, ""), ("seen_at", TEXT, ""), ("firmware_status", short(32), ""),
        ("diagnostics_status", short(32), ""),
    ),
    "connectors": (
        ("identity", short(255), "key"), ("connector_id", BIG, "key"), ("status", short(20), ""), ("notification", TEXT, ""),
        ("at", TEXT, ""),
    ),
    "tokens": (
        ("key", short(255), "key"), ("id_tag", TEXT, ""), ("parent_id_tag", TEXT, ""), ("expiry_date", TEXT, ""),
        ("blocked", sa.Boolean(), ""),
    ),
    "transactions": (
        ("id", BIG, "key"), ("identity", short(255), ""), ("connector_id", BIG, ""), ("id_tag", TEXT, ""),
        ("authorization", short(16), ""), ("started_at", TEXT, ""), ("meter_start", BIG, ""), ("reservation_id", BIG, "null"),
        ("state", short(12), ""), ("stopped_at", TEXT, ""), ("meter_stop", BIG, "null"), ("stop_id_tag", TEXT, ""),
        ("reason", short(20), ""), ("received_at", TEXT, ""), ("stop_received_at", TEXT, ""),
    ),
    "unmatched_stops": (
        ("identity", short(255), "key"), ("transaction_id", BIG, "key"), ("stopped_at", short(32), "key"),
        ("meter_stop", BIG, "key"), ("id_tag", TEXT, ""), ("reason", short(20), ""), ("received_at", TEXT, ""),
    ),
    "meter_values": (
        ("identity", short(255), "key"), ("transaction_id", BIG, "key"), ("connector_id", BIG, "key"), ("at", short(32), "key"),
        ("source", short(8), "key"), ("digest", short(16), "key"), ("samples", TEXT, ""), ("received_at", TEXT, ""),
    ),
    "reservations": (
        ("id", BIG, "key"), ("identity", short(255), ""), ("connector_id", BIG, ""), ("id_tag", TEXT, ""),
        ("parent_id_tag", TEXT, ""), ("expiry_date", TEXT, ""), ("state", short(12), ""), ("transaction_id", BIG, "null"),
    ),
    "charging_profiles": (
        ("identity", short(255), "key"), ("profile_id", BIG, "key"), ("connector_id", BIG, ""), ("purpose", short(32), ""),
        ("stack_level", BIG, ""), ("transaction_id", BIG, "null"), ("profile", TEXT, ""), ("at", TEXT, ""),
    ),
    "local_lists": (("identity", short(255), "key"), ("version", BIG, ""), ("entries", TEXT, ""), ("at", TEXT, "")),
    "configuration": (
        ("identity", short(255), "key"), ("name", short(255), "key"), ("value", TEXT, "null"), ("readonly", sa.Boolean(), ""),
        ("at", TEXT, ""),
    ),
    "jobs": (
        ("id", short(36), "key"), ("identity", short(255), ""), ("kind", short(12), ""), ("status", short(24), ""),
        ("location", TEXT, ""), ("file_name", TEXT, ""), ("history", TEXT, ""), ("at", TEXT, ""),
    ),
    "data_transfers": (
        ("id", short(36), "key"), ("identity", short(255), ""), ("request", TEXT, ""), ("answer", TEXT, ""), ("at", TEXT, ""),
    ),
    "commands": (
        ("id", short(36), "key"), ("identity", short(255), ""), ("action", short(64), ""), ("payload", TEXT, ""),
        ("state", short(12), ""), ("outcome", TEXT, ""), ("asked_at", TEXT, ""), ("done_at", TEXT, ""),
    ),
}  # fmt: skip
"""Table to its columns: name, type, and whether it is of the key or may be null."""
INDEXES = {
    "transactions_started": ("transactions", ["identity", "connector_id", "started_at"]),
    "transactions_state": ("transactions", ["state"]),
    "jobs_identity": ("jobs", ["identity"]),
    "data_transfers_identity": ("data_transfers", ["identity"]),
    "commands_identity": ("commands", ["identity"]),
}


def upgrade() -> None:
    for table, columns in TABLES.items():
        op.create_table(
            table,
            *(
                sa.Column(name, kind, primary_key=use == "key", nullable=use == "null", autoincrement=False)
                for name, kind, use in columns
            ),
        )
    for index, (table, names) in INDEXES.items():
        op.create_index(index, table, names)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
