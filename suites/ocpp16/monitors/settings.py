"""OCPP 1.6, chapter 9: what single keys say of a charge point, held against its PICS. Our own parties claim nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Log
from suites.ocpp16.keys import same
from suites.ocpp16.monitors.configuration import Entry, entries_of
from suites.ocpp16.review import PROFILES

Offences = Iterator[tuple[Any, str]]

ROTATIONS = frozenset(("notapplicable", "unknown", "rst", "rts", "srt", "str", "trs", "tsr"))
ROTATION = re.compile(r"(?:(\d{1,9})\.)?(\w+)", re.ASCII)
"""One item: without its number, it is of every connector."""


def shown(log: Log, name: str) -> Iterator[tuple[Entry, str]]:
    """Where a charge point under test gives the value of a key."""
    for call in log.calls("GetConfiguration", by="central-system", answered={}):
        given = entries_of(call.answer) if call.answer and call.answer.by == "sut" else ()
        entry = next((e for e in given if e.key.lower() == name.lower()), None)
        if entry is None or entry.value is None:
            log.moot(call)
        else:
            yield entry, entry.value


def items(value: str) -> list[str]:
    return [item.strip() for item in value.split(",") if item.strip()]


@monitor("OCPP16-9.1.7-01")
def phase_rotations_are_of_the_list(log: Log) -> Offences:
    for entry, value in shown(log, "ConnectorPhaseRotation"):
        seen: set[int] = set()
        for item in items(value):
            found = ROTATION.fullmatch(item)
            connector = int(found[1]) if found and found[1] else None
            if not found or found[2].lower() not in ROTATIONS:
                yield entry.answer, f"{entry.pointer}/value has {item!r}, which is none of the eight values"
            elif connector is not None and (connector in seen or connector > log.pics["connectors"]):
                why = "twice" if connector in seen else "and there is none"
                yield entry.answer, f"{entry.pointer}/value has connector {connector} {why}"
            seen |= set() if connector is None else {connector}


@monitor("OCPP16-9.1.21-01")
def connectors_are_as_many_as_claimed(log: Log) -> Offences:
    for entry, value in shown(log, "NumberOfConnectors"):
        claimed = str(log.pics["connectors"])
        if not same(entry.key, value, claimed):
            yield entry.answer, f"{entry.pointer}/value is {value!r}, and the PICS claims {claimed}"


@monitor("OCPP16-9.1.29-01")
def profiles_are_those_claimed(log: Log) -> Offences:
    messages = PROFILES | {"RemoteTrigger": ("TriggerMessage",)}
    for entry, value in shown(log, "SupportedFeatureProfiles"):
        named = {item.lower() for item in items(value)}
        # one that the PICS claims in part is a matter of the review
        missing = (name for name in ("Core", *messages) if log.pics[name] and name.lower() not in named)
        wrong = [f"lacks {name}, which the PICS claims" for name in missing]
        unclaimed = (name for name, some in messages.items() if name.lower() in named and not any(log.pics[m] for m in some))
        wrong += [f"has {name}, and the PICS claims none of its messages" for name in unclaimed]
        if wrong:
            yield entry.answer, f"{entry.pointer}/value {'; '.join(wrong)}"


@monitor("OCPP16-9.1.33-01")
def a_fixed_cable_is_not_unlocked(log: Log) -> Offences:
    for entry, value in shown(log, "UnlockConnectorOnEVSideDisconnect"):
        if not same(entry.key, value, "false"):
            yield entry.answer, f"{entry.pointer}/value is {value!r}, and the cable is fixed"


@monitor("OCPP16-5.6-02")
def an_unknown_vendor_gets_no_data(log: Log) -> Offences:
    for call in log.calls("DataTransfer", by="central-system", answered={}):
        if call.answer and call.answer.says(status="UnknownVendorId") and call.answer.get("data") is not None:
            yield call.answer, "/data is there, and /status is UnknownVendorId"
