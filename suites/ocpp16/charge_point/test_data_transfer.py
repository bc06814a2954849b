"""OCPP 1.6, 4.3 and 5.6: DataTransfer by a charge point, and to one."""

from evconform.harness.control import Control
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


@testcase("OCPP16-CP-DATA-02", verifies=["OCPP16-4.3-01"], applies="DataTransfer and sends_data_transfer", plain=True)
async def test_who_the_vendor_is(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """What a charge point transfers by itself names its vendor by a domain name in reverse order."""
    await bench.transfer_data()
    await central_system.hears("DataTransfer")


@testcase("OCPP16-CP-DATA-03", verifies=["OCPP16-4.3-02"], applies="DataTransfer and data_transfer_vendor", plain=True)
async def test_an_unknown_message_of_a_known_vendor(central_system: ScriptedCentralSystem) -> None:
    """A DataTransfer of a vendor that is known, with a message that is not, is answered with UnknownMessageId."""
    vendor = central_system.campaign.pics["data_transfer_vendor"]
    unknown = {"status": "UnknownMessageId"}
    for more in ({}, {"data": "hello"}):
        asked: Payload = {"vendorId": vendor, "messageId": "EvconformNoSuchMessage"} | more
        await central_system.calls("DataTransfer", **asked, expects=unknown, proves="OCPP16-4.3-02")
