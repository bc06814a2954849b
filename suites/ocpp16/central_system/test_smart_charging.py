"""OCPP 1.6, 5.16, 5.7 and 5.5: charging profiles, seen from the central system."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven
from suites.ocpp16.charging import profile
from suites.ocpp16.driven import ACCEPTED, SESSION

PROFILES = [
    *("OCPP16-7.8-31", "OCPP16-7.8-32", "OCPP16-7.8-33", "OCPP16-7.9-31", "OCPP16-7.13-31", "OCPP16-7.14-31"),
    "OCPP16-5.16-31",
]
"""What holds of every profile, and that the one that was wanted is sent."""
OF_TRANSACTION = ["OCPP16-3.13.1-32", "OCPP16-5.16.3-31", "OCPP16-5.16.3-32"]
IN_SESSION = f"SetChargingProfile and {SESSION}"


def as_wanted(member: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """What of a profile must be as the operator wants it."""
    schedule = wanted["chargingSchedule"]
    names = ("stackLevel", "chargingProfilePurpose", "chargingProfileKind", "transactionId", "recurrencyKind")
    at = {f"{member}/{name}": wanted.get(name) for name in names if name in wanted}
    at |= {f"{member}/chargingSchedule/{name}": schedule[name] for name in ("duration", "chargingRateUnit")}
    for n, period in enumerate(schedule["chargingSchedulePeriod"]):
        at |= {f"{member}/chargingSchedule/chargingSchedulePeriod/{n}/{name}": value for name, value in period.items()}
    return at


async def sets(charge_point: ScriptedChargePoint, operations: Control, connector: int, wanted: dict[str, Any]) -> None:
    """The operator sets a profile, and it comes as he wants it."""
    await operations.sends(
        identity=charge_point.identity, action="SetChargingProfile", connectorId=connector, csChargingProfiles=wanted
    )
    at = {"connectorId": connector} | as_wanted("csChargingProfiles", wanted)
    await charge_point.hears_frame(type="CALL", action="SetChargingProfile", expects={"at": at}, proves="OCPP16-5.16-31")


@testcase("OCPP16-CS-SC-01", verifies=[*PROFILES, "OCPP16-5.16.3-31"], oca="TC_056_CSMS", applies="SetChargingProfile")
async def test_a_tx_default_profile(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator sets a TxDefaultProfile with an absolute schedule: it has no transactionId."""
    await charge_point.registers()
    await sets(charge_point, operations, 1, profile(charge_point, "TxDefaultProfile"))


@testcase("OCPP16-CS-SC-02", verifies=[*PROFILES, *OF_TRANSACTION], oca="TC_057_CSMS", applies=IN_SESSION)
async def test_a_tx_profile(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """The operator sets a TxProfile while a car charges: it names the transaction that runs."""
    transaction = await driven.charges(charge_point, bench)
    await sets(charge_point, operations, 1, profile(charge_point, "TxProfile", transactionId=transaction))


@testcase("OCPP16-CS-SC-03", verifies=["OCPP16-7.9-32", *OF_TRANSACTION], oca="TC_057_CSMS", applies=IN_SESSION)
async def test_a_relative_tx_profile(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """The operator sets a TxProfile that is relative to the start of the transaction: it has no startSchedule."""
    transaction = await driven.charges(charge_point, bench)
    wanted = profile(charge_point, "TxProfile", kind="Relative", transactionId=transaction)
    await sets(charge_point, operations, 1, wanted)


@testcase(
    "OCPP16-CS-SC-04",
    verifies=[
        "OCPP16-5.16.2-31",
        "OCPP16-5.16.2-32",
        "OCPP16-5.11-31",
        "OCPP16-7.9-32",
        "OCPP16-7.13-31",
        "OCPP16-4.1-32",
        "OCPP16-4.8-34",
    ],
    oca="TC_059_CSMS",
    applies=f"RemoteStartTransaction and {IN_SESSION}",
)
async def test_a_remote_start_with_a_profile(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """The operator starts a transaction with a charging profile: a TxProfile without a transactionId."""
    wanted, id_tag = profile(charge_point, "TxProfile", kind="Relative"), charge_point.pixit.id_tag
    asked: dict[str, Any] = {"idTag": id_tag, "connectorId": 1}
    await operations.sends(identity=charge_point.identity, action="RemoteStartTransaction", chargingProfile=wanted, **asked)
    at = asked | as_wanted("chargingProfile", wanted)
    for judged_apart in ("chargingProfilePurpose", "chargingSchedule/chargingSchedulePeriod/0/startPeriod"):
        at.pop(f"chargingProfile/{judged_apart}")
    await charge_point.hears_frame(type="CALL", action="RemoteStartTransaction", expects={"at": at}, proves="OCPP16-5.11-31")
    await charge_point.is_answered("Authorize", idTag=id_tag, expects=ACCEPTED, proves="OCPP16-4.1-32")
    await bench.plug_in(connector=1)
    await driven.starts(charge_point)


@testcase("OCPP16-CS-SC-05", verifies=["OCPP16-5.7-31"], oca="TC_066_CSMS", applies="GetCompositeSchedule")
async def test_a_composite_schedule(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator asks for the composite schedule of a connector."""
    await charge_point.registers()
    await driven.is_sent(
        charge_point, operations, "GetCompositeSchedule", "OCPP16-5.7-31", connectorId=1, duration=400, chargingRateUnit="A"
    )


async def clears(charge_point: ScriptedChargePoint, operations: Control, **criteria: Any) -> None:
    """The operator clears profiles by these criteria, and no others are sent."""
    await operations.sends(identity=charge_point.identity, action="ClearChargingProfile", **criteria)
    names = ("id", "connectorId", "chargingProfilePurpose", "stackLevel")
    at = {name: criteria.get(name) for name in names}
    await charge_point.hears_frame(type="CALL", action="ClearChargingProfile", expects={"at": at}, proves="OCPP16-5.5-31")


@testcase(
    "OCPP16-CS-SC-06",
    verifies=[*PROFILES, *OF_TRANSACTION, "OCPP16-3.13.1-31", "OCPP16-3.13.2-31", "OCPP16-5.5-31"],
    oca="TC_067_CSMS",
    applies=f"ClearChargingProfile and {IN_SESSION}",
)
async def test_profiles_are_cleared(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """The operator sets a profile of each purpose, and clears one by its id, one by other criteria, and all."""
    transaction = await driven.charges(charge_point, bench)
    await sets(charge_point, operations, 0, profile(charge_point, "ChargePointMaxProfile"))
    await sets(charge_point, operations, 1, profile(charge_point, "TxDefaultProfile"))
    await sets(charge_point, operations, 1, profile(charge_point, "TxProfile", transactionId=transaction))
    await clears(charge_point, operations, id=3)
    await clears(charge_point, operations, connectorId=1, chargingProfilePurpose="TxDefaultProfile", stackLevel=0)
    await clears(charge_point, operations)


@testcase("OCPP16-CS-SC-07", verifies=[*PROFILES, "OCPP16-5-31"], applies="SetChargingProfile and GetConfiguration")
async def test_a_recurring_profile_is_rejected(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A charge point that rejects a profile, which comes every day, is served on."""
    await charge_point.registers()
    wanted = profile(charge_point, "TxDefaultProfile", kind="Recurring", recurrencyKind="Daily")
    await sets(charge_point, operations, 1, wanted)
    await driven.goes_on(charge_point, operations)
