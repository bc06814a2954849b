"""OCPP-S 1.6, chapters 2, 3, 5, 6 and 8, with a central system under test: its envelopes, and those that it has to understand."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven, enveloped, spoken
from suites.ocpp16.central_system.test_local_list import entries
from suites.ocpp16.charging import profile

RESENDS = "resends_local_list and SendLocalList"
STATUS: dict[str, Any] = {"connectorId": 1, "status": "Available", "errorCode": "NoError"}


@testcase("OCPP16S-CS-REACH-01", verifies=["OCPP16S-3.2-01"], smoke=True)
async def test_a_known_charge_point_is_served(charge_point: ScriptedChargePoint) -> None:
    """A charge point that the central system knows is answered."""
    await charge_point.connects()
    await charge_point.boots(proves="OCPP16S-3.2-01")


@testcase(
    "OCPP16S-CS-BODY-01",
    verifies=["OCPP16S-8-03", "OCPP16S-8-04", "OCPP16S-8-05", "OCPP16S-8-06", "OCPP16S-8-07"],
    applies="Authorize and StartTransaction and StopTransaction",
)
async def test_what_it_answers_is_as_the_schema_has_it(charge_point: ScriptedChargePoint) -> None:
    """Elements of an answer are qualified, in their order, all there, and of their types."""
    await charge_point.registers()
    await charge_point.calls("Authorize", idTag=charge_point.pixit.id_tag)
    started = await spoken.starts(charge_point)
    await spoken.stops(charge_point, started.get("transactionId"))


@testcase("OCPP16S-CS-BODY-02", verifies=["OCPP16S-8-08"], applies="GetConfiguration")
async def test_what_it_sends_is_no_longer_than_the_schema_has_it(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The texts of a request are no longer than their types."""
    await charge_point.registers()
    await driven.is_sent(charge_point, operations, "GetConfiguration", "OCPP16S-8-08", key=["HeartbeatInterval"])


