"""OCPP-S 1.6, chapter 4 with its errata, with a central system under test: what it makes of faults, of HTTP errors, and of
answers that are none."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven, enveloped

KEY = ["HeartbeatInterval"]


ALIVE = "a sign of life, out of turn"


@testcase("OCPP16S-CS-FAIL-01", verifies=["OCPP16S-4-07"], applies="GetConfiguration")
async def test_a_failed_message_is_not_sent_again(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A GetConfiguration that is answered with a fault is not sent again."""
    await charge_point.registers()
    charge_point.refuses("GetConfiguration", "InternalError")
    async with driven.while_asked(charge_point, operations, "GetConfiguration", key=KEY):
        await charge_point.passes(charge_point.patience + 1)


@testcase("OCPP16S-CS-FAIL-02", verifies=["OCPP16S-4-10"], applies="GetConfiguration")
async def test_any_subcode_is_accepted(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A central system whose requests get faults with each subcode, and with unknown ones, sends the next all the same."""
    await charge_point.registers()
    for subcode in enveloped.SUBCODES:
        charge_point.refuses("GetConfiguration", subcode)
        async with driven.while_asked(charge_point, operations, "GetConfiguration", "OCPP16S-4-10", key=KEY):
            await charge_point.asks(proves="OCPP16S-4-10", deviates=ALIVE)


@testcase("OCPP16S-CS-FAIL-03", verifies=["OCPP16S-2-09"], applies="GetConfiguration")
async def test_no_answer_upsets_a_central_system(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A central system whose request gets an answer that is wrong in one place, or no SOAP, goes on."""
    await charge_point.registers()
    for why, rework in enveloped.ANSWERS.items():
        charge_point.answers_with("GetConfiguration", rework, deviates=why)
        async with driven.while_asked(charge_point, operations, "GetConfiguration", "OCPP16S-2-09", key=KEY):
            await charge_point.asks(proves="OCPP16S-2-09", deviates=ALIVE)
