"""OCPI: own parties, partners, documents; and which connector of which station an EVSE is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from evconform.reference.ocpi.first_schema import create, drop

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    create()
    op.create_table(
        "evses",
        sa.Column("uid", sa.String(36), primary_key=True),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("party_id", sa.String(3), nullable=False),
        sa.Column("location_id", sa.String(36), nullable=False),
        sa.Column("identity", sa.String(255), nullable=False),
        sa.Column("connector_id", sa.BigInteger(), nullable=False),
    )
    op.create_index("evses_station", "evses", ["identity", "connector_id"])


def downgrade() -> None:
    op.drop_table("evses")
    drop()
