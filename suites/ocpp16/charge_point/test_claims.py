"""The PICS: what the charge point is, and what it does not claim."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from evconform.ocpp.tester import call_error, one_of
from suites.ocpp16.claims import EVERY_MESSAGE, refusals, requests


@testcase("OCPP16-CP-CLAIM-01", verifies=["OCPP16-PICS-06"], plain=True)
async def test_a_charge_point_is_what_it_claims(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A BootNotification names the vendor, the model and the firmware version of the PICS."""
    model = central_system.campaign.pics.sections["model"]
    claimed = {
        "chargePointVendor": model["vendor"],
        "chargePointModel": model["model"],
        "firmwareVersion": [model["firmware"], None],  # it may be left out (6.3)
    }
    await bench.power_cycle()
    within = central_system.boot_patience
    await central_system.hears("BootNotification", expects=claimed, within=within, proves="OCPP16-PICS-06")


@testcase("OCPP16-CP-CLAIM-02", verifies=["OCPP16-PICS-07"], applies=f"not ({EVERY_MESSAGE})", plain=True)
async def test_what_is_not_claimed_is_refused(central_system: ScriptedCentralSystem) -> None:
    """Each message that the PICS does not claim is refused, in a way that says that it is not supported."""
    for action, payload in requests(central_system.now).items():
        if not central_system.campaign.pics[action]:
            refused = one_of(call_error("NotSupported", "NotImplemented"), *refusals(action))
            await central_system.calls(action, **payload, expects=refused, proves="OCPP16-PICS-07")
