"""OCPP-S 1.6, chapters 2, 3, 6 and 8, with a charge point under test: its envelopes, and those that it has to understand."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import enveloped

SETTING = {"key": "HeartbeatInterval", "value": "300"}


@testcase("OCPP16S-CP-REACH-01", verifies=["OCPP16S-3.3-01", "OCPP16S-3.7-01", "OCPP16S-3.2-01"], smoke=True, plain=True)
async def test_a_charge_point_is_reached(central_system: ScriptedCentralSystem) -> None:
    """A charge point says who it is and where it listens, and answers there."""
    await central_system.asks(proves="OCPP16S-3.2-01")


@testcase(
    "OCPP16S-CP-BODY-01",
    verifies=["OCPP16S-8-03", "OCPP16S-8-04", "OCPP16S-8-05", "OCPP16S-8-06", "OCPP16S-8-07", "OCPP16S-8-08"],
    applies="GetConfiguration and ClearCache",
    plain=True,
)
async def test_what_it_answers_is_as_the_schema_has_it(central_system: ScriptedCentralSystem) -> None:
    """Elements of an answer are qualified, in their order, all there, and of their types."""
    await central_system.calls("GetConfiguration")
    await central_system.calls("ClearCache")


@testcase("OCPP16S-CP-COMPRESS-01", verifies=["OCPP16S-6.1-01"], only=enveloped.BOTH, plain=True)
async def test_gzip_is_understood(central_system: ScriptedCentralSystem) -> None:
    """A request that is compressed with gzip is answered."""
    await enveloped.understands(central_system, "gzip", "OCPP16S-6.1-01")


@testcase("OCPP16S-CP-COMPRESS-02", verifies=["OCPP16S-6.1-02"], only=enveloped.BOTH, plain=True)
async def test_deflate_is_understood(central_system: ScriptedCentralSystem) -> None:
    """A request that is compressed with deflate is answered."""
    await enveloped.understands(central_system, "deflate", "OCPP16S-6.1-02")


@testcase("OCPP16S-CP-COMPRESS-03", verifies=["OCPP16S-6.1-03"], only=enveloped.BOTH)
async def test_an_answer_in_gzip_is_understood(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point whose BootNotification is accepted in gzip goes into service."""
    await is_accepted_in(central_system, bench, "gzip", "OCPP16S-6.1-03")


@testcase("OCPP16S-CP-COMPRESS-04", verifies=["OCPP16S-6.1-04"], only=enveloped.BOTH)
async def test_an_answer_in_deflate_is_understood(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point whose BootNotification is accepted in deflate goes into service."""
    await is_accepted_in(central_system, bench, "deflate", "OCPP16S-6.1-04")


async def is_accepted_in(central_system: ScriptedCentralSystem, bench: Control, coding: str, proves: str) -> None:
    """Who did not understand that it was accepted says nothing but BootNotification (OCPP 1.6, 4.2)."""
    central_system.answers("BootNotification", interval=15)
    with central_system.answers_in(coding):
        await bench.power_cycle()
        boot = await central_system.hears("BootNotification", within=central_system.boot_patience)
        enveloped.was_answered_in(coding, boot)
        said = {"type": "CALL", "action": ["StatusNotification", "Heartbeat"]}
        await central_system.hears_frame(type="CALL", expects=said, within=30 + central_system.patience, proves=proves)


@testcase("OCPP16S-CP-IDENT-01", verifies=["OCPP16S-3.3-03"], only=enveloped.BOTH)
async def test_the_identity_header_has_no_case(central_system: ScriptedCentralSystem) -> None:
    """A request whose identity header is written in capitals is answered."""
    await enveloped.knows_the_identity_in_any_case(central_system)


@testcase("OCPP16S-CP-IDENT-02", verifies=["OCPP16S-3.3-04", "OCPP16S-3.3-05"])
async def test_a_request_for_another_is_refused(central_system: ScriptedCentralSystem) -> None:
    """A request with the identity of another charge point is refused, as an IdentityMismatch."""
    await enveloped.refuses_another_identity(central_system, "OCPP16S-3.3-04", "OCPP16S-3.3-05")


@testcase("OCPP16S-CP-REFUSE-01", verifies=["OCPP16S-4-01", "OCPP16S-4-03"], applies="ChangeConfiguration")
async def test_what_cannot_be_processed_is_refused(central_system: ScriptedCentralSystem) -> None:
    """What ends early, is of a foreign namespace, empty or without a member is refused, as a ProtocolError."""
    await enveloped.refuses_what_is_illegal(central_system, "ChangeConfiguration", **SETTING)
    await enveloped.calls_it_a_protocol_error(central_system, "ChangeConfiguration", **SETTING)


@testcase("OCPP16S-CP-REFUSE-02", verifies=["OCPP16S-4-02"], applies="ChangeConfiguration")
async def test_order_and_namespace_count(central_system: ScriptedCentralSystem) -> None:
    """Elements in a wrong order, without a namespace, or one too many are refused."""
    await enveloped.minds_order_and_namespace(central_system, "ChangeConfiguration", **SETTING)


@testcase("OCPP16S-CP-REFUSE-03", verifies=["OCPP16S-2-07", "OCPP16S-2-08"])
async def test_what_is_not_soap_1_2_is_refused(central_system: ScriptedCentralSystem) -> None:
    """A request of SOAP 1.1, and one with a DOCTYPE, are refused."""
    await enveloped.refuses_another_version(central_system)
    await enveloped.refuses_a_doctype(central_system)


@testcase("OCPP16S-CP-REFUSE-04", verifies=["OCPP16S-2-09"], applies="ChangeConfiguration")
async def test_no_envelope_upsets_a_charge_point(central_system: ScriptedCentralSystem) -> None:
    """Whatever envelope comes, the next proper request is answered."""
    await enveloped.goes_on(central_system, "ChangeConfiguration", SETTING)


@testcase("OCPP16S-CP-ADDRESS-01", verifies=["OCPP16S-7.1-01"])
async def test_a_charge_point_speaks_again(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point whose network went and came back speaks to the central system again, and can be reached."""
    central_system.answers("BootNotification", interval=15)
    await bench.power_cycle()
    await central_system.hears("Heartbeat", within=central_system.boot_patience + 30)
    await bench.cut_network()
    await central_system.hears_no(for_=20.0)
    await bench.restore_network()
    within = central_system.reconnect_patience + 15
    await central_system.hears_frame(type="CALL", within=within, proves="OCPP16S-7.1-01")
    await central_system.asks()


@testcase("OCPP16S-CP-ADDRESS-02", verifies=["OCPP16S-7.1-02"], plain=True)
async def test_a_new_address_is_told_with_a_boot(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point that has another address sends a BootNotification with it, and is reached there."""
    await bench.change_address()
    within = central_system.reconnect_patience + central_system.boot_patience
    await central_system.hears("BootNotification", within=within, proves="OCPP16S-7.1-02")
    await central_system.asks()
