"""What the virtual charge point's local list costs: 1,000 to 100,000 entries, in pieces of SendLocalListMaxLength.

Each SendLocalList goes the way that it goes in a channel, without the socket: JSON text is read, the CALL is validated, the
handler answers, the answer is written. The first piece is Full, the others are Differential. Then every entry is looked up,
in another order. CPU seconds, of a run without tracemalloc; the memory that the list keeps is of a second one, with it.
Linear means: the µs an entry and the bytes an entry stay what they are.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the mocks are content, and not in the package

from evconform.harness.pics import Pics
from evconform.ocpp import json as ocppj
from evconform.ocpp.proper import refuse
from mocks.charge_point.local_list import LocalList

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)


@dataclass
class FakeChargePoint:
    """As much of a charge point as the list uses."""

    capacity: int
    memory: Any = field(default_factory=lambda: SimpleNamespace(local_list=None))
    handlers: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pics = Pics({"SendLocalList": True, "GetLocalListVersion": True}, sections={"local_list": vars(self)})
        self.configuration = SimpleNamespace(flag=lambda key: True)
        self.handles = self.handlers.__setitem__

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)


def entry(number: int) -> dict[str, Any]:
    """A card; every tenth has a parent, every tenth an expiry date."""
    info = {"status": "Accepted"}
    if number % 10 == 3:
        info["parentIdTag"] = f"GROUP{number // 100}"
    if number % 10 == 7:
        info["expiryDate"] = "2030-01-01T00:00:00Z"
    return {"idTag": f"{number:014X}", "idTagInfo": info}


def messages(entries: int, piece: int) -> Iterator[str]:
    """The texts of the CALLs."""
    for version, start in enumerate(range(0, entries, piece), 1):
        items = [entry(number) for number in range(start, min(start + piece, entries))]
        kind = "Full" if version == 1 else "Differential"
        payload = {"listVersion": version, "updateType": kind, "localAuthorizationList": items}
        yield ocppj.call(str(version), "SendLocalList", payload)


def heard(cp: FakeChargePoint, text: str) -> str:
    """What a channel does with a CALL (evconform/ocpp/channel.py)."""
    message = ocppj.read(text)
    if refusal := refuse(message):
        raise AssertionError(f"our own message is refused: {refusal}")
    return ocppj.call_result(message.id, cp.handlers[message.action](message.payload, None))


def send(entries: int) -> tuple[LocalList, float, float]:
    """Fills a list; its CPU seconds, in all and inside the handler."""
    cp = FakeChargePoint(entries)
    listed = LocalList(cp)  # type: ignore[arg-type]
    handler, inside, seconds = cp.handlers["SendLocalList"], 0.0, 0.0

    def timed(payload: Any, channel: Any) -> Any:
        nonlocal inside
        began = time.process_time()
        answer = handler(payload, channel)
        inside += time.process_time() - began
        return answer

    cp.handlers["SendLocalList"] = timed
    for text in messages(entries, listed.most_in_a_message):
        began = time.process_time()
        answer = heard(cp, text)
        seconds += time.process_time() - began
        if "Accepted" not in answer:
            raise AssertionError(f"the list was not taken: {answer}")
    if len(listed.memory.entries) != entries:
        raise AssertionError(f"{len(listed.memory.entries)} entries of {entries}")
    return listed, seconds, inside


def look_up(listed: LocalList, entries: int) -> float:
    """CPU seconds of finding every entry once."""
    tags = [f"{number:014x}" for number in range(entries)]
    random.Random(entries).shuffle(tags)
    began = time.process_time()
    found = sum(listed.find(tag) is not None for tag in tags)
    seconds = time.process_time() - began
    if found != entries or listed.find("nobody") is not None:
        raise AssertionError(f"found {found} of {entries}")
    return seconds


def kept(entries: int) -> int:
    """Bytes that the list keeps."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    listed, _, _ = send(entries)
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    if len(listed.memory.entries) != entries:
        raise AssertionError("the list was not kept")
    return after - before


def measure(entries: int, rounds: int) -> dict[str, float]:
    """The figures of one size; of the rounds, the quickest."""
    runs = [send(entries) for _ in range(rounds)]
    return {
        "entries": entries,
        "seconds": min(seconds for _, seconds, _ in runs),
        "handler": min(inside for _, _, inside in runs),
        "lookup": min(look_up(listed, entries) for listed, _, _ in runs),
        "bytes": kept(entries),
    }


def line(found: dict[str, float]) -> str:
    each = 1e6 / found["entries"]
    return (
        f"{found['entries']:>9,.0f}{found['seconds']:>9.3f}{found['seconds'] * each:>10.2f}{found['handler'] * each:>15.2f}"
        f"{found['lookup'] * each:>13.2f}{found['bytes'] / 2**20:>8.1f}{found['bytes'] / found['entries']:>10.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--entries", type=int, nargs="+", default=list(SIZES), metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked = parser.parse_args()
    send(1_000)  # compiles the schema
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    print(f"SendLocalList in pieces of {LocalList.most_in_a_message}, {asked.rounds} rounds, the quickest\n{machine}")
    print(f"{'entries':>9}{'CPU s':>9}{'µs/entry':>10}{'of it handler':>15}{'µs/look-up':>13}{'MB':>8}{'B/entry':>10}")
    found = []
    for entries in asked.entries:
        found.append(measure(entries, asked.rounds))
        print(line(found[-1]), flush=True)
    if asked.json:
        asked.json.write_text(json.dumps({"machine": machine, "rounds": asked.rounds, "found": found}, indent=2) + "\n")


if __name__ == "__main__":
    main()
