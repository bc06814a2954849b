"""OCPI 2.2.1, transport_and_format: the HTTP headers that OCPI uses, and the four that route a message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

AUTHORIZATION = "Authorization"
CONTENT_TYPE = "Content-Type"
HOST = "Host"
REQUEST_ID = "X-Request-ID"
CORRELATION_ID = "X-Correlation-ID"
LINK = "Link"
TOTAL_COUNT = "X-Total-Count"
LIMIT = "X-Limit"
LOCATION = "Location"
TO_PARTY = "OCPI-to-party-id"
TO_COUNTRY = "OCPI-to-country-code"
FROM_PARTY = "OCPI-from-party-id"
FROM_COUNTRY = "OCPI-from-country-code"

ROUTING = (TO_PARTY, TO_COUNTRY, FROM_PARTY, FROM_COUNTRY)
"""In the order of ``Routing``'s members."""
JSON = "application/json"

Headers = Iterable[tuple[str, str]]


def header(headers: Headers, name: str) -> str | None:
    """The first header of that name, whatever its case; all of them as one where the header is a list (RFC 9110, 5.3)."""
    wanted = name.lower()
    found = [value for given, value in headers if given.lower() == wanted]
    return ", ".join(found) if found and name == LINK else next(iter(found), None)


@dataclass(frozen=True)
class Routing:
    """To whom and from whom a message of a functional module goes; None is a header that is not there."""

    to_party: str | None = None
    to_country: str | None = None
    from_party: str | None = None
    from_country: str | None = None

    @classmethod
    def of(cls, headers: Headers) -> Routing:
        """What the headers of a message say."""
        listed = list(headers)
        return cls(*(header(listed, name) for name in ROUTING))

    @property
    def to(self) -> tuple[str, str] | None:
        """Country code and party id in capitals, for they are case-insensitive; None unless both are there."""
        return _party(self.to_country, self.to_party)

    @property
    def sender(self) -> tuple[str, str] | None:
        return _party(self.from_country, self.from_party)

    def headers(self) -> list[tuple[str, str]]:
        """Those that are there."""
        members = (self.to_party, self.to_country, self.from_party, self.from_country)
        return [(name, value) for name, value in zip(ROUTING, members, strict=True) if value is not None]

    def swapped(self) -> Routing:
        """That of the answer."""
        return Routing(self.from_party, self.from_country, self.to_party, self.to_country)


def _party(country: str | None, party: str | None) -> tuple[str, str] | None:
    return None if country is None or party is None else (country.upper(), party.upper())
