"""OCPP 1.6, 4.9 and 4.10: the cable is taken out on the side of the EV while a transaction runs."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions
from suites.ocpp16.sessions import SESSION, SUSPENDED, WHOLE_SESSION, transaction_of

STOPS = ["OCPP16-4.10-04", "OCPP16-4.9-13"]
SAYS_SO = ["disconnect", "unplug"]
"""What the info may say of it, in whatever words (4.9)."""


@testcase(
    "OCPP16-CP-EVSIDE-01",
    verifies=STOPS,
    oca="TC_005_1_CS",
    applies=f"{WHOLE_SESSION} and not fixed_cable and ev_side_disconnect != 'goes on'",
    plain=True,
)
async def test_unplugging_at_the_ev_stops_and_unlocks(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction whose EV is unplugged is stopped as EVDisconnected, and its connector is Finishing."""
    await sessions.stop_on_disconnect(central_system, True)
    await central_system.sets("UnlockConnectorOnEVSideDisconnect", True)
    start = await sessions.charges(central_system, bench)
    await bench.unplug_at_ev(connector=1)
    await central_system.hears("StopTransaction", transactionId=transaction_of(start), proves="OCPP16-4.10-04")
    await central_system.hears_status("Finishing", errorCode="NoError", proves="OCPP16-4.9-13")


@testcase(
    "OCPP16-CP-EVSIDE-02",
    verifies=["OCPP16-4.10-04", "OCPP16-4.9-13", "OCPP16-5.18-01"],
    oca="TC_005_2_CS",
    applies=f"{WHOLE_SESSION} and UnlockConnector and not fixed_cable and ev_side_disconnect != 'goes on'",
    plain=True,
)
async def test_unplugging_at_the_ev_stops_and_keeps_the_cable(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction whose EV is unplugged is stopped though the cable stays locked, and UnlockConnector frees that."""
    await sessions.stop_on_disconnect(central_system, True)
    await central_system.sets("UnlockConnectorOnEVSideDisconnect", False)
    start = await sessions.charges(central_system, bench)
    await bench.unplug_at_ev(connector=1)
    await central_system.hears("StopTransaction", transactionId=transaction_of(start), proves="OCPP16-4.10-04")
    await central_system.hears_status(["Finishing", "Available"], errorCode="NoError", proves="OCPP16-4.9-13")
    free = {"status": ["Unlocked", "NotSupported"]}
    await central_system.calls("UnlockConnector", connectorId=1, expects=free, proves="OCPP16-5.18-01")


@testcase(
    "OCPP16-CP-EVSIDE-03",
    verifies=["OCPP16-4.9-12", "OCPP16-4.10-03", "OCPP16-5.12-02", "OCPP16-4.9-04"],
    oca="TC_005_3_CS",
    applies=f"{WHOLE_SESSION} and ev_side_disconnect != 'stops'",
    plain=True,
)
async def test_unplugging_at_the_ev_suspends(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction whose EV is unplugged goes on, where that is set, until it is stopped remotely."""
    await sessions.stop_on_disconnect(central_system, False)
    start = await sessions.charges(central_system, bench)
    await bench.unplug_at_ev(connector=1)
    await central_system.hears_status(SUSPENDED, errorCode="NoError", proves="OCPP16-4.9-12")
    await central_system.hears_no("StopTransaction", for_=central_system.patience, proves="OCPP16-4.10-03")
    its: Payload = {"transactionId": transaction_of(start)}
    await central_system.calls("RemoteStopTransaction", **its, expects={"status": "Accepted"}, proves="OCPP16-5.12-02")
    await central_system.hears("StopTransaction", **its, proves="OCPP16-5.12-02")
    await central_system.hears_status(sessions.over(central_system), proves="OCPP16-4.9-04")


@testcase(
    "OCPP16-CP-EVSIDE-04",
    verifies=["OCPP16-4.9-04", "OCPP16-4.9-03"],
    applies=f"{WHOLE_SESSION} and ev_side_disconnect != 'stops'",
    plain=True,
)
async def test_an_ev_that_comes_back_charges_again(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that went on without its EV charges again when the cable is plugged in there again."""
    await sessions.stop_on_disconnect(central_system, False)
    await sessions.charges(central_system, bench)
    await bench.unplug_at_ev(connector=1)
    await central_system.hears_status(SUSPENDED)
    await bench.plug_in_at_ev(connector=1)
    await central_system.hears_status("Charging", proves="OCPP16-4.9-04")


@testcase(
    "OCPP16-CP-EVSIDE-05",
    verifies=STOPS,
    applies=f"{WHOLE_SESSION} and fixed_cable and ev_side_disconnect != 'goes on'",
    plain=True,
)
async def test_unplugging_a_fixed_cable_stops(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction on a fixed cable is stopped when that is taken out of the EV, and its connector is free."""
    await sessions.stop_on_disconnect(central_system, True)
    start = await sessions.charges(central_system, bench)
    await bench.unplug_at_ev(connector=1)
    await central_system.hears("StopTransaction", transactionId=transaction_of(start), proves="OCPP16-4.10-04")
    await central_system.hears_status(["Finishing", "Available"], errorCode="NoError", proves="OCPP16-4.9-13")


@testcase(
    "OCPP16-CP-EVSIDE-06",
    verifies=["OCPP16-4.9-14"],
    oca="TC_005_3_CS",
    applies=f"{SESSION} and ev_side_disconnect != 'stops'",
    plain=True,
)
async def test_a_suspension_says_why(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """That a transaction is suspended because the EV is unplugged stands in the info of the status."""
    await sessions.stop_on_disconnect(central_system, False)
    await sessions.charges(central_system, bench)
    await bench.unplug_at_ev(connector=1)
    told: Payload = {"type": "CALL", "action": "StatusNotification", "payload": {"connectorId": 1, "status": SUSPENDED}}
    await central_system.hears_frame(**told, expects={"info": SAYS_SO}, proves="OCPP16-4.9-14")


@testcase(
    "OCPP16-CP-EVSIDE-07",
    verifies=["OCPP16-4.9-14"],
    applies=f"{SESSION} and StopTransaction and ev_side_disconnect != 'goes on'",
    plain=True,
)
async def test_an_end_says_why(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """That a transaction ended because the EV is unplugged stands in the info of the status, if that is Finishing."""
    await sessions.stop_on_disconnect(central_system, True)
    await sessions.charges(central_system, bench)
    await bench.unplug_at_ev(connector=1)
    over: Payload = {"connectorId": 1, "status": ["Finishing", "Available"]}
    told: Payload = {"type": "CALL", "action": "StatusNotification", "payload": over}
    either = {"one_of": [{"info": SAYS_SO}, {"payload": {"status": "Available"}}]}
    await central_system.hears_frame(**told, expects=either, proves="OCPP16-4.9-14")
