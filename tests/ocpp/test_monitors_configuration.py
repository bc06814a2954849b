"""The rules about configuration, over hand-made logs: what holds, what is red, what is excused."""

from __future__ import annotations

import pytest

from evconform.ocpp.json import CallError
from suites.ocpp16 import keys
from tests.ocpp.metered_log import HOLDS, MOOT, Lines, asks, boots, check, gets, inch, sets
from tests.ocpp.transports import TRANSPORTS

INTERVAL, LIST = "MeterValueSampleInterval", "MeterValuesSampledData"
REFUSAL = CallError("PropertyConstraintViolation")


CASES: dict[str, tuple[str, str, Lines]] = {
    # 5.3-01: name, requirement: (what comes of it, or words of the offence; the log)
    "in force": ("5.3-01", HOLDS, [*sets(1, INTERVAL, "10"), *gets(2, [INTERVAL], (INTERVAL, "10"))]),
    "in force, in other words": (
        "5.3-01", HOLDS,
        [*sets(1, "LocalPreAuthorize", "TRUE"), *sets(1, INTERVAL, "010"), *sets(1, LIST, "SoC,Voltage"),
         *gets(2, [], ("localpreauthorize", "true"), (INTERVAL, "10"), (LIST, "SoC, Voltage"))],
    ),
    "not in force": (
        "5.3-01", "/configurationKey/0/value", [*sets(1, INTERVAL, "10"), *gets(2, [INTERVAL], (INTERVAL, "60"))],
    ),
    "in force after a reboot": ("5.3-01", MOOT, [*sets(1, INTERVAL, "10", "RebootRequired"), *gets(2, [], (INTERVAL, "60"))]),
    "set again": (
        "5.3-01", HOLDS, [*sets(1, INTERVAL, "10"), *sets(2, INTERVAL, "20"), *gets(3, [INTERVAL], (INTERVAL, "20"))],
    ),
    "never asked": ("5.3-01", MOOT, sets(1, INTERVAL, "10")),
    "a key of the vendor": ("5.3-01", MOOT, [*sets(1, "Password", "x"), *gets(2, [], ("Password", "***"))]),
    "an interval that a boot may have changed": (
        "5.3-01", MOOT,
        [*sets(1, "HeartbeatInterval", "10"), *boots(2)[3:], *gets(3, [], ("HeartbeatInterval", "300"))],
    ),
    # 5.3-05 and 3.16.4-02
    "left as it was": (
        "5.3-05", HOLDS,
        [*gets(1, [INTERVAL], (INTERVAL, "60")), *sets(2, INTERVAL, "-1", "Rejected"), *gets(3, [INTERVAL], (INTERVAL, "60"))],
    ),
    "left by a CALLERROR": (
        "5.3-05", HOLDS, [*sets(1, INTERVAL, "60"), *sets(2, INTERVAL, "x", REFUSAL), *gets(3, [INTERVAL], (INTERVAL, "60"))],
    ),
    "refused and changed": (
        "5.3-05", "it was '60'",
        [*gets(1, [INTERVAL], (INTERVAL, "60")), *sets(2, INTERVAL, "-1", "Rejected"), *gets(3, [INTERVAL], (INTERVAL, "-1"))],
    ),
    "not known before": ("5.3-05", MOOT, [*sets(2, INTERVAL, "-1", "Rejected"), *gets(3, [INTERVAL], (INTERVAL, "60"))]),
    "an error that leaves it open": (
        "5.3-05", MOOT,
        [*sets(1, INTERVAL, "60"), *sets(2, INTERVAL, "5", CallError("InternalError")), *gets(3, [], (INTERVAL, "5"))],
    ),
    "refused, then changed": (
        "5.3-05", MOOT,
        [*sets(1, INTERVAL, "60"), *sets(2, INTERVAL, "x", "Rejected"), *sets(3, INTERVAL, "5"), *gets(4, [], (INTERVAL, "5"))],
    ),
    "a list left as it was": (
        "3.16.4-02", HOLDS,
        [*gets(1, [LIST], (LIST, "Voltage")), *sets(2, LIST, "Voltage,Foo", "Rejected"), *gets(3, [LIST], (LIST, "Voltage"))],
    ),
    "a list half taken": (
        "3.16.4-02", "it was 'Voltage'",
        [*gets(1, [LIST], (LIST, "Voltage")), *sets(2, LIST, "SoC,Foo", "Rejected"), *gets(3, [LIST], (LIST, "SoC"))],
    ),
    # 5.8
    "access": ("5.8-04", HOLDS, gets(1, [], (INTERVAL, "1"), ("NumberOfConnectors", "1", True), ("Vendor", "", True))),
    "access of choice": ("5.8-04", HOLDS, gets(1, [], ("AuthorizeRemoteTxRequests", "true", True))),
    "a count that can be set": ("5.8-04", "/configurationKey/0/readonly", gets(1, [], ("numberofconnectors", "1"))),
    "an interval that cannot be set": ("5.8-04", "must be RW", gets(1, [], (INTERVAL, "1", True))),
    "only vendor keys": ("5.8-04", MOOT, gets(1, [], ("Vendor", "1", True))),
    "just what was asked": ("5.8-02", HOLDS, gets(1, [INTERVAL, "Foo"], ("MeterValueSAMPLEInterval", "1"), unknown=["foo"])),
    "more than was asked": ("5.8-02", "was not asked for", gets(1, [INTERVAL], (INTERVAL, "1"), (LIST, ""))),
    "twice": ("5.8-02", "2 times", gets(1, [INTERVAL], (INTERVAL, "1"), (INTERVAL, "1"))),
    "a known key left out": ("5.8-02", "lacks", [*gets(1, [], (INTERVAL, "1")), *gets(2, [INTERVAL])]),
    "no keys asked": ("5.8-02", MOOT, gets(1, [], (INTERVAL, "1"))),
    "more keys than it takes": (
        "5.8-02", HOLDS,
        [*gets(1, [], (INTERVAL, "1"), (LIST, ""), ("GetConfigurationMaxKeys", "1", True)),
         *gets(2, [INTERVAL, LIST], (INTERVAL, "1"))],
    ),
    "unknown, and said so": ("5.8-03", HOLDS, gets(1, ["Foo"], unknown=["Foo"])),
    "unknown, and not said": ("5.8-03", "lacks 'foo'", gets(1, ["Foo"])),
    "unknown, and not asked": ("5.8-03", "/unknownKey/0", gets(1, [INTERVAL], (INTERVAL, "1"), unknown=["Foo"])),
    "known and unknown": ("5.8-03", "configurationKey too", gets(1, [INTERVAL], (INTERVAL, "1"), unknown=[INTERVAL])),
    "known before": ("5.8-03", "is known", [*gets(1, [], (INTERVAL, "1")), *gets(2, [INTERVAL], unknown=[INTERVAL])]),
    "hidden": (
        "5.8-03", HOLDS, [*gets(1, [], ("AuthorizationKey", "")), *gets(2, ["AuthorizationKey"], unknown=["AuthorizationKey"])],
    ),
    "left open by an error": ("5.8-03", MOOT, asks(1, "<", "GetConfiguration", CallError("InternalError"), key=["Foo"])),
}  # fmt: skip


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("name", CASES)
def test_configuration(name: str, transport: str) -> None:
    row, expected, lines = CASES[name]
    check("configuration", (row, expected, [*boots(), *lines]), transport=transport)


def test_required_keys_are_those_of_the_claimed_profiles() -> None:
    profiles = ("Core", "LocalAuthListManagement", "Reservation", "SmartCharging", "FirmwareManagement")
    claims = inch(**dict.fromkeys(profiles, False))
    assert keys.required(claims) == []
    claims.answers["Core"] = True
    assert len(keys.required(claims)) == 20
    claims.answers["SmartCharging"] = True
    assert "ChargingScheduleMaxPeriods" in keys.required(claims)


def test_a_fixed_cable_cannot_be_unlocked() -> None:
    key = keys.standard("unlockconnectoronevsidedisconnect")
    assert key
    assert keys.legal_access(key, inch(fixed_cable=True)) == "R"
    assert keys.legal_access(key, inch(fixed_cable=False)) == keys.legal_access(key) == "R or RW"
