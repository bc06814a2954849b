"""The virtual INCH through a session: control pilot, lock, meter, readings, statuses (OCPP 1.6, 3.16, 4.7 to 4.10, 7.31)."""

from __future__ import annotations

from typing import Any

import pytest

from .inch_bench import CARD, OTHER_CARD, TAG, Scene, pics, play

pytestmark = pytest.mark.usefixtures("column")

POWER = 3 * 230 * 16 * 0.98
"""Watts: three phases, 16 A of the EV, the power factor."""


def test_a_session_from_plug_to_unplug() -> None:
    async def story(scene: Scene) -> None:
        since, connector = len(scene.heard), scene.cp.connectors[1]
        assert (connector.pilot, connector.locked) == ("A", False)
        scene.cp.plug_in()
        assert (connector.pilot, connector.locked) == ("B", False)
        await scene.charges()
        assert (connector.pilot, connector.locked, connector.contactor) == ("C", True, True)
        scene.cp.present_card(CARD)
        stop = await scene.hears("StopTransaction")
        assert (connector.pilot, connector.locked, connector.contactor) == ("B", False, False)
        scene.cp.unplug()
        await scene.passes(1)
        assert connector.pilot == "A"
        assert scene.statuses(since=since) == ["Preparing", "Charging", "Finishing", "Available"]
        assert (stop["idTag"], stop["reason"], stop["transactionId"]) == (TAG, "Local", 1)
        assert scene.all("Authorize") == [{"idTag": TAG}]

    play(story)


def test_a_locked_cable_stays_in_the_charge_point() -> None:
    async def story(scene: Scene) -> None:
        await scene.sets(StopTransactionOnEVSideDisconnect="false")
        await scene.charges()
        connector = scene.cp.connectors[1]
        scene.cp.unplug()
        assert (connector.cable, connector.ev_plugged, connector.locked, connector.pilot) == (True, False, True, "A")
        scene.cp.plug_in_halfway()
        assert (connector.halfway, connector.locked, connector.pilot) == (False, True, "C")

    play(story)


@pytest.mark.parametrize("act", ["plug_in_halfway", "jam_lock"])
def test_a_cable_that_cannot_be_locked_starts_nothing(act: str) -> None:
    async def story(scene: Scene) -> None:
        scene.cp.plug_in()
        getattr(scene.cp, act)()
        scene.cp.present_card(CARD)
        await scene.hears("StatusNotification", status="Faulted", errorCode="ConnectorLockFailure")
        await scene.passes(60)
        assert scene.all("StartTransaction") == []
        assert scene.cp.connectors[1].pilot == "F"

    play(story)


def test_another_card_after_a_session_prepares_before_it_charges() -> None:
    """4.9 has no move from Finishing to Charging."""

    async def story(scene: Scene) -> None:
        await scene.charges()
        scene.cp.present_card(CARD)
        await scene.hears("StatusNotification", status="Finishing")
        since = len(scene.heard)
        await scene.charges(card=OTHER_CARD)
        assert scene.statuses(since=since) == ["Preparing", "Charging"]

    play(story)


def test_the_register_is_power_times_time() -> None:
    """Over pauses of the EV, a cable that was out at its side, and the power that was off."""

    async def story(scene: Scene) -> None:
        await scene.sets(StopTransactionOnEVSideDisconnect="false", MeterValueSampleInterval=0)
        cp, meter = scene.cp, scene.cp.meters[1]
        await scene.charges()
        began = meter.register

        async def adds(hours: float) -> float:
            before = meter.register
            await scene.passes(hours * 3600)
            return meter.register - before

        assert await adds(0.5) == pytest.approx(POWER / 2)
        cp.suspend_ev()
        assert await adds(1) == 0
        cp.resume_ev()
        assert await adds(1) == pytest.approx(POWER)
        cp.unplug_at_ev()
        assert await adds(1) == 0
        cp.plug_in()
        assert await adds(0.25) == pytest.approx(POWER / 4)
        await cp.cut_power()
        assert await adds(5) == 0
        await cp.restore_power()
        assert await adds(1) == 0
        assert meter.register - began == pytest.approx(1.75 * POWER)
        stop = await scene.hears("StopTransaction")
        assert (stop["reason"], stop["meterStop"]) == ("PowerLoss", int(meter.register))

    play(story)


def test_what_is_offered_is_what_flows() -> None:
    async def story(scene: Scene) -> None:
        await scene.charges()
        connector = scene.cp.connectors[1]
        assert connector.offered == 22_000
        assert connector.current == 16.0
        connector.ev.most_current = 99.0
        assert connector.current == pytest.approx(22_000 / 690)
        assert connector.power == pytest.approx(22_000 * 0.98)

    play(story)


