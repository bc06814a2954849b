"""A rule is never red for want of context: each log is cut at fifty seeded places, and neither part has a must-failure, nor a
warning, that the whole has not."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evconform.cli_session import pytest_line, session
from tests.field.conftest import EXPECTED, LOGS, Checks, broken

PLACES = 50
PLACES_OF_THE_INCH = 20
"""Its log is as long as all others together."""
Pieces = tuple[int, Callable[[int, int], str]]


def lines_of(file: Path) -> Pieces:
    lines = file.read_text("utf-8").splitlines(keepends=True)
    return len(lines), lambda first, last: "".join(lines[first:last])


def packets_of(file: Path) -> Pieces:
    """The packets of tshark's JSON, by its own lay-out: a name may stand twice in an object."""
    packets = file.read_text("utf-8").strip().removeprefix("[").removesuffix("]").strip().split("\n  },\n")
    packets = [*(f"{packet}\n  }}" for packet in packets[:-1]), packets[-1]]
    return len(packets), lambda first, last: f"[{','.join(packets[first:last])}]"


def messages_of(file: Path) -> Pieces:
    """Of a HAR: the messages of its WebSocket, or the exchanges over HTTP if it has none."""
    har = json.loads(file.read_text("utf-8"))
    row: dict[str, Any] | None = next((row for row in har["log"]["entries"] if "_webSocketMessages" in row), None)
    holder, name = (har["log"], "entries") if row is None else (row, "_webSocketMessages")
    messages = holder[name]

    def piece(first: int, last: int) -> str:
        holder[name] = messages[first:last]
        return json.dumps(har)

    return len(messages), piece


READERS = {".har": messages_of, ".json": packets_of}


def check_pieces(file: Path, folder: Path, checks: Checks, most: int = PLACES, **asked: Any) -> int:
    """Checks both parts at every place; the number of parts."""
    whole = checks(file, **asked)
    count, piece = READERS.get(file.suffix, lines_of)(file)
    places = random.Random(file.name).sample(range(1, count), min(most, count - 1))
    for place in sorted(places):
        for first, last in ((0, place), (place, count)):
            part = folder / f"part{file.suffix}"
            part.write_text(piece(first, last), "utf-8")
            seen = checks(part, **asked)
            assert seen["errors"] == []
            assert broken(seen, "fail") <= broken(whole, "fail"), f"{file.name}: {first} to {last}"
            assert broken(seen) <= broken(whole), f"{file.name}: {first} to {last}"
    return 2 * len(places)


@pytest.mark.parametrize("name", [name for name in sorted(EXPECTED) if not name.endswith(".pcapng")])
def test_no_part_of_a_log_is_worse_than_the_whole(name: str, tmp_path: Path, checks: Checks) -> None:
    parts = check_pieces(LOGS / name, tmp_path, checks, names=EXPECTED[name].get("map", {}))
    print(f"{name}: {parts} parts checked")
    assert parts >= 10


@pytest.fixture(scope="module")
def inch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wire log of a whole certification of the INCH."""
    folder = tmp_path_factory.mktemp("inch")
    environment = {"PATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "EVCONFORM_COMMAND": "evconform certify"}
    assert session(pytest_line("certify", "etrel-inch.toml", folder, [], []), environment) == 0
    return folder / "wire.jsonl"


def test_the_inch_has_no_finding_at_all(inch: Path, checks: Checks) -> None:
    check = checks(inch)
    assert check["findings"] == []
    assert check["exit"] == 0
    assert check["counts"]["pass"] > 115
    lacking = {rule["requirement"] for rule in check["rules"] if rule["state"] == "lacks context"}
    assert lacking <= {"OCPP16-5.15-32"}  # it asks an item of the other role's form


def test_no_part_of_the_inch_has_a_finding(inch: Path, tmp_path: Path, checks: Checks) -> None:
    parts = check_pieces(inch, tmp_path, checks, PLACES_OF_THE_INCH)
    print(f"the INCH: {parts} parts checked")
    assert parts == 2 * PLACES_OF_THE_INCH
