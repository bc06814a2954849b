"""OCPP 1.6, 5.6: DataTransfer to a charge point."""

from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem


@testcase("OCPP16-CP-DATA-01", verifies=["OCPP16-5.6-01", "OCPP16-5.6-02"], oca="TC_062_CS", applies="DataTransfer", plain=True)
async def test_an_unknown_vendor_is_refused(central_system: ScriptedCentralSystem) -> None:
    """A DataTransfer of a vendor that nobody has heard of is refused, with data and without."""
    refused = {"status": ["UnknownVendorId", "UnknownMessageId", "Rejected"]}
    variants: list[Payload] = [{}, {"messageId": "Greeting"}, {"messageId": "Greeting", "data": "hello"}]
    for more in variants:
        await central_system.calls("DataTransfer", vendorId="org.evconform", **more, expects=refused, proves="OCPP16-5.6-01")
