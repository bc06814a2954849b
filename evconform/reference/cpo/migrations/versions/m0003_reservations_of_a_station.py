"""A reservationId is a charge point's own: two of them may have the same."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

COLUMNS = (
    ("identity", sa.String(255), False),
    ("id", sa.BigInteger(), False),
    ("connector_id", sa.BigInteger(), False),
    ("id_tag", sa.Text(), False),
    ("parent_id_tag", sa.Text(), False),
    ("expiry_date", sa.Text(), False),
    ("state", sa.String(12), False),
    ("transaction_id", sa.BigInteger(), True),
)
"""Name, type, and whether it may be null."""
NAMES = [name for name, _, _ in COLUMNS]


def upgrade() -> None:
    moves(sa.select(here()), "identity", "id")


def downgrade() -> None:
    """Of several with the same id one stays: the older schema has no room for more."""
    rows, other = here(), here().alias()
    another = sa.exists().where(other.c.id == rows.c.id, other.c.identity > rows.c.identity)
    moves(sa.select(rows).where(~another), "id")


def here() -> sa.TableClause:
    return sa.table("reservations", *(sa.column(name) for name in NAMES))


def moves(rows: sa.Select[tuple[object, ...]], *columns: str) -> None:
    """``rows`` into a table of the same name with this key: SQLite cannot change one."""
    made = op.create_table(
        "reservations_moved",
        *(sa.Column(name, kind, nullable=nullable, autoincrement=False) for name, kind, nullable in COLUMNS),
        sa.PrimaryKeyConstraint(*columns, name="reservations_" + "_".join(columns)),
    )
    op.execute(sa.insert(made).from_select(NAMES, rows))
    op.drop_table("reservations")
    op.rename_table("reservations_moved", "reservations")
