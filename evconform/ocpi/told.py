"""What a platform says of itself: its parties and businesses in Credentials, the versions that it offers."""

from __future__ import annotations

from typing import Any


def told(data: Any) -> dict[str, str]:
    """``roles``, ``business`` of Credentials, ``versions`` of a list of versions; each sorted, as one text. Whatever is none of
    these says nothing."""
    if isinstance(data, list):
        return joined(versions=[str(row["version"]) for row in objects(data) if "version" in row])
    roles = objects(data.get("roles")) if isinstance(data, dict) else []
    named = [row["business_details"].get("name") for row in roles if isinstance(row.get("business_details"), dict)]
    return joined(roles=[party(row) for row in roles], business=[str(name) for name in named if name])


def objects(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def party(row: dict[str, Any]) -> str:
    """``NL*ABC CPO``."""
    return f"{row.get('country_code', '')}*{row.get('party_id', '')} {row.get('role', '')}".upper()


def joined(**lists: list[str]) -> dict[str, str]:
    return {name: ", ".join(sorted(texts)) for name, texts in lists.items() if texts}
