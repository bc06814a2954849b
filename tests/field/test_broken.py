"""Logs that are broken in every way: no traceback, and what could not be read is counted and shown with its place."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.verdict import UsageError
from tests.field.conftest import EXPECTED, LOGS, Checks, broken

BOOT = '[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'
TOO_LONG = ("OCPP16J-4.1.4-02", "charge-point")
LONG = f'[2,"{"x" * 37}","Heartbeat",{{}}]'
HEAD = "2026-01-01 10:00:00.123 INFO (MainThread) [ocpp] CP_1: receive message "
SMALL = [name for name in sorted(EXPECTED) if not name.endswith((".pcapng", ".json"))]


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("seed", range(8))
def test_bytes_that_were_garbled(name: str, seed: int, checks_text: Checks) -> None:
    """Cut, doubled, overwritten with anything: the rest is read, or refused in one sentence."""
    chance = random.Random(f"{name} {seed}")
    raw = bytearray((LOGS / name).read_bytes())
    for _ in range(12):
        at = chance.randrange(len(raw))
        match chance.randrange(4):
            case 0:
                del raw[at : at + chance.randrange(1, 400)]
            case 1:
                raw[at:at] = chance.randbytes(chance.randrange(1, 300))
            case 2:
                raw[at:at] = raw[at : at + 500]
            case _:
                raw[at] = chance.randrange(256)
    check = checks_text(bytes(raw), names=EXPECTED[name].get("map", {}))
    assert check["errors"] == []
    assert check["exit"] in (0, 1, 5)


def test_nothing_but_rubbish(checks_text: Checks) -> None:
    check = checks_text(random.Random(1).randbytes(200_000))
    assert check["exit"] == 5
    assert check["logs"][0]["messages"] == 0


def test_an_empty_log(checks_text: Checks) -> None:
    assert checks_text("")["exit"] == 5


def test_cut_lines_are_counted_and_shown(checks_text: Checks) -> None:
    check = checks_text(f'{HEAD}{BOOT}\n{HEAD}{LONG[:50]}\n{HEAD}{LONG}\n{HEAD}[2,"3","Heart...\n')
    assert broken(check) == {TOO_LONG}
    assert check["logs"][0]["unread_places"] == [
        {"line": 2, "why": "the message is not whole"},
        {"line": 4, "why": "the message is cut"},
    ]


def test_a_megabyte_in_a_line(checks_text: Checks) -> None:
    big = json.dumps([2, "9", "DataTransfer", {"vendorId": "V", "data": "x" * 2_000_000}])
    check = checks_text(f"{HEAD}{BOOT}\n{HEAD}{big}\n{HEAD}{LONG}\n")
    assert check["logs"][0]["messages"] == 3
    assert broken(check) == {TOO_LONG}


def test_a_line_without_an_end(checks_text: Checks) -> None:
    check = checks_text(f"{HEAD}{BOOT}\n".encode() + b"x" * 40_000_000 + f"\n{HEAD}{LONG}\n".encode())
    assert check["logs"][0]["cut_lines"] == 1
    assert broken(check) == {TOO_LONG}


def test_json_nested_deeper_than_can_be_read(checks_text: Checks) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    check = checks_text(f'{HEAD}{BOOT}\n{HEAD}[2,"5","DataTransfer",{{"data":{deep}}}]\n{HEAD}{LONG}\n')
    assert check["errors"] == []
    assert broken(check) == {TOO_LONG}


def test_lines_of_several_processes_between(checks_text: Checks) -> None:
    noise = "2026-01-01 10:00:00.124 WARNING (Thread-7) [other] [1, 2, 3] {not json\n"
    check = checks_text(f"{HEAD}{BOOT}\n{noise}{HEAD}[2,\n{noise}{HEAD}{LONG}\n")
    assert broken(check) == {TOO_LONG}
    assert check["logs"][0]["unread"] == 1


def test_a_clock_that_goes_back_begins_anew(checks_text: Checks) -> None:
    early = HEAD.replace("10:00", "08:00")
    check = checks_text(f"{HEAD}{BOOT}\n{HEAD}{LONG}\n{early}{LONG}\n{HEAD}{LONG}\n")
    assert check["logs"][0]["clock_went_back"] == 1
    assert broken(check) == {TOO_LONG}


def test_a_compressed_log_that_was_cut(checks_text: Checks) -> None:
    text = "".join(f'{HEAD}[2,"{n}","Heartbeat",{{}}]\n' for n in range(5000))
    check = checks_text(gzip.compress(text.encode())[:-2000])
    assert 0 < check["logs"][0]["messages"] < 5000
    assert check["logs"][0]["cut_lines"] == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"log":{"entries":7}}',
        '{"log":{"entries":[{"_webSocketMessages":[{"type":"send"},7,{"type":"send","data":"x","opcode":"1"}]}]}}',
        '[{"_source":{"layers":{"websocket":{"websocket.payload":[1]},"http":[]}}}, {"_source": 7}]',
        '[{"_source":{"layers":',
        '{"n":1,"t":0,"wall":"x","mark":"campaign-begin","header":{"sut":{"role":"x"}}}\n{"n":2,"t":0,"wall":"x","conn":7}',
        '{"n":1,"t":0,"wall":"x","mark":"campaign-begin","header":7}',
    ],
)
def test_files_that_only_begin_like_a_format(text: str, checks_text: Checks) -> None:
    check = checks_text(text)
    assert check["errors"] == []
    assert check["exit"] in (0, 1, 5)


@pytest.mark.parametrize("name", ["/", "nowhere.log"])
def test_what_is_no_file_is_a_usage_error(name: str, checks: Checks) -> None:
    with pytest.raises(UsageError):
        checks(name)


def test_a_capture_that_is_none(checks: Checks, tmp_path: Path) -> None:
    file = tmp_path / "x.pcap"
    file.write_bytes(b"\xd4\xc3\xb2\xa1" + b"\0" * 7)
    with pytest.raises(UsageError, match=r"x\.pcap"):
        checks(file)


def test_a_format_that_there_is_not(checks_text: Checks) -> None:
    with pytest.raises(UsageError, match="--format xml: expected one of evconform, har"):
        checks_text("x", format="xml")


def test_the_wrong_format_reads_nothing(checks_text: Checks) -> None:
    check: dict[str, Any] = checks_text(f"{HEAD}{BOOT}\n", format="steve")
    assert check["exit"] == 5
