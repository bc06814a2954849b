"""The tables of OCPI in the store of either back office.

Ids are compared without regard to case (OCPI 2.2.1, types, CiString), so a key is case folded; the spelling is the document's.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, MetaData, String, Table

from evconform.reference.columns import key, number, text

METADATA = MetaData()

PARTIES = Table(
    "ocpi_parties",
    METADATA,
    key("country_code", 2),
    key("party_id", 3),
    key("role", 8),
    text("business_details"),
)
PARTNERS = Table(
    "ocpi_partners",
    METADATA,
    key("id", 36),
    text("name"),  # what the operator calls it
    Column("state", String(12), nullable=False),  # invited, registered, left
    Column("encoding", String(8), nullable=False),  # of the token in the header, both ways: base64 or raw
    Column("invitation", String(64), nullable=False),  # digest of token A that we gave; empty once it is used
    Column("token", String(64), nullable=False),  # digest of the token that the partner shows us
    text("their_token"),  # what we show the partner
    text("versions_url"),
    Column("version", String(8), nullable=False),
    text("endpoints"),  # the partner's, as it listed them
    text("roles"),  # the partner's parties
    text("at"),
)
TROUBLES = Table(
    "ocpi_troubles",
    METADATA,
    key("partner", 36),
    text("says"),  # the last call to it that failed, in one line
    text("at"),
)
DOCUMENTS = Table(
    "ocpi_documents",
    METADATA,
    key("module", 16),
    key("partner", 36),  # whom it is meant for, or came from; empty: everybody
    key("country_code", 2),
    key("party_id", 3),
    key("id", 36),
    number("number"),  # in the order in which they came to be
    text("last_updated"),
    Column("document", LargeBinary, nullable=False),  # as it is sent
    Index("ocpi_documents_order", "module", "number", "partner", "last_updated", "country_code", "party_id"),
)
