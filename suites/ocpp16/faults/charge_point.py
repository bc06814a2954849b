"""Faults of a charge point: connection, boot, heartbeat, status, clock, triggers."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from websockets.http11 import Request

from evconform.harness.law import fault
from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.charge_point import Handshake
from evconform.ocpp.json import CallError
from suites.ocpp16.faults.answers import ACCEPTED, REJECTED, answers, answers_if
from suites.ocpp16.faults.framing import edits_payload


@fault(kills="OCPP16J-3.1.1-01")
def identity_encoded_twice(charge_point: Any) -> None:
    """Percent-encodes its identity twice."""

    def edit(request: Request) -> None:
        encoded = quote(charge_point.site.identity, safe="")
        request.path = request.path.replace(encoded, quote(encoded, safe=""))

    charge_point.endpoint.edit_request = edit


@fault(kills="OCPP16J-3.1.2-01")
def offers_only_a_later_version(charge_point: Any) -> None:
    """Offers ocpp2.0.1 only."""
    charge_point.registration.handshake.subprotocols = ("ocpp2.0.1",)


@fault(kills="OCPP16J-6.2.2-01")
def user_is_not_the_identity(charge_point: Any) -> None:
    """Authenticates itself with a user name of its own."""

    def authorization(self: Handshake) -> str:
        return Handshake.authorization(Handshake(self.url, "operator", self.password))

    charge_point.registration.handshake.authorization = authorization.__get__(charge_point.registration.handshake)


@fault(kills="OCPP16J-3.2-04")
def gives_up_after_404(charge_point: Any) -> None:
    """Does not connect again once it was refused."""
    charge_point.registration.reconnect_after = lambda tries: 1e9


@fault(kills="OCPP16J-5.4-01")
def boots_on_reconnect(charge_point: Any) -> None:
    """Sends a BootNotification on every connection."""
    charge_point.registration.boots_on_reconnect = True


@fault(kills="OCPP16-4.2-01", also=["OCPP16-4.2-02"])
def boots_once_in_its_life(charge_point: Any) -> None:
    """Connects after a power cycle or a reset, and does not send a BootNotification."""
    forget, boots = charge_point.registration.forget, itertools.count()

    def remembers() -> None:
        forget()
        if next(boots):
            charge_point.registration.status = "Accepted"

    charge_point.registration.forget = remembers


@fault(kills="OCPP16-4.2-02")
def heartbeat_before_boot(charge_point: Any) -> None:
    """Sends a Heartbeat before its first BootNotification."""
    charge_point.registration.before_boot = lambda: [("Heartbeat", {})]


@fault(kills="OCPP16-4.2-02")
def heartbeat_while_waiting_for_boot(charge_point: Any) -> None:
    """Sends a Heartbeat when its BootNotification was not answered."""
    charge_point.endpoint.call_timeout = 5.0
    charge_point.registration.while_waiting = lambda status: [("Heartbeat", {})] if not status else []


@fault(kills="OCPP16-4.2-03", also=["OCPP16-4.2-05"])
def impatient_after_refusal(charge_point: Any) -> None:
    """Boots again after half the interval."""
    charge_point.registration.boot_retry = lambda interval: interval / 2 or 30.0


@fault(kills="OCPP16-4.2-03")
def impatient_while_pending(charge_point: Any) -> None:
    """Boots again after half the interval when it is pending."""
    charge_point.registration.boot_retry = lambda interval: (
        interval / 2 if charge_point.registration.status == "Pending" else interval or 30.0
    )


@fault(kills="OCPP16-4.2-05", also=["OCPP16-4.2-02"])
def talks_while_rejected(charge_point: Any) -> None:
    """Sends a Heartbeat while it is rejected."""
    charge_point.registration.while_waiting = lambda status: [("Heartbeat", {})] if status == "Rejected" else []


@fault(kills="OCPP16-4.2-06")
def gives_up_booting(charge_point: Any) -> None:
    """Does not boot again when it was not accepted."""
    charge_point.registration.boot_retry = lambda interval: 1e9


@fault(kills="OCPP16-4.2-07")
def floods_with_boots(charge_point: Any) -> None:
    """Takes an interval of 0 at its word."""
    charge_point.registration.boot_retry = lambda interval: interval or 0.2


@fault(kills="OCPP16-4.2-08", also=["OCPP16J-4.2-01", "OCPP16S-3.2-01"])
def deaf_while_pending(charge_point: Any) -> None:
    """Does not answer while it is pending."""
    charge_point.endpoint.answers_calls = lambda: charge_point.registration.status not in ("Pending", "Rejected")


@fault(kills="OCPP16-4.2-09")
def talks_while_pending(charge_point: Any) -> None:
    """Sends a Heartbeat while it is pending."""
    charge_point.registration.while_waiting = lambda status: [("Heartbeat", {})] if status == "Pending" else []


@fault(kills="OCPP16-4.2-23", roles=["charge-point"])
def closes_while_pending(charge_point: Any) -> None:
    """Closes the connection when it is told that it is pending."""

    def hang_up(status: str) -> list[tuple[str, Payload]]:
        if status == "Pending":
            charge_point.site.tasks.spawn(charge_point.endpoint.disconnect())
        return []

    charge_point.registration.while_waiting = hang_up


@fault(kills="OCPP16-4.2-12", also=["OCPP16-4.2-05"])
def answers_while_rejected(charge_point: Any) -> None:
    """Answers CALLs while it is rejected."""
    charge_point.endpoint.answers_calls = lambda: True


@fault(kills="OCPP16-4.2-10")
def hasty_heartbeats(charge_point: Any) -> None:
    """Sends Heartbeats at half the interval."""
    charge_point.registration.heartbeats = lambda interval: interval / 2


@fault(kills="OCPP16-4.6-01")
def lazy_heartbeats(charge_point: Any) -> None:
    """Sends Heartbeats at three times the interval."""
    charge_point.registration.heartbeats = lambda interval: interval * 3


@fault(kills="OCPP16-4.6-01")
def sluggish_heartbeats(charge_point: Any) -> None:
    """Sends Heartbeats at almost twice the interval."""
    charge_point.registration.heartbeats = lambda interval: interval * 1.9


@fault(kills="OCPP16-4.6-01")
def no_heartbeats(charge_point: Any) -> None:
    """Sends no Heartbeat at all."""
    charge_point.registration.heartbeats = lambda interval: 1e9


@fault(kills="OCPP16-4.6-04", also=["OCPP16-4.6-01"])
def a_heartbeat_a_week(charge_point: Any) -> None:
    """Sends a Heartbeat once a week at most."""
    charge_point.registration.heartbeats = lambda interval: max(interval, 7 * 86_400)


@fault(kills="OCPP16-4.2-11")
def keeps_its_own_time(charge_point: Any) -> None:
    """Does not take over the time of the central system."""
    charge_point.registration.synchronizes = False


@fault(kills="OCPP16-4.9-01")
def forgets_connector_0(charge_point: Any) -> None:
    """Reports the status of its connectors, but not of connector 0."""
    charge_point.status.numbers = tuple(charge_point.connectors)


@fault(kills="OCPP16-4.9-02")
def connector_0_is_preparing(charge_point: Any) -> None:
    """Reports a status of connector 0 that only a connector can have."""
    edits_payload(charge_point, "StatusNotification", lambda p: p | {"status": "Preparing"} if p["connectorId"] == 0 else p)


@fault(kills="OCPP16-3.15-01", also=["OCPP16-6.47-01"], roles=["charge-point"])  # over SOAP it is no xs:dateTime
def local_date_format(charge_point: Any) -> None:
    """Writes dates with a space and day first."""
    charge_point.time_stamp = lambda moment: moment.strftime("%d.%m.%Y %H:%M:%S")


@fault(kills="OCPP16-3.14-01", roles=["charge-point"])
def local_time(charge_point: Any) -> None:
    """Writes dates in local time, with an offset."""
    charge_point.time_stamp = lambda moment: (moment + timedelta(hours=2)).isoformat()[:19] + "+02:00"


@fault(kills="OCPP16-3.15-02", also=["OCPP16-4.2-11"], roles=["charge-point"])
def takes_offset_for_utc(charge_point: Any) -> None:
    """Ignores the offset of a time that it reads."""
    reads = charge_point.registration.reads_time
    charge_point.registration.reads_time = lambda text: reads(text[:19] + "Z")


@fault(kills="OCPP16-5.14-01", also=["OCPP16J-4.2-01", "OCPP16S-3.2-01"])
def resets_without_a_word(charge_point: Any) -> None:
    """Resets itself without answering the Reset."""
    answers(charge_point, "Reset", None)


@fault(kills="OCPP16-5.17-02")
def sends_before_it_answers(charge_point: Any) -> None:
    """Sends the triggered message first and answers afterwards."""
    plain = charge_point.trigger.trigger_message

    async def trigger(payload: Payload, channel: Channel) -> Answer:
        answer: Answer = plain(payload, channel)
        message_id, _ = channel.send_call(payload["requestedMessage"], _status(charge_point, payload))
        await channel.sent(message_id)
        return answer

    charge_point.endpoint.handlers["TriggerMessage"] = trigger
    charge_point.trigger.triggered = _nothing


async def _nothing(wanted: str, numbers: list[int]) -> None:
    return


def _status(charge_point: Any, payload: Payload) -> Payload:
    if payload["requestedMessage"] == "Heartbeat":
        return {}
    return {
        "connectorId": payload.get("connectorId", 0),
        "errorCode": "NoError",
        "status": "Available",
        "timestamp": charge_point.stamp(),
    }


@fault(kills="OCPP16-5.17-03")
def accepts_and_forgets(charge_point: Any) -> None:
    """Accepts a TriggerMessage and sends nothing."""
    charge_point.trigger.triggered = _nothing


@fault(kills="OCPP16-5.17-04")
def boots_on_demand(charge_point: Any) -> None:
    """Accepts a TriggerMessage for BootNotification although it is accepted."""
    answers(charge_point, "TriggerMessage", ACCEPTED)


@fault(kills="OCPP16-5.17-05")
def rejects_what_it_does_not_know(charge_point: Any) -> None:
    """Answers a TriggerMessage for a message that it does not implement with Rejected."""
    answers(charge_point, "TriggerMessage", REJECTED)


@fault(kills="OCPP16-6.3-01")
def long_vendor_name(charge_point: Any) -> None:
    """Has a vendor name of more than 20 characters."""
    edits_payload(charge_point, "BootNotification", lambda p: p | {"meterType": "x" * 26})


@fault(kills="OCPP16-6.29-01")
def heartbeat_with_members(charge_point: Any) -> None:
    """Sends a time stamp in its Heartbeat."""
    edits_payload(charge_point, "Heartbeat", lambda p: {"timestamp": charge_point.stamp()})


@fault(kills="OCPP16-6.47-01")
def lowercase_error_code(charge_point: Any) -> None:
    """Writes the error code NoError in lower case."""
    edits_payload(charge_point, "StatusNotification", lambda p: p | {"errorCode": "noerror"} if p["connectorId"] else p)


def _while_pending(charge_point: Any, action: str, answer: Answer) -> None:
    """Answers this CALL so while it is pending."""
    answers_if(charge_point, action, lambda asked: charge_point.registration.status == "Pending", answer)


@fault(kills="OCPP16-4.2-08")
def keeps_its_settings_to_itself_while_pending(charge_point: Any) -> None:
    """Answers GetConfiguration with a CALLERROR while it is pending."""
    _while_pending(charge_point, "GetConfiguration", CallError("GenericError", "not yet"))


@fault(kills="OCPP16-4.2-08")
def rejects_changes_while_pending(charge_point: Any) -> None:
    """Rejects ChangeConfiguration while it is pending."""
    _while_pending(charge_point, "ChangeConfiguration", REJECTED)
