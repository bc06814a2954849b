"""OCPP 1.5, 4.2, 4.6 and 4.9: BootNotification, Heartbeat and StatusNotification."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import fifteen


@testcase("OCPP15-CP-BOOT-01", verifies=["OCPP15-4.2-01", "OCPP15-8-01", "OCPP15-8.1-01"], smoke=True, plain=True)
async def test_a_charge_box_boots(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """After power-on a charge box sends a BootNotification, with its identity in the header."""
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience, proves="OCPP15-4.2-01")


@testcase("OCPP15-CP-BOOT-02", verifies=["OCPP15-4.2-02", "OCPP15-4.2-03"])
async def test_a_rejected_charge_box_boots_again(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge box that is rejected sends nothing but another BootNotification."""
    central_system.answers("BootNotification", status="Rejected", interval=10)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    central_system.answers("BootNotification", status="Accepted", interval=300)
    within = central_system.campaign.sut.pixit.own_boot_interval
    await central_system.hears("BootNotification", within=within, proves="OCPP15-4.2-02")


@testcase("OCPP15-CP-BOOT-03", verifies=["OCPP15-4.2-02"])
async def test_a_boot_that_gets_a_fault_is_tried_again(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge box whose BootNotification was answered with a fault sends another one."""
    central_system.fails("BootNotification", times=1)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    within = central_system.campaign.sut.pixit.own_boot_interval
    await central_system.hears("BootNotification", within=within, proves="OCPP15-4.2-02")


@testcase("OCPP15-CP-HB-01", verifies=["OCPP15-4.6-01"], applies="Heartbeat")
async def test_heartbeats_keep_their_interval(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge box that has nothing else to say sends a Heartbeat at the interval that it was given."""
    central_system.answers("BootNotification", interval=20)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    for _ in range(2):
        await central_system.hears("Heartbeat", within=20 + 2 * central_system.patience, proves="OCPP15-4.6-01")


@testcase("OCPP15-CP-HB-02", verifies=["OCPP15-4.6-01"], applies="Heartbeat")
async def test_a_fault_ends_no_heartbeats(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge box whose Heartbeat was answered with a fault sends the next one in its time."""
    central_system.answers("BootNotification", interval=20)
    central_system.fails("Heartbeat", times=1)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    await central_system.hears("Heartbeat", within=20 + 2 * central_system.patience)
    await central_system.hears("Heartbeat", within=20 + 2 * central_system.patience, proves="OCPP15-4.6-01")


@testcase("OCPP15-CP-STATUS-01", verifies=["OCPP15-4.9-01"], applies="StatusNotification and fault", plain=True)
async def test_a_fault_is_told(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A connector that is out of order is told as Faulted, with an error code of 1.5."""
    await bench.provoke_fault(connector=1)
    await central_system.hears_status("Faulted", proves="OCPP15-4.9-01")
    await bench.clear_fault(connector=1)


@testcase("OCPP15-CP-STATUS-02", verifies=["OCPP15-4.9-02"], applies="StatusNotification and ChangeAvailability")
async def test_a_status_is_told_after_a_fault(central_system: ScriptedCentralSystem) -> None:
    """A StatusNotification that is answered with a fault does not keep the charge box from telling the next status."""
    central_system.fails("StatusNotification", times=1)
    out: Payload = {"connectorId": 1, "type": "Inoperative"}
    await central_system.calls("ChangeAvailability", **out, expects=fifteen.ACCEPTED)
    await central_system.hears_status("Unavailable", proves="OCPP15-4.9-02")
    await central_system.calls("ChangeAvailability", **(out | {"type": "Operative"}), expects=fifteen.ACCEPTED)
    await central_system.calls("ChangeAvailability", **out, expects=fifteen.ACCEPTED)
    await central_system.hears_status("Unavailable", proves="OCPP15-4.9-02")
