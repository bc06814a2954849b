"""OCPI 2.2.1, credentials: what a platform says of itself when it registers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpi.authorization import TOKEN_AT_MOST, is_proper
from evconform.ocpi.view import Log
from suites.ocpi221.shapes import offences

Offences = Iterator[tuple[Any, str]]

KEPT_OUT = re.compile(r"⟪secret length=(\d+) alphabet=([\w -]+) digest=[0-9a-f]+⟫")
"""What stands for a token in the log."""


@monitor("OCPI221-CRE-13")
def tokens_are_printable(log: Log) -> Offences:
    for held in log.objects("Credentials", by=log.subject, nested=False):
        token = held.value.get("token") if isinstance(held.value, dict) else None
        if not isinstance(token, str):
            log.moot(held.frame)
        elif told(token)[1] not in ("hex", "ascii"):
            yield held.frame, f"{held.frame}: the token holds what is no printable ASCII, or a space"


def told(token: str) -> tuple[int, str]:
    """The length and the alphabet of a credentials token, as the log has it."""
    if kept := KEPT_OUT.fullmatch(token):
        return int(kept[1]), kept[2]
    return len(token), "ascii" if all(map(is_proper, token)) else "other"


@monitor("OCPI221-CRE-14")
def roles_are_unique(log: Log) -> Offences:
    for held in log.objects("Credentials", by=log.subject, nested=False):
        rows = held.value.get("roles") if isinstance(held.value, dict) else None
        named = Counter(role_of(row) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else Counter()
        for role, times in named.items():
            if times > 1:
                yield held.frame, f"{held.frame}: {times} roles are {' '.join(role)}"


def role_of(row: dict[str, Any]) -> tuple[str, str, str]:
    """Role, country code and party id, in capitals where they are case-insensitive."""
    return (str(row.get("role")), str(row.get("country_code")).upper(), str(row.get("party_id")).upper())


@monitor("OCPI221-CRE-15")
def parties_have_their_form(log: Log) -> Offences:
    for held in log.objects("CredentialsRole", by=log.subject):
        party, country = (held.value.get(name) if isinstance(held.value, dict) else None for name in ("party_id", "country_code"))
        if isinstance(party, str) and not re.fullmatch(r"[A-Za-z0-9]{3}", party):
            yield held.frame, f"{held.frame}: party_id is {party!r}"
        if isinstance(country, str) and not re.fullmatch(r"[A-Z]{2}" if capitals(log) else r"[A-Za-z]{2}", country):
            yield held.frame, f"{held.frame}: country_code is {country!r}"


def capitals(log: Log) -> bool:
    return bool(log.policy("country-case") == "capitals")


@monitor("OCPI221-CRE-56")
def credentials_have_their_shape(log: Log) -> Offences:
    for held in log.objects("Credentials", by=log.subject, nested=False):
        token = held.value.get("token") if isinstance(held.value, dict) else None
        length = told(token)[0] if isinstance(token, str) else 1
        if not 1 <= length <= TOKEN_AT_MOST:
            yield held.frame, f"{held.frame}: the token has {length} characters, 1 to {TOKEN_AT_MOST} are allowed"
        for words in offences(held.frame, "CRE-56"):
            yield held.frame, f"{held.frame}: {words}"
