"""Dates and times as the store keeps them and as OCPP writes them: ISO 8601 (OCPP 1.6, 3.15), in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from evconform.ocpp.schemas import DATE_TIME


def stamp(moment: datetime) -> str:
    """As the store keeps it: UTC, to the microsecond, so that texts sort as the moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """The moment that ``text`` names; without an offset it is taken as UTC. Raises ValueError.

    Basic and extended format, any offset, any number of decimals, 24:00 and a leap second."""
    if not DATE_TIME.fullmatch(text):
        raise ValueError(f"expected a date and time of ISO 8601, not {text!r}")
    plain, extra = text.upper(), timedelta()
    if "T24:00" in plain:
        plain, extra = plain.replace("T24:00", "T00:00"), timedelta(days=1)
    if plain[16:19] == ":60":
        plain, extra = f"{plain[:16]}:59{plain[19:]}", timedelta(seconds=1)
    try:
        read = datetime.fromisoformat(plain) + extra
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise ValueError(f"expected a date between the years 1 and 9999, not {text!r}") from None


def told(text: str) -> str:
    """A time that a message tells, as the store keeps it. Raises ValueError."""
    return stamp(moment(text))
