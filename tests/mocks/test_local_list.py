"""The local authorization list (OCPP 1.6, 3.5.2, 5.10, 5.15, 6.41, 7.1, 7.47)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from evconform.harness.clock import LabLoop
from mocks.charge_point.local_list import LocalList

from .conftest import FakeChargePoint

ACCEPTED = {"status": "Accepted"}


@pytest.fixture
def local_list(cp: FakeChargePoint) -> LocalList:
    cp.sections["local_list"] = {"capacity": 4}
    made: LocalList = cp.has(LocalList)
    return made


def entry(id_tag: str, **info: Any) -> dict[str, Any]:
    return {"idTag": id_tag, "idTagInfo": ACCEPTED | info}


def send(cp: FakeChargePoint, kind: str, version: int, *items: dict[str, Any]) -> str:
    listed = {"localAuthorizationList": list(items)} if items else {}
    status: str = cp.status("SendLocalList", listVersion=version, updateType=kind, **listed)
    return status


def version(cp: FakeChargePoint) -> int:
    number: int = cp.asks("GetLocalListVersion")["listVersion"]
    return number


def test_a_list_without_entries_has_version_0(cp: FakeChargePoint, local_list: LocalList) -> None:
    assert version(cp) == 0
    assert send(cp, "Full", 1) == "Accepted"  # TC_042_2_CS
    assert version(cp) == 0


def test_full_replaces_and_differential_adds_updates_and_deletes(cp: FakeChargePoint, local_list: LocalList) -> None:
    assert send(cp, "Full", 9, entry("OLD")) == "Accepted"
    assert send(cp, "Full", 1, entry("A"), entry("B"), entry("C")) == "Accepted"
    assert send(cp, "Differential", 2, entry("d"), entry("B", status="Blocked"), {"idTag": "a"}) == "Accepted"
    assert {tag: (local_list.find(tag) or {}).get("status") for tag in ("OLD", "A", "b", "C", "D")} == {
        "OLD": None,
        "A": None,
        "b": "Blocked",
        "C": "Accepted",
        "D": "Accepted",
    }
    assert version(cp) == 2


def test_only_a_newer_differential_update_is_taken(cp: FakeChargePoint, local_list: LocalList) -> None:
    """TC_043_2_CS."""
    assert send(cp, "Full", 2, entry("A")) == "Accepted"
    assert send(cp, "Differential", 5, entry("B")) == "Accepted"
    assert [send(cp, "Differential", v, entry("C")) for v in (4, 5)] == ["VersionMismatch"] * 2
    assert version(cp) == 5
    assert local_list.find("C") is None


def test_a_differential_update_of_nothing_changes_the_version_alone(cp: FakeChargePoint, local_list: LocalList) -> None:
    send(cp, "Full", 2, entry("A"))
    assert send(cp, "Differential", 3) == "Accepted"
    assert version(cp) == 3
    assert local_list.find("A") == ACCEPTED


@pytest.mark.parametrize(
    ("kind", "number", "items"),
    [
        ("Full", 3, [entry("X"), entry("x")]),
        ("Differential", 3, [entry("X"), {"idTag": "x"}]),
        ("Full", 3, [{"idTag": "X"}]),
        ("Full", 0, [entry("X")]),
        ("Full", -1, [entry("X")]),
        ("Full", 3, [entry(str(n)) for n in range(5)]),
        ("Differential", 3, [entry(str(n)) for n in range(4)]),
        ("Full", 3, [entry("X", expiryDate="tomorrow")]),
    ],
    ids=["twice", "twice, once to go", "no idTagInfo", "version 0", "version -1", "too many", "one too many", "no date"],
)
def test_an_update_that_cannot_be_made_changes_nothing(
    cp: FakeChargePoint, local_list: LocalList, kind: str, number: int, items: list[Any]
) -> None:
    send(cp, "Full", 2, entry("A"))
    assert send(cp, kind, number, *items) == "Failed"
    assert version(cp) == 2
    assert local_list.memory.entries == {"a": ACCEPTED}


def test_a_full_list_takes_what_replaces_and_what_makes_room(cp: FakeChargePoint, local_list: LocalList) -> None:
    send(cp, "Full", 1, *(entry(str(n)) for n in range(4)))
    assert send(cp, "Differential", 2, entry("0"), {"idTag": "1"}, entry("NEW")) == "Accepted"
    assert sorted(local_list.memory.entries) == ["0", "2", "3", "new"]


def test_a_message_is_no_longer_than_SendLocalListMaxLength(cp: FakeChargePoint, local_list: LocalList) -> None:
    local_list.most_in_a_message = 2
    assert send(cp, "Full", 1, *(entry(str(n)) for n in range(3))) == "Failed"
    assert send(cp, "Full", 1, entry("A"), entry("B")) == "Accepted"


def test_a_list_that_is_not_enabled_is_not_supported(cp: FakeChargePoint, local_list: LocalList) -> None:
    send(cp, "Full", 1, entry("A"))
    cp.settings["LocalAuthListEnabled"] = "false"
    assert version(cp) == -1
    assert send(cp, "Full", 2, entry("B")) == "NotSupported"
    assert local_list.find("A") is None
    cp.settings["LocalAuthListEnabled"] = "true"
    assert version(cp) == 1
    assert local_list.find("a") == ACCEPTED


def test_an_entry_expires(cp: FakeChargePoint, local_list: LocalList) -> None:
    send(cp, "Full", 1, entry("A", expiryDate=cp.at(60), parentIdTag="P"))
    assert local_list.find("A") == ACCEPTED | {"expiryDate": cp.at(60), "parentIdTag": "P"}
    cp.after(60)
    expired = local_list.find("A")
    assert expired is not None
    assert expired["status"] == "Expired"
    assert local_list.memory.entries["a"]["status"] == "Accepted"  # nothing but SendLocalList changes the list


def test_the_list_survives_a_power_cycle(cp: FakeChargePoint, local_list: LocalList) -> None:
    send(cp, "Full", 4, entry("A"))
    cp.goes_dark()
    again: LocalList = cp.has(LocalList)
    assert again.find("A") == ACCEPTED
    assert version(cp) == 4


def test_what_the_pics_does_not_claim_is_not_there(loop: LabLoop) -> None:
    cp = FakeChargePoint(loop, claims=("SendLocalList",))
    assert cp.has(LocalList).keys() == {
        "LocalAuthListEnabled": (False, "true"),
        "LocalAuthListMaxLength": (True, "100"),
        "SendLocalListMaxLength": (True, "1000"),
    }
    assert list(cp.handlers) == ["SendLocalList"]
    without = FakeChargePoint(loop, claims=())
    assert without.has(LocalList).keys() == {}
    assert without.handlers == {}


def test_eight_times_the_entries_cost_less_than_sixteen_times(loop: LabLoop) -> None:
    def cost(entries: int) -> float:
        cp = FakeChargePoint(loop, {"local_list": {"capacity": entries}})
        part: LocalList = cp.has(LocalList)
        sent = [[entry(f"{n:08x}") for n in range(start, start + 500)] for start in range(0, entries, 500)]
        began = time.process_time()
        for number, items in enumerate(sent, 1):
            payload = {"listVersion": number, "updateType": "Differential", "localAuthorizationList": items}
            assert part.send_local_list(payload, None) == {"status": "Accepted"}  # type: ignore[arg-type]
        assert all(part.find(f"{n:08X}") for n in range(entries))
        return time.process_time() - began

    cost(4_000)  # warm
    assert min(cost(64_000) for _ in range(2)) < 16 * max(cost(8_000) for _ in range(2))
