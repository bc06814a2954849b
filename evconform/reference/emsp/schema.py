"""The eMSP's own tables: what it was told of others' locations and tariffs, and how far it has pulled.

An object is kept as it came, for one of our parties and from one partner; columns are what is asked by. Ids are case folded
(OCPI 2.2.1, types, CiString); the spelling is the document's.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, MetaData, Table

from evconform.reference.columns import key, number, text

METADATA = MetaData()

HELD = Table(
    "emsp_held",
    METADATA,
    key("module", 16),
    key("partner", 36),  # from whom it came
    key("to_country", 2),  # the party of ours that it is for
    key("to_party", 3),
    key("country_code", 2),  # its owner
    key("party_id", 3),
    key("id", 36),
    number("number"),  # of the write that made it what it is
    number("free"),  # EVSEs that a driver can use now
    text("last_updated"),
    Column("document", LargeBinary, nullable=False),
    Index("emsp_held_order", "module", "to_country", "to_party", "country_code", "party_id", "id", "free"),
    Index("emsp_held_number", "number"),
)
PULLED = Table(
    "emsp_pulled",
    METADATA,
    key("partner", 36),
    key("module", 16),
    key("to_country", 2),
    key("to_party", 3),
    text("since"),  # nothing older has to be asked for again
    text("at"),  # when that was found out
)