CLAIMED = {
    "etrel-inch": {
        ("Energy.Active.Import.Register", None, "kWh"),
        *{("Current.Import", f"L{n}", "A") for n in (1, 2, 3)},
        ("Power.Active.Import", None, "kW"),
        *{("Voltage", f"L{n}-N", "V") for n in (1, 2, 3)},
        ("Frequency", None, None),
        ("Power.Factor", None, None),
    },
    "two-connector": {
        ("Energy.Active.Import.Register", None, "Wh"),
        *{("Current.Import", f"L{n}", "A") for n in (1, 2, 3)},
        ("Power.Active.Import", None, "W"),
        *{("Voltage", f"L{n}-N", "V") for n in (1, 2, 3)},
        ("Power.Factor", None, None),
    },
    "fixed-cable-dc": {
        ("Energy.Active.Import.Register", None, "kWh"),
        ("Power.Active.Import", None, "kW"),
        ("Current.Import", None, "A"),
        ("Voltage", None, "V"),
    },
}


@pytest.mark.parametrize("name", CLAIMED)
def test_the_readings_are_those_that_are_claimed(name: str) -> None:
    """Frequency has no unit (erratum 3.86), Power.Factor neither."""

    async def story(scene: Scene) -> None:
        await scene.charges()
        values = await scene.hears("MeterValues", connectorId=1)
        (value,) = values["meterValue"]
        read = {(v["measurand"], v.get("phase"), v.get("unit")) for v in value["sampledValue"]}
        assert read == CLAIMED[name]
        assert len(read) == len(value["sampledValue"])
        assert {v["context"] for v in value["sampledValue"]} == {"Sample.Periodic"}
        assert values["transactionId"] == 1

    play(story, name)


def test_meterStart_and_meterStop_are_the_register_in_whole_watt_hours() -> None:
    async def story(scene: Scene) -> None:
        energy = "Energy.Active.Import.Register"
        await scene.sets(StopTxnSampledData=energy)
        scene.cp.memory.registers[1] = 1234.567
        start = await scene.charges()
        await scene.passes(100)
        scene.cp.present_card(CARD)
        stop = await scene.hears("StopTransaction")
        assert start["meterStart"] == 1234
        by_context: dict[str, Any] = {
            v["context"]: v["value"] for m in stop["transactionData"] for v in m["sampledValue"] if v["measurand"] == energy
        }
        assert float(by_context["Transaction.Begin"]) * 1000 == pytest.approx(start["meterStart"])
        assert float(by_context["Transaction.End"]) * 1000 == pytest.approx(stop["meterStop"])
        assert stop["meterStop"] == int(1234.567 + POWER * 100.5 / 3600)

    play(story)


def test_a_sample_at_each_interval_of_the_transaction() -> None:
    async def story(scene: Scene) -> None:
        await scene.sets(MeterValueSampleInterval=20)
        await scene.charges()
        began = scene.times("StartTransaction")[0]
        await scene.passes(100)
        assert scene.times("MeterValues") == pytest.approx([began + 20 * n for n in range(1, 6)], abs=0.1)
        await scene.sets(MeterValueSampleInterval=0)
        await scene.passes(500)
        assert len(scene.times("MeterValues")) == 5

    play(story)


def test_what_ran_offline_before_the_clock_was_set_is_told_by_the_clock() -> None:
    """There is no battery: the clock starts in the past, and the samples after it was set are of the present."""

    async def story(scene: Scene) -> None:
        await scene.sets(AllowOfflineTxForUnknownId="true", MeterValueSampleInterval=60)
        await scene.cp.cut_network()
        await scene.cp.power_cycle()
        await scene.passes(5)
        scene.cp.plug_in()
        scene.cp.present_card(CARD)
        await scene.passes(30)
        assert scene.cp.transactions.running(1)
        await scene.cp.restore_network()
        values = await scene.hears("MeterValues", within=200)
        assert scene.cp.transactions.running(1), "it did not lose its power"
        year = scene.clock.date().year
        assert values["meterValue"][0]["timestamp"].startswith(str(year))
        assert scene.all("StopTransaction") == []

    play(story)


def test_the_shipped_models_are_what_these_tests_take_them_for() -> None:
    assert (pics("fixed-cable-dc")["fixed_cable"], pics("two-connector")["backup_power"]) == (True, True)
