"""OCPP 1.6, 4.6: Heartbeat; 3.14, 3.15: dates and times."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem

DAY = 86_400


@testcase(
    "OCPP16-CP-HB-01",
    verifies=["OCPP16-4.2-10", "OCPP16-4.6-01", "OCPP16-6.29-01"],
    oca="TC_001_CS",
)
async def test_a_charge_point_heartbeats_at_its_interval(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """An idle charge point sends a Heartbeat whenever the interval that it was given is over."""
    central_system.answers("BootNotification", interval=15)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    await central_system.hears("Heartbeat", within=30 + central_system.patience, proves="OCPP16-4.6-01")
    for _ in range(2):
        await central_system.hears("Heartbeat", within=15 + central_system.patience, proves="OCPP16-4.6-01")


@testcase(
    "OCPP16-CP-HB-02",
    verifies=["OCPP16-4.6-04"],
    only={"ocpp1.6-json": "the note of 4.6 is about WebSocket; over SOAP the interval holds as it is given"},
)
async def test_a_charge_point_heartbeats_once_a_day(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point with an interval of half a day sends a Heartbeat within 24 hours."""
    central_system.answers("BootNotification", interval=DAY // 2)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    for _ in range(2):
        await central_system.hears("Heartbeat", within=DAY + central_system.patience, proves="OCPP16-4.6-04")


@testcase("OCPP16-CP-HB-03", verifies=["OCPP16-4.6-01"])
async def test_a_failed_heartbeat_is_not_the_last(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point whose Heartbeat got a CALLERROR sends the next one all the same."""
    central_system.answers("BootNotification", interval=15)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    central_system.fails("Heartbeat", times=1)
    await central_system.hears("Heartbeat", within=30 + central_system.patience)
    await central_system.hears("Heartbeat", within=15 + central_system.patience, proves="OCPP16-4.6-01")


@testcase("OCPP16-CP-CLOCK-01", verifies=["OCPP16-4.2-11", "OCPP16-3.15-01", "OCPP16-3.14-01"], applies="status_timestamps")
async def test_a_charge_point_sets_its_clock(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point takes over the time of the central system, and writes it as ISO 8601 in UTC."""
    central_system.is_ahead(3600)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    await central_system.hears("StatusNotification")


@testcase("OCPP16-CP-CLOCK-02", verifies=["OCPP16-3.15-02"], applies="status_timestamps")
async def test_a_charge_point_reads_any_time(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point goes on after a time with a fraction and an offset, and does not take the local time for UTC."""
    time = lambda: central_system.offset_time(hours=5.5)  # noqa: E731 - it is told when the answer is sent
    central_system.answers("BootNotification", currentTime=time, deviates="a time that is not in UTC")
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    await central_system.hears_unshifted_status(hours=5.5, proves="OCPP16-3.15-02")
