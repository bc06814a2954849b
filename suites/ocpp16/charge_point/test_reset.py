"""OCPP 1.6, 5.14: Reset."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions
from suites.ocpp16.sessions import SESSION, transaction_of

ACCEPTED = {"status": "Accepted"}
IDLE = "Reset and ChangeAvailability and StatusNotification"
BUSY = f"{SESSION} and Reset and StopTransaction"


async def takes_out_of_service(central_system: ScriptedCentralSystem) -> None:
    change: Payload = {"connectorId": 1, "type": "Inoperative"}
    await central_system.calls("ChangeAvailability", **change, expects=ACCEPTED, proves="OCPP16-5.2-01")
    await central_system.hears_status("Unavailable", proves="OCPP16-5.2-04")


async def puts_into_service(central_system: ScriptedCentralSystem) -> None:
    change: Payload = {"connectorId": 1, "type": "Operative"}
    await central_system.calls("ChangeAvailability", **change, expects=ACCEPTED, proves="OCPP16-5.2-01")
    await central_system.hears_status("Available", proves="OCPP16-5.2-04")


@testcase(
    "OCPP16-CP-RESET-01",
    verifies=["OCPP16-5.14-01", "OCPP16-5.2-01", "OCPP16-5.2-04", "OCPP16-4.2-01", "OCPP16-4.9-11", "OCPP16-4.9-01"],
    oca="TC_013_CS",
    applies=IDLE,
    plain=True,
)
async def test_a_hard_reset_keeps_unavailable(central_system: ScriptedCentralSystem) -> None:
    """A charge point that is reset hard boots, and its connector that was Unavailable is so still; the others are not."""
    await takes_out_of_service(central_system)
    await central_system.calls("Reset", type="Hard", expects=ACCEPTED, proves="OCPP16-5.14-01")
    await central_system.hears("BootNotification", within=central_system.boot_patience, proves="OCPP16-4.2-01")
    await central_system.hears("StatusNotification", connectorId=1, expects={"status": "Unavailable"}, proves="OCPP16-4.9-11")
    others: dict[int, str | list[str]] = {n: "Available" for n in central_system.connectors if n != 1}
    await sessions.hears_each_status(central_system, others, proves="OCPP16-4.9-01")
    await puts_into_service(central_system)


@testcase(
    "OCPP16-CP-RESET-02",
    verifies=["OCPP16-5.14-01", "OCPP16-5.2-01", "OCPP16-5.2-04", "OCPP16-4.9-11"],
    oca="TC_014_CS",
    applies=IDLE,
    plain=True,
)
async def test_a_soft_reset_keeps_unavailable(central_system: ScriptedCentralSystem) -> None:
    """A connector that was Unavailable is so still when the charge point was reset softly, whether that booted or not."""
    await takes_out_of_service(central_system)
    await central_system.calls("Reset", type="Soft", expects=ACCEPTED, proves="OCPP16-5.14-01")
    free = {"connectorId": 1, "status": "Available"}
    long = central_system.boot_patience
    await central_system.hears_no("StatusNotification", for_=long, payload=free, proves="OCPP16-4.9-11")
    await puts_into_service(central_system)


@testcase(
    "OCPP16-CP-RESET-03",
    verifies=["OCPP16-5.14-01", "OCPP16-5.14-02", "OCPP16-4.2-01", "OCPP16-4.9-01"],
    oca="TC_015_CS",
    applies=BUSY,
    plain=True,
)
async def test_a_hard_reset_ends_the_transaction(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A hard reset ends a transaction as HardReset, before the charge point boots or after."""
    its: Payload = {"transactionId": transaction_of(await sessions.charges(central_system, bench))}
    await central_system.calls("Reset", type="Hard", expects=ACCEPTED, proves="OCPP16-5.14-01")
    boot = await central_system.hears("BootNotification", within=central_system.boot_patience, proves="OCPP16-4.2-01")
    await central_system.hears("StopTransaction", **its, proves="OCPP16-5.14-02")
    central_system.looks_after(boot)  # the connector was Finishing before it too
    every: dict[int, str | list[str]] = dict.fromkeys(central_system.connectors, "Available")
    every[1] = ["Preparing", *sessions.over(central_system)]
    await sessions.hears_each_status(central_system, every, proves="OCPP16-4.9-01")


@testcase(
    "OCPP16-CP-RESET-04",
    verifies=["OCPP16-5.14-01", "OCPP16-5.14-02", "OCPP16-4.9-04"],
    oca="TC_016_CS",
    applies=BUSY,
    plain=True,
)
async def test_a_soft_reset_ends_the_transaction(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A soft reset ends a transaction as SoftReset, and its connector is Finishing."""
    its: Payload = {"transactionId": transaction_of(await sessions.charges(central_system, bench))}
    await central_system.calls("Reset", type="Soft", expects=ACCEPTED, proves="OCPP16-5.14-01")
    long = central_system.boot_patience
    await central_system.hears("StopTransaction", **its, within=long, proves="OCPP16-5.14-02")
    await central_system.hears_status(sessions.over(central_system), proves="OCPP16-4.9-04")


@testcase("OCPP16-CP-RESET-05", verifies=["OCPP16-5.14-03"], applies=BUSY)
async def test_a_stop_that_failed_is_told_after_the_reset(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A StopTransaction that was not answered before the reset is queued, and told after it."""
    await central_system.sets("TransactionMessageRetryInterval", 10)
    its: Payload = {"transactionId": transaction_of(await sessions.charges(central_system, bench))}
    central_system.withholds("StopTransaction")
    await central_system.calls("Reset", type="Soft", expects=ACCEPTED)
    await central_system.hears("StopTransaction", **its, within=central_system.boot_patience)
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    central_system.answers("StopTransaction")
    await central_system.hears("StopTransaction", **its, within=central_system.boot_patience, proves="OCPP16-5.14-03")


@testcase("OCPP16-CP-RESET-06", verifies=["OCPP16-5.14-04"], oca="TC_013_CS", applies="Reset", plain=True)
async def test_a_hard_reset_is_one(central_system: ScriptedCentralSystem) -> None:
    """A charge point that accepted a hard reset boots."""
    await central_system.calls("Reset", type="Hard", expects=ACCEPTED)
    await central_system.hears("BootNotification", within=central_system.boot_patience, proves="OCPP16-5.14-04")


@testcase("OCPP16-CP-RESET-07", verifies=["OCPP16-5.14-05"], oca="TC_014_CS", applies="Reset", plain=True)
async def test_a_soft_reset_is_one(central_system: ScriptedCentralSystem) -> None:
    """A charge point that accepted a soft reset connects anew, or boots on the connection that it has."""
    await central_system.calls("Reset", type="Soft", expects=ACCEPTED)
    anew = [{"kind": "request"}, {"type": "CALL", "action": "BootNotification"}]
    await central_system.hears_frame(one_of=anew, within=central_system.boot_patience, proves="OCPP16-5.14-05")
