"""How many transactions a token may have at a time, and which group each transaction counts for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TOKENS = sa.table("tokens", sa.column("key"), sa.column("parent_id_tag"))
TRANSACTIONS = sa.table("transactions", sa.column("id_tag"), sa.column("parent_id_tag"))


def upgrade() -> None:
    """A token that is known has one at a time, as before; a transaction counts for its token's group of today."""
    with op.batch_alter_table("tokens") as tokens:
        tokens.add_column(sa.Column("concurrent", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("transactions") as transactions:
        transactions.add_column(sa.Column("parent_id_tag", sa.Text(), nullable=False, server_default=""))
    parent = sa.select(TOKENS.c.parent_id_tag).where(TOKENS.c.key == sa.func.lower(TRANSACTIONS.c.id_tag)).scalar_subquery()
    op.execute(sa.update(TRANSACTIONS).values(parent_id_tag=sa.func.coalesce(parent, "")))
    with op.batch_alter_table("tokens") as tokens:
        tokens.alter_column("concurrent", server_default=None)
    with op.batch_alter_table("transactions") as transactions:
        transactions.alter_column("parent_id_tag", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("transactions") as transactions:
        transactions.drop_column("parent_id_tag")
    with op.batch_alter_table("tokens") as tokens:
        tokens.drop_column("concurrent")
