"""OCPP 1.6, 4.10 and 7.36: the reason of a StopTransaction. That there is one at all, other cases show."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions
from suites.ocpp16.sessions import CARD_SESSION, SESSION, WHOLE_SESSION

WHY = "OCPP16-4.10-02"
LOCAL = {"reason": ["Local", None]}
"""Left out, it is Local (4.10)."""
REPORTS = f"{SESSION} and StopTransaction"


@testcase("OCPP16-CP-REASON-01", verifies=[WHY], oca="TC_012_CS", applies=WHOLE_SESSION, plain=True)
async def test_stopped_remotely(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that the central system stopped has the reason Remote."""
    await sessions.asks_to_stop(central_system, await sessions.charges(central_system, bench))
    await central_system.hears("StopTransaction", expects={"reason": "Remote"}, proves=WHY)


@testcase(
    "OCPP16-CP-REASON-02",
    verifies=[WHY],
    oca="TC_068_CS",
    applies=f"{CARD_SESSION} and StopTransaction and local_stop",
    plain=True,
)
async def test_stopped_with_the_card(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that its card stopped has the reason Local, or none."""
    await sessions.charges_with_card(central_system, bench)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("StopTransaction", expects=LOCAL, proves=WHY)


@testcase(
    "OCPP16-CP-REASON-03",
    verifies=[WHY],
    oca="TC_038_CS",
    applies=f"{CARD_SESSION} and StopTransaction and local_stop",
    plain=True,
)
async def test_stopped_with_the_card_offline(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that its card stopped while the network was away has the reason Local, or none."""
    await sessions.charges_with_card(central_system, bench)
    await bench.cut_network()
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears_no(for_=20)
    await sessions.comes_back(central_system, bench)
    await central_system.hears("StopTransaction", expects=LOCAL, proves=WHY)


@testcase(
    "OCPP16-CP-REASON-04",
    verifies=[WHY],
    oca="TC_005_1_CS TC_005_2_CS",
    applies=f"{REPORTS} and not fixed_cable and ev_side_disconnect != 'goes on'",
    plain=True,
)
async def test_stopped_at_the_ev(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that was stopped by unplugging at the EV has the reason EVDisconnected."""
    await sessions.stop_on_disconnect(central_system, True)
    await sessions.charges(central_system, bench)
    await bench.unplug_at_ev(connector=1)
    await central_system.hears("StopTransaction", expects={"reason": "EVDisconnected"}, proves=WHY)


@testcase(
    "OCPP16-CP-REASON-05",
    verifies=[WHY],
    oca="TC_005_3_CS",
    applies=f"{WHOLE_SESSION} and ev_side_disconnect != 'stops'",
    plain=True,
)
async def test_stopped_remotely_without_an_ev(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that went on without its EV, and was stopped by the central system, has the reason Remote."""
    await sessions.stop_on_disconnect(central_system, False)
    start = await sessions.charges(central_system, bench)
    await bench.unplug_at_ev(connector=1)
    await central_system.hears_status(sessions.SUSPENDED)
    await sessions.asks_to_stop(central_system, start)
    await central_system.hears("StopTransaction", expects={"reason": "Remote"}, proves=WHY)


@testcase("OCPP16-CP-REASON-06", verifies=[WHY], oca="TC_015_CS", applies=f"{REPORTS} and Reset", plain=True)
async def test_stopped_by_a_hard_reset(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that a hard reset stopped has the reason HardReset."""
    await sessions.charges(central_system, bench)
    await central_system.calls("Reset", type="Hard", expects={"status": "Accepted"})
    within = 2 * central_system.boot_patience
    await central_system.hears("StopTransaction", expects={"reason": "HardReset"}, within=within, proves=WHY)


@testcase("OCPP16-CP-REASON-07", verifies=[WHY], oca="TC_016_CS", applies=f"{REPORTS} and Reset", plain=True)
async def test_stopped_by_a_soft_reset(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that a soft reset stopped has the reason SoftReset."""
    await sessions.charges(central_system, bench)
    await central_system.calls("Reset", type="Soft", expects={"status": "Accepted"})
    within = 2 * central_system.boot_patience
    await central_system.hears("StopTransaction", expects={"reason": "SoftReset"}, within=within, proves=WHY)


@testcase(
    "OCPP16-CP-REASON-08",
    verifies=[WHY],
    oca="TC_018_1_CS",
    applies=f"{REPORTS} and UnlockConnector and not fixed_cable",
    plain=True,
)
async def test_stopped_by_unlocking(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that UnlockConnector stopped has the reason UnlockCommand."""
    await sessions.charges(central_system, bench)
    await central_system.calls("UnlockConnector", connectorId=1, expects={"status": "Unlocked"})
    await central_system.hears("StopTransaction", expects={"reason": "UnlockCommand"}, proves=WHY)


@testcase("OCPP16-CP-REASON-09", verifies=[WHY], oca="TC_032_1_CS", applies=f"{REPORTS} and backup_power", plain=True)
async def test_stopped_before_the_dark(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that a power failure stopped, and that was told before the dark, has the reason PowerLoss."""
    await sessions.charges(central_system, bench)
    await bench.cut_power()
    await central_system.hears("StopTransaction", expects={"reason": "PowerLoss"}, proves=WHY)
    await bench.restore_power()


@testcase("OCPP16-CP-REASON-10", verifies=[WHY], oca="TC_032_2_CS", applies=f"{REPORTS} and not backup_power", plain=True)
async def test_stopped_in_the_dark(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that a power failure stopped has the reason PowerLoss; one that its card stopped afterwards, Local."""
    await sessions.charges(central_system, bench)
    await bench.power_cycle()
    central_system.looks_after(await central_system.hears("BootNotification", within=central_system.boot_patience))
    resumes = ["Charging", *sessions.SUSPENDED]
    status = await central_system.hears_status(["Preparing", *sessions.over(central_system), *resumes])
    resumed = status.get("status") in resumes
    if resumed:
        await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("StopTransaction", expects=LOCAL if resumed else {"reason": "PowerLoss"}, proves=WHY)


@testcase(
    "OCPP16-CP-REASON-11",
    verifies=[WHY],
    applies=f"{REPORTS} and fixed_cable and ev_side_disconnect != 'goes on'",
    plain=True,
)
async def test_stopped_at_the_ev_with_a_fixed_cable(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that was stopped by taking a fixed cable out of the EV has the reason EVDisconnected."""
    await sessions.stop_on_disconnect(central_system, True)
    await sessions.charges(central_system, bench)
    await bench.unplug_at_ev(connector=1)
    await central_system.hears("StopTransaction", expects={"reason": "EVDisconnected"}, proves=WHY)
