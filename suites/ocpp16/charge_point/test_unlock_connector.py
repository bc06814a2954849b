"""OCPP 1.6, 5.18: UnlockConnector."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions
from suites.ocpp16.sessions import SESSION, transaction_of


@testcase(
    "OCPP16-CP-UNLOCK-01",
    verifies=["OCPP16-5.18-01"],
    oca="TC_017_1_CS",
    applies="UnlockConnector and not fixed_cable",
    plain=True,
)
async def test_an_idle_connector_is_unlocked(central_system: ScriptedCentralSystem) -> None:
    """A connector with a lock and without a transaction is unlocked."""
    await central_system.calls("UnlockConnector", connectorId=1, expects={"status": "Unlocked"}, proves="OCPP16-5.18-01")


@testcase(
    "OCPP16-CP-UNLOCK-02", verifies=["OCPP16-5.18-02"], oca="TC_017_2_CS", applies="UnlockConnector and fixed_cable", plain=True
)
async def test_a_fixed_cable_has_no_lock(central_system: ScriptedCentralSystem) -> None:
    """A connector with a fixed cable has nothing to unlock."""
    await central_system.calls("UnlockConnector", connectorId=1, expects={"status": "NotSupported"}, proves="OCPP16-5.18-02")


@testcase(
    "OCPP16-CP-UNLOCK-03",
    verifies=["OCPP16-5.18-01", "OCPP16-5.18-03", "OCPP16-4.9-04"],
    oca="TC_018_1_CS",
    applies=f"{SESSION} and UnlockConnector and StopTransaction and not fixed_cable",
    plain=True,
)
async def test_unlocking_ends_the_transaction(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """UnlockConnector ends the transaction of its connector as UnlockCommand, and frees the cable."""
    its: Payload = {"transactionId": transaction_of(await sessions.charges(central_system, bench))}
    await central_system.calls("UnlockConnector", connectorId=1, expects={"status": "Unlocked"}, proves="OCPP16-5.18-01")
    await central_system.hears("StopTransaction", **its, proves="OCPP16-5.18-03")
    await central_system.hears_status("Finishing", proves="OCPP16-4.9-04")
    await bench.unplug(connector=1)
    await central_system.hears_status("Available", proves="OCPP16-4.9-04")


@testcase(
    "OCPP16-CP-UNLOCK-04",
    verifies=["OCPP16-5.18-02", "OCPP16-5.18-06"],
    oca="TC_018_2_CS",
    applies=f"{SESSION} and UnlockConnector and StopTransaction and fixed_cable",
    plain=True,
)
async def test_a_fixed_cable_keeps_its_transaction(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """UnlockConnector is not supported for a fixed cable, and leaves its transaction alone."""
    await sessions.charges(central_system, bench)
    await central_system.calls("UnlockConnector", connectorId=1, expects={"status": "NotSupported"}, proves="OCPP16-5.18-02")
    await central_system.hears_no("StopTransaction", for_=central_system.patience, proves="OCPP16-5.18-06")


@testcase(
    "OCPP16-CP-UNLOCK-05",
    verifies=["OCPP16-5.18-05"],
    oca="TC_030_CS",
    applies="UnlockConnector and unlock_failure and StatusNotification and not fixed_cable",
    plain=True,
)
async def test_a_lock_that_is_jammed_fails(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Where the lock does not open, UnlockConnector fails, and says so."""
    await sessions.plugs_in(central_system, bench)
    await bench.jam_lock(connector=1)
    await central_system.calls("UnlockConnector", connectorId=1, expects={"status": "UnlockFailed"}, proves="OCPP16-5.18-05")
    await bench.free_lock(connector=1)


@testcase("OCPP16-CP-UNLOCK-06", verifies=["OCPP16-5.18-04"], oca="TC_031_CS", applies="UnlockConnector")
async def test_a_connector_that_there_is_not_is_not_unlocked(central_system: ScriptedCentralSystem) -> None:
    """UnlockConnector is not supported for a connector that there is not."""
    await central_system.calls(
        "UnlockConnector",
        connectorId=central_system.connectors[-1] + 1,
        deviates="there is no such connector",
        expects={"status": "NotSupported"},
        proves="OCPP16-5.18-04",
    )
