"""OCPP 1.6, 4.10: whether a StopTransaction ended its transaction, read from what ConcurrentTx (7.2) says of its idTag."""

from typing import Any

from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from evconform.ocpp.tester import call_result
from suites.ocpp16 import spoken
from suites.ocpp16.driven import ACCEPTED

CONCURRENT = call_result(at={"idTagInfo/status": "ConcurrentTx"})
READABLE = "concurrent_tx and StartTransaction and StopTransaction"

SPOILT: tuple[dict[str, Any], ...] = (
    {"meterStop": None},
    {"timestamp": None},
    {"idTag": "x" * 21},
    {"reason": "Evconform"},
    {"meterStop": 4},  # below the start: it should be answered, and is refused by some
)
"""What is wrong with a StopTransaction: members in place of its own; None leaves one out."""
BEGUN_AT = 5
"""Its meterStart."""


async def begins(charge_point: ScriptedChargePoint) -> Any:
    """A transaction at connector 1, whose idTag is in it for all to see; its transactionId."""
    started = await spoken.starts(charge_point, meterStart=BEGUN_AT, expects=ACCEPTED)
    await tries(charge_point, CONCURRENT)
    return started.get("transactionId")


async def tries(charge_point: ScriptedChargePoint, expects: dict[str, Any], proves: str | None = None) -> None:
    """The same idTag at connector 2; what is started there is ended."""
    tried = await spoken.starts(charge_point, connectorId=2, expects=expects, proves=proves)
    await spoken.stops(charge_point, tried.get("transactionId"))


@testcase("OCPP16-CS-TX-15", verifies=["OCPP16-4.10-33"], applies=READABLE)
async def test_what_was_answered_is_over(charge_point: ScriptedChargePoint) -> None:
    """Once a StopTransaction was answered, its idTag may start another one, whatever idTag stopped it."""
    await charge_point.registers()
    pixit = charge_point.pixit
    for stopping in ({}, {"idTag": pixit.id_tag}, {"idTag": pixit.unknown_id_tag}, {"reason": "PowerLoss"}):
        transaction = await begins(charge_point)
        await spoken.stops(charge_point, transaction, expects={}, **stopping)
        await tries(charge_point, ACCEPTED, "OCPP16-4.10-33")


@testcase("OCPP16-CS-TX-16", verifies=["OCPP16-4.10-34"], applies=READABLE)
async def test_what_was_refused_goes_on(charge_point: ScriptedChargePoint) -> None:
    """While a StopTransaction was refused, in whatever member it is wrong, its idTag may not start another one."""
    await charge_point.registers()
    for spoilt in SPOILT:
        transaction = await begins(charge_point)
        payload = {"transactionId": transaction, "meterStop": 1000, "timestamp": charge_point.now()} | spoilt
        members = {name: value for name, value in payload.items() if value is not None}
        stopped = await charge_point.calls("StopTransaction", deviates="a StopTransaction that is wrong on purpose", **members)
        if stopped.type == "CALLERROR":
            await tries(charge_point, CONCURRENT, "OCPP16-4.10-34")
        await spoken.stops(charge_point, transaction)
