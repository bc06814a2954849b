"""The wire log: its chain, its secrets, and that a line stands for what was logged."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.clock import LabLoop
from evconform.harness.wire import Entry, Tampered, WireLog, as_entry, as_line, read

FRAMES = 5


@pytest.fixture
def log(wire: WireLog, loop: LabLoop) -> Path:
    """A log of five lines."""
    wire.mark("case-begin", case="C-1")
    wire.frame("c1", "sut", "text", '[2,"1","Heartbeat",{}]')
    loop.lab_seconds = 12.25
    wire.frame("c1", "tester", "binary", b"\x00\xff")
    wire.frame("c1", "sut", "lost")
    wire.mark("case-end", case="C-1")
    wire.close()
    return wire.path


def lines_of(log: Path) -> list[bytes]:
    return log.read_bytes().splitlines(keepends=True)


def frame_named(log: Path) -> int:
    with pytest.raises(Tampered, match=r"wire\.jsonl: frame \d+ is not what was recorded") as found:
        list(read(log))
    return int(re.findall(r"\d+", str(found.value))[0])


def test_a_log_is_read_as_it_was_written(log: Path) -> None:
    assert [(e.n, e.t, e.by, e.kind, e.data, e.mark) for e in read(log)] == [
        (1, 0.0, None, "mark", "", "case-begin"),
        (2, 0.0, "sut", "text", '[2,"1","Heartbeat",{}]', ""),
        (3, 12.25, "tester", "binary", b"\x00\xff", ""),
        (4, 12.25, "sut", "lost", "", ""),
        (5, 12.25, None, "mark", "", "case-end"),
    ]


def test_the_chain_of_a_line_is_the_digest_of_the_chain_before_and_the_line_without_it(log: Path) -> None:
    chain = "0" * 64
    for line in log.read_text("utf-8").splitlines():
        said = json.loads(line)["chain"]
        chain = hashlib.sha256((chain + line.replace(f',"chain":"{said}"', "")).encode()).hexdigest()
        assert said == chain


def test_a_line_is_on_disk_before_anyone_is_told(wire: WireLog) -> None:
    seen = []
    wire.subscribe(lambda entry: seen.append((entry.n, len(lines_of(wire.path)))))
    wire.mark("one")
    wire.frame("c1", "sut", "text", "x")
    assert seen == [(1, 1), (2, 2)]


@pytest.mark.parametrize("number", range(1, FRAMES + 1))
def test_a_flipped_byte_anywhere_in_a_line_names_its_frame(log: Path, number: int) -> None:
    """Every position, inside the chain value and the end of the line too; but for the last line's end, which tears it."""
    lines = lines_of(log)
    line = lines[number - 1]
    for at in range(len(line) - (number == FRAMES)):
        flipped = bytearray(line)
        flipped[at] ^= 0x01
        log.write_bytes(b"".join([*lines[: number - 1], bytes(flipped), *lines[number:]]))
        assert frame_named(log) == number, f"byte {at} of {len(line)}"


@pytest.mark.parametrize("number", range(1, FRAMES))
def test_a_deleted_line_is_named(log: Path, number: int) -> None:
    lines = lines_of(log)
    log.write_bytes(b"".join(lines[: number - 1] + lines[number:]))
    assert frame_named(log) == number


@pytest.mark.parametrize("number", range(1, FRAMES))
def test_swapped_lines_are_named(log: Path, number: int) -> None:
    lines = lines_of(log)
    lines[number - 1 : number + 1] = reversed(lines[number - 1 : number + 1])
    log.write_bytes(b"".join(lines))
    assert frame_named(log) == number


def test_an_inserted_line_is_named(log: Path) -> None:
    lines = lines_of(log)
    log.write_bytes(b"".join([*lines[:2], lines[1], *lines[2:]]))
    assert frame_named(log) == 3


