"""OCPP-J 1.6, chapter 4, and what OCPP-S 1.6 says of the same, with a charge point under test."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import framing
from suites.ocpp16.claims import IMPROPER, NO_ENVELOPE


@testcase("OCPP16-CP-FRAME-01", verifies=framing.EVERY_MESSAGE)
async def test_every_message_is_well_formed(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """What a charge point sends, asked and unasked, is a proper CALL or CALLRESULT."""
    central_system.answers("BootNotification", interval=10)
    await bench.power_cycle()
    await central_system.hears("StatusNotification", connectorId=0, within=central_system.boot_patience)
    await central_system.asks()
    for _ in range(2):
        await central_system.hears("Heartbeat", within=20 + central_system.patience)
    await central_system.hears_no("BootNotification", for_=central_system.patience)


@testcase(
    "OCPP16-CP-FRAME-02",
    verifies=["OCPP16J-4.1.3-02", "OCPP16J-4.1.3-03"],
    only={"ocpp1.6-json": "SOAP has no message type numbers"},
)
async def test_an_unknown_message_type_is_ignored(central_system: ScriptedCentralSystem) -> None:
    """A message with a message type number that OCPP-J 1.6 does not have is ignored."""
    await central_system.asks()  # it answers at all
    await framing.ignores_unknown_type(central_system)


@testcase("OCPP16-CP-FRAME-03", verifies=["OCPP16J-4.2.3-04", "OCPP16J-4.2.3-01", *framing.UNKNOWN])
async def test_an_unknown_action_is_refused(central_system: ScriptedCentralSystem) -> None:
    """A CALL with an unknown action is answered with the CALLERROR NotImplemented; over SOAP, with the fault NotSupported."""
    await framing.refuses_unknown_action(central_system)


@testcase("OCPP16-CP-FRAME-04", verifies=["OCPP16J-4.2.3-03", "OCPP16J-4.2.3-02", "OCPP16S-4-01"])
async def test_an_improper_call_is_refused(central_system: ScriptedCentralSystem) -> None:
    """A CALL whose payload lacks a required member is answered with a CALLERROR."""
    await framing.refuses_improper_call(central_system, "ChangeConfiguration", key="HeartbeatInterval")


@testcase("OCPP16-CP-FRAME-05", verifies=["OCPP16J-4.1.2-04"], only={"ocpp1.6-json": "SOAP is no JSON"})
async def test_broken_json_does_no_harm(central_system: ScriptedCentralSystem) -> None:
    """A message that is no JSON does not end the connection."""
    await framing.survives_broken_json(central_system)


@testcase(
    "OCPP16-CP-FRAME-06",
    verifies=["OCPP16J-4.1.4-06"],
    only={"ocpp1.6-json": "an answer of SOAP comes in the HTTP response, and nowhere else"},
)
async def test_stray_answers_are_ignored(central_system: ScriptedCentralSystem) -> None:
    """Answers for CALLs that were never sent do no harm."""
    await framing.ignores_stray_answers(central_system)


@testcase(
    "OCPP16-CP-FRAME-07",
    verifies=["OCPP16J-2-01", "OCPP16J-2-02"],
    only={"ocpp1.6-json": "a message of SOAP is one HTTP message, and has no fragments"},
)
async def test_a_fragmented_message_is_understood(central_system: ScriptedCentralSystem) -> None:
    """A CALL in three fragments with pings in between is answered, and so are the pings."""
    await central_system.asks()  # it answers at all
    await framing.understands_fragments(central_system)


@testcase("OCPP16-CP-FRAME-08", verifies=["OCPP16J-4.1.4-05", "OCPP16S-3.6-01"])
async def test_the_longest_message_id_comes_back(central_system: ScriptedCentralSystem) -> None:
    """A message id of 36 characters comes back whole."""
    await central_system.asks()  # it answers at all
    await framing.answers_the_longest_id(central_system)


@testcase("OCPP16-CP-FRAME-09", verifies=["OCPP16J-4.1.1-02", "OCPP16S-3.2-01"])
async def test_a_call_is_answered_while_another_is_open(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point that waits for the answer to its Heartbeat answers a CALL all the same."""
    central_system.withholds("Heartbeat")
    central_system.answers("BootNotification", interval=10)
    await bench.power_cycle()
    await central_system.hears("Heartbeat", within=central_system.boot_patience + 20)
    await central_system.asks(proves=central_system.of("OCPP16J-4.1.1-02", "OCPP16S-3.2-01"))


@testcase("OCPP16-CP-FRAME-10", verifies=["OCPP16J-4.2.3-03", "OCPP16S-4-01"], applies="GetConfiguration or ChangeConfiguration")
async def test_no_improper_call_is_obeyed(central_system: ScriptedCentralSystem) -> None:
    """Each Core message with a payload that breaks its schema is answered with a CALLERROR."""
    for action, payload in IMPROPER.items():
        if central_system.campaign.pics[action] and not (central_system.soap and action in NO_ENVELOPE):
            await framing.refuses_improper_call(central_system, action, **payload)
