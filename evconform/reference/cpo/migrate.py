"""The schema of the reference CPO: its own tables and those of OCPI."""

from __future__ import annotations

from pathlib import Path

from evconform.reference.cpo import schema
from evconform.reference.migrate import Migrations
from evconform.reference.ocpi import schema as ocpi

HEAD = "0005"
"""The newest migration; a test holds it equal to the last file."""
METADATAS = (schema.METADATA, ocpi.METADATA)
MIGRATIONS = Migrations(Path(__file__).with_name("migrations"), HEAD, METADATAS)

make_new = MIGRATIONS.make_new
bring_up_to_date = MIGRATIONS.bring_up_to_date
upgrade = MIGRATIONS.upgrade
version = MIGRATIONS.version
