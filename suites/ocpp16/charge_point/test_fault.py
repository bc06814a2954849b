"""OCPP 1.6, 4.9: a connector that is Faulted."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions
from suites.ocpp16.sessions import CARD_SESSION, SESSION


@testcase(
    "OCPP16-CP-FAULT-01",
    verifies=["OCPP16-4.9-04", "OCPP16-4.9-15", "OCPP16-4.9-16"],
    oca="TC_041_CS",
    applies=f"fault and {CARD_SESSION}",
    plain=True,
)
async def test_a_faulted_connector_starts_nothing(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A connector that became faulty is told as Faulted, and a driver can start nothing on it."""
    await central_system.sets("ConnectionTimeOut", 20)
    await bench.provoke_fault(connector=1)
    await central_system.hears_status("Faulted", proves="OCPP16-4.9-04")
    await bench.plug_in(connector=1)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears_no("StartTransaction", for_=20 + central_system.patience, proves="OCPP16-4.9-16")


@testcase(
    "OCPP16-CP-FAULT-02",
    verifies=["OCPP16-4.9-04", "OCPP16-4.9-16"],
    oca="TC_024_CS",
    applies=f"lock_failure and not fixed_cable and {CARD_SESSION}",
    plain=True,
)
async def test_a_cable_that_cannot_be_locked_is_a_fault(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A cable that cannot be locked makes its connector Faulted with ConnectorLockFailure, and nothing starts."""
    await sessions.asks_always(central_system)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("Authorize")
    await bench.plug_in_halfway(connector=1)
    await central_system.hears_status("Faulted", errorCode="ConnectorLockFailure", proves="OCPP16-4.9-04")
    await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP16-4.9-16")


@testcase("OCPP16-CP-FAULT-03", verifies=["OCPP16-4.9-03", "OCPP16-4.9-04"], applies=f"fault and {SESSION}", plain=True)
async def test_a_mended_connector_is_as_before(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A connector whose fault is mended goes back to a status that it can go to, and tells it."""
    await bench.provoke_fault(connector=1)
    await central_system.hears_status("Faulted", proves="OCPP16-4.9-04")
    await bench.clear_fault(connector=1)
    await central_system.hears_status("Available", proves="OCPP16-4.9-04")


@testcase("OCPP16-CP-FAULT-04", verifies=["OCPP16-4.9-03", "OCPP16-4.9-04"], applies=f"fault and {SESSION}", plain=True)
async def test_a_fault_while_charging_is_told(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A connector that becomes faulty while it charges is told as Faulted."""
    await sessions.charges(central_system, bench)
    await bench.provoke_fault(connector=1)
    await central_system.hears_status("Faulted", proves="OCPP16-4.9-04")


@testcase("OCPP16-CP-FAULT-05", verifies=["OCPP16-4.9-16"], applies=f"fault and {SESSION}", plain=True)
async def test_a_faulted_connector_is_not_started_remotely(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A remote start on a connector that is Faulted starts no transaction, whatever its answer."""
    await bench.plug_in(connector=1)
    await central_system.hears_status("Preparing")
    await bench.provoke_fault(connector=1)
    await central_system.hears_status("Faulted")
    id_tag = central_system.id_tag(central_system.card)
    await central_system.calls("RemoteStartTransaction", connectorId=1, idTag=id_tag)
    await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP16-4.9-16")
