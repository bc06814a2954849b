"""OCPP 1.6, 5.7 and 5.16 with errata 3.24, 3.38 and 3.39, seen from the charge point: which charging profiles are refused, and
how the refusal is called."""

from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16.claims import PROFILE

NO_UNIT = "a chargingRateUnit that there is not"


@testcase("OCPP16-CP-PROFILE-01", verifies=["OCPP16-5.16-01"], applies="SetChargingProfile")
async def test_an_enumeration_of_its_own(central_system: ScriptedCentralSystem) -> None:
    """A charging profile in a unit, and of a purpose, that there is not is refused."""
    invalid: dict[str, Payload] = {
        NO_UNIT: PROFILE | {"chargingSchedule": PROFILE["chargingSchedule"] | {"chargingRateUnit": "V"}},
        "a chargingProfilePurpose that there is not": PROFILE | {"chargingProfilePurpose": "EvconformProfile"},
    }
    for why, profile in invalid.items():
        await central_system.calls(
            "SetChargingProfile",
            connectorId=1,
            csChargingProfiles=profile,
            deviates=why,
            expects=central_system.call_error("PropertyConstraintViolation"),
            proves="OCPP16-5.16-01",
        )


@testcase("OCPP16-CP-PROFILE-02", verifies=["OCPP16-5.16-02"], applies="SetChargingProfile")
async def test_a_profile_of_a_connector_that_there_is_not(central_system: ScriptedCentralSystem) -> None:
    """A charging profile for a connector that there is not is refused."""
    await central_system.calls(
        "SetChargingProfile",
        connectorId=central_system.connectors[-1] + 1,
        csChargingProfiles=PROFILE,
        deviates="there is no such connector",
        expects=central_system.call_error("PropertyConstraintViolation"),
        proves="OCPP16-5.16-02",
    )


@testcase("OCPP16-CP-PROFILE-03", verifies=["OCPP16-5.16-03"], applies="not SetChargingProfile", plain=True)
async def test_a_profile_where_there_is_no_smart_charging(central_system: ScriptedCentralSystem) -> None:
    """A charge point without smart charging does not support a SetChargingProfile, and says so."""
    await central_system.calls(
        "SetChargingProfile",
        connectorId=1,
        csChargingProfiles=PROFILE,
        expects=central_system.call_error("NotSupported", "NotImplemented"),
        proves="OCPP16-5.16-03",
    )


@testcase("OCPP16-CP-PROFILE-04", verifies=["OCPP16-5.7-01"], applies="GetCompositeSchedule")
async def test_a_schedule_in_a_unit_that_there_is_not(central_system: ScriptedCentralSystem) -> None:
    """A GetCompositeSchedule in a unit that there is not is refused."""
    await central_system.calls(
        "GetCompositeSchedule",
        connectorId=1,
        duration=60,
        chargingRateUnit="V",
        deviates=NO_UNIT,
        expects=central_system.call_error("PropertyConstraintViolation"),
        proves="OCPP16-5.7-01",
    )
