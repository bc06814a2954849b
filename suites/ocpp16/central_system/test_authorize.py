"""OCPP 1.6, 4.1: Authorize, seen from the central system; 3.10: groups; 7.2: what is said of an idTag."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.harness.verdict import NotReached
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from evconform.ocpp.tester import call_result
from suites.ocpp16 import driven, spoken
from suites.ocpp16.driven import ACCEPTED


def says(status: str) -> dict[str, Any]:
    return call_result(at={"idTagInfo/status": status})


@testcase("OCPP16-CS-AUTH-01", verifies=["OCPP16-4.1-31", "OCPP16-4.1-32"], applies="Authorize")
async def test_a_known_id_tag_is_accepted(charge_point: ScriptedChargePoint) -> None:
    """An idTag that may charge is accepted."""
    await charge_point.registers()
    await charge_point.calls("Authorize", idTag=charge_point.pixit.id_tag, expects=ACCEPTED, proves="OCPP16-4.1-32")


@testcase("OCPP16-CS-AUTH-02", verifies=["OCPP16-7.2-31"], oca="TC_023_1_CSMS", applies="Authorize")
async def test_an_unknown_id_tag_is_invalid(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """A card that the central system does not know is Invalid."""
    await driven.plugs_in(charge_point, bench)
    id_tag = charge_point.pixit.unknown_id_tag
    await bench.present_card(uid=charge_point.uid_of(id_tag), connector=1)
    await charge_point.is_answered("Authorize", idTag=id_tag, expects=says("Invalid"), proves="OCPP16-7.2-31")


@testcase("OCPP16-CS-AUTH-03", verifies=["OCPP16-7.2-33"], oca="TC_023_2_CSMS", applies="Authorize and expiring_id_tags")
async def test_an_expired_id_tag_is_expired(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """A card whose time is over is Expired."""
    await driven.plugs_in(charge_point, bench)
    id_tag = charge_point.pixit.expired_id_tag
    await bench.present_card(uid=charge_point.uid_of(id_tag), connector=1)
    await charge_point.is_answered("Authorize", idTag=id_tag, expects=says("Expired"), proves="OCPP16-7.2-33")


@testcase("OCPP16-CS-AUTH-04", verifies=["OCPP16-7.2-32"], oca="TC_023_3_CSMS", applies="Authorize and blocked_id_tags")
async def test_a_blocked_id_tag_is_blocked(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """A card that is blocked is Blocked."""
    await driven.plugs_in(charge_point, bench)
    id_tag = charge_point.pixit.blocked_id_tag
    await bench.present_card(uid=charge_point.uid_of(id_tag), connector=1)
    await charge_point.is_answered("Authorize", idTag=id_tag, expects=says("Blocked"), proves="OCPP16-7.2-32")


@testcase("OCPP16-CS-AUTH-05", verifies=["OCPP16-3.10-31"], applies="Authorize and parent_id_tags")
async def test_a_group_has_one_parent_id_tag(charge_point: ScriptedChargePoint) -> None:
    """Two idTags of one group are answered with the same parentIdTag."""
    await charge_point.registers()
    pixit = charge_point.pixit
    group = call_result(at={"idTagInfo/parentIdTag": pixit.parent_id_tag})
    for id_tag in (pixit.id_tag, pixit.group_id_tag):
        await charge_point.calls("Authorize", idTag=id_tag, expects=group, proves="OCPP16-3.10-31")


@testcase("OCPP16-CS-AUTH-06", verifies=["OCPP16-7.15-31"], applies="Authorize")
async def test_case_does_not_matter(charge_point: ScriptedChargePoint) -> None:
    """An idTag is the same in capitals and in small letters."""
    await charge_point.registers()
    id_tag = charge_point.pixit.id_tag.swapcase()
    if id_tag == charge_point.pixit.id_tag:
        raise NotReached("id_tag in [pixit] has no letter, and so no other case")
    await charge_point.calls("Authorize", idTag=id_tag, expects=ACCEPTED, proves="OCPP16-7.15-31")


@testcase("OCPP16-CS-AUTH-07", verifies=["OCPP16-7.2-34"], applies="Authorize and StartTransaction and StopTransaction")
async def test_concurrent_tx_is_no_answer_to_authorize(charge_point: ScriptedChargePoint) -> None:
    """While an idTag is in a transaction, an Authorize with it is not answered with ConcurrentTx."""
    await charge_point.registers()
    started = await spoken.starts(charge_point)
    await charge_point.calls("Authorize", idTag=charge_point.pixit.id_tag, expects=call_result())
    await spoken.stops(charge_point, started.get("transactionId"))
