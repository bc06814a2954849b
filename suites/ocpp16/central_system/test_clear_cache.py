"""OCPP 1.6, 5.4: ClearCache, seen from the central system."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven


@testcase(
    "OCPP16-CS-CACHE-01", verifies=["OCPP16-5.4-31", "OCPP16-5-31"], oca="TC_061_CSMS", applies="ClearCache and GetConfiguration"
)
async def test_the_cache_is_cleared(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator clears the authorization cache, which is accepted, or rejected without a cache (erratum 3.23)."""
    await charge_point.registers()
    for status in ("Accepted", "Rejected"):
        charge_point.answers("ClearCache", status=status)
        await driven.is_sent(charge_point, operations, "ClearCache", "OCPP16-5.4-31")
    await driven.goes_on(charge_point, operations)
