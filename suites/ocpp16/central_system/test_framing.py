"""OCPP-J 1.6, chapter 4, and what OCPP-S 1.6 says of the same, with a central system under test."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven, framing


@testcase("OCPP16-CS-FRAME-01", verifies=framing.EVERY_MESSAGE)
async def test_every_message_is_well_formed(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """What a central system sends, asked and unasked, is a proper CALL or CALLRESULT."""
    await charge_point.registers()
    await charge_point.asks()
    for _ in range(2):
        await operations.sends(identity=charge_point.identity, action="GetConfiguration", key=["HeartbeatInterval"])
        await charge_point.hears("GetConfiguration")
    await operations.sends(identity=charge_point.identity, action="ClearCache")
    await charge_point.hears("ClearCache")
    await charge_point.hears_no("Reset", for_=charge_point.patience + 1)


@testcase(
    "OCPP16-CS-FRAME-02",
    verifies=["OCPP16J-4.1.3-02", "OCPP16J-4.1.3-03"],
    only={"ocpp1.6-json": "SOAP has no message type numbers"},
)
async def test_an_unknown_message_type_is_ignored(charge_point: ScriptedChargePoint) -> None:
    """A message with a message type number that OCPP-J 1.6 does not have is ignored."""
    await charge_point.registers()
    await framing.ignores_unknown_type(charge_point)


@testcase("OCPP16-CS-FRAME-03", verifies=["OCPP16J-4.2.3-04", "OCPP16J-4.2.3-01", *framing.UNKNOWN])
async def test_an_unknown_action_is_refused(charge_point: ScriptedChargePoint) -> None:
    """A CALL with an unknown action is answered with the CALLERROR NotImplemented; over SOAP, with the fault NotSupported."""
    await charge_point.registers()
    await framing.refuses_unknown_action(charge_point)


@testcase("OCPP16-CS-FRAME-04", verifies=["OCPP16J-4.2.3-03", "OCPP16J-4.2.3-02", "OCPP16S-4-01"])
async def test_an_improper_call_is_refused(charge_point: ScriptedChargePoint) -> None:
    """A CALL whose payload lacks a required member is answered with a CALLERROR."""
    await charge_point.registers()
    await framing.refuses_improper_call(charge_point, "StatusNotification", connectorId=1, errorCode="NoError")


@testcase("OCPP16-CS-FRAME-05", verifies=["OCPP16J-4.1.2-04"], only={"ocpp1.6-json": "SOAP is no JSON"})
async def test_broken_json_does_no_harm(charge_point: ScriptedChargePoint) -> None:
    """A message that is no JSON does not end the connection."""
    await charge_point.registers()
    await framing.survives_broken_json(charge_point)


@testcase(
    "OCPP16-CS-FRAME-06",
    verifies=["OCPP16J-4.1.4-06"],
    only={"ocpp1.6-json": "an answer of SOAP comes in the HTTP response, and nowhere else"},
)
async def test_stray_answers_are_ignored(charge_point: ScriptedChargePoint) -> None:
    """Answers for CALLs that were never sent do no harm."""
    await charge_point.registers()
    await framing.ignores_stray_answers(charge_point)


@testcase(
    "OCPP16-CS-FRAME-07",
    verifies=["OCPP16J-2-01", "OCPP16J-2-02"],
    only={"ocpp1.6-json": "a message of SOAP is one HTTP message, and has no fragments"},
)
async def test_a_fragmented_message_is_understood(charge_point: ScriptedChargePoint) -> None:
    """A CALL in three fragments with pings in between is answered, and so are the pings."""
    await charge_point.registers()
    await framing.understands_fragments(charge_point)


@testcase("OCPP16-CS-FRAME-08", verifies=["OCPP16J-4.1.4-05", "OCPP16S-3.6-01"])
async def test_the_longest_message_id_comes_back(charge_point: ScriptedChargePoint) -> None:
    """A message id of 36 characters comes back whole."""
    await charge_point.registers()
    await framing.answers_the_longest_id(charge_point)


@testcase("OCPP16-CS-FRAME-09", verifies=["OCPP16J-4.1.1-02", "OCPP16S-3.2-01"])
async def test_a_call_is_answered_while_another_is_open(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A central system that waits for the answer to its CALL answers a Heartbeat all the same."""
    await charge_point.registers()
    charge_point.withholds("GetConfiguration")
    async with driven.while_asked(charge_point, operations, "GetConfiguration", key=["HeartbeatInterval"]):
        await charge_point.asks(proves=charge_point.of("OCPP16J-4.1.1-02", "OCPP16S-3.2-01"))
