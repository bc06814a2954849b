"""A rule that lacks its context says so, and is neither kept nor broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from evconform.cli_session import pytest_line, session
from tests.field.conftest import Checks, broken, states

Row = dict[str, Any]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[list[Row]]:
    """The wire log of each case of a whole certification of the INCH."""
    folder = tmp_path_factory.mktemp("inch")
    environment = {"PATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "EVCONFORM_COMMAND": "evconform certify"}
    assert session(pytest_line("certify", "etrel-inch.toml", folder, [], []), environment) == 0
    found: list[list[Row]] = []
    for line in (folder / "wire.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row.get("mark") == "fresh":
            found.append([])
        if "mark" not in row and found:
            found[-1].append(row)
    return found


def bare(rows: list[Row]) -> Iterator[str]:
    """As the ocpp package logs it, in Home Assistant's log."""
    for row in rows:
        if row["kind"] == "text" and isinstance(row.get("data"), str):
            date = datetime.fromtimestamp(1e9 + row["t"], UTC).isoformat(" ", "milliseconds")[:23]
            way = "receive message" if row["by"] == "sut" else "send"
            yield f"{date} INFO (MainThread) [ocpp] CP: {way} {row['data']}".replace("\n", " ")


def undated(rows: list[Row]) -> Iterator[str]:
    yield from (line.partition("[ocpp] ")[2] for line in bare(rows))


def received(rows: list[Row]) -> Iterator[str]:
    yield from (line for line in bare(rows) if ": receive message" in line)


def steve(rows: list[Row]) -> Iterator[str]:
    """As SteVe logs it, with connections."""
    for row in rows:
        date = datetime.fromtimestamp(1e9 + row["t"], UTC).strftime("%Y-%m-%d %H:%M:%S,%f")[:-3]
        head = f"[INFO ] {date} WebSocketLogger - [chargeBoxId=CP, sessionId={row['conn']}] "
        if row["kind"] == "text" and isinstance(row.get("data"), str):
            yield head + ("Received: " if row["by"] == "sut" else "Sending: ") + row["data"].replace("\n", " ")
        elif row["kind"] in ("open", "lost"):
            yield head + ("Connection is established" if row["kind"] == "open" else "Connection is closed, status: null")


def only_received(rows: list[Row]) -> Iterator[str]:
    yield from (line for line in steve(rows) if "Sending: " not in line)


def wire(rows: list[Row]) -> Iterator[str]:
    """As our own log, without marks and without the head of the run."""
    yield from (json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in rows)


@pytest.mark.parametrize("shape", [wire, steve, only_received, bare, received, undated])
def test_what_our_charge_point_does_in_any_case_is_red_in_no_shape(
    shape: Callable[[list[Row]], Iterator[str]], cases: list[list[Row]], checks_text: Checks
) -> None:
    """Without marks nobody says what was done to it: power cuts, cut networks, other parties; nothing may be held against it."""
    said = [lines for rows in cases if (lines := list(shape(rows)))]  # SOAP is in no text log
    assert len(said) > 150
    judged = 0
    for lines in said:
        check = checks_text("\n".join(lines) + "\n")
        assert [f for f in check["findings"] if f["role"] == "charge-point"] == []
        judged += check["counts"].get("pass", 0)
    assert judged > 11 * len(said)


BOOT = '{"chargePointVendor":"V","chargePointModel":"M"}'
CONNECTED = "[ocpp  ] DEBUG 2026/01/01 10:00:00 charge point connected: CP"


def evcc(*said: tuple[str, str, str]) -> str:
    """Time, direction, message."""
    return "\n".join([CONNECTED, *(f"[ocpp  ] TRACE 2026/01/01 {t} {way} CP: {text}" for t, way, text in said)]) + "\n"


def booted(t: str = "10:00:01", id: str = "1") -> list[tuple[str, str, str]]:
    answer = {"status": "Accepted", "currentTime": f"2026-01-01T{t}Z", "interval": 300}
    return [(t, "recv", f'[2,"{id}","BootNotification",{BOOT}]'), (t, "send", json.dumps([3, id, answer]))]


ASKED = ("10:00:05", "send", '[2,"a","GetConfiguration",{"key":["K"]}]')
LIVES = ("10:05:00", "recv", '[2,"2","Heartbeat",{}]')
UNANSWERED = ("OCPP16J-4.2-01", "charge-point")
STRAY = ("OCPP16J-4.1.4-05", "charge-point")


