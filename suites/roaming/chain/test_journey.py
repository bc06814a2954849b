"""Journeys: what happens at a connector, as the driver of the eMSP sees it. A journey that does not come through ends
inconclusive by itself; which party is at fault, its row says."""

from __future__ import annotations

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.roaming.driver import Driver

THROUGH = ["ROAM-CPO-01", "ROAM-CPO-02", "ROAM-CPO-04", "ROAM-EMSP-01", "ROAM-EMSP-02", "ROAM-EMSP-03"]
"""What each journey shows of those behind the charge point."""


@testcase("ROAM-CHAIN-JRN-01", verifies=["ROAM-CP-02", "ROAM-CP-03", "ROAM-CP-06", *THROUGH], smoke=True)
async def test_a_charging_session(driver: Driver, bench: Control) -> None:
    """An EVSE is seen charging once an EV is plugged in and a card presented, and available once the cable is out again."""
    card = driver.campaign.sut.pixit.card
    await bench.plug_in(connector=1)
    await bench.present_card(uid=card, connector=1)
    await driver.sees("CHARGING")
    await driver.passes(600)
    await bench.present_card(uid=card, connector=1)
    await driver.sees(*driver.shown_for("Finishing"))
    await bench.unplug(connector=1)
    await driver.sees("AVAILABLE")
    await driver.passes(driver.in_time)


@testcase("ROAM-CHAIN-JRN-02", verifies=["ROAM-CP-01", "ROAM-CP-03", "ROAM-CP-06", *THROUGH])
async def test_a_cable_alone(driver: Driver, bench: Control) -> None:
    """An EVSE with a cable in it and nobody who charges is seen as the CPO maps Preparing, and available again afterwards."""
    await bench.plug_in(connector=1)
    await driver.sees(*driver.shown_for("Preparing"))
    await driver.passes(driver.in_time)
    await bench.unplug(connector=1)
    await driver.sees("AVAILABLE")
    await driver.passes(driver.in_time)


@testcase("ROAM-CHAIN-JRN-03", verifies=["ROAM-CP-04", "ROAM-CP-05", *THROUGH])
async def test_a_faulty_connector(driver: Driver, bench: Control) -> None:
    """An EVSE whose connector is faulty is seen out of order, and available once it is mended."""
    await bench.provoke_fault(connector=1)
    await driver.sees(*driver.shown_for("Faulted"))
    await driver.passes(driver.in_time)
    await bench.clear_fault(connector=1)
    await driver.sees("AVAILABLE")
    await driver.passes(driver.in_time)


@testcase("ROAM-CHAIN-JRN-04", verifies=["ROAM-CPO-03", *THROUGH], applies="tells_unheard")
async def test_a_power_cut(driver: Driver, bench: Control) -> None:
    """An EVSE without power is seen as the CPO claims of what it does not hear, and available once the power is back."""
    await bench.cut_power()
    await driver.sees(driver.unheard)
    await driver.passes(driver.in_time)
    await bench.restore_power()
    await driver.sees("AVAILABLE", within=driver.boot_patience)
    await driver.passes(driver.in_time)


@testcase("ROAM-CHAIN-JRN-05", verifies=["ROAM-CP-07", "ROAM-CPO-03", *THROUGH], applies="tells_unheard")
async def test_a_network_cut(driver: Driver, bench: Control) -> None:
    """A cable that is plugged in while the charge point has no network is seen once the network is back."""
    await bench.cut_network()
    await driver.sees(driver.unheard)
    await bench.plug_in(connector=1)
    await driver.passes(driver.in_time)
    await bench.restore_network()
    await driver.sees(*driver.shown_for("Preparing"), within=driver.reconnect_patience)
    await driver.passes(driver.in_time)
