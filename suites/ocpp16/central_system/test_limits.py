"""OCPP 1.6, 5.8, 5.15 and chapter 9: how much a charge point takes at once, seen from the central system."""

from contextlib import suppress
from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.harness.verdict import CannotAct
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint

MOST = 2
TAKES_IN = 1.0
"""Seconds until the central system knows what it was told: what its operator wants before that may go out after it."""
KEYS = ["HeartbeatInterval", "ConnectionTimeOut", "LocalPreAuthorize"]


async def learns(charge_point: ScriptedChargePoint, operations: Control, key: str) -> None:
    """The operator reads the key, and the central system is told that it is ``MOST``."""
    await charge_point.registers()
    told = {"key": key, "readonly": True, "value": str(MOST)}
    charge_point.answers("GetConfiguration", configurationKey=[told], unknownKey=[])
    await operations.sends(identity=charge_point.identity, action="GetConfiguration", key=[key])
    await charge_point.hears("GetConfiguration")
    charge_point.answers("GetConfiguration")
    await charge_point.passes(TAKES_IN)


async def is_tempted(charge_point: ScriptedChargePoint, operations: Control, action: str, **payload: Any) -> None:
    """The operator wants more than that: the central system may send it in parts, or say to him that it cannot."""
    with suppress(CannotAct):
        await operations.sends(identity=charge_point.identity, action=action, **payload)
    await charge_point.passes(charge_point.patience)


@testcase("OCPP16-CS-CONF-07", verifies=["OCPP16-5.8-33"], applies="GetConfiguration")
async def test_no_more_keys_than_the_charge_point_takes(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A charge point takes two keys at once: the operator wants three, and the central system asks for two at most."""
    await learns(charge_point, operations, "GetConfigurationMaxKeys")
    await is_tempted(charge_point, operations, "GetConfiguration", key=KEYS)
    await operations.sends(identity=charge_point.identity, action="GetConfiguration", key=KEYS[:MOST])
    await charge_point.hears("GetConfiguration")  # so many it may ask for


@testcase("OCPP16-CS-LIST-08", verifies=["OCPP16-5.15-35"], applies="SendLocalList and GetConfiguration")
async def test_no_longer_list_than_the_charge_point_takes(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A charge point takes two idTags at once: the operator wants three, and the central system sends two at most."""
    await learns(charge_point, operations, "SendLocalListMaxLength")
    charge_point.answers("SendLocalList", status="Accepted")
    pixit = charge_point.pixit
    id_tags = [pixit.id_tag, pixit.group_id_tag, pixit.other_id_tag]
    entries = [{"idTag": id_tag, "idTagInfo": {"status": "Accepted"}} for id_tag in id_tags]
    await is_tempted(charge_point, operations, "SendLocalList", listVersion=1, updateType="Full", localAuthorizationList=entries)
    few = {"listVersion": 2, "updateType": "Differential", "localAuthorizationList": entries[:1]}
    await operations.sends(identity=charge_point.identity, action="SendLocalList", **few)
    await charge_point.hears("SendLocalList")  # so many it may send
