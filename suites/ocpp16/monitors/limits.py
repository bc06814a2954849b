"""OCPP 1.6, 5.8, 5.15 and chapter 9: a central system sends no more at once than the charge point told it that it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Log
from suites.ocpp16.monitors.configuration import Configuration

Offences = Iterator[tuple[Any, str]]

LIMITS = {
    "OCPP16-5.8-33": ("GetConfiguration", "key", "GetConfigurationMaxKeys"),
    "OCPP16-5.15-35": ("SendLocalList", "localAuthorizationList", "SendLocalListMaxLength"),
}
"""Requirement to the message, its list, and the key that says how many items that may have."""


def number(text: str | None) -> int:
    """A value that is a positive integer of few digits; 0 for any other."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 9 else 0


def no_more_than_told(action: str, member: str, key: str) -> Callable[[Log], Offences]:
    def no_more(log: Log) -> Offences:
        configuration = Configuration.of(log)
        for call in log.calls(action, by="central-system"):
            items, most = call.get(member), number(configuration.value_at(key, call))
            if not most or not isinstance(items, list) or not items:
                log.moot(call)
            elif len(items) > most:
                yield call, f"/{member} has {len(items)} items, and {key} is {most}"

    no_more.__name__ = f"no_more_than_{key}"
    return no_more


for _requirement, _limit in LIMITS.items():
    monitor(_requirement)(no_more_than_told(*_limit))
