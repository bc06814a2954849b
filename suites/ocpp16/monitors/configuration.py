"""OCPP 1.6, 5.3 and 5.8, chapter 9: what the configuration of a charge point is said to be, and what it is set to."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Frame, Log
from suites.ocpp16.keys import MEASURAND_LISTS, legal_access, same, standard

Offences = Iterator[tuple[Any, str]]

REFUSED = ("Rejected", "NotSupported")
REFUSALS = (
    *("PropertyConstraintViolation", "TypeConstraintViolation", "FormationViolation", "FormatViolation"),
    *("OccurenceConstraintViolation", "OccurrenceConstraintViolation"),
)
"""Error codes that refuse a value; any other leaves open what was done."""
REFUSAL_OF_SOAP = "ProtocolError"
"""OCPP-S 1.6, 5: the one subcode for all of these."""
HIDDEN = "authorizationkey"
"""It can be written and not be read (security whitepaper)."""


@dataclass(frozen=True)
class Known:
    """From a frame on, a key has this value; None: it cannot be told which."""

    n: int
    frame: Frame
    value: str | None

    @property
    def t(self) -> float:
        return self.frame.t


@dataclass(frozen=True)
class Entry:
    """A key as an answer to GetConfiguration gives it."""

    answer: Frame
    pointer: str
    key: str
    value: str | None
    readonly: Any


class Configuration:
    """What is known of a charge point's configuration in one conversation: what GetConfiguration said, and what a
    ChangeConfiguration changed, in the order of the log."""

    def __init__(self, log: Log) -> None:
        self._known: dict[str, list[Known]] = {}
        self._shown: dict[str, list[Entry]] = {}
        for call in log.conversation.called("GetConfiguration"):
            for entry in entries_of(call.answer) if call.answer else ():
                self._shown.setdefault(entry.key.lower(), []).append(entry)
                self._learn(entry.key, entry.answer, entry.value)
        for call in log.conversation.called("ChangeConfiguration"):
            self._change(call)
        for call in log.conversation.called("BootNotification"):
            if call.answer:  # the interval that it gives may become the key's
                self._learn("HeartbeatInterval", call.answer, None)
        for known in self._known.values():
            known.sort(key=lambda each: each.n)

    @classmethod
    def of(cls, log: Log) -> Configuration:
        """That of a conversation, made once."""
        return log.conversation.index("configuration", lambda: cls(log))

    def _learn(self, key: str, frame: Frame, value: str | None) -> None:
        self._known.setdefault(key.lower(), []).append(Known(frame.n, frame, value))

    def _change(self, call: Frame) -> None:
        key, value, answer = call.get("key"), call.get("value"), call.answer
        if not isinstance(key, str) or refused(call):
            return
        self._learn(key, call, None)  # from now on it may be either
        if answer and answer.says(status="Accepted") and isinstance(value, str):
            self._learn(key, answer, value)

    def value_at(self, key: str, frame: Frame) -> str | None:
        """The value of a key just before a frame; None if it is not known."""
        known = self._known.get(key.lower(), [])
        place = bisect_left(known, frame.n, key=lambda each: each.n)
        return known[place - 1].value if place else None

    def steady(self, key: str, since: float, frame: Frame) -> str | None:
        """The value that a key had from a time of the log up to a frame; None if it is not known, or changed."""
        known = [each for each in self._known.get(key.lower(), ()) if each.n <= frame.n]
        before = [each for each in known if each.t <= since]
        value = before[-1].value if before else None
        later = (each.value for each in known if each.t > since)
        steady = value is not None and all(v is not None and same(key, v, value) for v in later)
        return value if steady else None

    def shown_after(self, key: str, frame: Frame) -> Entry | None:
        """The first answer with this key to a GetConfiguration that was asked after a frame."""
        shown = self._shown.get(key.lower(), ())
        return next((entry for entry in shown if entry.answer.call and entry.answer.call.n > frame.n), None)

    def untouched(self, key: str, after: Frame, before: Frame) -> bool:
        """Whether nothing happened to a key between two frames."""
        return not any(after.n < each.n < before.n for each in self._known.get(key.lower(), ()))


def entries_of(answer: Frame) -> Iterator[Entry]:
    """The keys that an answer to GetConfiguration gives."""
    listed = answer.get("configurationKey") if answer.type == "CALLRESULT" else None
    for n, entry in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(entry, dict) and isinstance(entry.get("key"), str):
            value = entry.get("value")
            text = value if isinstance(value, str) else None
            yield Entry(answer, f"/configurationKey/{n}", entry["key"], text, entry.get("readonly"))


def refused(change: Frame) -> bool:
    """Whether a ChangeConfiguration was answered with a refusal."""
    answer = change.answer
    if answer is None:
        return False
    if answer.type != "CALLERROR":
        return answer.says(status=list(REFUSED))
    return answer.code in REFUSALS if answer.envelope is None else answer.code == REFUSAL_OF_SOAP


# ── 5.3 ──


@monitor("OCPP16-5.3-01")
def accepted_change_is_in_force(log: Log) -> Offences:
    configuration = Configuration.of(log)
    for change in log.calls("ChangeConfiguration", by="central-system", answered={"status": "Accepted"}, proper=True):
        assert change.answer
        key, value = change.get("key"), change.get("value")
        shown = configuration.shown_after(key, change.answer)
        # a key of the vendor may show another form of what was set, or nothing
        if not shown or not standard(key) or not configuration.untouched(key, change.answer, shown.answer):
            log.moot(change)
        elif shown.value is None and not value.strip():
            continue  # known, and not set
        elif shown.value is None or not same(key, shown.value, value):
            yield (change.answer, shown.answer), f"{shown.pointer}/value of {key} is {shown.value!r}, and {value!r} was accepted"


def refused_change_changes_nothing(log: Log, keys: Any) -> Offences:
    """A rule: where one of these keys was not changed, the next GetConfiguration gives the value that was known before."""
    configuration = Configuration.of(log)
    for change in log.calls("ChangeConfiguration", by="central-system", proper=True):
        key = change.get("key")
        before = configuration.value_at(key, change)
        shown = configuration.shown_after(key, change.answer) if change.answer else None
        if (
            before is None
            or not shown
            or not refused(change)
            or not keys(key)
            or not configuration.untouched(key, change, shown.answer)
        ):
            log.moot(change)
        elif shown.value is None or not same(key, shown.value, before):
            says = f"{shown.pointer}/value of {key} is {shown.value!r}; it was {before!r}, and the change was refused"
            yield (change.answer, shown.answer), says


@monitor("OCPP16-5.3-05")
def refused_change_leaves_the_value(log: Log) -> Offences:
    lists = {name.lower() for name in MEASURAND_LISTS}
    yield from refused_change_changes_nothing(log, lambda key: standard(key) and key.lower() not in lists)


@monitor("OCPP16-3.16.4-02")
def refused_measurands_leave_the_list(log: Log) -> Offences:
    lists = {name.lower() for name in MEASURAND_LISTS}
    yield from refused_change_changes_nothing(log, lambda key: key.lower() in lists)


# ── 5.8 ──


@monitor("OCPP16-5.8-04")
def standard_keys_have_their_access(log: Log) -> Offences:
    for call in log.calls("GetConfiguration", by="central-system", answered={}):
        assert call.answer
        pics = log.pics if call.answer.by == "sut" and log.pics.filled_in else None
        judged = [(entry, key) for entry in entries_of(call.answer) if (key := standard(entry.key))]
        wrong = []
        for entry, key in judged:
            legal, access = legal_access(key, pics), "R" if entry.readonly is True else "RW"
            if isinstance(entry.readonly, bool) and access not in legal.split(" or "):
                wrong.append(f"{entry.pointer}/readonly of {entry.key} says {access}; it must be {legal}")
        if not judged:
            log.moot(call)
        elif wrong:
            yield call.answer, "; ".join(wrong)


class Asked:
    """A GetConfiguration with keys, and its answer. Key names are compared in lower case."""

    def __init__(self, call: Frame, configuration: Configuration) -> None:
        assert call.answer
        keys, unknown = call.get("key"), call.answer.get("unknownKey")
        self.keys = [key.lower() for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
        self.given = list(entries_of(call.answer))
        listed = list(enumerate(unknown if isinstance(unknown, list) else ()))
        self.unknown = [(f"/unknownKey/{n}", key) for n, key in listed if isinstance(key, str)]
        most = configuration.value_at("GetConfigurationMaxKeys", call) or ""
        self.whole = len(self.keys) <= (int(most) if most.isascii() and most.isdecimal() and len(most) < 9 else 1)
        """Whether so few keys were asked for that the charge point may not leave any out."""
        self.known = {key for key in self.keys if key != HIDDEN and configuration.value_at(key, call) is not None}

    @property
    def left_out(self) -> list[str]:
        """Keys that stand in neither list."""
        listed = {entry.key.lower() for entry in self.given} | {key.lower() for _, key in self.unknown}
        return [key for key in self.keys if key not in listed and key != HIDDEN] if self.whole else []


def asked(log: Log) -> Iterator[tuple[Frame, Asked]]:
    configuration = Configuration.of(log)
    for call in log.calls("GetConfiguration", by="central-system", answered={}, proper=True):
        request = Asked(call, configuration)
        if request.keys:
            yield call, request
        else:
            log.moot(call)


@monitor("OCPP16-5.8-02")
def gives_just_the_keys_that_were_asked(log: Log) -> Offences:
    for call, request in asked(log):
        often, wrong = Counter(request.keys), []
        seen: Counter[str] = Counter()
        for entry in request.given:
            key = entry.key.lower()
            seen[key] += 1
            if key not in often:
                wrong.append(f"{entry.pointer}/key {entry.key!r} was not asked for")
            elif seen[key] > often[key]:
                wrong.append(f"{entry.pointer}/key {entry.key!r} stands there {seen[key]} times")
        wrong += [f"/configurationKey lacks {key!r}, which is known" for key in request.left_out if key in request.known]
        if wrong:
            yield call.answer, "; ".join(wrong)


@monitor("OCPP16-5.8-03")
def unknown_keys_are_said_to_be(log: Log) -> Offences:
    for call, request in asked(log):
        given, wrong = {entry.key.lower() for entry in request.given}, []
        for pointer, key in request.unknown:
            if key.lower() not in request.keys:
                wrong.append(f"{pointer} {key!r} was not asked for")
            elif key.lower() in given:
                wrong.append(f"{pointer} {key!r} stands in configurationKey too")
            elif key.lower() in request.known:
                wrong.append(f"{pointer} {key!r} is known: GetConfiguration gave it before")
        left_out = [key for key in request.left_out if key not in request.known]
        if left_out:
            log.needs("beginning")  # one that was given before is not unknown
        wrong += [f"/unknownKey lacks {key!r}" for key in left_out]
        if wrong:
            yield call.answer, "; ".join(wrong)
