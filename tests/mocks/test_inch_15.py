"""The virtual charge point speaks OCPP 1.5: what it has no words for it does not say."""

from __future__ import annotations

from typing import Any

import pytest

from . import inch_bench
from .inch_bench import CARD, Scene, play


@pytest.fixture(autouse=True)
def _old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(inch_bench.SPEAKS, "", "ocpp1.5-soap")


def story_of_a_session(then: Any = None) -> list[tuple[str, Any]]:
    """What the central system's parts hear of a session, in the words of 1.6."""

    async def story(scene: Scene) -> list[tuple[str, Any]]:
        since = len(scene.heard)
        await scene.charges()
        scene.cp.suspend_ev()
        await scene.passes(5)
        scene.cp.resume_ev()
        await scene.passes(5)
        scene.cp.present_card(CARD)
        await scene.hears("StopTransaction", since=since)
        scene.cp.unplug()
        await scene.passes(5)
        return [(action, payload) for _, action, payload in scene.heard[since:]]

    return play(story, "three-columns")


def test_occupied_is_told_once() -> None:
    heard = story_of_a_session()
    assert [p["status"] for action, p in heard if action == "StatusNotification"] == ["Charging", "Available"]


def test_a_stop_has_no_reason() -> None:
    [stop] = [payload for action, payload in story_of_a_session() if action == "StopTransaction"]
    assert "reason" not in stop
    assert stop["idTag"] == CARD


def test_values_of_one_phase_are_left_out() -> None:
    async def story(scene: Scene) -> Any:
        await scene.sets(MeterValueSampleInterval=10, MeterValuesSampledData="Voltage,Power.Active.Import")
        await scene.charges()
        return await scene.hears("MeterValues")

    [value] = play(story, "three-columns")["meterValue"]
    assert [(each["measurand"], each.get("phase")) for each in value["sampledValue"]] == [("Power.Active.Import", None)]


def test_an_upload_is_told_only_when_it_is_over() -> None:
    async def story(scene: Scene) -> Any:
        await scene.asks("GetDiagnostics", location="ftp://127.0.0.1:9/", retries=0)
        await scene.hears("DiagnosticsStatusNotification")
        return scene.all("DiagnosticsStatusNotification")

    assert play(story, "three-columns") == [{"status": "UploadFailed"}]
