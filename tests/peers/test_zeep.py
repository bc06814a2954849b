"""Foreign software: a zeep client calls every operation of our products that run: the reference CPO, and the INCH at it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import zeep

from evconform.ocpp.soap.table import service
from tests.ocpp.soap.zeep_caller import Caller

from . import running

NOW = datetime.now(UTC).replace(microsecond=0)
METER = {
    "timestamp": NOW.isoformat(),
    "sampledValue": [{"value": "1500", "measurand": "Energy.Active.Import.Register", "unit": "Wh"}],
}
BOOT = {"chargePointVendor": "zeep", "chargePointModel": "4"}


@pytest.fixture(scope="session")
def cpo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running.cpo(tmp_path_factory.mktemp("cpo")) as url:
        yield url


@pytest.fixture(scope="session")
def office(cpo_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """zeep as a central system of the INCH."""
    with running.inch(tmp_path_factory.mktemp("inch"), cpo_url) as url:
        caller = Caller(service("1.6", "charge-point"), url, "INCH-1", cpo_url)
        yield caller
        caller.close()


@pytest.fixture
def station(cpo_url: str) -> Iterator[Caller]:
    """zeep as a charge point; where it claims to be nobody listens."""
    caller = Caller(service("1.6", "central-system"), cpo_url, "ZEEP-1", "http://127.0.0.1:9/")
    assert caller.call("BootNotification", BOOT)["status"] == "Accepted"
    yield caller
    caller.close()


def test_the_cpo_offers_what_the_standard_has(station: Caller) -> None:
    assert sorted(station.client.service._operations) == sorted(station.of.operations)


def test_the_cpo_registers_it_and_tells_the_time(station: Caller) -> None:
    boot = station.call("BootNotification", BOOT)
    assert (boot["status"], boot["interval"]) == ("Accepted", 300)
    for said in (boot["currentTime"], station.call("Heartbeat", {})["currentTime"]):
        assert abs(said - datetime.now(UTC)) < timedelta(seconds=60)


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("StatusNotification", {"connectorId": 1, "status": "Available", "errorCode": "NoError", "timestamp": NOW.isoformat()}),
        ("MeterValues", {"connectorId": 1, "meterValue": [METER]}),
        ("DiagnosticsStatusNotification", {"status": "Idle"}),
        ("FirmwareStatusNotification", {"status": "Idle"}),
    ],
)
def test_the_cpo_takes_a_report(station: Caller, action: str, payload: dict[str, Any]) -> None:
    assert station.call(action, payload) == {}


def test_the_cpo_knows_who_may_charge(station: Caller) -> None:
    assert station.call("Authorize", {"idTag": "EC00000A"}) == {"idTagInfo": {"status": "Accepted"}}
    assert station.call("Authorize", {"idTag": "NOBODY"}) == {"idTagInfo": {"status": "Invalid"}}


def test_the_cpo_holds_a_transaction(station: Caller) -> None:
    start = {"connectorId": 1, "idTag": "EC00000A", "timestamp": NOW.isoformat(), "meterStart": 1000}
    begun = station.call("StartTransaction", start)
    assert begun["idTagInfo"] == {"status": "Accepted"}
    assert station.call("StartTransaction", start)["transactionId"] == begun["transactionId"]
    stop = {"transactionId": begun["transactionId"], "timestamp": NOW.isoformat(), "meterStop": 1600, "transactionData": [METER]}
    assert station.call("StopTransaction", stop) == {}


def test_the_cpo_routes_the_data_of_a_vendor(station: Caller) -> None:
    asked = {"vendorId": "org.example", "messageId": "ping", "data": "<&>"}
    assert station.call("DataTransfer", asked) == {"status": "Accepted", "data": "pong"}
    assert station.call("DataTransfer", {"vendorId": "org.nobody"}) == {"status": "UnknownVendorId"}


def test_the_cpo_refuses_a_stranger_with_a_fault(cpo_url: str) -> None:
    stranger = Caller(service("1.6", "central-system"), cpo_url, "NOBODY-1", "http://127.0.0.1:9/")
    with pytest.raises(zeep.exceptions.Fault) as caught:
        stranger.call("Heartbeat", {})
    assert [each.localname for each in caught.value.subcodes] == ["SecurityError"]
    stranger.close()


def test_the_inch_offers_what_the_standard_has(office: Caller) -> None:
    assert sorted(office.client.service._operations) == sorted(office.of.operations)


def test_the_inch_refuses_what_is_for_another(office: Caller) -> None:
    office.addressing.identity = "INCH-2"
    with pytest.raises(zeep.exceptions.Fault) as caught:
        office.call("ClearCache", {})
    assert [each.localname for each in caught.value.subcodes] == ["IdentityMismatch"]
    office.addressing.identity = "INCH-1"


PROFILE = {
    "chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Relative",
    "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.5}]},
}  # fmt: skip
ACCEPTED = {"status": "Accepted"}
RESERVATION = {"connectorId": 1, "expiryDate": "2030-01-01T00:00:00Z", "idTag": "EC00000A", "reservationId": 7}
LIST = {"listVersion": 1, "updateType": "Full", "localAuthorizationList": [{"idTag": "EC00000A", "idTagInfo": ACCEPTED}]}
ASKED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "GetConfiguration", {"key": ["NumberOfConnectors", "Nothing"]},
        {"configurationKey": [{"key": "NumberOfConnectors", "readonly": True, "value": "1"}], "unknownKey": ["Nothing"]},
    ),
    ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "300"}, ACCEPTED),
    ("ChangeConfiguration", {"key": "Nothing", "value": ""}, {"status": "NotSupported"}),
    ("ChangeAvailability", {"connectorId": 1, "type": "Operative"}, ACCEPTED),
    ("ClearCache", {}, ACCEPTED),
    ("DataTransfer", {"vendorId": "org.nobody"}, {"status": "UnknownVendorId"}),
    ("SendLocalList", LIST, ACCEPTED),
    ("ReserveNow", RESERVATION, ACCEPTED),
    ("CancelReservation", {"reservationId": 7}, ACCEPTED),
    ("CancelReservation", {"reservationId": 8}, {"status": "Rejected"}),
    ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": PROFILE}, ACCEPTED),
    ("ClearChargingProfile", {"id": 1}, ACCEPTED),
    ("ClearChargingProfile", {"id": 1}, {"status": "Unknown"}),
    ("TriggerMessage", {"requestedMessage": "Heartbeat"}, ACCEPTED),
    ("UpdateFirmware", {"location": "ftp://127.0.0.1:9/f", "retrieveDate": "2030-01-01T00:00:00Z"}, {}),
    ("UnlockConnector", {"connectorId": 1}, {"status": "Unlocked"}),
    ("RemoteStartTransaction", {"idTag": "EC00000A", "connectorId": 1}, ACCEPTED),
    ("RemoteStopTransaction", {"transactionId": 999}, {"status": "Rejected"}),
]  # fmt: skip
"""What the INCH is asked, and answers, in this order."""
UNCLAIMED: dict[str, dict[str, Any]] = {"GetLocalListVersion": {}, "GetCompositeSchedule": {"connectorId": 1, "duration": 60}}
"""What its form does not claim."""


def test_the_inch_does_what_it_is_asked(office: Caller) -> None:
    """A Reset comes last, for its service is away for a moment then."""
    for action, payload, answer in ASKED:
        assert office.call(action, payload) == answer, (action, payload)
    named = office.call("GetDiagnostics", {"location": "ftp://127.0.0.1:9/"})
    assert named["fileName"].startswith("diagnostics-INCH-1-")
    for action, payload in UNCLAIMED.items():
        with pytest.raises(zeep.exceptions.Fault) as caught:
            office.call(action, payload)
        assert [each.localname for each in caught.value.subcodes] == ["NotSupported"]
    assert office.call("Reset", {"type": "Soft"}) == ACCEPTED
    called = {action for action, _, _ in ASKED} | {"GetDiagnostics", "Reset"} | UNCLAIMED.keys()
    assert called == set(office.of.operations)
