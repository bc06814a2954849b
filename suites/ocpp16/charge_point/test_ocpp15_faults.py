"""OCPP 1.5, 8.1 and 8.2: requests that are for somebody else, or are not what the schema says."""

from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from evconform.ocpp.tester import call_error
from suites.ocpp16 import fifteen


@testcase("OCPP15-CP-FAULT-01", verifies=["OCPP15-8.2-02", "OCPP15-8.2-01"])
async def test_what_is_malformed_is_refused(central_system: ScriptedCentralSystem) -> None:
    """Each request that lacks a member, or has a value that is none, is answered with a fault, and the charge box goes on."""
    for action, payload in fifteen.MALFORMED["charge-point"].items():
        if central_system.campaign.pics[action]:
            its = {"deviates": "not as the schema says", "expects": call_error(), "proves": "OCPP15-8.2-02"}
            await central_system.calls(action, **payload, **its)
    await central_system.asks()


@testcase("OCPP15-CP-FAULT-02", verifies=["OCPP15-8.1-02"], applies="GetConfiguration")
async def test_what_is_for_another_is_refused(central_system: ScriptedCentralSystem) -> None:
    """A request that names another charge box is answered with a fault, whatever it asks for."""
    for action in ("GetConfiguration", "ClearCache", "GetLocalListVersion"):
        if central_system.campaign.pics[action]:
            with fifteen.for_another(central_system):
                await central_system.calls(
                    action, deviates="for another charge box", expects=call_error(), proves="OCPP15-8.1-02"
                )
    await central_system.asks()
