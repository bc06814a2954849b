"""OCPP 1.6, 4.3 and 5.6: DataTransfer, seen from the central system."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven

NOBODY = "org.example.evconform.nobody"


@testcase(
    "OCPP16-CS-DATA-01",
    verifies=["OCPP16-4.3-31", "OCPP16-4.3-32", "OCPP16-4.3-33"],
    oca="TC_064_CSMS",
    applies="DataTransfer",
)
async def test_an_unknown_vendor(charge_point: ScriptedChargePoint) -> None:
    """A DataTransfer of a vendor that nobody knows is answered with UnknownVendorId, and without data."""
    await charge_point.registers()
    await charge_point.calls(
        "DataTransfer", vendorId=NOBODY, messageId="a", data="b", expects={"status": "UnknownVendorId"}, proves="OCPP16-4.3-32"
    )


@testcase("OCPP16-CS-DATA-02", verifies=["OCPP16-5.6-31", "OCPP16-5-31"], applies="DataTransfer and GetConfiguration")
async def test_data_for_a_charge_point(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """Its operator sends data to a charge point, which does not know the vendor."""
    await charge_point.registers()
    await driven.is_sent(charge_point, operations, "DataTransfer", "OCPP16-5.6-31", vendorId=NOBODY)
    await driven.goes_on(charge_point, operations)