def test_a_call_without_an_answer_is_red_where_the_charge_point_lived_on(checks_text: Checks) -> None:
    assert broken(checks_text(evcc(*booted(), ASKED, LIVES))) == {UNANSWERED}


def test_and_not_where_it_may_have_lost_its_power(checks_text: Checks) -> None:
    assert broken(checks_text(evcc(*booted(), ASKED))) == set()


def test_and_not_where_its_connection_was_lost(checks_text: Checks) -> None:
    lost = "[ocpp  ] DEBUG 2026/01/01 10:00:06 charge point disconnected: CP\n"
    text = evcc(*booted(), ASKED) + lost + evcc(LIVES).replace("10:00:00", "10:04:00")
    assert broken(checks_text(text)) == set()


def test_and_not_where_connections_are_not_told(checks_text: Checks) -> None:
    said = [*booted(), ASKED, LIVES]
    ways = {"recv": "receive message", "send": "send"}
    text = "\n".join(f"2026-01-01 {t} [ocpp] CP: {ways[way]} {message}" for t, way, message in said)
    check = checks_text(text)
    assert broken(check) == set()
    assert states(check)[UNANSWERED] == "lacks context"
    [rule] = [r for r in check["rules"] if (r["requirement"], r["role"]) == UNANSWERED]
    assert rule["lacks"] == [{"what": "where connections begin and end", "conversations": 1}]


def test_and_not_where_a_line_between_could_not_be_read(checks_text: Checks) -> None:
    text = evcc(*booted(), ASKED, ("10:00:06", "recv", '[3,"a",{"configurationKey":['), LIVES)
    check = checks_text(text)
    assert check["logs"][0]["unread"] == 1
    assert broken(check) == set()


def test_a_stray_answer_is_red_only_on_a_connection_that_was_seen_to_begin(checks_text: Checks) -> None:
    stray = ("10:00:05", "recv", '[3,"nobody asked",{}]')
    assert broken(checks_text(evcc(*booted(), stray))) == {STRAY}
    check = checks_text(evcc(*booted(), stray).replace(CONNECTED, "started"))
    assert broken(check) == set()
    [rule] = [r for r in check["rules"] if (r["requirement"], r["role"]) == STRAY]
    assert rule["lacks"] == [{"what": "what was said before the log begins", "conversations": 1}]


def test_complete_makes_what_lacks_its_context_inconclusive(checks_text: Checks) -> None:
    check = checks_text(evcc(*booted()), complete=True)
    assert check["counts"]["inconclusive"] > 0
    assert "lacks context" not in check["counts"]
    assert check["exit"] == 2


def test_a_pics_gives_the_context_of_claims(checks_text: Checks) -> None:
    text = evcc(
        *booted(),
        ("10:00:02", "recv", '[2,"3","StatusNotification",{"connectorId":7,"errorCode":"NoError","status":"Available"}]'),
    )
    ids = ("OCPP16-3.8-01", "charge-point")
    assert states(checks_text(text))[ids] == "lacks context"
    pics = Path(__file__).parents[2] / "fixtures" / "pics" / "etrel-inch.toml"
    assert states(checks_text(text, pics=pics))[ids] == "fail"


def test_the_number_of_connectors_is_taken_from_the_configuration(checks_text: Checks) -> None:
    shown = {"configurationKey": [{"key": "NumberOfConnectors", "readonly": True, "value": "2"}]}
    asked = [("10:00:02", "send", '[2,"a","GetConfiguration",{}]'), ("10:00:02", "recv", json.dumps([3, "a", shown]))]
    status = ("10:01:02", "recv", '[2,"3","StatusNotification",{"connectorId":7,"errorCode":"NoError","status":"Available"}]')
    check = checks_text(evcc(*booted(), *asked, *booted("10:01:00", "9"), status))
    assert ("OCPP16-3.8-01", "charge-point") in broken(check)


def test_a_long_conversation_is_judged_in_parts(checks_text: Checks) -> None:
    beats = []
    for n in range(4000):
        t = f"{11 + n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}"
        beats += [(t, "recv", f'[2,"h{n}","Heartbeat",{{}}]'), (t, "send", f'[3,"h{n}",{{"currentTime":"2026-01-01T{t}Z"}}]')]
    late = ("12:30:00", "recv", f'[2,"{"x" * 37}","Heartbeat",{{}}]')
    check = checks_text(evcc(*booted(), *beats, late))
    assert check["logs"][0]["messages"] == 8003
    assert broken(check, "fail") == {("OCPP16J-4.1.4-02", "charge-point")}
