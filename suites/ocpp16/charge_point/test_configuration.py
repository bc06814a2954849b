"""OCPP 1.6, 5.3: ChangeConfiguration; 5.8: GetConfiguration; chapter 9."""

from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.frame import settings
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from evconform.ocpp.tester import call_result, one_of
from evconform.ocpp.view import Frame
from suites.ocpp16.keys import KEYS, MEASURAND_LISTS, required

BOTH = "ChangeConfiguration and GetConfiguration"
INTERVAL = "MeterValueSampleInterval"


READ_ONLY = {key.name: key.access == "R" for key in KEYS.values() if key.access in ("R", "RW")}
"""Standard key to whether it is read-only, where chapter 9 leaves no choice."""


def keys_of(answer: Frame) -> list[str]:
    """The names of the settings in a GetConfiguration.conf."""
    return [row["key"] for row in settings(answer).values() if isinstance(row.get("key"), str)]


def number_in(text: str | None) -> int:
    """A small number; 1 if it is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 6 else 1


def holds(key: str, value: str | None) -> dict[str, object]:
    """A GetConfiguration.conf in which this key, and nothing else, has this value."""
    return call_result(keys=[key], only_keys=[key], values={key: value})


@testcase(
    "OCPP16-CP-CONF-01",
    verifies=["OCPP16-5.8-01", "OCPP16-5.8-02", "OCPP16-5.8-03", "OCPP16-5.8-04"],
    oca="TC_019_CS",
    applies="GetConfiguration and Core",
    plain=True,
)
async def test_all_settings_are_given(central_system: ScriptedCentralSystem) -> None:
    """A charge point gives all its settings, those that chapter 9 requires among them, each with its access."""
    one = ["SupportedFeatureProfiles"]
    needed = required(central_system.campaign.pics)
    await central_system.calls("GetConfiguration", key=one, expects=call_result(unknown_keys=[]), proves="OCPP16-5.8-03")
    for known in (one, ["GetConfigurationMaxKeys"]):
        just = call_result(keys=known, only_keys=known)
        await central_system.calls("GetConfiguration", key=known, expects=just, proves="OCPP16-5.8-02")
    filled = [key for key in needed if key not in MEASURAND_LISTS]
    await central_system.calls("GetConfiguration", expects=call_result(keys=filled), proves="OCPP16-5.8-01")
    for key in sorted(set(needed) - set(filled)):  # where nothing is set there need be no value (7.29)
        await central_system.calls("GetConfiguration", key=[key], expects=call_result(only_keys=[key]), proves="OCPP16-5.8-01")
    await central_system.calls("GetConfiguration", expects=call_result(access=READ_ONLY), proves="OCPP16-5.8-04")


@testcase(
    "OCPP16-CP-CONF-02",
    verifies=["OCPP16-5.8-05", "OCPP16-5.8-02"],
    oca="TC_019_CS",
    applies="GetConfiguration and Core",
    plain=True,
)
async def test_many_settings_are_given_at_once(central_system: ScriptedCentralSystem) -> None:
    """A charge point gives as many settings at once as it says that it can."""
    most = number_in(await central_system.reads("GetConfigurationMaxKeys"))
    every = keys_of(await central_system.calls("GetConfiguration", expects={}))
    some = every[:most]
    await central_system.calls(
        "GetConfiguration", key=some, expects=call_result(only_keys=some, unknown_keys=[]), proves="OCPP16-5.8-05"
    )
    await central_system.calls("GetConfiguration", key=some, expects=call_result(only_keys=some), proves="OCPP16-5.8-02")


@testcase("OCPP16-CP-CONF-03", verifies=["OCPP16-5.8-02", "OCPP16-5.8-03"], applies="GetConfiguration", plain=True)
async def test_keys_that_are_not_known_are_named(central_system: ScriptedCentralSystem) -> None:
    """Of keys that are known and keys that are not, the former come with their values, and the latter stand apart."""
    both = ["NumberOfConnectors", "evconformNoSuchKey"]
    at_once = number_in(await central_system.reads("GetConfigurationMaxKeys")) > 1
    known = call_result(only_keys=both[:1], keys=both[:1])
    asked = both if at_once else both[:1]
    await central_system.calls("GetConfiguration", key=asked, expects=known, proves="OCPP16-5.8-02")
    asked = both if at_once else both[1:]
    await central_system.calls("GetConfiguration", key=asked, expects=call_result(unknown_keys=both[1:]), proves="OCPP16-5.8-03")


@testcase("OCPP16-CP-CONF-04", verifies=["OCPP16-5.3-01"], oca="TC_021_CS", applies=f"{BOTH} and MeterValues", plain=True)
async def test_a_setting_is_changed(central_system: ScriptedCentralSystem) -> None:
    """A change that was accepted is in force: each of two values is given as it was set."""
    for value in ("70", "90"):
        change: Payload = {"key": INTERVAL, "value": value}
        await central_system.calls("ChangeConfiguration", **change, expects={"status": "Accepted"}, proves="OCPP16-5.3-01")
        forms = one_of(*(holds(INTERVAL, zeros + value) for zeros in ("", "0", "00")))
        await central_system.calls("GetConfiguration", key=[INTERVAL], expects=forms, proves="OCPP16-5.3-01")


@testcase("OCPP16-CP-CONF-05", verifies=["OCPP16-5.3-02"], oca="TC_040_1_CS", applies="ChangeConfiguration", plain=True)
async def test_a_key_that_is_not_known_is_not_changed(central_system: ScriptedCentralSystem) -> None:
    """A change of a key that there is not is not supported."""
    refused = {"status": "NotSupported"}
    await central_system.calls("ChangeConfiguration", key="Testing", value="true", expects=refused, proves="OCPP16-5.3-02")


@testcase(
    "OCPP16-CP-CONF-06",
    verifies=["OCPP16-5.3-03", "OCPP16-5.3-05"],
    oca="TC_040_2_CS",
    applies=f"{BOTH} and MeterValues",
    plain=True,
)
async def test_a_value_that_is_out_of_range_is_refused(central_system: ScriptedCentralSystem) -> None:
    """Values that a key cannot have are refused, with Rejected or a CALLERROR, and the value stays."""
    before = await central_system.reads(INTERVAL)
    refused = one_of({"status": "Rejected"}, central_system.call_error("PropertyConstraintViolation"))
    for value in ("-1", "often", ""):
        change: Payload = {"key": INTERVAL, "value": value}
        await central_system.calls("ChangeConfiguration", **change, expects=refused, proves="OCPP16-5.3-03")
    await central_system.calls("GetConfiguration", key=[INTERVAL], expects=holds(INTERVAL, before), proves="OCPP16-5.3-05")


@testcase("OCPP16-CP-CONF-07", verifies=["OCPP16-5.3-04", "OCPP16-5.3-05"], applies=f"{BOTH} and Core", plain=True)
async def test_a_key_that_is_read_only_is_not_changed(central_system: ScriptedCentralSystem) -> None:
    """A change of a key that is read-only is rejected, and the value stays."""
    key = "NumberOfConnectors"
    before = await central_system.reads(key)
    rejected = {"status": "Rejected"}
    await central_system.calls("ChangeConfiguration", key=key, value="7", expects=rejected, proves="OCPP16-5.3-04")
    await central_system.calls("GetConfiguration", key=[key], expects=holds(key, before), proves="OCPP16-5.3-05")


@testcase(
    "OCPP16-CP-CONF-08",
    verifies=["OCPP16-3.16.4-01", "OCPP16-3.16.4-02"],
    applies=f"{BOTH} and MeterValues and Core",
    plain=True,
)
async def test_a_measurand_that_is_not_supported_is_refused(central_system: ScriptedCentralSystem) -> None:
    """A list with one measurand that there is not is refused as a whole, and the list stays."""
    key = "MeterValuesSampledData"
    before = await central_system.reads(key)
    value = "Energy.Active.Import.Register,Evconform.No.Such.Measurand"
    rejected = {"status": "Rejected"}
    await central_system.calls("ChangeConfiguration", key=key, value=value, expects=rejected, proves="OCPP16-3.16.4-01")
    await central_system.calls("GetConfiguration", key=[key], expects=holds(key, before), proves="OCPP16-3.16.4-02")
