"""OCPP 1.6, 4.2, 4.9 and 4.10: the power goes and comes back."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions
from suites.ocpp16.sessions import SUSPENDED, WHOLE_SESSION, transaction_of

ENDED = ["Finishing", "Preparing"]
RESUMED = ["Charging", *SUSPENDED]


async def hears_the_others_free(central_system: ScriptedCentralSystem) -> None:
    for connector in central_system.connectors:
        if connector != 1:
            await central_system.hears_status("Available", connector, proves="OCPP16-4.9-01")


@testcase(
    "OCPP16-CP-POWER-01",
    verifies=["OCPP16-4.10-01", "OCPP16-4.9-04", "OCPP16-4.2-01", "OCPP16-4.9-01"],
    oca="TC_032_1_CS",
    applies=f"{WHOLE_SESSION} and backup_power",
)
async def test_a_transaction_ends_before_the_dark(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point with backup power ends its transaction before it goes down, and boots when it is back."""
    start = await sessions.charges(central_system, bench)
    await bench.cut_power()
    await central_system.hears("StopTransaction", transactionId=transaction_of(start), proves="OCPP16-4.10-01")
    await central_system.hears_status(sessions.over(central_system), proves="OCPP16-4.9-04")
    await bench.restore_power()
    await central_system.hears("BootNotification", within=central_system.boot_patience, proves="OCPP16-4.2-01")
    await central_system.hears_status(ENDED, proves="OCPP16-4.9-01")
    await hears_the_others_free(central_system)


@testcase(
    "OCPP16-CP-POWER-02",
    verifies=["OCPP16-4.10-01", "OCPP16-4.2-01", "OCPP16-4.9-01"],
    oca="TC_032_2_CS",
    applies=f"{WHOLE_SESSION} and not backup_power",
)
async def test_a_transaction_ends_after_the_dark(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point without backup power ends its transaction when it is back, or goes on with it until its
    card is presented."""
    start = await sessions.charges(central_system, bench)
    await bench.cut_power()
    await central_system.hears_no(for_=20, type="CALL")
    await bench.restore_power()
    await central_system.hears("BootNotification", within=central_system.boot_patience, proves="OCPP16-4.2-01")
    status = await central_system.hears_status(ENDED + RESUMED, proves="OCPP16-4.9-01")
    await hears_the_others_free(central_system)
    if status.get("status") in RESUMED:
        await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("StopTransaction", transactionId=transaction_of(start), proves="OCPP16-4.10-01")


@testcase(
    "OCPP16-CP-POWER-03",
    verifies=["OCPP16-5.2-01", "OCPP16-5.2-05", "OCPP16-4.2-01", "OCPP16-4.9-11"],
    oca="TC_034_CS",
    applies="ChangeAvailability and StatusNotification",
)
async def test_unavailable_persists(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point that was made Unavailable with all its connectors is so still after a power failure."""
    change: Payload = {"connectorId": 0, "type": "Inoperative"}
    await central_system.calls("ChangeAvailability", **change, expects={"status": "Accepted"}, proves="OCPP16-5.2-01")
    for connector in central_system.connectors:
        await central_system.hears_status("Unavailable", connector, proves="OCPP16-5.2-05")
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience, proves="OCPP16-4.2-01")
    for connector in central_system.connectors:
        its: Payload = {"connectorId": connector}
        await central_system.hears("StatusNotification", **its, expects={"status": "Unavailable"}, proves="OCPP16-4.9-11")
    await central_system.calls("ChangeAvailability", connectorId=0, type="Operative", expects={"status": "Accepted"})
