"""OCPP 1.6, 5.3 and 5.8: ChangeConfiguration and GetConfiguration, seen from the central system."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven

INTERVAL = "MeterValueSampleInterval"
SET = "ChangeConfiguration and GetConfiguration"


@testcase("OCPP16-CS-CONF-01", verifies=["OCPP16-5.8-32", "OCPP16-5-31"], oca="TC_019_1_CSMS", applies="GetConfiguration")
async def test_the_whole_configuration(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator reads every key: the list of keys is empty or absent."""
    await charge_point.registers()
    await operations.sends(identity=charge_point.identity, action="GetConfiguration")
    await charge_point.hears_frame(
        type="CALL", action="GetConfiguration", expects={"at": {"key/0": None}}, proves="OCPP16-5.8-32"
    )
    await driven.goes_on(charge_point, operations)


@testcase("OCPP16-CS-CONF-02", verifies=["OCPP16-5.8-31", "OCPP16-5-31"], oca="TC_019_2_CSMS", applies="GetConfiguration")
async def test_one_configuration_key(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator reads one key: it alone is asked for."""
    await charge_point.registers()
    await driven.is_sent(charge_point, operations, "GetConfiguration", "OCPP16-5.8-31", key=["SupportedFeatureProfiles"])
    await driven.goes_on(charge_point, operations)


async def changes(charge_point: ScriptedChargePoint, operations: Control, status: str, key: str, value: str) -> None:
    await charge_point.registers()
    charge_point.answers("ChangeConfiguration", status=status)
    await driven.is_sent(charge_point, operations, "ChangeConfiguration", "OCPP16-5.3-31", key=key, value=value)
    await driven.goes_on(charge_point, operations)


@testcase("OCPP16-CS-CONF-03", verifies=["OCPP16-5.3-31", "OCPP16-5-31"], oca="TC_021_CSMS", applies=SET)
async def test_a_configuration_key_is_changed(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator changes a key, which is accepted."""
    await changes(charge_point, operations, "Accepted", INTERVAL, "60")


@testcase("OCPP16-CS-CONF-04", verifies=["OCPP16-5.3-31", "OCPP16-5-31"], oca="TC_040_1_CSMS", applies=SET)
async def test_an_unknown_configuration_key(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator changes a key that there is not, and the charge point that says NotSupported is served on."""
    await changes(charge_point, operations, "NotSupported", "EvconformNoSuchKey", "true")


@testcase("OCPP16-CS-CONF-05", verifies=["OCPP16-5.3-31", "OCPP16-5-31"], oca="TC_040_2_CSMS", applies=SET)
async def test_a_bad_configuration_value(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator gives a key a value that it cannot have, and the charge point that says Rejected is served on."""
    await changes(charge_point, operations, "Rejected", INTERVAL, "-1")


@testcase("OCPP16-CS-CONF-06", verifies=["OCPP16-5-31"], applies=SET)
async def test_a_refusal_of_the_framework(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A charge point that answers a ChangeConfiguration with a CALLERROR is served on."""
    await charge_point.registers()
    charge_point.refuses("ChangeConfiguration", "InternalError")
    await operations.sends(identity=charge_point.identity, action="ChangeConfiguration", key=INTERVAL, value="60")
    await charge_point.hears("ChangeConfiguration")
    await driven.goes_on(charge_point, operations)
