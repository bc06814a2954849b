"""OCPI 2.2.1, mod_tariffs: what every Tariff is like that a CPO sends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpi.held import Held
from evconform.ocpi.moments import moment
from evconform.ocpi.view import Log
from suites.ocpi221.monitors.locations import children, shape
from suites.ocpi221.shapes import named

Offences = Iterator[tuple[Any, str]]

RESERVED = ("FLAT", "TIME")
"""What a reservation is priced by."""


def tariffs(log: Log) -> Iterator[Held]:
    """Tariffs that the subject sent, each a situation."""
    for held in log.objects("Tariff", by=log.subject, nested=False):
        if isinstance(held.value, dict):
            yield held
        else:
            log.moot(held.frame)


def components(tariff: Any, restricted: bool | None = None) -> Iterator[dict[str, Any]]:
    """The price components of a tariff but for its reservations; of elements with, or without, restrictions."""
    for element in children(tariff, "elements"):
        limits = element.get("restrictions") or {}
        if isinstance(limits, dict) and not limits.get("reservation") and restricted in (None, bool(limits)):
            yield from children(element, "price_components")


@monitor("OCPI221-TAR-01")
def tariffs_have_their_shape(log: Log) -> Offences:
    yield from shape(log, "TAR-01", "Tariff")


@monitor("OCPI221-TAR-06")
def tariffs_begin_and_end_in_utc(log: Log) -> Offences:
    for held in tariffs(log):
        start, end = (held.value.get(name) for name in ("start_date_time", "end_date_time"))
        if start is None and end is None:
            log.moot(held.frame)
            continue
        try:
            ends_first = start is not None and end is not None and moment(end) <= moment(start)
        except ValueError:
            continue  # its form is judged below
        if ends_first:
            yield held.frame, f"{held.frame}: {named(held)} ends at {end}, and starts at {start}"
    yield from shape(log, "TAR-06", "Tariff")


@monitor("OCPI221-TAR-08")
def reservations_are_flat_or_by_time(log: Log) -> Offences:
    for held in log.objects("TariffElement", by=log.subject):
        limits = held.value.get("restrictions") if isinstance(held.value, dict) else None
        if not isinstance(limits, dict) or not limits.get("reservation"):
            log.moot(held.frame)
            continue
        for each in children(held.value, "price_components"):
            if each.get("type") not in RESERVED:
                yield held.frame, f"{held.frame}: a reservation is priced by {each.get('type')}"


@monitor("OCPI221-TAR-10")
def texts_do_not_repeat_prices(log: Log) -> Offences:
    for held in tariffs(log):
        prices = set(amounts(held.value))
        texts = [row.get("text") for row in children(held.value, "tariff_alt_text")]
        if not prices or not texts:
            log.moot(held.frame)
            continue
        for text in texts:
            told = {number for word in re.findall(r"\d+(?:[.,]\d+)?", str(text)) if (number := decimal(word)) is not None}
            if repeated := sorted(prices & told):
                words = ", ".join(map(str, repeated))
                yield held.frame, f"{held.frame}: {named(held)}: tariff_alt_text says {words}, which the elements say"


def amounts(tariff: Any) -> Iterator[Decimal]:
    """The prices of a tariff, without and with VAT, but for zero."""
    for element in children(tariff, "elements"):
        for each in children(element, "price_components"):
            price, vat = decimal(each.get("price")), decimal(each.get("vat", 0))
            if price and vat is not None:
                yield price
                yield round(price * (1 + vat / 100), 4).normalize()


def decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value).replace(",", ".")).normalize()
    except InvalidOperation:
        return None


@monitor("OCPI221-TAR-11")
def free_is_flat_and_zero(log: Log) -> Offences:
    for held in tariffs(log):
        priced = list(components(held.value))
        if not priced or any(each.get("price") != 0 for each in priced):
            log.moot(held.frame)
            continue
        elements = children(held.value, "elements")
        restricted = bool(elements[0].get("restrictions"))
        if len(elements) > 1 or restricted or [each.get("type") for each in priced] != ["FLAT"]:
            yield held.frame, f"{held.frame}: {named(held)} is free, and not one element with one FLAT of 0"


@monitor("OCPI221-TAR-12")
def dimensions_have_a_fallback(log: Log) -> Offences:
    for held in tariffs(log):
        limited = {str(each.get("type")) for each in components(held.value, restricted=True)}
        fallbacks = {str(each.get("type")) for each in components(held.value, restricted=False)}
        if not limited:
            log.moot(held.frame)
        elif missing := sorted(limited - fallbacks):
            yield held.frame, f"{held.frame}: {named(held)}: {', '.join(missing)} has no component without restrictions"
