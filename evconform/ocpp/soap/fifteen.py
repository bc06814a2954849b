"""What our parties say in the model of 1.6, as 1.5 says it, and back. What 1.5 cannot say is left out.

A party, its parts and a scripted one think in OCPP 1.6; an endpoint of 1.5 translates on the way out and in. Which members and
values there are is the matter of the two tables (``ocpp16.toml``, ``ocpp15.toml``); here stand only the words that changed.
What neither version knows passes as it is, so that a deliberate deviation stays one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from evconform.ocpp.soap.body import NotInSoap, Payload
from evconform.ocpp.soap.model import Complex, Member, Service
from evconform.ocpp.soap.table import services

OLDER: Mapping[str, Mapping[str, str]] = {
    "ChargePointStatus": dict.fromkeys(("Charging", "Preparing", "SuspendedEV", "SuspendedEVSE", "Finishing"), "Occupied"),
    "ChargePointErrorCode": {
        "EVCommunicationError": "Mode3Error",
        "InternalError": "OtherError",
        "LocalListConflict": "OtherError",
        "OverVoltage": "OtherError",
    },
    "UnitOfMeasure": {"A": "Amp", "V": "Volt", "Celcius": "Celsius"},
    "UnlockStatus": {"Unlocked": "Accepted", "UnlockFailed": "Rejected", "NotSupported": "Rejected"},
    "RegistrationStatus": {"Pending": "Rejected"},
    "ConfigurationStatus": {"RebootRequired": "Accepted"},
}
"""Type to word of 1.6 to the one that says it in 1.5. Of several the first is what comes back."""
NEWER: Mapping[str, Mapping[str, str]] = {"UpdateStatus": {"HashError": "Failed"}}
"""Words that only 1.5 has, where the table above has no way back."""
WHOLE = {"SampledValue": ("measurand", "phase", "location", "unit")}
"""Type to the members without which it would say something else: it goes with them."""
NESTED = "TransactionData"
"""1.5 holds the meter values of a StopTransaction one level deeper, in elements of this type."""


class Unsayable(NotInSoap):
    """1.5 has no word for it."""


@dataclass(frozen=True)
class _Pair:
    """A type of 1.6 and the same of 1.5, with their services."""

    newer: Complex
    older: Complex
    of: tuple[Service, Service]

    def below(self, new: Member, old: Member) -> _Pair | None:
        """The types of what a member holds, if that has members."""
        inner = old.type if old.type != NESTED else new.type
        newer, older = self.of[0].complex.get(new.type), self.of[1].complex.get(inner)
        return _Pair(newer, older, self.of) if newer and older else None


def to_15(action: str, kind: str, payload: Payload) -> Payload:
    """A payload of 1.6 as 1.5 has it. Raises Unsayable where 1.5 has no such message, or no word for what it is about."""
    pair = _pair(action, kind)
    if pair is None:
        raise Unsayable(f": OCPP 1.5 has no {action}")
    return _older(payload, pair)


def can_say(action: str, payload: Payload) -> bool:
    """Whether 1.5 has a request that says it."""
    try:
        to_15(action, "request", payload)
    except Unsayable:
        return False
    return True


def to_16(action: str, kind: str, payload: Payload) -> Payload:
    """A payload of 1.5, as the codec gives it, in the model of 1.6."""
    pair = _pair(action, kind)
    return _newer(payload, pair) if pair else payload


@cache
def _pair(action: str, kind: str) -> _Pair | None:
    name = action + kind.title()
    both = zip(services("1.6"), services("1.5"), strict=True)
    return next((_Pair(new.complex[name], old.complex[name], (new, old)) for new, old in both if action in old.operations), None)


def _member(holds: Complex, name: str) -> Member | None:
    return next((each for each in holds.members if each.json == name), None)


# ── to 1.5 ──


def _older(payload: Payload, pair: _Pair) -> Payload:
    """Raises Unsayable where a member that there must be has no word."""
    said: Payload = {}
    whole = WHOLE.get(pair.older.name, ())
    for name, value in payload.items():
        new, old = _member(pair.newer, name), _member(pair.older, name)
        try:
            if new and not old:
                raise Unsayable(f"/{name}: OCPP 1.5 has no such member")
            said[name] = _older_value(value, new, old, pair) if new and old else value
        except Unsayable:
            if name in whole or (old and (old.required or old.holds_none)):
                raise
    return said


def _older_value(value: Any, new: Member, old: Member, pair: _Pair) -> Any:
    inner = pair.below(new, old)
    if inner is None:
        return _each(value, lambda word: _older_word(word, new, old, pair.of))
    said = _each(value, lambda item: _older(item, inner) if isinstance(item, dict) else item)
    return [{"meterValue": said}] if old.type == NESTED and isinstance(said, list) else said


def _each(value: Any, says: Callable[[Any], Any]) -> Any:
    """Of an array what can be said. Raises Unsayable if that is nothing of something."""
    if not isinstance(value, list):
        return says(value)
    said = []
    for item in value:
        try:
            said.append(says(item))
        except Unsayable:
            continue
    if value and not said:
        raise Unsayable(f": OCPP 1.5 can say none of {len(value)} items")
    return said


def _older_word(value: Any, new: Member, old: Member, of: tuple[Service, Service]) -> Any:
    word = OLDER.get(old.type, {}).get(value, value) if isinstance(value, str) else value
    if word in _values(of[0], new.type) and word not in _values(of[1], old.type):
        raise Unsayable(f"/{old.json}: OCPP 1.5 has no {old.type} {word}")
    return word


def _values(of: Service, kind: str) -> tuple[str, ...]:
    return of.simple[kind].values if kind in of.simple else ()


# ── to 1.6 ──


def _newer(payload: Payload, pair: _Pair) -> Payload:
    said: Payload = {}
    for name, value in payload.items():
        new, old = _member(pair.newer, name), _member(pair.older, name)
        if old and not new:
            continue
        said[name] = _newer_value(value, new, old, pair) if new and old else value
    return said


def _newer_value(value: Any, new: Member, old: Member, pair: _Pair) -> Any:
    if old.type == NESTED and isinstance(value, list):
        held = [item.get("meterValue") for item in value if isinstance(item, dict)]
        value = [each for values in held if isinstance(values, list) for each in values]
    items = value if isinstance(value, list) else [value]
    inner = pair.below(new, old)
    if inner:
        said = [_newer(item, inner) if isinstance(item, dict) else item for item in items]
    else:
        back = _back(old.type, _values(pair.of[0], new.type))
        said = [back.get(item, item) if isinstance(item, str) else item for item in items]
    return said if isinstance(value, list) else said[0]


@cache
def _back(kind: str, values: tuple[str, ...]) -> Mapping[str, str]:
    """Words that 1.6 has not, to what stands for them there."""
    found = {old: new for new, old in reversed([*OLDER.get(kind, {}).items()]) if old not in values}
    return {**found, **NEWER.get(kind, {})}
