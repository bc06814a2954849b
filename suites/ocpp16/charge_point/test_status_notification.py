"""OCPP 1.6, 4.9: StatusNotification, apart from transactions."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions

NOT_WITH = {
    "errorCode": "EVCommunicationError",
    "status": ["Available", "Charging", "Reserved", "Unavailable", "Faulted"],
}
"""What no StatusNotification may say (4.9)."""


@testcase(
    "OCPP16-CP-STATUS-01",
    verifies=["OCPP16-4.9-04", "OCPP16-4.9-03", "OCPP16-3.8-01"],
    applies="StatusNotification",
    plain=True,
)
async def test_a_cable_that_comes_and_goes_is_told(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A cable that is plugged in and taken out again without a driver: Preparing, then Available, at every connector."""
    for connector in central_system.connectors[1:]:
        await bench.plug_in(connector=connector)
        await central_system.hears_status("Preparing", connector, proves="OCPP16-4.9-04")
        await central_system.hears_no("StartTransaction", for_=central_system.patience)
        await bench.unplug(connector=connector)
        await central_system.hears_status("Available", connector, proves="OCPP16-4.9-04")


@testcase("OCPP16-CP-STATUS-02", verifies=["OCPP16-4.9-04"], applies="StatusNotification")
async def test_a_failed_status_is_not_the_last(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point whose StatusNotification got a CALLERROR tells the next change all the same."""
    central_system.fails("StatusNotification", times=1)
    await bench.plug_in(connector=1)
    await central_system.hears_status("Preparing")
    central_system.recovers("StatusNotification")  # it may have been sent again
    await bench.unplug(connector=1)
    await central_system.hears_status("Available", proves="OCPP16-4.9-04")


@testcase("OCPP16-CP-STATUS-03", verifies=["OCPP16-4.9-06"], applies=sessions.WHOLE_SESSION, plain=True)
async def test_a_communication_error_is_a_warning(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Through a session, EVCommunicationError does not come with a status in which the charge point does not wait for the EV."""
    soon = central_system.patience
    await sessions.starts_remotely(central_system, bench)
    start = await central_system.hears("StartTransaction", connectorId=1)
    await central_system.hears_no("StatusNotification", for_=soon, payload=NOT_WITH, proves="OCPP16-4.9-06")
    await sessions.stops(central_system, start)
    await bench.unplug(connector=1)
    await central_system.hears_no("StatusNotification", for_=soon, payload=NOT_WITH, proves="OCPP16-4.9-06")
