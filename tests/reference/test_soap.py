"""OCPP-S 1.6: charge points that speak SOAP, beside those that speak JSON, at one CPO with one store."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evconform.ocpp.charge_point import Handshake
from evconform.ocpp.json import CallError
from evconform.ocpp.soap.charge_point import SoapChargePoint
from evconform.ocpp.speaks import JSON, SOAP, SOAP15
from evconform.reference.cpo.records import Transaction
from tests.reference.bench import ACCEPTED, BOOT, CARD, MIXED, OTHER, Scene

pytestmark = MIXED
START = {"connectorId": 1, "idTag": CARD, "meterStart": 0, "timestamp": "2026-01-05T11:00:00Z"}


def test_a_session_by_soap_is_kept_as_one_by_json(lab: Scene) -> None:
    async def story() -> None:
        for n, (identity, speaks) in enumerate((("A", SOAP), ("B", JSON)), 1):
            point = await lab.dials(identity, speaks)
            call = point.channel.call
            assert (await call("BootNotification", BOOT))["status"] == "Accepted"
            assert await call("Authorize", {"idTag": (CARD, OTHER)[n - 1]}) == {"idTagInfo": ACCEPTED}
            started = await call("StartTransaction", START | {"idTag": (CARD, OTHER)[n - 1]})
            assert started == {"transactionId": n, "idTagInfo": ACCEPTED}
            value = {"timestamp": "2026-01-05T11:10:00Z", "sampledValue": [{"value": "7", "unit": "Wh"}]}
            assert await call("MeterValues", {"connectorId": 1, "transactionId": n, "meterValue": [value]}) == {}
            stop = {"transactionId": n, "meterStop": 9, "timestamp": "2026-01-05T11:30:00Z"}
            assert await call("StopTransaction", stop) == {}
            assert await lab.reached(identity) == (speaks, getattr(point, "address", ""))
            await point.disconnect()
        rows = await lab.rows(Transaction)
        assert {(row["identity"], row["id"], row["state"], row["meter_stop"]) for row in rows} == {
            ("A", 1, "stopped", 9),
            ("B", 2, "stopped", 9),
        }

    lab.run(story())


def test_both_are_asked_at_the_same_time(lab: Scene) -> None:
    async def story() -> None:
        lab.answers |= {"Reset": ACCEPTED, "GetConfiguration": {}}
        soap, by_json = await lab.dials("A", SOAP), await lab.dials("B", JSON)
        await soap.channel.call("BootNotification", BOOT)
        for identity in ("A", "B"):
            assert await lab.command("Reset", identity, type="Soft") == ("answered", ACCEPTED)
            assert await lab.command("GetConfiguration", identity) == ("answered", {})
        await soap.disconnect()
        await by_json.disconnect()

    lab.run(story())


def test_who_is_not_accepted_gets_a_security_error(lab: Scene) -> None:
    async def story() -> None:
        lab.cpo.registration.registers("A", "Pending")
        lab.cpo.memory.stations["A"].answered = ""
        point = await lab.dials("A", SOAP)
        with pytest.raises(CallError, match="SecurityError"):
            await point.channel.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"})
        assert (await point.channel.call("BootNotification", BOOT))["status"] == "Pending"
        with pytest.raises(CallError, match="SecurityError"):
            await point.channel.call("Heartbeat", {})
        await point.disconnect()

    lab.run(story())


@pytest.mark.parametrize("identity", ["STRANGER", "x" * 300])
def test_a_stranger_gets_a_security_error(lab: Scene, identity: str) -> None:
    async def story() -> None:
        point = SoapChargePoint(lab.clock, lab.tasks)
        channel = await point.connect(Handshake(lab.urls[SOAP], identity))
        with pytest.raises(CallError, match="SecurityError"):
            await channel.call("BootNotification", BOOT)
        assert identity not in lab.cpo.memory.stations
        assert lab.cpo.endpoint.channels == {}
        await point.disconnect()

    lab.run(story())


@pytest.mark.parametrize(("password", "comes_in"), [("right" * 4, True), ("wrong" * 4, False), (None, False)])
def test_a_password_is_asked_by_http_basic(lab: Scene, password: str | None, comes_in: bool) -> None:
    async def story() -> None:
        lab.cpo.registration.new_password("A", "right" * 4)
        point = SoapChargePoint(lab.clock, lab.tasks)
        channel = await point.connect(Handshake(lab.urls[SOAP], "A", password))
        if comes_in:
            assert (await channel.call("BootNotification", BOOT))["status"] == "Accepted"
        else:
            with pytest.raises(CallError, match="SecurityError"):
                await channel.call("BootNotification", BOOT)
        await point.disconnect()

    lab.run(story())


@pytest.mark.parametrize(("before", "after"), [(JSON, SOAP), (SOAP, JSON)])
def test_the_last_registration_counts(lab: Scene, before: str, after: str) -> None:
    """An identity that spoke the one and registers by the other; what it had before ends, and brings it nothing."""

    async def story() -> None:
        old = await lab.dials("A", before)
        await old.channel.call("BootNotification", BOOT)
        lab.answers["Reset"] = ACCEPTED
        new = await lab.dials("A", after)
        await new.channel.call("BootNotification", BOOT)
        assert (await lab.reached("A"))[0] == after
        assert await lab.command("Reset", type="Soft") == ("answered", ACCEPTED)
        await new.disconnect()
        await old.disconnect()

    lab.run(story())


def test_a_request_by_soap_takes_no_json_station_away(lab: Scene) -> None:
    """It did not register so: what is for it goes to its connection."""

    async def story() -> None:
        lab.answers["Reset"] = ACCEPTED
        by_json = await lab.dials("A", JSON)
        await by_json.channel.call("BootNotification", BOOT)
        lab.answers.clear()
        stray = await lab.dials("A", SOAP)
        lab.answers["Reset"] = ACCEPTED
        assert await lab.command("Reset", type="Soft") == ("answered", ACCEPTED)
        assert await lab.reached("A") == (JSON, "")
        await stray.disconnect()
        await by_json.disconnect()

    lab.run(story())


@pytest.mark.parametrize(
    ("answer", "state", "says"),
    [
        (CallError("NotSupported", "no"), "error", "NotSupported"),
        (CallError("Whatever", "no"), "error", "Whatever"),
        (CallError("SecurityError", "no"), "error", "SecurityError"),
        ({"status": "Perhaps"}, "error", "ImproperAnswer"),
        (None, "timed-out", "not answered"),
    ],
)
def test_outcomes(lab: Scene, answer: Any, state: str, says: str) -> None:
    async def story() -> None:
        lab.answers["Reset"] = answer
        point = await lab.dials("A", SOAP)
        await point.channel.call("BootNotification", BOOT)
        found = await lab.command("Reset", type="Hard")
        assert (found[0], says in json.dumps(found[1])) == (state, True)
        assert [action for action, _ in lab.heard] == ["Reset"], "a command is not sent again"
        await point.disconnect()

    lab.run(story())


@pytest.mark.parametrize(
    ("action", "payload", "says"),
    [
        ("RemoteStopTransaction", {"transactionId": 2**31}, "/transactionId"),
        ("RemoteStopTransaction", {"transactionId": -(2**31) - 1}, "/transactionId"),
        ("ReserveNow", {"connectorId": 1, "idTag": CARD, "reservationId": 1, "expiryDate": "20260105T180000Z"}, "/expiryDate"),
        ("ReserveNow", {"connectorId": 1, "idTag": "\x01", "reservationId": 1, "expiryDate": "2026-01-05T18:00:00Z"}, "/idTag"),
        ("GetDiagnostics", {"location": "ftp://[/"}, "/location"),
    ],
)
def test_what_soap_cannot_carry_is_refused_in_one_line(lab: Scene, action: str, payload: dict[str, Any], says: str) -> None:
    async def story() -> None:
        point = await lab.dials("A", SOAP)
        await point.channel.call("BootNotification", BOOT)
        with pytest.raises(ValueError, match=says) as caught:
            await lab.cpo.commands.ask("A", action, payload)
        assert "\n" not in str(caught.value)
        await point.disconnect()

    lab.run(story())


def test_an_authorization_key_by_soap_does_not_lock_the_station_out(lab: Scene) -> None:
    """J 6.2 says what a connection by JSON shows then, and nothing of SOAP: both are taken."""

    async def story() -> None:
        lab.cpo.registration.new_password("A", "old-password-0123")
        lab.answers["ChangeConfiguration"] = ACCEPTED
        point = await lab.dials("A", SOAP, password="old-password-0123")
        await point.channel.call("BootNotification", BOOT)
        key = {"key": "AuthorizationKey", "value": "new-password-0123"}
        assert await lab.command("ChangeConfiguration", **key) == ("answered", ACCEPTED)
        assert await point.channel.call("Heartbeat", {})
        await point.disconnect()
        by_json = await lab.dials("A", JSON, password="new-password-0123")
        await by_json.disconnect()

    lab.run(story())


def test_meter_values_without_any_are_taken(lab: Scene) -> None:
    """The WSDL lets a message have none (JSON does not)."""

    async def story() -> None:
        point = await lab.dials("A", SOAP)
        assert await point.channel.call("MeterValues", {"connectorId": 1, "meterValue": []}) == {}
        await point.disconnect()

    lab.run(story())


@pytest.mark.parametrize("timestamp", ["10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z"])
def test_a_time_of_xml_that_no_store_keeps_is_a_protocol_error(lab: Scene, timestamp: str) -> None:
    async def story() -> None:
        point = await lab.dials("A", SOAP)
        with pytest.raises(CallError, match="ProtocolError"):
            await point.channel.call("StartTransaction", START | {"timestamp": timestamp})
        await point.disconnect()

    lab.run(story())


def test_a_station_of_ocpp_1_5_comes_in_at_the_same_door(lab: Scene) -> None:
    """Its namespace tells the version, which what is asked of it has too; what 1.5 has no message for is refused."""

    async def story() -> None:
        point = SoapChargePoint(lab.clock, lab.tasks, version="1.5")
        point.handlers["Reset"] = lambda payload, _: ACCEPTED
        channel = await point.connect(Handshake(lab.urls[SOAP], "A"))
        assert (await channel.call("BootNotification", BOOT))["status"] == "Accepted"
        assert (await channel.call("StartTransaction", START))["transactionId"] == 1
        assert await lab.reached("A") == (SOAP15, point.address)
        assert await lab.command("Reset", type="Soft") == ("answered", ACCEPTED)
        with pytest.raises(ValueError, match=r"TriggerMessage is no operation of OCPP 1\.5"):
            await lab.cpo.commands.ask("A", "TriggerMessage", {"requestedMessage": "Heartbeat"})
        await point.disconnect()

    lab.run(story())
