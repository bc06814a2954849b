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
