"""The tables of OCPI as a migration first makes them: frozen, for every store that has run it has these."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op


def short(length: int) -> sa.String:
    return sa.String(length)


TEXT, BIG = sa.Text(), sa.BigInteger()
TABLES: dict[str, tuple[tuple[str, sa.types.TypeEngine[Any], bool], ...]] = {
    "ocpi_parties": (
        ("country_code", short(2), True), ("party_id", short(3), True), ("role", short(8), True),
        ("business_details", TEXT, False),
    ),
    "ocpi_partners": (
        ("id", short(36), True), ("name", TEXT, False), ("state", short(12), False), ("encoding", short(8), False),
        ("invitation", short(64), False), ("token", short(64), False), ("their_token", TEXT, False),
        ("versions_url", TEXT, False), ("version", short(8), False), ("endpoints", TEXT, False), ("roles", TEXT, False),
        ("at", TEXT, False),
    ),
    "ocpi_troubles": (("partner", short(36), True), ("says", TEXT, False), ("at", TEXT, False)),
    "ocpi_documents": (
        ("module", short(16), True), ("partner", short(36), True), ("country_code", short(2), True),
        ("party_id", short(3), True), ("id", short(36), True), ("number", BIG, False), ("last_updated", TEXT, False),
        ("document", sa.LargeBinary(), False),
    ),
}  # fmt: skip
"""Table to its columns: name, type, and whether it is of the key."""
ORDER = ["module", "number", "partner", "last_updated", "country_code", "party_id"]


def create() -> None:
    for table, columns in TABLES.items():
        op.create_table(table, *(sa.Column(name, kind, primary_key=key, nullable=False) for name, kind, key in columns))
    op.create_index("ocpi_documents_order", "ocpi_documents", ORDER)


def drop() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
