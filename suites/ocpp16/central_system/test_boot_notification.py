"""OCPP 1.6, 4.2: BootNotification, seen from the central system; OCPP-J 5.6; 5.17."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from evconform.ocpp.tester import call_error
from suites.ocpp16 import driven


@testcase(
    "OCPP16-CS-BOOT-01",
    verifies=["OCPP16-4.2-20", "OCPP16-6.4-01", "OCPP16-3.15-01", "OCPP16-3.14-01", "OCPP16-6.4-31"],
    oca="TC_001_CSMS",
)
async def test_a_boot_notification_is_answered(charge_point: ScriptedChargePoint) -> None:
    """A BootNotification is answered with a registration status, the time and an interval."""
    await charge_point.connects()
    await charge_point.boots(status=["Accepted", "Pending", "Rejected"], proves="OCPP16-4.2-20")


@testcase("OCPP16-CS-BOOT-02", verifies=["OCPP16J-5.6-01", "OCPP16S-4-06"], applies="registration_status")
async def test_a_call_of_an_unaccepted_charge_point_is_refused(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A StatusNotification of a charge point that is not accepted is answered with the CALLERROR SecurityError."""
    await operations.registers(identity=charge_point.identity, status="Pending")
    await charge_point.connects()
    await charge_point.boots(status="Pending")
    await charge_point.calls(
        "StatusNotification",
        deviates="it is not accepted",
        expects=call_error("SecurityError"),
        proves=charge_point.of("OCPP16J-5.6-01", "OCPP16S-4-06"),
        connectorId=0,
        errorCode="NoError",
        status="Available",
    )


@testcase("OCPP16-CS-BOOT-03", verifies=["OCPP16-4.2-20", "OCPP16-4.2-21", "OCPP16-4.2-23"], applies="registration_status")
async def test_a_pending_charge_point_starts_nothing(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A pending charge point keeps its connection, and is not asked to start a transaction."""
    await operations.registers(identity=charge_point.identity, status="Pending")
    await charge_point.connects()
    await charge_point.boots(status="Pending", proves="OCPP16-4.2-20")
    await operations.sends(identity=charge_point.identity, action="RemoteStartTransaction", idTag="EVCONFORM")
    await charge_point.hears_no("RemoteStartTransaction", for_=charge_point.patience, proves="OCPP16-4.2-21")
    await operations.registers(identity=charge_point.identity, status="Accepted")
    await charge_point.boots(deviates="sooner than its interval", status="Accepted")
    await charge_point.reports_status()
    await operations.sends(identity=charge_point.identity, action="RemoteStartTransaction", idTag="EVCONFORM")
    await charge_point.hears("RemoteStartTransaction")  # so it was asked, and did not dare before


@testcase("OCPP16-CS-BOOT-04", verifies=["OCPP16-4.2-20", "OCPP16-4.2-22"], applies="registration_status")
async def test_a_rejected_charge_point_is_left_alone(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A rejected charge point is sent nothing."""
    await operations.registers(identity=charge_point.identity, status="Rejected")
    await charge_point.connects()
    await charge_point.boots(status="Rejected", proves="OCPP16-4.2-20")
    await operations.sends(identity=charge_point.identity, action="GetConfiguration", key=["HeartbeatInterval"])
    await charge_point.hears_no(for_=charge_point.patience, type="CALL", proves="OCPP16-4.2-22")
    await operations.registers(identity=charge_point.identity, status="Accepted")
    await charge_point.boots(deviates="sooner than its interval", status="Accepted")
    await charge_point.reports_status()
    await operations.sends(identity=charge_point.identity, action="GetConfiguration", key=["HeartbeatInterval"])
    await charge_point.hears("GetConfiguration")  # so it was asked, and did not dare before


@testcase("OCPP16-CS-BOOT-05", verifies=["OCPP16-4.2-20"])
async def test_a_charge_point_may_boot_again(charge_point: ScriptedChargePoint) -> None:
    """A charge point that boots again on a new connection is answered again."""
    await charge_point.registers()
    await charge_point.disconnects(abruptly=True)
    await charge_point.connects()
    await charge_point.boots(status="Accepted", proves="OCPP16-4.2-20")


@testcase("OCPP16-CS-TRIG-01", verifies=["OCPP16-5.17-01"], applies="TriggerMessage")
async def test_an_accepted_charge_point_is_not_made_to_boot(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """An accepted charge point gets a TriggerMessage for a Heartbeat, and none for a BootNotification."""
    await charge_point.registers()
    for message in ("Heartbeat", "BootNotification"):
        await operations.sends(identity=charge_point.identity, action="TriggerMessage", requestedMessage=message)
        if message == "Heartbeat":
            await charge_point.hears("TriggerMessage", requestedMessage=message)  # so it triggers, where it may
    await charge_point.hears_no(for_=charge_point.patience, type="CALL", payload={"requestedMessage": "BootNotification"})


@testcase("OCPP16-CS-BOOT-06", verifies=["OCPP16-4.2-20", "OCPP16-4.9-10", "OCPP16-4.6-02"], oca="TC_001_CSMS")
async def test_a_cold_boot(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """A charge point is powered on: it is accepted, and its statuses and its first Heartbeat are answered."""
    await bench.power_cycle()
    await driven.boots(charge_point)
    for connector in (0, 1):
        await driven.tells_status(charge_point, "Available", connector=connector, within=driven.AGAIN)
    await charge_point.asks(proves="OCPP16-4.6-02", deviates="sooner than its interval")
