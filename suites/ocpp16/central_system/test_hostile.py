"""OCPP-J 1.6, chapters 3 and 4: messages and connections that no charge point should make, with a central system under test."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven, hostile

OWED = ["OCPP16J-4.2.3-05", "OCPP16J-4.2.3-06", "OCPP16J-4.2.3-07", "OCPP16J-4.2.3-08", "OCPP16J-4.2.3-10", "OCPP16J-4.1.2-05"]
OWED_BY_SOAP = ["OCPP16S-4-15", "OCPP16S-4-16", "OCPP16S-4-17", "OCPP16S-4-18", "OCPP16S-2-09"]

ANSWERED = ["OCPP16J-4.1.4-05", "OCPP16J-4.2.3-07", "OCPP16J-4.1.2-05"]
ASKED: dict[str, dict[str, Any]] = {"GetConfiguration": {"key": ["HeartbeatInterval", "EvconformNoSuchKey"]}, "ClearCache": {}}


@testcase(
    "OCPP16-CS-HOSTILE-01",
    verifies=OWED,
    only={"ocpp1.6-json": "these messages are spoilt as JSON; those that are spoilt as XML have cases of their own"},
)
async def test_no_message_upsets_a_central_system(charge_point: ScriptedChargePoint) -> None:
    """Each message that is spoilt in one place is refused, changes nothing, and the central system goes on."""
    await charge_point.registers()
    await hostile.throws_all(charge_point)


@testcase("OCPP16S-CS-HOSTILE-01", verifies=OWED_BY_SOAP)
async def test_no_envelope_upsets_a_central_system(charge_point: ScriptedChargePoint) -> None:
    """Each SOAP message that is spoilt in one place is refused, changes nothing, and the central system goes on."""
    await charge_point.registers()
    await hostile.throws_all(charge_point)


@testcase(
    "OCPP16-CS-HOSTILE-02",
    verifies=["OCPP16J-4.1.1-03"],
    only={"ocpp1.6-json": "OCPP-S does not say how many requests may be open at once"},
)
async def test_a_central_system_outlives_a_flood(charge_point: ScriptedChargePoint) -> None:
    """After a hundred CALLs at once a central system answers the next one."""
    await charge_point.registers()
    await hostile.floods(charge_point)


@testcase(
    "OCPP16-CS-HOSTILE-03",
    verifies=["OCPP16J-3.2-05", "OCPP16J-3.2-06"],
    only={"ocpp1.6-json": "SOAP has no opening handshake at which a stranger could knock"},
)
async def test_no_stranger_is_let_in(charge_point: ScriptedChargePoint) -> None:
    """Unknown identities, wrong subprotocols and wrong passwords are refused, and who is connected does not notice."""
    await charge_point.registers()
    await hostile.strangers_knock(charge_point)


@testcase("OCPP16-CS-HOSTILE-04", verifies=["OCPP16J-3.2-07"], only={"ocpp1.6-json": "SOAP has no connection that lasts"})
async def test_the_newest_connection_of_an_identity_is_served(charge_point: ScriptedChargePoint) -> None:
    """A charge point that connects again while its old connection still stands is answered on the new one."""
    await charge_point.registers()
    await charge_point.connects()
    await charge_point.boots(status="Accepted", proves="OCPP16J-3.2-07")
    await charge_point.asks(proves="OCPP16J-3.2-07")


@testcase(
    "OCPP16-CS-HOSTILE-05",
    verifies=ANSWERED,
    applies="GetConfiguration or ClearCache",
    only={"ocpp1.6-json": "these answers are spoilt as JSON; those that are spoilt as XML have cases of their own"},
)
async def test_no_answer_upsets_a_central_system(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """An answer to its own CALL that is spoilt in one place, or not its, changes nothing, is not answered, and it goes on."""
    await charge_point.registers()

    async def asks(action: str) -> None:
        await operations.sends(identity=charge_point.identity, action=action, **ASKED[action])

    await hostile.answers_all(charge_point, asks)


@testcase("OCPP16S-CS-HOSTILE-02", verifies=["OCPP16S-4-17", "OCPP16S-2-09"], applies="GetConfiguration or ClearCache")
async def test_no_response_upsets_a_central_system(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A response to its own request that is spoilt in one place, or none, changes nothing, and it goes on."""
    await charge_point.registers()

    async def asks(action: str) -> None:
        async with driven.while_asked(charge_point, operations, action, **ASKED[action]):
            pass

    await hostile.answers_all(charge_point, asks)
