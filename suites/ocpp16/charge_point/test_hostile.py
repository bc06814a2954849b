"""OCPP-J 1.6, chapter 4: messages that no central system should send, with a charge point under test."""

from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import hostile

OWED = ["OCPP16J-4.2.3-05", "OCPP16J-4.2.3-06", "OCPP16J-4.2.3-07", "OCPP16J-4.2.3-08", "OCPP16J-4.2.3-09", "OCPP16J-4.1.2-05"]
OWED_BY_SOAP = ["OCPP16S-4-15", "OCPP16S-4-16", "OCPP16S-4-17", "OCPP16S-4-18", "OCPP16S-2-09"]

ANSWERED = ["OCPP16J-4.1.4-05", "OCPP16J-4.2.3-07", "OCPP16J-4.1.2-05"]


@testcase(
    "OCPP16-CP-HOSTILE-01",
    verifies=OWED,
    only={"ocpp1.6-json": "these messages are spoilt as JSON; those that are spoilt as XML have cases of their own"},
)
async def test_no_message_upsets_a_charge_point(central_system: ScriptedCentralSystem) -> None:
    """Each message that is spoilt in one place is refused, changes nothing, and the charge point goes on."""
    await hostile.throws_all(central_system)


@testcase("OCPP16S-CP-HOSTILE-01", verifies=OWED_BY_SOAP)
async def test_no_envelope_upsets_a_charge_point(central_system: ScriptedCentralSystem) -> None:
    """Each SOAP message that is spoilt in one place is refused, changes nothing, and the charge point goes on."""
    await hostile.throws_all(central_system)


@testcase(
    "OCPP16-CP-HOSTILE-02",
    verifies=["OCPP16J-4.1.1-03"],
    only={"ocpp1.6-json": "OCPP-S does not say how many requests may be open at once"},
)
async def test_a_charge_point_outlives_a_flood(central_system: ScriptedCentralSystem) -> None:
    """After a hundred CALLs at once a charge point answers the next one."""
    await central_system.asks()  # it answers at all
    await hostile.floods(central_system)


@testcase(
    "OCPP16-CP-HOSTILE-03",
    verifies=ANSWERED,
    applies="TriggerMessage",
    only={"ocpp1.6-json": "these answers are spoilt as JSON; those that are spoilt as XML have cases of their own"},
)
async def test_no_answer_upsets_a_charge_point(central_system: ScriptedCentralSystem) -> None:
    """An answer to its own CALL that is spoilt in one place, or not its, changes nothing, is not answered, and it goes on."""

    async def asks(action: str) -> None:
        await central_system.calls("TriggerMessage", requestedMessage=action)

    await hostile.answers_all(central_system, asks)
