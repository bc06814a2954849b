"""Every log of the corpus: its format, its products, and what is broken in it, pinned in expected.toml, and checked by hand
against frames and clauses (the words there say how)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.field.conftest import EXPECTED, LOGS, Checks

FILES = sorted(f for f in LOGS.iterdir() if f.suffix not in (".toml", ".md"))


TWINS = {"capture.pcapng": "capture.tshark.json", "soap.pcapng": "soap.har"}
"""A capture to the text that holds the same."""


def test_every_log_is_pinned() -> None:
    assert sorted(EXPECTED) == [file.name for file in FILES]


def counted(check: dict[str, Any]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for finding in check["findings"]:
        counts[f"{finding['requirement']} {finding['role']}"] += finding["count"]
    return dict(counts)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_is_found_is_what_is_pinned(name: str, checks: Checks) -> None:
    pinned = EXPECTED[name]
    check = checks(LOGS / name, names=pinned.get("map", {}))
    assert check["errors"] == []
    assert check["logs"][0]["format"] == pinned["format"]
    assert check["logs"][0]["messages"] == pinned["messages"]
    assert [(s["name"], s["product"]) for s in check["stations"]] == [tuple(row) for row in pinned["stations"]]
    assert [next(iter(place.values())) for place in check["logs"][0]["unread_places"]] == pinned.get("unread", [])
    assert counted(check) == pinned.get("broken", {})
    assert check["exit"] == (1 if pinned.get("broken") else 0)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_offence_shows_its_frames_in_the_source(name: str, checks: Checks) -> None:
    name = TWINS.get(name, name)
    lines = (LOGS / name).read_bytes().decode("utf-8", "replace").splitlines()
    shown = 0
    for finding in checks(LOGS / name, names=EXPECTED[name].get("map", {}))["findings"]:
        for example in finding["seen"]:
            for frame in example["frames"]:
                shown += 1
                file, _, place = frame["place"].rpartition(":")
                if file:  # a line of the file: it holds the message, or its begin
                    start = frame["data"].splitlines()[0][:40]
                    assert start.replace('"', "") in lines[int(place) - 1].replace('\\"', "").replace('"', "")
    assert shown or "broken" not in EXPECTED[name]
