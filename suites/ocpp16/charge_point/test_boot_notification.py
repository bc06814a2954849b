"""OCPP 1.6, 4.2: BootNotification."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions


@testcase(
    "OCPP16-CP-BOOT-01",
    verifies=["OCPP16-4.2-01", "OCPP16-4.2-02", "OCPP16-4.9-01", "OCPP16-4.9-02", "OCPP16-6.3-01", "OCPP16-6.47-01"],
    oca="TC_001_CS",
    plain=True,
)
async def test_a_charge_point_boots_after_power_on(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """After power-on a charge point boots first, and once accepted reports the status of every connector."""
    await bench.power_cycle()
    await central_system.hears_it_connect(within=central_system.boot_patience)
    await central_system.hears("BootNotification", within=central_system.boot_patience, proves="OCPP16-4.2-01")
    await central_system.hears_all_status(proves="OCPP16-4.9-01")


@testcase("OCPP16-CP-BOOT-02", verifies=["OCPP16-5.14-01"], oca="TC_013_CS", applies="Reset", plain=True)
async def test_a_charge_point_boots_after_a_reset(central_system: ScriptedCentralSystem) -> None:
    """A charge point answers a Reset, and one that accepts it boots again."""
    either = {"status": ["Accepted", "Rejected"]}
    reset = await central_system.calls("Reset", type="Hard", expects=either, proves="OCPP16-5.14-01")
    if reset.says(status="Accepted"):
        await central_system.hears_it_connect(within=central_system.boot_patience)
        await central_system.hears("BootNotification", within=central_system.boot_patience, proves="OCPP16-4.2-01")


@testcase(
    "OCPP16-CP-BOOT-03",
    verifies=["OCPP16-4.2-02", "OCPP16-4.2-03", "OCPP16-4.2-05", "OCPP16-4.2-06", "OCPP16-4.9-01"],
    oca="TC_001_CS",
)
async def test_a_rejected_charge_point_waits_and_boots_again(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A rejected charge point stays silent until its interval is over, then boots again."""
    central_system.answers("BootNotification", status="Rejected", interval=10)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    central_system.answers("BootNotification", status="Accepted", interval=300)
    await central_system.hears("BootNotification", within=10 + central_system.boot_patience, proves="OCPP16-4.2-06")
    all_of_them: dict[int, str | list[str]] = dict.fromkeys(central_system.connectors, "Available")
    await sessions.hears_each_status(central_system, all_of_them, proves="OCPP16-4.9-01")


@testcase(
    "OCPP16-CP-BOOT-04",
    verifies=["OCPP16-4.2-01", "OCPP16-4.2-03", "OCPP16-4.2-06", "OCPP16-4.2-08", "OCPP16-4.2-09", "OCPP16-4.2-23"],
    oca="TC_002_CS",
    applies="GetConfiguration",
)
async def test_a_pending_charge_point_answers_and_waits(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A pending charge point answers the central system, sends nothing by itself, and boots again after its interval."""
    central_system.answers("BootNotification", status="Pending", interval=20)
    await bench.power_cycle()
    await central_system.hears_it_connect(within=central_system.boot_patience)
    await central_system.hears("BootNotification", within=central_system.boot_patience, proves="OCPP16-4.2-01")
    await central_system.hears_no("StatusNotification", "Heartbeat", for_=1.0, proves="OCPP16-4.2-09")
    await central_system.calls("GetConfiguration", expects={}, proves="OCPP16-4.2-08")
    central_system.answers("BootNotification", status="Accepted", interval=300)
    await central_system.hears("BootNotification", within=20 + central_system.boot_patience, proves="OCPP16-4.2-06")


@testcase("OCPP16-CP-BOOT-05", verifies=["OCPP16-4.2-05", "OCPP16-4.2-12"])
async def test_a_rejected_charge_point_does_not_answer(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A rejected charge point leaves the CALLs of the central system unanswered."""
    central_system.answers("BootNotification", status="Rejected", interval=60)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    await central_system.hears_no("Heartbeat", for_=1.0)  # it has read its answer by then
    await central_system.speaks_to_deaf_ears()
    await central_system.hears_no(for_=central_system.patience, type=["CALLRESULT", "CALLERROR"], proves="OCPP16-4.2-12")


@testcase("OCPP16-CP-BOOT-06", verifies=["OCPP16-4.2-07"])
async def test_a_charge_point_chooses_an_interval(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point that is given the interval 0 chooses one of its own, and does not flood the central system."""
    central_system.answers("BootNotification", status="Rejected", interval=0)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    await central_system.hears("BootNotification", within=central_system.campaign.sut.pixit.own_boot_interval)


@testcase("OCPP16-CP-BOOT-07", verifies=["OCPP16-4.2-02"])
async def test_a_charge_point_waits_for_its_answer(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point whose BootNotification is not answered sends no other message."""
    central_system.withholds("BootNotification")
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    others = ["StatusNotification", "Heartbeat", "MeterValues", "StartTransaction", "StopTransaction", "Authorize"]
    await central_system.hears_no(*others, for_=central_system.patience, proves="OCPP16-4.2-02")


@testcase(
    "OCPP16-CP-BOOT-08",
    verifies=["OCPP16-4.2-08", "OCPP16-4.2-10", "OCPP16-4.9-01", "OCPP16-4.6-01"],
    oca="TC_002_CS",
    applies="ChangeConfiguration and MeterValues",
)
async def test_a_pending_charge_point_is_configured(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A pending charge point takes a change of its configuration, and once accepted goes into service."""
    central_system.answers("BootNotification", status="Pending", interval=20)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    change: Payload = {"key": "MeterValueSampleInterval", "value": "60"}
    await central_system.calls("ChangeConfiguration", **change, expects={"status": "Accepted"}, proves="OCPP16-4.2-08")
    central_system.answers("BootNotification", status="Accepted", interval=15)
    await central_system.hears("BootNotification", within=20 + central_system.boot_patience)
    all_of_them: dict[int, str | list[str]] = dict.fromkeys(central_system.connectors, "Available")
    await sessions.hears_each_status(central_system, all_of_them, proves="OCPP16-4.9-01")
    for _ in range(2):
        await central_system.hears("Heartbeat", within=30 + central_system.patience, proves="OCPP16-4.6-01")


@testcase("OCPP16-CP-BOOT-09", verifies=["OCPP16-4.2-06"])
async def test_a_failed_boot_is_tried_again(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point whose BootNotification got a CALLERROR boots again."""
    central_system.fails("BootNotification", times=1)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    within = central_system.campaign.sut.pixit.own_boot_interval
    await central_system.hears("BootNotification", within=within, proves="OCPP16-4.2-06")
