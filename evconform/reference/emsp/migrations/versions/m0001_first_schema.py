"""OCPI, what is held of others' objects, and how far it was pulled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from evconform.reference.ocpi.first_schema import create, drop

revision = "0001"
down_revision = None

HELD = (
    ("module", 16), ("partner", 36), ("to_country", 2), ("to_party", 3), ("country_code", 2), ("party_id", 3), ("id", 36),
)  # fmt: skip
PULLED = (("partner", 36), ("module", 16), ("to_country", 2), ("to_party", 3))


def upgrade() -> None:
    create()
    op.create_table(
        "emsp_held",
        *(sa.Column(name, sa.String(length), primary_key=True) for name, length in HELD),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("free", sa.BigInteger(), nullable=False),
        sa.Column("last_updated", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
    )
    order = ["module", "to_country", "to_party", "country_code", "party_id", "id", "free"]
    op.create_index("emsp_held_order", "emsp_held", order)
    op.create_index("emsp_held_number", "emsp_held", ["number"])
    op.create_table(
        "emsp_pulled",
        *(sa.Column(name, sa.String(length), primary_key=True) for name, length in PULLED),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("emsp_pulled")
    op.drop_table("emsp_held")
    drop()
