"""The PICS: what the vendor claims of measurands, cards, power and name. Our own parties claim nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.harness.pics import Pics
from evconform.ocpp.cards import id_tag_of
from evconform.ocpp.view import Frame, Log
from suites.ocpp16.claims import claims
from suites.ocpp16.measurands import PHASES, POWER, UNITS, listed_measurands, meter_values
from suites.ocpp16.metered import Moment, judge_moments
from suites.ocpp16.monitors.configuration import Configuration
from suites.ocpp16.review import connector_ids, rows

Offences = Iterator[tuple[Any, str]]

SHARE = 1.05
"""A meter may be off by so much at the maximum power."""
ONE_SPELLING = {"Celcius": "Celsius"}
"""J errata 2025-04, 2.1: both are meant."""


def by_the_sut(log: Log, *actions: str) -> Iterator[Frame]:
    for frame in log.calls(*actions, by="charge-point"):
        if frame.by == "sut":
            yield frame
        else:
            log.moot(frame)


# ── measurements ──


@monitor("OCPP16-PICS-01")
def only_claimed_measurands(log: Log) -> Offences:
    levels: dict[str, set[bool]] = {}
    for measurand, row in claims(log.pics):
        levels.setdefault(measurand, set()).add(row["level"] != "charge point")
    for frame in by_the_sut(log, "MeterValues", "StopTransaction"):
        own = frame.get("connectorId") != 0  # a transaction is always one of a connector
        readings = [r for value in meter_values(frame) for r in value.readings if r.measurand in UNITS]
        if not readings or not levels:
            log.moot(frame)
            continue
        for r in readings:
            if r.measurand not in levels:
                yield frame, f"{r.pointer}/measurand is {r.measurand!r}, which the PICS does not claim"
                break
            if own not in levels[r.measurand] and log.pics["connectors"] > 1:
                where = "a connector" if own else "the charge point"
                yield frame, f"{r.pointer}/measurand is {r.measurand!r}, which the PICS does not claim of {where}"
                break


@monitor("OCPP16-PICS-02")
def units_as_claimed(log: Log) -> Offences:
    units: dict[str, set[str]] = {}
    for measurand, row in claims(log.pics):
        # a unit that does not measure it is a matter of the review
        units.setdefault(measurand, set()).update({row.get("unit", "")} & set(UNITS[measurand]))
    claimed = {measurand: {ONE_SPELLING.get(u, u) for u in some} for measurand, some in units.items() if some}
    for frame in by_the_sut(log, "MeterValues", "StopTransaction"):
        # a value without a unit is in Wh, if it is energy; of another it is not said
        judged = [
            r
            for value in meter_values(frame)
            for r in value.readings
            if r.measurand in claimed and ("unit" in r.given or r.measurand.startswith("Energy.Active"))
        ]
        wrong = [r for r in judged if ONE_SPELLING.get(r.unit, r.unit) not in claimed[r.measurand]]
        if not judged:
            log.moot(frame)
        elif wrong:
            r, fitting = wrong[0], " or ".join(sorted(claimed[wrong[0].measurand]))
            yield frame, f"{r.pointer}/unit of {r.measurand} is {r.unit!r}, and the PICS claims {fitting}"


@monitor("OCPP16-PICS-03")
def phases_as_claimed(log: Log) -> Offences:
    by_phase = {m for m, row in claims(log.pics) if row.get("phases") and row["level"] != "charge point"}
    phases = {number: row.get("phases", 0) for number, row in connectors(log.pics).items()}
    configuration = Configuration.of(log)

    def rule(frame: Frame, moment: Moment) -> str | None:
        wanted = set(PHASES[: phases.get(moment.connector, 0)])
        named = named_phases(configuration, frame)
        found = {r.measurand for r in moment.readings if r.measurand in by_phase - named}
        if frame.by != "sut" or not found or not wanted or not log.is_over(frame.t + 1.0, frame):
            return None
        for measurand in sorted(found):
            log.needs("life")  # a list may name single phases
            lines = {line for r in moment.readings if r.measurand == measurand for line in r.phase.split("-")}
            lines |= {"L1"} if lines == {""} and len(wanted) == 1 else set()
            if lacks := ", ".join(sorted(wanted - lines)):
                return f"{moment.values[-1].pointer}/sampledValue lacks {measurand} of {lacks}; the PICS claims every phase"
        return ""

    yield from judge_moments(log, rule)


def named_phases(configuration: Configuration, frame: Frame) -> set[str]:
    """Measurands of which a list that may be in force names single phases."""
    keys = ("MeterValuesSampledData", "MeterValuesAlignedData")
    lists = (configuration.value_at(key, frame) or "" for key in keys)
    return {measurand for each in lists for measurand, phases in listed_measurands(each).items() if phases}


def connectors(pics: Pics) -> dict[int, dict[str, Any]]:
    """connectorId to what the PICS says of that connector."""
    ids = connector_ids(pics)
    return {ids[row["evse"], row["code"]]: row for row in rows(pics, "connector")}


@monitor("OCPP16-PICS-05")
def power_below_the_claimed_maximum(log: Log) -> Offences:
    limits = {number: float(row["max_power"]) * 1000 for number, row in connectors(log.pics).items()}
    for frame in by_the_sut(log, "MeterValues"):
        connector = frame.get("connectorId")
        limit = limits.get(connector) if isinstance(connector, int) else None
        powers = [power for value in meter_values(frame) if (power := value.total(POWER))]
        high = [p for p in powers if limit is not None and (p.value or 0.0) > limit * SHARE + p.resolution / 2]
        if limit is None or not powers:
            log.moot(frame)
        elif high:
            yield frame, f"{high[0].pointer}/value is {high[0].value:.0f} W, and the PICS claims {limit:.0f} W at most"


# ── cards and names ──


@monitor("OCPP16-PICS-04")
def cards_read_as_claimed(log: Log) -> Offences:
    if not log.pics.sections.get("rfid", {}).get("byte_order"):
        return
    for frame in by_the_sut(log, "Authorize", "StartTransaction"):
        tag = frame.get("idTag")
        uids = presented_before(log, frame)
        digits = re.sub(r"[^0-9a-f]", "", tag.lower()) if isinstance(tag, str) else ""
        mine = [uid for uid in uids if digits in (uid.lower(), backwards(uid).lower())]
        if not mine or any(tag.lower() in tags_in(f) for f in log.conversation.frames if f.n < frame.n):
            log.moot(frame)
        elif all(tag.lower() != id_tag_of(uid, log.pics).lower() for uid in mine):
            log.needs("beginning")
            says = f"/idTag is {tag!r}; the PICS claims that the UID {mine[-1]} (byte 0 first) is sent as"
            yield frame, f"{says} {id_tag_of(mine[-1], log.pics)!r}"


def presented_before(log: Log, frame: Frame) -> list[str]:
    """The UIDs of the cards that were presented before a frame."""
    acts = (f for f in log.conversation.frames if f.kind == "act" and f.text == "present_card" and f.n < frame.n)
    parameters = (act.facts.get("parameters") for act in acts)
    uids = (each.get("uid") for each in parameters if isinstance(each, dict))
    return [uid for uid in uids if isinstance(uid, str) and uid]


def backwards(uid: str) -> str:
    """A UID with its last byte first."""
    return "".join(reversed([uid[n : n + 2] for n in range(0, len(uid), 2)]))


def tags_in(frame: Frame) -> set[str]:
    """The idTags that a CALL of the central system names itself: they need not be of a card."""
    if frame.type != "CALL" or frame.role != "central-system":
        return set()
    listed = frame.get("localAuthorizationList")
    named = [each.get("idTag") for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return {tag.lower() for tag in (frame.get("idTag"), *named) if isinstance(tag, str)}


@monitor("OCPP16-PICS-06")
def named_as_claimed(log: Log) -> Offences:
    claimed = log.pics.sections.get("model", {})
    members = {"chargePointVendor": "vendor", "chargePointModel": "model", "firmwareVersion": "firmware"}
    for frame in by_the_sut(log, "BootNotification"):
        wrong = [
            f"/{member} is {said!r}, and the PICS claims {claimed[item]!r}"
            for member, item in members.items()
            if isinstance(said := frame.get(member), str) and said.strip().lower() != str(claimed.get(item, said)).strip().lower()
        ]
        if not claimed:
            log.moot(frame)
        elif wrong:
            yield frame, "; ".join(wrong)
