"""What alembic runs: the migrations on the connection that ``Migrations`` hands over."""

from __future__ import annotations

from alembic import context

from evconform.reference.emsp.migrate import METADATAS

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=list(METADATAS), render_as_batch=True, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
