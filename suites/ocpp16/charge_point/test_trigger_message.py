"""OCPP 1.6, 5.17: TriggerMessage."""

from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem


@testcase(
    "OCPP16-CP-TRIG-01",
    verifies=["OCPP16-5.17-02", "OCPP16-5.17-03"],
    oca="TC_054_CS",
    applies="TriggerMessage",
    plain=True,
)
async def test_a_triggered_message_follows_its_answer(central_system: ScriptedCentralSystem) -> None:
    """A charge point answers a TriggerMessage, and then sends what was asked for."""
    for connector in central_system.connectors:
        await central_system.calls(
            "TriggerMessage", requestedMessage="StatusNotification", connectorId=connector, expects={"status": "Accepted"}
        )
        await central_system.hears("StatusNotification", connectorId=connector, proves="OCPP16-5.17-03")
    await central_system.hears_no("BootNotification", for_=central_system.patience)


@testcase("OCPP16-CP-TRIG-02", verifies=["OCPP16-5.17-04"], applies="TriggerMessage")
async def test_an_accepted_charge_point_is_not_made_to_boot(central_system: ScriptedCentralSystem) -> None:
    """An accepted charge point rejects a TriggerMessage for BootNotification."""
    refused = {"status": ["Rejected", "NotImplemented"]}
    await central_system.calls(
        "TriggerMessage", deviates="erratum 3.40", requestedMessage="BootNotification", expects=refused, proves="OCPP16-5.17-04"
    )


@testcase("OCPP16-CP-TRIG-03", verifies=["OCPP16-5.17-05"], applies="TriggerMessage and not GetDiagnostics", plain=True)
async def test_a_message_that_is_not_implemented_is_not_triggered(central_system: ScriptedCentralSystem) -> None:
    """A charge point without diagnostics says NotImplemented to a TriggerMessage for their status."""
    refused = {"status": "NotImplemented"}
    await central_system.calls(
        "TriggerMessage", requestedMessage="DiagnosticsStatusNotification", expects=refused, proves="OCPP16-5.17-05"
    )
