"""OCPP 1.6, 5.10 and 5.15: the local authorization list, seen from the central system."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven

VERSION = "GetLocalListVersion and GetConfiguration"
LISTS = "SendLocalList and GetConfiguration"
OF_LIST = ["OCPP16-5.15-31", "OCPP16-5.15-34"]
OF_FULL = [*OF_LIST, "OCPP16-7.1-31", "OCPP16-7.1-32"]


def entries(*id_tags: str) -> list[dict[str, Any]]:
    return [{"idTag": id_tag, "idTagInfo": {"status": "Accepted"}} for id_tag in id_tags]


async def asks_version(charge_point: ScriptedChargePoint, operations: Control, version: int) -> None:
    await charge_point.registers()
    charge_point.answers("GetLocalListVersion", listVersion=version)
    await driven.is_sent(charge_point, operations, "GetLocalListVersion", "OCPP16-5.10-31")
    await driven.goes_on(charge_point, operations)


async def sends_list(
    charge_point: ScriptedChargePoint, operations: Control, kind: str, version: int, *id_tags: str, status: str = "Accepted"
) -> None:
    """The operator sends a list with these idTags, and they are in it. A full list may be all that the central system holds; in a
    differential one they are alone."""
    charge_point.answers("SendLocalList", status=status)
    await operations.sends(
        identity=charge_point.identity,
        action="SendLocalList",
        listVersion=version,
        updateType=kind,
        localAuthorizationList=entries(*id_tags),
    )
    listed: dict[str, Any] = {"at": {"updateType": kind}, "lists": {"localAuthorizationList/idTag": list(id_tags)}}
    if kind == "Differential":  # an entry without idTagInfo would be taken out of the list
        last = len(id_tags)
        listed["at"] |= {f"localAuthorizationList/{n}/idTagInfo/status": "Accepted" for n in range(last)}
        listed["at"] |= {f"localAuthorizationList/{last}": None}
    await charge_point.hears_frame(type="CALL", action="SendLocalList", expects=listed, proves="OCPP16-5.15-31")


@testcase("OCPP16-CS-LIST-01", verifies=["OCPP16-5.10-31", "OCPP16-5-31"], oca="TC_042_1_CSMS", applies=VERSION)
async def test_no_local_list(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator asks for the version of the list of a charge point that has none, and says -1."""
    await asks_version(charge_point, operations, -1)


@testcase("OCPP16-CS-LIST-02", verifies=["OCPP16-5.10-31", "OCPP16-5-31"], oca="TC_042_2_CSMS", applies=VERSION)
async def test_an_empty_local_list(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator asks for the version of a list that is empty, which is 0."""
    await asks_version(charge_point, operations, 0)


@testcase("OCPP16-CS-LIST-03", verifies=[*OF_LIST, "OCPP16-5-31"], oca="TC_043_1_CSMS", applies=LISTS)
async def test_a_list_is_not_supported(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A charge point that says NotSupported to a full list is served on."""
    await charge_point.registers()
    await sends_list(charge_point, operations, "Full", 1, charge_point.pixit.id_tag, status="NotSupported")
    await driven.goes_on(charge_point, operations)


@testcase("OCPP16-CS-LIST-04", verifies=[*OF_LIST, "OCPP16-5-31"], oca="TC_043_3_CSMS", applies=LISTS)
async def test_a_list_fails(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A charge point that says Failed to a full list is served on."""
    await charge_point.registers()
    await sends_list(charge_point, operations, "Full", 1, charge_point.pixit.id_tag, status="Failed")
    await driven.goes_on(charge_point, operations)


@testcase("OCPP16-CS-LIST-05", verifies=OF_FULL, oca="TC_043_4_CSMS", applies="SendLocalList")
async def test_a_full_list(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator sends a full list: the idTags that he wants are in it, and each entry has its idTagInfo."""
    await charge_point.registers()
    pixit = charge_point.pixit
    await sends_list(charge_point, operations, "Full", 1, pixit.id_tag, pixit.other_id_tag)


@testcase("OCPP16-CS-LIST-06", verifies=[*OF_LIST, "OCPP16-5.15-33"], oca="TC_043_5_CSMS", applies="SendLocalList")
async def test_a_differential_list(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator adds an idTag to a list: it alone is sent, with a higher version."""
    await charge_point.registers()
    pixit = charge_point.pixit
    await sends_list(charge_point, operations, "Full", 1, pixit.id_tag)
    await sends_list(charge_point, operations, "Differential", 2, pixit.other_id_tag)


@testcase("OCPP16-CS-LIST-07", verifies=["OCPP16-5.15-32"], applies="resends_local_list and SendLocalList")
async def test_a_differential_list_fails(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A differential list that fails, or whose version does not match, is followed by a full one."""
    await charge_point.registers()
    for version, status in ((2, "VersionMismatch"), (3, "Failed")):
        await sends_list(charge_point, operations, "Differential", version, charge_point.pixit.id_tag, status=status)
        charge_point.answers("SendLocalList", status="Accepted")
        await charge_point.hears("SendLocalList", updateType="Full", proves="OCPP16-5.15-32")
