"""``evconform control check`` and ``evconform provision`` for a central system."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.test_http_operations import office

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize("shipped", ["steve.toml", "citrineos.toml"])
def test_the_shipped_declarations_are_right(evconform: Run, shipped: str) -> None:
    done = evconform("control", "check", "--dry", "--sut", shipped)
    assert done.returncode == 0, done.stderr
    assert "send.Reset" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("1 not declared, 0 failed")


@pytest.mark.parametrize(
    ("control", "says"),
    [
        ('[control.send.Rest]\nurl = "http://a"', "control.send.Rest: Rest is no message"),
        (
            '[control.send.Reset]\nurl = "http://a/{kind}"',
            "control.send.Reset: {kind} is no member of Reset; there are action, identity",
        ),
    ],
)
def test_what_cannot_be_right_is_said_offline(evconform: Run, tmp_path: Path, control: str, says: str) -> None:
    done = evconform("control", "check", "--dry", "--sut", office(tmp_path, control))
    assert (done.returncode, says in done.stderr) == (4, True), done.stderr


def test_a_central_system_that_is_not_there_fails_in_one_line(evconform: Run, tmp_path: Path) -> None:
    done = evconform("control", "check", "--sut", office(tmp_path, '[control.send.Reset]\nurl = "http://127.0.0.1:1/"'))
    assert done.returncode == 2
    assert "connection       failed: our charge point was not let in: no connection to ws://127.0.0.1:9/ocpp" in done.stdout


def test_provision_says_what_must_be_held(evconform: Run) -> None:
    text = evconform("provision", "--sut", "reference-cpo.toml")
    assert text.returncode == 0
    assert "EC0000B1             Blocked" in text.stdout
    held = json.loads(evconform("provision", "--sut", "reference-cpo.toml", "--json").stdout)
    assert held["stations"] == [{"identity": "CP 1/ä", "connectors": 2, "password": True}]
    assert {token["idTag"]: token["status"] for token in held["tokens"]}["EC0000E1"] == "Expired"
    assert held["unknown_tokens"] == ["EC0000FF"]
    assert {each["chargingProfilePurpose"] for each in held["charging_profiles"]} == {
        "ChargePointMaxProfile",
        "TxDefaultProfile",
        "TxProfile",
    }
    assert held["operations"]["Reset"] == 7
    assert "Authorize" not in held["operations"]
    assert "0123456789abcdef0123" not in text.stdout + json.dumps(held)


def test_a_charger_holds_nothing_of_ours(evconform: Run) -> None:
    done = evconform("provision", "--sut", "etrel-inch.toml")
    assert (done.returncode, "a charge-point holds nothing of ours" in done.stderr) == (4, True)
