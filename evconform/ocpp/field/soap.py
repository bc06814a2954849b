"""OCPP-S in logs from the field: who calls whom. A service's namespace says who serves it, also in what is cut or broken."""

from __future__ import annotations

import re

from evconform.ocpp.field.parties import CENTRAL_SYSTEM, CHARGE_POINT

NAMESPACE = re.compile(r"urn://Ocpp/(Cs|Cp)/20\d\d/\d\d\b", re.ASCII)
CALLS = {"Cs": CHARGE_POINT, "Cp": CENTRAL_SYSTEM}
"""The end of a service's name in its namespace, to the role that calls it."""


def caller_in(data: str | bytes) -> str:
    """The role that calls the service of which a message of HTTP is; empty if it is of none."""
    text = data if isinstance(data, str) else data.decode("latin-1")
    found = NAMESPACE.search(text)
    return CALLS[found[1]] if found else ""


class Callers:
    """Remembers which role calls at an address, for requests that do not say it: a page, or what cannot be read."""

    def __init__(self) -> None:
        self._at: dict[str, str] = {}

    def of(self, address: str, *messages: str | bytes) -> str:
        """The role that makes a request there; empty as long as nothing shows it."""
        role = next(filter(None, map(caller_in, messages)), "")
        if role:
            self._at[address] = role
        return role or self._at.get(address, "")
