"""The shapes of lines that each format takes, and what is told from them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.field.conftest import LOGS, Checks, broken, states

BOOT = '[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'
BOOTED = '[3,"1",{"status":"Accepted","currentTime":"2026-01-01T00:00:00Z","interval":300}]'
LONG = f'[2,"{"x" * 37}","Heartbeat",{{}}]'
TOO_LONG = ("OCPP16J-4.1.4-02", "charge-point")


def two(before: str, after: str = "") -> str:
    """A boot and a message id that is too long, each with such words around it."""
    return f"{before}{BOOT}{after}\n{before}{LONG}{after}\n"


def rows(**members: Any) -> str:
    """The same as JSON lines; the message stands where ``{}`` does."""
    lines = [{k: v.replace("{}", m) if isinstance(v, str) else v for k, v in members.items()} for m in (BOOT, LONG)]
    return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)


STEVE = "[INFO ] 2026-01-01 10:00:00,123 de.rwth.idsg.steve.ocpp.ws.WebSocketLogger - "
LINES = {
    "a bare handler": two("CP_1: receive message "),
    "basicConfig": two("INFO:ocpp:CP_1: receive message "),
    "its charge point's side": two("INFO:ocpp:CP_1: send "),
    "Home Assistant": two("2026-01-01 10:00:00.123 INFO (MainThread) [ocpp] CP_1: receive message "),
    "in a container": two("homeassistant  | 2026-01-01 10:00:00.123 INFO (MainThread) [ocpp] CP_1: receive message "),
    "in colours": two("\x1b[32m2026-01-01 10:00:00.123 INFO (MainThread) [ocpp] CP_1: receive message ", "\x1b[0m"),
    "evcc": two("[ocpp  ] TRACE 2026/01/01 10:00:00 recv CP_1: "),
    "evcc of old": two("Jan  1 10:00:00 host evcc[1]: [ocpp  ] TRACE 2026/01/01 10:00:00 received JSON message from CP_1: "),
    "SteVe": two(f"{STEVE}[chargeBoxId=CP_1, sessionId=a] Received: "),
    "ocpp-go on a terminal": two("DEBU[2026-01-01T10:00:00Z] received JSON message from CP_1: ", "  logger=ocppj"),
    "ocpp-go in a file": "".join(
        f'time="2026-01-01T10:00:00Z" level=debug msg={json.dumps(f"received JSON message from CP_1: {m}")} logger=ocppj\n'
        for m in (BOOT, LONG)
    ),
    "a vendor's": two("01.01.2026 10:00:00 station=CP_1 <- "),
    "JSON lines": rows(timestamp="2026-01-01T10:00:00Z", chargePointId="CP_1", message="{}"),
    "JSON lines with the message as JSON": rows(time=1767261600, station="CP_1", payload="{}")
    .replace('"[2', "[2")
    .replace(']"}', "]}")
    .replace('\\"', '"'),
    "Docker's JSON": rows(log="CP_1: receive message {}\n", stream="stderr", time="2026-01-01T10:00:00Z"),
}


@pytest.mark.parametrize("name", LINES)
def test_each_shape_is_read(name: str, checks_text: Checks) -> None:
    check = checks_text(LINES[name])
    assert [log["messages"] for log in check["logs"]] == [2]
    assert [station["name"] for station in check["stations"]] == ["CP_1"]
    assert broken(check) == {TOO_LONG}


def test_a_message_goes_on_in_the_lines_behind(checks_text: Checks) -> None:
    pretty = json.dumps(json.loads(LONG), indent=2)
    at_the_width = "\n".join(BOOT[n : n + 30] for n in range(0, len(BOOT), 30))
    check = checks_text(f"CP_1: receive message {at_the_width}\nCP_1: receive message {pretty}\nCP_1: send {BOOTED}\n")
    assert check["logs"][0]["messages"] == 3
    assert broken(check) == {TOO_LONG}


def test_a_log_of_both_programs_is_read_once(checks_text: Checks) -> None:
    """The charge point and the central system of one example write to one terminal: each message stands there twice."""
    both = [("send", "receive message", BOOT), ("receive message", "send", BOOTED), ("send", "receive message", LONG)]
    lines = []
    for one, other, text in both:
        order = (one, other) if one == "send" else (other, one)
        lines += [f"INFO:ocpp:CP_1: {way} {text}" for way in order]
    check = checks_text("\n".join(lines) + "\n")
    assert check["logs"][0]["messages"] == 3
    assert broken(check) == {TOO_LONG}


def test_without_a_direction_an_answer_is_the_other_sides(checks_text: Checks) -> None:
    check = checks_text(f'{BOOT}\n[3,"1",{{"status":"Perhaps","currentTime":"2026-01-01T00:00:00Z","interval":300}}]\n')
    assert broken(check) == {("OCPP16-6.4-01", "central-system")}
    assert states(check)["OCPP16J-4.2.1-02", "charge-point"] == "pass"


def test_what_has_no_sender_is_counted_with_its_place(checks_text: Checks) -> None:
    check = checks_text(f'{BOOT}\n{BOOTED}\n[3,"never asked",{{}}]\n[2,"7","DataTransfer",{{"vendorId":"V"}}]\n')
    assert check["logs"][0]["unread_places"] == [{"line": n, "why": "who sent it cannot be told"} for n in (3, 4)]
    assert broken(check) == set()


def test_newest_first_without_time_stamps(checks_text: Checks) -> None:
    lines = [f"CP_1: receive message {BOOT}", f"CP_1: send {BOOTED}", f"CP_1: receive message {LONG}"]
    check = checks_text("\n".join(reversed(lines)) + "\n")
    assert "newest first" in check["logs"][0]["format"]
    assert broken(check) == {TOO_LONG}
    assert check["findings"][0]["seen"][0]["frames"][0]["place"].endswith(":1")


def test_standard_input(checks: Checks, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    file = tmp_path / "piped"
    file.write_text(two("CP_1: receive message "))
    with file.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert broken(checks("-")) == {TOO_LONG}


def test_utf_16_and_latin_1_and_a_mark_in_front(checks_text: Checks) -> None:
    text = two("CP_1: receive message ")
    assert broken(checks_text(text.encode("utf-16"))) == {TOO_LONG}
    assert broken(checks_text(b"\xef\xbb\xbf" + text.encode())) == {TOO_LONG}
    check = checks_text(text.encode() + 'CP_1: send [3,"é",{}]\n'.encode("latin-1"))
    assert check["logs"][0]["not_utf8"] == 1
    assert broken(check) == {TOO_LONG}


def test_compressed(checks_text: Checks) -> None:
    import gzip

    assert broken(checks_text(gzip.compress(two("CP_1: receive message ").encode()))) == {TOO_LONG}


def test_two_logs_of_one_station_in_the_order_of_their_time(checks: Checks, tmp_path: Any) -> None:
    stamp = "2026-01-0{} 10:00:00.123 INFO (MainThread) [ocpp] CP_1: receive message "
    for day, name in ((2, "ocpp.log"), (1, "ocpp.log.1")):
        (tmp_path / name).write_text(two(stamp.format(day)))
    check = checks(tmp_path / "ocpp.log", tmp_path / "ocpp.log.1")
    assert [log["name"][-6:] for log in check["logs"]] == [".log.1", "pp.log"]
    assert check["findings"][0]["count"] == 2


def test_json_lines_by_map(checks: Checks) -> None:
    names = {"text": "payload", "time": "ts", "station": "charger.id", "way": "direction"}
    assert checks(LOGS / "mapped.jsonl", names=names)["stations"][0]["name"] == "FAULTY-1"


def test_javascript_values() -> None:
    from evconform.ocpp.field.javascript import as_json

    assert as_json("{ status: 'Accepted', n: -1.5, list: [ 'a', undefined ], deep: { 'x-y': \"it's\" } } tail") == (
        '{"status":"Accepted","n":-1.5,"list":["a",null],"deep":{"x-y":"it\'s"}}'
    )
    assert as_json("{ meterValue: [ [Object] ] }") is None
    assert as_json("{ open: ") is None


STAMPS = {
    "2026-01-02 03:04:05,678": (1767323045.678, 0.001),
    "2026-01-02T03:04:05+01:00": (1767319445.0, 1.0),
    "2026/01/02 03:04:05": (1767323045.0, 1.0),
    "02.01.2026 03:04:05.5": (1767323045.5, 0.1),
    "Jan  2 03:04:05": (946782245.0, 1.0),
    "Okt 11 11:42:45": (971264565.0, 1.0),
    "03:04:05.25": (946695845.25, 0.01),
    "1767323045.678": (1767323045.678, 0.001),
    "1767323045678": (1767323045.678, 0.001),
    "2026-01-02T03:04:05.000000000Z 2026-01-02 04:04:05.678 INFO": (1767323045.0, 1e-9),
    "2026-01-02T03:04:05Z 2026-01-02 04:04:05 INFO": (1767326645.0, 1.0),
}


@pytest.mark.parametrize("head", STAMPS)
def test_time_stamps(head: str) -> None:
    from evconform.ocpp.field.stamps import stamp_of

    assert stamp_of(f"x {head} y") == pytest.approx(STAMPS[head])


@pytest.mark.parametrize("head", ["", "no date", "2026-13-45 10:00:00", "99:99:99", "12345"])
def test_no_time_stamp(head: str) -> None:
    from evconform.ocpp.field.stamps import stamp_of

    assert stamp_of(head) is None


def test_no_message_at_all(checks_text: Checks) -> None:
    check = checks_text("nothing\nof the kind\n")
    assert check["exit"] == 5
    assert check["findings"] == []
