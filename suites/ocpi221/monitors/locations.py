"""OCPI 2.2.1, mod_locations: what every Location, EVSE and Connector is like that a CPO sends, asked or unasked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from evconform.harness.law import monitor
from evconform.ids import EvseId
from evconform.ocpi.held import Held
from evconform.ocpi.view import Log
from suites.ocpi221.countries import is_alpha_2, is_alpha_3
from suites.ocpi221.monitors.pagination import last_updated
from suites.ocpi221.shapes import named, offences

Offences = Iterator[tuple[Any, str]]

PHASES = {"AC_1_PHASE": 1, "AC_2_PHASE": 2, "AC_2_PHASE_SPLIT": 2, "AC_3_PHASE": 3, "DC": 1}
ROUNDED = 1.05
"""A power may be told in round numbers."""
CONNECTOR_REQUIRED = "START_SESSION_CONNECTOR_REQUIRED"
DEGREES = {"latitude": 90.0, "longitude": 180.0}


def objects(log: Log, *names: str, whole: bool = False) -> Iterator[Held]:
    """Objects of these classes that the subject sent, each a situation; with ``whole`` not those of a PATCH."""
    for held in log.objects(*names, by=log.subject):
        if isinstance(held.value, dict) and not (whole and held.partial):
            yield held
        else:
            log.moot(held.frame)


def shape(log: Log, requirement: str, *names: str) -> Offences:
    """What the model has against the objects of frames that are about these classes."""
    for held in log.objects(*names, by=log.subject, nested=False):
        if held.pointer in ("", "/data", "/data/0"):  # the offences are those of the whole frame
            yield from ((held.frame, f"{held.frame}: {words}") for words in offences(held.frame, requirement))


LOCATIONS = ("Location", "EVSE", "Connector")


@monitor("OCPI221-LOC-01")
def locations_have_their_shape(log: Log) -> Offences:
    yield from shape(log, "LOC-01", *LOCATIONS)


@monitor("OCPI221-LOC-02")
def coordinates_have_their_form(log: Log) -> Offences:
    yield from shape(log, "LOC-02", *LOCATIONS)
    for held in objects(log, "Location", "EVSE"):
        point = held.value.get("coordinates")
        for name, most in DEGREES.items() if isinstance(point, dict) else ():
            text = point.get(name)
            if isinstance(text, str) and re.fullmatch(r"-?\d{1,3}\.\d+", text, re.ASCII) and abs(float(text)) > most:
                yield held.frame, f"{held.frame}: {named(held)}: {name} is {text}"


@monitor("OCPI221-LOC-03")
def countries_have_their_codes(log: Log) -> Offences:
    for held in objects(log, "Location"):
        for name, is_code in (("country", is_alpha_3), ("country_code", is_alpha_2)):
            if name in held.value and not is_code(held.value[name]):
                yield held.frame, f"{held.frame}: {named(held)}: {name} is {held.value[name]!r}"


@cache
def time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@monitor("OCPI221-LOC-04")
def time_zones_are_of_the_database(log: Log) -> Offences:
    for held in objects(log, "Location"):
        zone = held.value.get("time_zone", "UTC")
        if not isinstance(zone, str) or zone not in time_zones():
            yield held.frame, f"{held.frame}: {named(held)}: time_zone is {zone!r}"


@monitor("OCPI221-LOC-05")
def everything_has_a_connector(log: Log) -> Offences:
    yield from shape(log, "LOC-05", *LOCATIONS)
    for frame in log.answers(by=log.subject, module="locations", interface="SENDER", ok=True, depth=0):
        if not frame.data:
            log.moot(frame)
        for value in frame.data if isinstance(frame.data, list) else ():
            if isinstance(value, dict) and not value.get("evses"):
                yield frame, f"{frame}: Location {value.get('id')} has no EVSE"


@monitor("OCPI221-LOC-06", accumulates=dict)
def uids_are_of_one_evse(log: Log, owners: dict[tuple[str, str], dict[str, str]]) -> Offences:
    for held in objects(log, "Location", whole=True):
        location = str(held.value.get("id")).upper()
        of_party = owners.setdefault(party_of(held.value), {})
        uids = Counter(str(evse.get("uid")).upper() for evse in children(held.value, "evses"))
        for uid, times in uids.items():
            if times > 1:
                yield held.frame, f"{held.frame}: {named(held)}: {times} EVSEs have the uid {uid}"
            elif of_party.setdefault(uid, location) != location:
                yield held.frame, f"{held.frame}: the EVSE {uid} is of {named(held)}, and was of {of_party[uid]}"


def party_of(value: dict[str, Any]) -> tuple[str, str]:
    """Whose an object is: several CPOs may share a platform, and each has ids of its own."""
    return str(value.get("country_code")).upper(), str(value.get("party_id")).upper()


def children(value: Any, name: str) -> list[dict[str, Any]]:
    """The objects of a list, as far as they are there."""
    rows = value.get(name) if isinstance(value, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


@monitor("OCPI221-LOC-07")
def evse_ids_follow_their_grammar(log: Log) -> Offences:
    for held in objects(log, "EVSE"):
        text = held.value.get("evse_id")
        if not isinstance(text, str):
            log.moot(held.frame)
            continue
        try:
            EvseId.of(text)
        except ValueError as error:
            yield held.frame, f"{held.frame}: {named(held)}: {error}"


@monitor("OCPI221-LOC-08")
def parents_are_not_older(log: Log) -> Offences:
    for held in objects(log, "Location", "EVSE", whole=True):
        own = last_updated(held.value)
        for child in children(held.value, "evses" if held.name == "Location" else "connectors"):
            newer = last_updated(child)
            if own is not None and newer is not None and newer > own and not is_cut(own, newer):
                words = f"last_updated is {held.value['last_updated']}, that of {child.get('uid', child.get('id'))} later"
                yield held.frame, f"{held.frame}: {named(held)}: {words}: {child['last_updated']}"


def is_cut(own: datetime, newer: datetime) -> bool:
    """Whether a date in whole seconds may be that of the same moment as one with a fraction."""
    return not own.microsecond and newer - own < timedelta(seconds=1)


@monitor("OCPI221-LOC-12")
def only_unpublished_locations_name_tokens(log: Log) -> Offences:
    for held in objects(log, "Location"):
        if "publish_allowed_to" not in held.value:
            log.moot(held.frame)
    yield from shape(log, "LOC-12", "Location")


@monitor("OCPI221-LOC-14")
def powers_can_be(log: Log) -> Offences:
    for held in objects(log, "Connector"):
        volts, amps, watts = (held.value.get(name) for name in ("max_voltage", "max_amperage", "max_electric_power"))
        phases = PHASES.get(str(held.value.get("power_type")))
        if phases is None or not all(isinstance(each, int) for each in (volts, amps, watts)):
            log.moot(held.frame)
        elif watts > volts * amps * phases * ROUNDED:
            words = f"max_electric_power is {watts} W; {volts} V and {amps} A come to {volts * amps * phases} W"
            yield held.frame, f"{held.frame}: {named(held)}: {words}"


@monitor("OCPI221-LOC-15")
def connector_ids_are_unique(log: Log) -> Offences:
    for held in objects(log, "EVSE"):
        ids = Counter(str(each.get("id")).upper() for each in children(held.value, "connectors"))
        for id, times in ids.items():
            if times > 1:
                yield held.frame, f"{held.frame}: {named(held)}: {times} connectors have the id {id}"


@monitor("OCPI221-LOC-16")
def one_connector_an_evse(log: Log) -> Offences:
    for held in objects(log, "EVSE", whole=True):
        if len(children(held.value, "connectors")) > 1:
            yield held.frame, f"{held.frame}: {named(held)} has {len(children(held.value, 'connectors'))} connectors"


@monitor("OCPI221-LOC-62")
def shared_evses_ask_for_the_connector(log: Log) -> Offences:
    for held in objects(log, "EVSE", whole=True):
        capabilities = held.value.get("capabilities")
        if len(children(held.value, "connectors")) < 2:
            log.moot(held.frame)
        elif not isinstance(capabilities, list) or CONNECTOR_REQUIRED not in capabilities:
            yield held.frame, f"{held.frame}: {named(held)} has several connectors, and not {CONNECTOR_REQUIRED}"


@monitor("OCPI221-LOC-17")
def hours_fit_together(log: Log) -> Offences:
    for held in objects(log, "Location"):
        hours = held.value.get("opening_times")
        if not isinstance(hours, dict):
            log.moot(held.frame)
            continue
        for row in children(hours, "regular_hours"):
            begin, end = row.get("period_begin"), row.get("period_end")
            if isinstance(begin, str) and isinstance(end, str) and end <= begin:
                yield held.frame, f"{held.frame}: {named(held)}: regular hours from {begin} to {end}"
    yield from shape(log, "LOC-17", "Location")


@monitor("OCPI221-LOC-53")
def publish_tokens_are_complete(log: Log) -> Offences:
    for held in objects(log, "Location"):
        if not held.value.get("publish_allowed_to"):
            log.moot(held.frame)
    yield from shape(log, "LOC-53", "Location")


@monitor("OCPI221-TRN-34")
def nothing_is_not_available(log: Log) -> Offences:
    for held in log.objects(*LOCATIONS, "Tariff", by=log.subject, nested=False):
        for where in not_available(held.value, ""):
            yield held.frame, f"{held.frame}: {named(held)}: {where} is #NA"


def not_available(value: Any, where: str) -> Iterator[str]:
    """The JSON pointers of texts that say #NA."""
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from not_available(each, f"{where}/{key}")
    elif value == "#NA":
        yield where
