"""OCPP-J 1.6, chapter 4: messages that no central system should send, with a charge point under test."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.hostile.answer_bases import INTERVAL
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from evconform.ocpp.wrong_answers import nothing
from suites.ocpp16 import hostile, hostile_answers, sessions

OWED = ["OCPP16J-4.2.3-05", "OCPP16J-4.2.3-06", "OCPP16J-4.2.3-07", "OCPP16J-4.2.3-08", "OCPP16J-4.2.3-09", "OCPP16J-4.1.2-05"]
OWED_BY_SOAP = ["OCPP16S-4-15", "OCPP16S-4-16", "OCPP16S-4-17", "OCPP16S-4-18", "OCPP16S-2-09"]

JSON = {"ocpp1.6-json": "these answers are spoilt as JSON; those that are spoilt as XML have cases of their own"}
TRIGGERED = ("Heartbeat", "StatusNotification", "MeterValues", "DiagnosticsStatusNotification", "FirmwareStatusNotification")
OF_CONNECTOR: dict[str, dict[str, Any]] = {"StatusNotification": {"connectorId": 1}, "MeterValues": {"connectorId": 1}}
"""What is triggered for one connector, or it would be said of each."""
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
    only=JSON,
)
async def test_no_answer_upsets_a_charge_point(central_system: ScriptedCentralSystem) -> None:
    """An answer to its own CALL that is spoilt in one place, or not its, changes nothing, is not answered, and it goes on."""

    async def asks(action: str) -> None:
        await central_system.calls("TriggerMessage", requestedMessage=action, **OF_CONNECTOR.get(action, {}))

    triggered = await hostile_answers.can_be_triggered(central_system, TRIGGERED, OF_CONNECTOR)
    await hostile.answers_all(central_system, asks, triggered)


@testcase("OCPP16S-CP-HOSTILE-02", verifies=["OCPP16S-4-17", "OCPP16S-2-09"], applies="TriggerMessage")
async def test_no_response_upsets_a_charge_point(central_system: ScriptedCentralSystem) -> None:
    """A response to its own request that is spoilt in one place, or none, changes nothing, and it goes on: what it is asked for
    next is answered properly, and it is back."""

    async def asks(action: str) -> None:
        await central_system.calls("TriggerMessage", requestedMessage=action, **OF_CONNECTOR.get(action, {}))
        # one whose messages came to nothing waits longer each time before it speaks again
        await central_system.hears(action, within=central_system.reconnect_patience)

    triggered = await hostile_answers.can_be_triggered(central_system, TRIGGERED, OF_CONNECTOR)
    await hostile.answers_all(central_system, asks, triggered, ends=asks)


@testcase("OCPP16-CP-HOSTILE-04", verifies=ANSWERED, applies="BootNotification", only=JSON)
async def test_no_answer_to_a_boot_upsets_a_charge_point(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """While it is kept waiting, an answer to its BootNotification that is spoilt changes nothing, and it boots again."""
    central_system.answers("BootNotification", status="Pending", interval=INTERVAL)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    within = INTERVAL + central_system.boot_patience
    await hostile.answers_all(central_system, nothing, ["BootNotification"], within=within)


@testcase("OCPP16-CP-HOSTILE-05", verifies=ANSWERED, applies=sessions.CARD_SESSION, only=JSON)
async def test_no_answer_to_authorize_lets_anybody_charge(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """With its cable in, an idTag that may not charge does not, however the Authorize.conf before the proper one is spoilt."""
    await sessions.asks_always(central_system)
    central_system.answers("Authorize", idTagInfo={"status": "Invalid"})
    await sessions.plugs_in(central_system, bench)

    async def asks(_: str) -> None:
        await bench.present_card(uid=central_system.card, connector=1)

    await hostile.answers_all(central_system, asks, ["Authorize"], groups=hostile.BY_HAND)


@testcase("OCPP16-CP-HOSTILE-07", verifies=ANSWERED, applies="DataTransfer and sends_data_transfer", only=JSON)
async def test_no_answer_to_vendor_data_upsets_a_charge_point(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """An answer to its own DataTransfer that is spoilt in one place, or not its, changes nothing."""

    async def asks(_: str) -> None:
        await bench.transfer_data()

    await hostile.answers_all(central_system, asks, ["DataTransfer"], groups=hostile.BY_HAND)


@testcase("OCPP16-CP-HOSTILE-06", verifies=ANSWERED, applies=sessions.WHOLE_SESSION, only=JSON)
async def test_no_answer_upsets_a_session(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A StartTransaction or StopTransaction that is answered wrongly first is of a session that ends as any other."""
    await sessions.samples_nothing(central_system)
    await central_system.sets("TransactionMessageRetryInterval", 1, if_there=True)
    session = hostile_answers.Session(central_system, bench)
    both = ["StartTransaction", "StopTransaction"]
    await hostile.answers_all(central_system, session.asks, both, session.ends, groups=hostile.BY_HAND)
