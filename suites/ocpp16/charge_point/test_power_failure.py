"""OCPP 1.6, 4.2, 4.9 and 4.10: the power goes and comes back."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions
from suites.ocpp16.sessions import SUSPENDED, WHOLE_SESSION, transaction_of

RESUMED = ["Charging", *SUSPENDED]


def ended(central_system: ScriptedCentralSystem) -> list[str]:
    """The statuses after boot of a connector with a cable whose transaction is over."""
    return ["Preparing", *sessions.over(central_system)]


async def hears_the_others_free(central_system: ScriptedCentralSystem) -> None:
    others: dict[int, str | list[str]] = {n: "Available" for n in central_system.connectors if n != 1}
    await sessions.hears_each_status(central_system, others, proves="OCPP16-4.9-01")


@testcase(
    "OCPP16-CP-POWER-01",
    verifies=["OCPP16-4.10-01", "OCPP16-4.2-01", "OCPP16-4.9-01"],
    oca="TC_032_1_CS",
    applies=f"{WHOLE_SESSION} and backup_power",
    plain=True,
)
async def test_a_transaction_ends_before_the_dark(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point with backup power ends its transaction before it goes down, and boots when it is back. Its last status
    may come before the dark or not: there may be a minimal duration (4.9)."""
    start = await sessions.charges(central_system, bench)
    await bench.cut_power()
    await central_system.hears("StopTransaction", transactionId=transaction_of(start), proves="OCPP16-4.10-01")
    await bench.restore_power()
    boot = await central_system.hears("BootNotification", within=central_system.boot_patience, proves="OCPP16-4.2-01")
    central_system.looks_after(boot)
    await central_system.hears_status(ended(central_system), proves="OCPP16-4.9-01")
    await hears_the_others_free(central_system)


@testcase(
    "OCPP16-CP-POWER-02",
    verifies=["OCPP16-4.10-01", "OCPP16-4.2-01", "OCPP16-4.9-01"],
    oca="TC_032_2_CS",
    applies=f"{WHOLE_SESSION} and not backup_power",
    plain=True,
)
async def test_a_transaction_ends_after_the_dark(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point without backup power ends its transaction when it is back, or goes on with it until its
    card is presented."""
    start = await sessions.charges(central_system, bench)
    await bench.cut_power()
    await central_system.clock.wait(20)  # what was on its way may come still
    await bench.restore_power()
    boot = await central_system.hears("BootNotification", within=central_system.boot_patience, proves="OCPP16-4.2-01")
    central_system.looks_after(boot)
    status = await central_system.hears_status(ended(central_system) + RESUMED, proves="OCPP16-4.9-01")
    await hears_the_others_free(central_system)
    if status.get("status") in RESUMED:
        await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("StopTransaction", transactionId=transaction_of(start), proves="OCPP16-4.10-01")


@testcase(
    "OCPP16-CP-POWER-03",
    verifies=["OCPP16-5.2-01", "OCPP16-5.2-05", "OCPP16-4.2-01", "OCPP16-4.9-11"],
    oca="TC_034_CS",
    applies="ChangeAvailability and StatusNotification",
    plain=True,
)
async def test_unavailable_persists(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point that was made Unavailable with all its connectors is so still after a power failure."""
    change: Payload = {"connectorId": 0, "type": "Inoperative"}
    await central_system.calls("ChangeAvailability", **change, expects={"status": "Accepted"}, proves="OCPP16-5.2-01")
    all_of_them: dict[int, str | list[str]] = dict.fromkeys(central_system.connectors, "Unavailable")
    await sessions.hears_each_status(central_system, all_of_them, proves="OCPP16-5.2-05")
    await bench.power_cycle()
    boot = await central_system.hears("BootNotification", within=central_system.boot_patience, proves="OCPP16-4.2-01")
    central_system.looks_after(boot)
    missing = list(central_system.connectors)
    while missing:
        its: Payload = {"connectorId": missing.copy()}
        told = await central_system.hears("StatusNotification", **its, expects={"status": "Unavailable"}, proves="OCPP16-4.9-11")
        missing.remove(told.get("connectorId"))
    await central_system.calls("ChangeAvailability", connectorId=0, type="Operative", expects={"status": "Accepted"})
