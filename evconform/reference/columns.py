"""Columns as the tables of the reference parties have them: empty text rather than null, 64 bits for what others number."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Text


def text(name: str, **more: object) -> Column[str]:
    return Column(name, Text, nullable=False, **more)  # type: ignore[arg-type]


def key(name: str, length: int = 255) -> Column[str]:
    return Column(name, String(length), primary_key=True)


def number(name: str, nullable: bool = False, **more: object) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable, **more)  # type: ignore[arg-type]


def storable(*texts: str) -> bool:
    """Whether every database takes these as text: PostgreSQL takes no NUL, and nobody half of a surrogate pair."""
    return not any(c == "\0" or "\ud800" <= c <= "\udfff" for text in texts for c in text)
