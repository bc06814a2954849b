"""The rules of OCPP 1.6, 3.7, about the queue of transaction-related messages: what holds, what is red, what is excused."""

from __future__ import annotations

import pytest

from tests.ocpp.session_logs import (
    AGAIN,
    COUNTED,
    FAILED,
    FAILS,
    READY,
    RETRY,
    SILENCE,
    Lines,
    again,
    check,
    meters,
    retries,
    rows_of,
    rules_of,
    sets,
    starts,
    status,
    stops,
)
from tests.ocpp.transports import TRANSPORTS

CASES: dict[str, list[tuple[str, str, Lines]]] = {
    # requirement: (what comes of it: "held", "red", "-" for no situation; words; log)
    "OCPP16-3.7-01": [
        ("held", "in order", [*READY, *starts(5), *meters(10), *meters(12), *stops(20)]),
        ("red", "values", [*READY, *starts(5), *meters(10, at=10), *meters(12, at=6), *stops(20)]),
        ("red", "the stop first", [*READY, *starts(5), *stops(20), *meters(21, at=10)]),
        ("red", "new values before those of the time offline",
         [*READY, *starts(5), *again(60, 50), *meters(60), *meters(61, at=20)]),
        ("held", "sent again later",
         [*READY, *starts(5), *meters(10, answer=FAILS), *meters(12), *meters(30, at=10), *stops(40)]),
        ("held", "clock-aligned values of an interval that began before",
         [*READY, *starts(5), *meters(10, at=0, context="Sample.Clock"), *stops(20)]),
    ],
    "OCPP16-3.7-03": [
        ("held", "one by one", [*READY, *starts(5), *meters(10), *stops(20)]),
        ("red", "at once", [*READY, *starts(5, SILENCE), *stops(5.2, -1)]),
        ("red", "past one that failed", [*RETRY, *FAILED, *starts(30, 8)]),
        ("red", "past one that comes later", [*READY, *FAILED, *starts(30, 8), *AGAIN]),
        ("red", "past one that was lost", [*RETRY, *starts(5), *meters(10, answer=SILENCE), *again(60, 50), *meters(60)]),
        ("held", "after the last attempt", [*RETRY, *COUNTED, *starts(90, 8)]),
        ("held", "more attempts after the last one",
         [*RETRY, *COUNTED, *sets(85, "TransactionMessageAttempts", "9"), *starts(90, 8)]),
        ("held", "how often is not known", [*READY, *FAILED, *starts(30, 8)]),
        ("held", "timed out, and how often is not known", [*READY, *starts(5, SILENCE), *stops(45, -1)]),
        ("held", "the queue after a gap",
         [*RETRY, *starts(5), *meters(10, answer=SILENCE), *again(60, 50), *meters(60, at=10), *meters(61)]),
        ("-", "values of no transaction", [*RETRY, *starts(5, FAILS), *meters(6, None, context="Sample.Clock")]),
    ],
    "OCPP16-3.7.1-01": [
        ("held", "sent again", [*RETRY, *FAILED, *AGAIN]),
        ("red", "dropped", [*RETRY, *FAILED, *status(60, "Available")]),
        ("-", "not yet due", [*RETRY, *FAILED, *status(40, "Available")]),
        ("-", "the connection went", [*RETRY, *FAILED, *again(35), *status(60, "Available")]),
        ("-", "nothing is known of attempts", [*READY, *FAILED, *status(99, "Available")]),
        ("-", "one attempt", [*READY, *retries("1"), *FAILED, *status(99, "Available")]),
    ],
    "OCPP16-3.7.1-02": [
        ("held", "longer each time", [*RETRY, *COUNTED]),
        ("red", "too early", [*RETRY, *FAILED, *stops(30, at=20)]),
        ("red", "as long as the first time", [*RETRY, *FAILED, *AGAIN, *stops(61, at=20)]),
        ("-", "offline in between", [*RETRY, *FAILED, *again(30), *stops(30, at=20)]),
        ("-", "a setting that waits for a reboot",
         [*RETRY, *sets(3, "TransactionMessageRetryInterval", "60", "RebootRequired"), *FAILED, *AGAIN]),
    ],
    "OCPP16-3.7.1-03": [
        ("held", "given up, and on to the next", [*RETRY, *COUNTED, *starts(90, 8)]),
        ("held", "given up", [*RETRY, *COUNTED, *status(200, "Available")]),
        ("red", "once more", [*RETRY, *COUNTED, *stops(142, at=20)]),
        ("-", "it may still come", [*RETRY, *COUNTED, *status(90, "Available")]),
        ("-", "more attempts in between",
         [*RETRY, *COUNTED, *sets(82, "TransactionMessageAttempts", "9"), *stops(142, at=20)]),
    ],
}  # fmt: skip
ROWS = rows_of(CASES)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("row", ROWS)
def test_a_rule_and_its_excuses(row: str, transport: str) -> None:
    check(ROWS[row], transport)


def test_every_rule_can_be_red() -> None:
    assert {id for id, outcome, *_ in ROWS.values() if outcome == "red"} == rules_of("queue")
