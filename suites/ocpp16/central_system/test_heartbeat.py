"""OCPP 1.6, 4.6: Heartbeat, and 4.9: StatusNotification, seen from the central system; 3.15: dates and times."""

from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint


@testcase("OCPP16-CS-HB-01", verifies=["OCPP16-4.6-02", "OCPP16-6.30-01", "OCPP16-3.15-01", "OCPP16-3.14-01"])
async def test_a_heartbeat_is_answered_with_the_time(charge_point: ScriptedChargePoint) -> None:
    """A Heartbeat is answered, and the answer holds the current time."""
    await charge_point.registers()
    await charge_point.calls("Heartbeat", expects={}, proves="OCPP16-4.6-02")


@testcase("OCPP16-CS-HB-02", verifies=["OCPP16-4.6-03"])
async def test_the_time_of_the_central_system_advances(charge_point: ScriptedChargePoint) -> None:
    """Between two Heartbeats the time of the central system goes on as ours does."""
    await charge_point.registers()
    await charge_point.calls("Heartbeat", deviates="we are silent after it", expects={})
    await charge_point.hears_no("Heartbeat", for_=2 * charge_point.campaign.sut.pixit.clock_tolerance)
    await charge_point.calls("Heartbeat", deviates="sooner than our interval", expects={})


@testcase("OCPP16-CS-STATUS-01", verifies=["OCPP16-4.9-10", "OCPP16-6.48-01"])
async def test_a_status_notification_is_answered(charge_point: ScriptedChargePoint) -> None:
    """A StatusNotification is answered."""
    await charge_point.registers()
    await charge_point.calls(
        "StatusNotification", expects={}, proves="OCPP16-4.9-10", connectorId=1, errorCode="NoError", status="Unavailable"
    )


@testcase("OCPP16-CS-CLOCK-01", verifies=["OCPP16-3.15-02"])
async def test_a_central_system_reads_any_time(charge_point: ScriptedChargePoint) -> None:
    """A central system understands a time stamp with a fraction and with a time zone offset."""
    await charge_point.registers()
    for stamp in ("2026-01-31T12:00:00.123456Z", "2026-01-31T12:00:00+05:30", "2026-01-31T12:00:00.5-08:00"):
        await charge_point.calls(
            "StatusNotification",
            deviates="a time stamp that is not in UTC",
            expects={},
            proves="OCPP16-3.15-02",
            connectorId=1,
            errorCode="NoError",
            status="Available",
            timestamp=stamp,
        )
