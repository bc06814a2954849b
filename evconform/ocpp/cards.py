"""How the UID of a card becomes an idTag (OCPP 1.6, 3.9): what the vendor claims of byte order and delimiter."""

from __future__ import annotations

from evconform.harness.pics import Pics


def id_tag_of(uid: str, pics: Pics) -> str:
    """The idTag of a card, whose ``uid`` is given in hexadecimal digits with byte 0 first (ISO 14443-3)."""
    claimed = pics.sections.get("rfid", {})
    octets = [uid[n : n + 2] for n in range(0, len(uid), 2)]
    if claimed.get("byte_order") == "little-endian":
        octets.reverse()
    return str(claimed.get("delimiter", "")).join(octets)