def test_a_torn_last_line_ends_the_log(log: Path) -> None:
    whole = log.read_bytes()
    last = len(lines_of(log)[-1])
    for cut in (1, 2, last // 2, last - 1):
        log.write_bytes(whole[:-cut])
        assert [e.n for e in read(log)] == [1, 2, 3, 4]


def test_an_empty_log_has_no_entries(tmp_path: Path) -> None:
    (tmp_path / "wire.jsonl").write_bytes(b"")
    assert list(read(tmp_path / "wire.jsonl")) == []


ENTRIES = [
    Entry(1, 0.0, mark="case-begin", facts={"case": "C-1"}),
    Entry(2, 1.5, mark="expect", facts={"what": {"payload": {"a": [1, None, True, 2.5]}}, "proves": None}),
    Entry(3, 1e-06, mark="data", facts={"data": "of a mark", "kind": "x", "by": "y", "conn": "z"}),
    Entry(4, 86400.000001, "c1", "sut", "text", "plain"),
    Entry(5, 2.0, "c1", "tester", "text", ""),
    Entry(6, 2.0, "c1", "sut", "binary", b""),
    Entry(7, 2.0, "c1", "sut", "binary", bytes(range(256))),
    Entry(8, 2.0, "c1", "sut", "text", 'quote " backslash \\ newline \n nul \0 del \x7f'),
    Entry(9, 2.0, "c1", "sut", "text", "ä € 🔌 \u2028 \u2029 \x85"),
    Entry(10, 2.0, "c1", "sut", "text", ',"chain":"' + "0" * 64 + '"}'),
    Entry(11, 2.0, "c1", "sut", "close", "bye", facts={"code": 1000, "fin": False, "masked": True}),
    Entry(12, 2.0, "c1", "sut", "tls", facts={"version": "TLSv1.3", "cipher": None}),
]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.n)
def test_an_entry_comes_back_from_its_line(entry: Entry) -> None:
    line = as_line(entry, "2025-01-01T00:00:00.000+00:00")
    assert "\n" not in line
    back = as_entry(json.loads(line))
    if entry.data == b"":
        entry.data = back.data or b""
    assert back == entry


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.n)
def test_an_entry_comes_back_from_a_log(wire: WireLog, entry: Entry) -> None:
    if entry.mark:
        wire.mark(entry.mark, **entry.facts)
    else:
        assert entry.by
        wire.frame(entry.conn, entry.by, entry.kind, entry.data, **entry.facts)
    [back] = read(wire.path)
    assert (back.mark, back.kind, back.data or b"", back.facts) == (entry.mark, entry.kind, entry.data or b"", entry.facts)


def test_bytes_are_written_as_base64(log: Path) -> None:
    line = json.loads(lines_of(log)[2])
    assert line["b64"] == "AP8="
    assert "data" not in line


LONE = "lone \ud83d surrogate"


@pytest.mark.parametrize(
    "facts",
    [{"why": LONE}, {"what": {"payload": {"idTag": LONE}}}, {"steps": [LONE]}],
    ids=["a fact", "a member", "a list"],
)
def test_a_lone_surrogate_in_a_mark_is_written(wire: WireLog, facts: dict[str, Any]) -> None:
    wire.mark("not-reached", **facts)
    [entry] = read(wire.path)
    assert "lone" in json.dumps(entry.facts)


def test_a_lone_surrogate_in_a_frame_is_written(wire: WireLog) -> None:
    wire.frame("c1", "sut", "text", LONE)
    wire.frame("c1", "sut", "close", "", reason=LONE)
    assert [e.n for e in read(wire.path)] == [1, 2]


@pytest.mark.parametrize("data", ["", "plain", 'quoted " and \\ and \x00\x1f\x7f', "äöü 漢字 😀", "\u2028\u2029</script>"])
@pytest.mark.parametrize("t", [0.0, 1.5, 86402.000001, 1e-06])
def test_the_short_way_to_write_a_frame_writes_what_the_long_way_does(data: str, t: float) -> None:
    line = as_line(Entry(7, t, "c1", "sut", "text", data), "2026-01-01T00:00:00.000+00:00")
    members = {"n": 7, "t": t, "wall": "2026-01-01T00:00:00.000+00:00", "conn": "c1", "by": "sut", "kind": "text"}
    members |= {"data": data} if data else {}
    assert line == json.dumps(members, ensure_ascii=False, separators=(",", ":"))
