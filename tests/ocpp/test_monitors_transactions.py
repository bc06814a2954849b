"""The rules of OCPP 1.6, 4.1, 4.7, 4.8 and 4.10, about transactions: what holds, what is red, what is excused."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest

from tests.ocpp.session_logs import (
    BEAT,
    FAILED,
    FAILS,
    READY,
    REBOOT,
    SESSION,
    SILENCE,
    UP,
    Lines,
    acts,
    again,
    asks,
    authorizes,
    check,
    date,
    judged,
    meters,
    rows_of,
    rules_of,
    said,
    starts,
    status,
    stops,
)
from tests.ocpp.transports import TRANSPORTS

CASES: dict[str, list[tuple[str, str, Lines]]] = {
    # requirement: (what comes of it: "held", "red", "-" for no situation; words; log)
    "OCPP16-4.1-01": [
        ("held", "refused", [*READY, *authorizes(5, answer="Invalid"), *authorizes(6, "B"), *starts(7, tag="B")]),
        ("red", "refused, and started", [*READY, *authorizes(5, "aA", "Blocked"), *starts(6, tag="Aa")]),
        ("red", "refused by a StartTransaction",
         [*READY, *starts(5, says="Invalid"), *stops(6), *starts(9, 8)]),
        ("held", "accepted later", [*READY, *authorizes(5, answer="Invalid"), *authorizes(6), *starts(7)]),
        ("held", "asked later, not answered",
         [*READY, *authorizes(5, answer="Invalid"), *authorizes(6, answer=SILENCE), *starts(40)]),
        ("held", "started remotely", [*READY, *authorizes(5, answer="Invalid"), *asks(6, "RemoteStartTransaction", idTag="A"),
                                      *starts(7)]),
        ("held", "sent again", [*READY, *starts(5, id=SILENCE), *authorizes(7, answer="Invalid"), *starts(9, at=5)]),
        ("held", "started offline", [*READY, *authorizes(5, answer="Invalid"), *again(60, 50), *starts(60, at=30)]),
        ("-", "the local list may know it", [*READY, *asks(3, "SendLocalList"), *authorizes(5, answer="Invalid"), *starts(6)]),
        ("-", "nobody was refused", [*READY, *authorizes(5), *starts(6)]),
    ],
    "OCPP16-4.1-02": [
        ("held", "its own card", [*READY, *authorizes(5), *starts(6), *stops(20, tag="a")]),
        ("red", "asked first", [*READY, *starts(6), *authorizes(19), *stops(20, tag="A")]),
        ("held", "asked for a remote start",
         [*READY, *starts(6), *asks(9, "RemoteStartTransaction", idTag="A"), *authorizes(19), *stops(20, tag="A")]),
        ("held", "asked for the next one, and the stop waits",
         [*READY, *starts(6), *authorizes(29), *stops(30, at=20, tag="A")]),
        ("-", "another card", [*READY, *starts(6), *authorizes(19, "B"), *stops(20, tag="B")]),
    ],
    "OCPP16-4.8-03": [
        ("held", "one after the other", [*READY, *starts(5), *stops(20), *starts(30, 8)]),
        ("red", "two at once", [*READY, *starts(5), *starts(20, 8), *status(40, "Charging")]),
        ("red", "two at once, by their dates", [*READY, *starts(5), *stops(20), *starts(30, 8, at=15)]),
        ("-", "sent again", [*READY, *starts(5, id=FAILS), *starts(26, at=5), *status(40, "Charging")]),
        ("-", "it was over, and nobody said so",
         [*READY, *starts(5), *status(15, "Finishing", "Available"), *starts(20, 8), *status(40, "Charging")]),
        ("-", "the power went", [*READY, *starts(5), *REBOOT, *starts(120, 8), *status(140, "Charging")]),
        ("-", "it may still be told", [*READY, *starts(5), *again(20), *starts(20, 8)]),
    ],
    "OCPP16-4.10-05": [
        ("held", "it rose", [*READY, *starts(5), *stops(20)]),
        ("held", "nothing flowed", [*READY, *starts(5), *stops(20, meter=100)]),
        ("red", "it fell", [*READY, *starts(5), *stops(20, meter=99)]),
        ("red", "it fell over a power cut", [*READY, *starts(5), *REBOOT, *stops(120, meter=99)]),
        ("-", "which one is not known", [*READY, *starts(5, SILENCE), *starts(6, SILENCE), *stops(20, id=-1, meter=99)]),
    ],
    "OCPP16-3.16-01": [
        ("held", "it stands where it stood", [*READY, *starts(5), *stops(20, meter=100), *starts(30, 8)]),
        ("held", "it was read a little later", [*READY, *starts(5), *stops(20, meter=110), *starts(30, 8)]),
        ("red", "it begins anew", [*READY, *starts(5), *stops(20, meter=111), *starts(30, 8)]),
        ("red", "it begins anew after a power cut", [*READY, *starts(5), *stops(20), *REBOOT, *starts(120, 8)]),
        ("-", "the first one", [*READY, *starts(5)]),
        ("-", "nothing tells how the one before ended", [*READY, *starts(5), *starts(30, 8)]),
        ("-", "of another connector", [*READY, *starts(5), *stops(20), *starts(30, 8, connector=2)]),
        ("-", "sent again", [*READY, *starts(5, id=FAILS), *stops(20, id=-1), *starts(26, at=5)]),
    ],
    "OCPP16-4.7-02": [
        ("held", "of no transaction", [*READY, *starts(5), *meters(10, None, connector=0)]),
        ("red", "of one", [*READY, *starts(5), *meters(10, connector=0)]),
        ("-", "of a connector", [*READY, *starts(5), *meters(10)]),
    ],
    "OCPP16-4.10-06": [
        ("held", "after it", [*READY, *starts(5), *BEAT, *stops(20)]),
        ("held", "at once", [*READY, *starts(5), *stops(6, at=5)]),
        ("red", "before it", [*READY, *starts(5), *BEAT, *stops(20, at=1)]),
        ("red", "before it, over a power cut", [*READY, *starts(95), *REBOOT, *stops(120, at=5)]),
        ("held", "the clock was set at the boot", [*READY, *starts(95), *REBOOT, *stops(120, at=90)]),
    ],
    "OCPP16-4.10-07": [
        ("held", "its own", [*READY, *starts(5), *stops(20)]),
        ("held", "its own over a power cut", [*READY, *starts(5), *REBOOT, *stops(120)]),
        ("red", "another", [*READY, *starts(5), *stops(20, id=8)]),
        ("red", "twice", [*READY, *starts(5), *stops(20), *stops(30)]),
        ("red", "the same twice", [*READY, *starts(5), *stops(20), *stops(30, at=20)]),
        ("red", "-1, and the id was told", [*READY, *starts(5), *stops(20, id=-1)]),
        ("held", "-1 as nothing was told", [*READY, *starts(5, id=FAILS), *stops(20, id=-1)]),
        ("held", "-1 as the answer was lost", [*READY, *starts(5), *again(20), *stops(20, id=-1)]),
        ("held", "sent again", [*READY, *starts(5), *stops(20, answer=SILENCE), *again(60), *stops(60, at=20)]),
        ("held", "sent again after a boot", [*READY, *starts(5), *stops(20, answer=SILENCE), *REBOOT, *stops(120, at=20)]),
        ("-", "of a time before the log", [*UP, *status(1, "Charging"), *stops(20)]),
        ("-", "of a time before the log, kept in the queue",
         [*UP, *status(30, "Available"), *status(31, "Preparing"), *stops(32, at=3)]),
    ],
    "OCPP16-4.7-01": [
        ("held", "its own", [*READY, *starts(5), *meters(10), *stops(20)]),
        ("red", "none", [*READY, *starts(5), *meters(10, None, context="Sample.Clock"), *stops(20)]),
        ("red", "none, and no end yet", [*READY, *starts(5), *meters(10, None), *status(30, "Charging")]),
        ("red", "another", [*READY, *starts(5), *meters(10, 8), *stops(20)]),
        ("red", "of one that was over", [*READY, *starts(5), *stops(20), *meters(30)]),
        ("red", "the one before", [*READY, *starts(5), *stops(20), *starts(30, 8), *meters(40), *stops(50, 8)]),
        ("held", "sampled in the one before",
         [*READY, *starts(5), *stops(20), *starts(30, 8), *meters(40, at=15), *stops(50, 8)]),
        ("-", "none runs", [*READY, *meters(4, None, context="Sample.Clock"), *starts(5), *stops(20)]),
        ("-", "at its end", [*READY, *starts(5), *stops(20), *meters(21, None, at=20)]),
        ("-", "no id is known", [*READY, *starts(5, id=FAILS), *meters(10, -1), *stops(20, id=-1)]),
        ("-", "the whole charge point", [*READY, *starts(5), *meters(10, None, connector=0), *stops(20)]),
        ("-", "a context of neither", [*READY, *starts(5), *meters(10, None, context="Other"), *stops(20)]),
    ],
}  # fmt: skip
ROWS = rows_of(CASES)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("row", ROWS)
def test_a_rule_and_its_excuses(row: str, transport: str) -> None:
    check(ROWS[row], transport)


def test_every_rule_can_be_red() -> None:
    assert {id for id, outcome, *_ in ROWS.values() if outcome == "red"} == rules_of("transactions")


def test_an_ordinary_session_breaks_nothing() -> None:
    assert judged(SESSION, end=60)[0] == set() == judged(SESSION, cases=True)[0]


def test_dates_cut_off_to_whole_seconds_break_nothing() -> None:
    offline = [*SESSION, *again(100, 40), *starts(100, 8, at=90), *status(100, "Charging", at=90), *status(101, "SuspendedEVSE")]
    for part in (0.3, 0.56, 0.99):
        lines = [(t + part, by, kind, data) for t, by, kind, data in offline]
        assert judged(lines, tolerance=0.0, end=60)[0] == set()


def test_where_another_connector_could_be_meant_an_authorize_is_no_offence() -> None:
    asked = [*READY, *starts(6), *authorizes(19), *stops(20, tag="A")]
    shown = [*READY, *starts(6), *acts(18, "present_card"), *authorizes(19), *stops(20, tag="A")]
    assert "OCPP16-4.1-02" not in judged(asked, connectors=2)[0]
    assert "OCPP16-4.1-02" in judged(shown, connectors=2)[0]


def test_a_transaction_of_a_connector_that_the_log_never_saw_idle_may_be_older_than_the_log() -> None:
    lines = [*READY, *starts(5), *stops(20, id=8)]
    assert "OCPP16-4.10-07" not in judged(lines, connectors=2)[0]


VALUES: list[Any] = [
    None,
    True,
    -1,
    1.0,
    1.5,
    10**30,
    "",
    "9999-99-99T99:99:99Z",
    [],
    {},
    [[]],
    [{}],
    {"a": {}},
    [{"sampledValue": 1}],
]
MEMBERS = "connectorId status errorCode timestamp idTag transactionId meterStart meterStop meterValue".split()


@pytest.mark.parametrize("action", ["StatusNotification", "StartTransaction", "StopTransaction", "MeterValues", "Authorize"])
def test_no_rule_chokes_on_any_member(action: str) -> None:
    whole = {"connectorId": 1, "status": "Charging", "timestamp": date(30), "idTag": "A", "transactionId": 7}
    for member in MEMBERS:
        hostile = [
            said(30 + n, ">", action, {"transactionId": value, "idTagInfo": value}, **whole | {member: value})
            for n, value in enumerate(VALUES)
        ]
        assert judged([*SESSION, *chain.from_iterable(hostile), *stops(60)])
    rows = [said(3, "<", "GetConfiguration", {"configurationKey": value}) for value in [*VALUES, [{"key": [], "value": []}]]]
    assert judged([*READY, *chain.from_iterable(rows), *FAILED])
