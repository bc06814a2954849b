"""The rules of OCPP 1.6, 3.8 and 4.9, about successive statuses: what holds, what is red, what is excused."""

from __future__ import annotations

import pytest

from tests.ocpp.session_logs import (
    FAULTED,
    READY,
    SILENCE,
    UP,
    Lines,
    again,
    asks,
    boots,
    check,
    date,
    judged,
    rows_of,
    rules_of,
    said,
    sets,
    starts,
    status,
)
from tests.ocpp.transports import TRANSPORTS

CASES: dict[str, list[tuple[str, str, Lines]]] = {
    # requirement: (what comes of it: "held", "red", "-" for no situation; words; log)
    "OCPP16-3.8-01": [
        ("held", "connectors 0 and 1", READY),
        ("red", "a connector that there is not", [*READY, *starts(5, connector=2)]),
        ("red", "a transaction on connector 0", [*READY, *starts(5, connector=0)]),
        ("-", "no connector is named", UP),
    ],
    "OCPP16-4.9-03": [
        ("held", "a session", [*UP, *status(1, *"Available Preparing Charging SuspendedEV Finishing Available".split())]),
        ("held", "preparing runs out (erratum 3.20)", [*UP, *status(1, "Preparing", "Finishing")]),
        ("red", "no way", [*UP, *status(1, "Available", "Finishing")]),
        ("red", "from reserved", [*UP, *status(1, "Reserved", "Charging")]),
        ("-", "the first after a boot", [*UP, *status(1, "Finishing"), *boots(9), *status(10, "Reserved")]),
        ("-", "told again", [*UP, *status(1, "Charging", "Charging")]),
        ("-", "over a gap", [*UP, *status(1, "Available"), *again(20), *status(20, "Finishing")]),
        ("-", "the one before was not heard", [*UP, *status(1, "Available", answer=SILENCE), *status(40, "Finishing")]),
        (
            "-", "an error of the time offline, then the present status",
            [*UP, *status(1, "Charging"), *again(60, 50), *status(60, "Preparing", at=20, error="HighTemperature"),
             *status(61, "Reserved", at=30)],
        ),
        ("-", "short ones are left out", [*UP, *sets(1, "MinimumStatusDuration", "9"), *status(2, "Charging", "Preparing")]),
    ],
    "OCPP16-4.9-06": [
        ("-", "a warning", [*UP, *status(1, "SuspendedEV", error="EVCommunicationError")]),
        ("red", "while charging", [*UP, *status(1, "Charging", error="EVCommunicationError")]),
        ("held", "no error", READY),
    ],
    "OCPP16-4.9-15": [
        ("held", "why", [*UP, *FAULTED]),
        ("red", "no why", [*UP, *status(1, "Faulted")]),
        ("-", "no fault", READY),
    ],
    "OCPP16-4.9-08": [
        ("held", "the present status", [*READY, *again(60, 50), *status(60, "Preparing", at=20)]),
        ("red", "its history", [*READY, *again(60, 50), *status(60, "Preparing", at=20), *status(61, "Charging", at=40)]),
        (
            "-", "an error of its history", [*READY, *again(60, 50), *status(60, "Preparing", at=20, error="OtherError"),
            *status(61, "Charging", at=61)],
        ),
        ("held", "a change after it", [*READY, *again(60, 50), *status(60, "Preparing", at=20), *status(61, "Charging")]),
        ("-", "nothing happened offline", [*READY, *again(60, 50), *status(61, "Preparing", "Charging")]),
    ],
    "OCPP16-4.9-09": [
        ("held", "forward, and at once", [*READY, *status(5, "Preparing", at=5), *status(6, "Charging", at=5)]),
        ("red", "back", [*READY, *status(5, "Preparing", at=5), *status(6, "Charging", at=4)]),
        (
            "held", "the clock was set back in between",
            [*READY, *status(11, "Preparing", at=14), *said(12, ">", "Heartbeat", {"currentTime": date(9)}),
             *status(13, "Charging", at=11)],
        ),
        (
            "held", "the time that sets it back crossed the first on the wire",
            [*READY, *said(12, ">", "Heartbeat", {"currentTime": date(9)}), *status(12.5, "Preparing", at=13),
             *status(13, "Charging", at=10)],
        ),
        (
            "red", "the time that set it back was there long before",
            [*READY, *said(12, ">", "Heartbeat", {"currentTime": date(9)}), *status(20, "Preparing", at=17),
             *status(23, "Charging", at=15)],
        ),
        ("-", "the first", READY),
        (
            "-", "asked for", [*UP, *status(5, "Charging", at=5),
            *asks(6, "TriggerMessage", requestedMessage="StatusNotification"), *status(7, "Charging", at=4)],
        ),
    ],
    "OCPP16-4.9-16": [
        ("red", "while faulted", [*READY, *FAULTED, *starts(20)]),
        ("-", "mended", [*READY, *FAULTED, *status(15, "Available", "Preparing"), *starts(20)]),
        ("-", "begun before, told now", [*READY, *FAULTED, *starts(20, at=4)]),
    ],
}  # fmt: skip
ROWS = rows_of(CASES)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("row", ROWS)
def test_a_rule_and_its_excuses(row: str, transport: str) -> None:
    check(ROWS[row], transport)


def test_every_rule_can_be_red() -> None:
    assert {id for id, outcome, *_ in ROWS.values() if outcome == "red"} == rules_of("status_moves")


def test_a_fault_that_was_over_may_be_told_a_little_later() -> None:
    assert "OCPP16-4.9-16" not in judged([*READY, *FAULTED, *starts(20), *status(21, "Preparing", at=15)])[0]