@testcase("OCPP16S-CS-BODY-03", verifies=["OCPP16S-8-09"], applies="SetChargingProfile")
async def test_its_limits_are_decimals_of_one_digit(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The limits of a charging profile have one digit behind the point."""
    await charge_point.registers()
    wanted = profile(charge_point, "TxDefaultProfile")
    await operations.sends(identity=charge_point.identity, action="SetChargingProfile", connectorId=1, csChargingProfiles=wanted)
    await charge_point.hears("SetChargingProfile", connectorId=1)


@testcase("OCPP16S-CS-COMPRESS-01", verifies=["OCPP16S-6.1-01"], only=enveloped.BOTH)
async def test_gzip_is_understood(charge_point: ScriptedChargePoint) -> None:
    """A request that is compressed with gzip is answered."""
    await charge_point.registers()
    await enveloped.understands(charge_point, "gzip", "OCPP16S-6.1-01")


@testcase("OCPP16S-CS-COMPRESS-02", verifies=["OCPP16S-6.1-02"], only=enveloped.BOTH)
async def test_deflate_is_understood(charge_point: ScriptedChargePoint) -> None:
    """A request that is compressed with deflate is answered."""
    await charge_point.registers()
    await enveloped.understands(charge_point, "deflate", "OCPP16S-6.1-02")


@testcase("OCPP16S-CS-COMPRESS-03", verifies=["OCPP16S-6.1-05"], only=enveloped.BOTH, applies=RESENDS)
async def test_an_answer_in_gzip_is_understood(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A central system that is told in gzip that a differential list failed sends the full one, as it does when told plainly."""
    await is_told_in(charge_point, operations, "gzip", "OCPP16S-6.1-05")


@testcase("OCPP16S-CS-COMPRESS-04", verifies=["OCPP16S-6.1-06"], only=enveloped.BOTH, applies=RESENDS)
async def test_an_answer_in_deflate_is_understood(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A central system that is told in deflate that a differential list failed sends the full one, as it does when told
    plainly."""
    await is_told_in(charge_point, operations, "deflate", "OCPP16S-6.1-06")


async def is_told_in(charge_point: ScriptedChargePoint, operations: Control, coding: str, proves: str) -> None:
    """That it sends the full list after a plain answer shows that it would; that it does after a compressed one, that it could
    read that."""
    await charge_point.registers()
    await resends(charge_point, operations, 2)
    with charge_point.answers_in(coding):
        await resends(charge_point, operations, 3, coding, proves)


async def resends(
    charge_point: ScriptedChargePoint, operations: Control, version: int, coding: str = "", proves: str = ""
) -> None:
    """A differential list fails, and the full one follows."""
    charge_point.answers("SendLocalList", status="Failed")
    listed = {"listVersion": version, "localAuthorizationList": entries(charge_point.pixit.id_tag)}
    await operations.sends(identity=charge_point.identity, action="SendLocalList", updateType="Differential", **listed)
    failed = await charge_point.hears("SendLocalList", updateType="Differential")
    if coding:
        enveloped.was_answered_in(coding, failed)
    charge_point.answers("SendLocalList", status="Accepted")
    await charge_point.hears("SendLocalList", updateType="Full", proves=proves or None)


@testcase("OCPP16S-CS-IDENT-01", verifies=["OCPP16S-3.3-03"], only=enveloped.BOTH)
async def test_the_identity_header_has_no_case(charge_point: ScriptedChargePoint) -> None:
    """A request whose identity header is written in capitals is answered."""
    await charge_point.registers()
    await enveloped.knows_the_identity_in_any_case(charge_point)


@testcase("OCPP16S-CS-IDENT-02", verifies=["OCPP16S-3.3-06"])
async def test_an_unknown_charge_point_is_refused(charge_point: ScriptedChargePoint) -> None:
    """A charge point that the central system does not know is refused."""
    await charge_point.registers()
    await enveloped.refuses_another_identity(charge_point, "OCPP16S-3.3-06")


@testcase("OCPP16S-CS-REFUSE-01", verifies=["OCPP16S-4-01", "OCPP16S-4-03"])
async def test_what_cannot_be_processed_is_refused(charge_point: ScriptedChargePoint) -> None:
    """What ends early, is of a foreign namespace, empty or without a member is refused, as a ProtocolError."""
    await charge_point.registers()
    await enveloped.refuses_what_is_illegal(charge_point, "StatusNotification", **STATUS)
    await enveloped.calls_it_a_protocol_error(charge_point, "StatusNotification", **STATUS)


@testcase("OCPP16S-CS-REFUSE-02", verifies=["OCPP16S-4-02"])
async def test_order_and_namespace_count(charge_point: ScriptedChargePoint) -> None:
    """Elements in a wrong order, without a namespace, or one too many are refused."""
    await charge_point.registers()
    await enveloped.minds_order_and_namespace(charge_point, "StatusNotification", **STATUS)


@testcase("OCPP16S-CS-REFUSE-03", verifies=["OCPP16S-2-07", "OCPP16S-2-08"])
async def test_what_is_not_soap_1_2_is_refused(charge_point: ScriptedChargePoint) -> None:
    """A request of SOAP 1.1, and one with a DOCTYPE, are refused."""
    await charge_point.registers()
    await enveloped.refuses_another_version(charge_point)
    await enveloped.refuses_a_doctype(charge_point)


@testcase("OCPP16S-CS-REFUSE-04", verifies=["OCPP16S-2-09"])
async def test_no_envelope_upsets_a_central_system(charge_point: ScriptedChargePoint) -> None:
    """Whatever envelope comes, the next proper request is answered."""
    await charge_point.registers()
    await enveloped.goes_on(charge_point, "StatusNotification", STATUS, "a sign of life, out of turn")


@testcase("OCPP16S-CS-ADDRESS-01", verifies=["OCPP16S-5-01", "OCPP16S-3.9-02"])
async def test_it_calls_at_the_new_address(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """What is for a charge point that told a new address with a Heartbeat goes there."""
    await charge_point.registers()
    for moved in (False, True):
        if moved:
            await charge_point.moves()
            await charge_point.asks(deviates="a new address, told with a Heartbeat (5)")
        await operations.sends(identity=charge_point.identity, action="GetConfiguration", key=["HeartbeatInterval"])
        await charge_point.hears("GetConfiguration", proves="OCPP16S-5-01")
