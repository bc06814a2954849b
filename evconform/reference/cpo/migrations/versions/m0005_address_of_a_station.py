"""What a station speaks, and where one that speaks SOAP has its own service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

STATIONS = sa.table("stations", sa.column("speaks"), sa.column("answered"))
ADDED = (("speaks", sa.String(16)), ("address", sa.Text()))


def upgrade() -> None:
    """Whoever was answered before spoke JSON, for there was nothing else."""
    with op.batch_alter_table("stations") as stations:
        for name, kind in ADDED:
            stations.add_column(sa.Column(name, kind, nullable=False, server_default=""))
    op.execute(sa.update(STATIONS).where(STATIONS.c.answered != "").values(speaks="ocpp1.6-json"))
    with op.batch_alter_table("stations") as stations:
        for name, _ in ADDED:
            stations.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("stations") as stations:
        for name, _ in ADDED:
            stations.drop_column(name)
