"""``--identity``: whose log it is, where it does not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from evconform.cli import main
from tests.field.conftest import Checks

TWO = Path(__file__).parents[1] / "logs" / "home-assistant.log"


def test_stations_that_the_log_names_stay_apart(checks: Checks) -> None:
    told = checks(TWO, identity="ELSEWHERE")
    assert told["stations"] == checks(TWO)["stations"]
    assert [station["name"] for station in told["stations"]] == ["GARAGE", "YARD"]


def test_a_log_that_names_none_is_of_this_one(checks_text: Checks) -> None:
    told = checks_text('[2,"a","Heartbeat",{}]\n[3,"a",{"currentTime":"2026-01-01T00:00:00Z"}]\n', identity="MINE")
    assert [station["name"] for station in told["stations"]] == ["MINE"]


@pytest.mark.parametrize("option", ["--tolerance", "--patience"])
def test_less_than_no_time_is_a_usage_error(
    option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["evconform", "check", str(TWO), option, "-1"])
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr()
    assert (left.value.code, said.out) == (4, "")
    assert f"Invalid value for '{option}'" in said.err
