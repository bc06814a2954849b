"""OCPP 1.6, 5.17: TriggerMessage, seen from the central system."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven

TRIGGERED: dict[str, str] = {
    "MeterValues": "OCPP16-4.7-31",
    "Heartbeat": "OCPP16-4.6-02",
    "StatusNotification": "OCPP16-4.9-10",
    "DiagnosticsStatusNotification": "OCPP16-4.4-31",
    "FirmwareStatusNotification": "OCPP16-4.5-31",
}
"""What can be triggered, to the row that says how it is answered."""
OF_CONNECTOR = ("MeterValues", "StatusNotification")
EVERY = " and ".join(["TriggerMessage", *(name for name in TRIGGERED if name != "Heartbeat")])


@testcase(
    "OCPP16-CS-TRIG-02",
    verifies=["OCPP16-5.17-31", "OCPP16-6.51-31", *TRIGGERED.values()],
    oca="TC_054_CSMS",
    applies=EVERY,
)
async def test_what_is_triggered_is_answered(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """The operator triggers each message that can be: it is asked for, and answered when it comes."""
    for message, row in TRIGGERED.items():
        asked: dict[str, Any] = {"requestedMessage": message} | ({"connectorId": 1} if message in OF_CONNECTOR else {})
        await driven.is_sent(charge_point, operations, "TriggerMessage", "OCPP16-5.17-31", **asked)
        await charge_point.is_answered(message, expects={}, proves=row)


@testcase(
    "OCPP16-CS-TRIG-03",
    verifies=["OCPP16-5.17-31", "OCPP16-5-31"],
    oca="TC_055_CSMS",
    applies="TriggerMessage and GetConfiguration",
)
async def test_a_trigger_is_rejected(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A charge point that rejects, or does not know, what is triggered is served on."""
    await charge_point.registers()
    for status in ("Rejected", "NotImplemented"):
        charge_point.answers("TriggerMessage", status=status)
        await driven.is_sent(
            charge_point, operations, "TriggerMessage", "OCPP16-5.17-31", requestedMessage="MeterValues", connectorId=1
        )
    await driven.goes_on(charge_point, operations)
