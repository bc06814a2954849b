"""Faults of a central system: whom it lets in, what it answers, what it sends when it must not."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from websockets.http11 import Response

from evconform.harness.law import fault
from evconform.ocpp import scripts
from evconform.ocpp.central_system import Knock
from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.json import CallError
from suites.ocpp16.faults.answers import answers, answers_if
from suites.ocpp16.faults.framing import edits_results


@fault(kills="OCPP16J-3.1.1-02")
def compares_encoded_identities(central_system: Any) -> None:
    """Compares the identity in the URL without decoding it."""
    admits = central_system.endpoint.admit

    def admit(knock: Knock) -> HTTPStatus | None:
        refused: HTTPStatus | None = admits(knock)
        return HTTPStatus.NOT_FOUND if quote(knock.identity, safe="") not in central_system.known else refused

    central_system.endpoint.admit = admit


@fault(kills="OCPP16J-3.2-01")
def lets_anyone_in(central_system: Any) -> None:
    """Lets in a charge point that it does not know."""
    central_system.endpoint.admit = lambda knock: None


@fault(kills="OCPP16J-3.2-02")
def stays_open_without_subprotocol(central_system: Any) -> None:
    """Leaves a connection open on which no subprotocol was agreed."""
    endpoint = central_system.endpoint
    plain = endpoint.opened

    def opened(connection: Any) -> None:
        if connection.ws.subprotocol is not None:
            plain(connection)

    endpoint.opened = opened


@fault(kills="OCPP16J-3.2-03")
def echoes_every_subprotocol(central_system: Any) -> None:
    """Names every subprotocol that it knows in its response."""

    def edit(response: Response) -> None:
        del response.headers["Sec-WebSocket-Protocol"]
        response.headers["Sec-WebSocket-Protocol"] = "ocpp1.6, ocpp1.5"

    central_system.endpoint.edit_response = edit


@fault(kills="OCPP16J-5.6-01")
def answers_before_boot(central_system: Any) -> None:
    """Answers a charge point that did not boot as if it had."""
    central_system.unaccepted_may_call = True


@fault(kills="OCPP16-4.2-20")
def refuses_boots(central_system: Any) -> None:
    """Answers BootNotification with the CALLERROR InternalError."""
    answers(central_system, "BootNotification", CallError("InternalError", "no database"))


@fault(kills="OCPP16-4.2-20")
def lets_boot_once(central_system: Any) -> None:
    """Answers only the first BootNotification of a charge point."""
    plain = central_system.endpoint.handlers["BootNotification"]

    def handle(payload: Payload, channel: Channel) -> Answer:
        if channel.identity in central_system.answered:
            return CallError("InternalError", "registered already")
        answer: Answer = plain(payload, channel)
        return answer

    central_system.endpoint.handlers["BootNotification"] = handle


@fault(kills="OCPP16-4.2-21")
def starts_while_pending(central_system: Any) -> None:
    """Sends a RemoteStartTransaction to a pending charge point."""
    central_system.may_send = lambda identity, action, payload: True


@fault(kills="OCPP16-4.2-22")
def calls_while_rejected(central_system: Any) -> None:
    """Sends a GetConfiguration to a rejected charge point."""
    central_system.may_send = lambda identity, action, payload: True


@fault(kills="OCPP16-4.2-23", roles=["central-system"])
def closes_pending_charge_points(central_system: Any) -> None:
    """Closes the connection of a pending charge point."""

    def hang_up(channel: Channel, status: str) -> None:
        if status == "Pending":
            central_system.site.tasks.spawn(_close_soon(central_system, channel))

    central_system.on_registered = hang_up


async def _close_soon(central_system: Any, channel: Channel) -> None:
    await central_system.clock.wait(1.0)
    channel.connection.close(1000)


@fault(kills="OCPP16-4.6-02")
def refuses_heartbeats(central_system: Any) -> None:
    """Answers Heartbeat with the CALLERROR NotSupported."""
    answers(central_system, "Heartbeat", CallError("NotSupported", "use pings"))


@fault(kills="OCPP16-4.6-03")
def time_stands_still(central_system: Any) -> None:
    """Always gives the time at which it was started."""
    started = scripts.iso(central_system.clock.date())
    central_system.current_time = lambda: started


@fault(kills="OCPP16-4.9-10")
def refuses_status(central_system: Any) -> None:
    """Answers StatusNotification with Unavailable with the CALLERROR GenericError."""
    answers(central_system, "StatusNotification", {})
    answers_if(central_system, "StatusNotification", lambda asked: asked["status"] == "Unavailable", CallError("GenericError"))


@fault(kills="OCPP16-5.17-01")
def triggers_boots(central_system: Any) -> None:
    """Sends a TriggerMessage for BootNotification to an accepted charge point."""
    central_system.may_send = lambda identity, action, payload: True


@fault(kills="OCPP16-6.4-01", only={"ocpp1.6-json": "over SOAP it is an element that the schema does not know"})
def heartbeat_interval_for_interval(central_system: Any) -> None:
    """Calls the interval heartbeatInterval, as an example of OCPP-J does."""
    edits_results(central_system, lambda m: [*m[:2], m[2] | {"heartbeatInterval": 300}] if "interval" in m[2] else m)


@fault(kills="OCPP16-6.30-01", only={"ocpp1.6-json": "over SOAP it is an element that the schema does not know"})
def heartbeat_without_time(central_system: Any) -> None:
    """Answers Heartbeat with an additional status."""
    edits_results(central_system, lambda m: [*m[:2], m[2] | {"status": "Accepted"}] if set(m[2]) == {"currentTime"} else m)


@fault(kills="OCPP16-6.48-01")
def status_with_members(central_system: Any) -> None:
    """Answers StatusNotification with a status."""
    edits_results(central_system, lambda m: [*m[:2], {"status": "Accepted"}] if not m[2] else m)


@fault(kills="OCPP16-3.15-01", also=["OCPP16-6.4-01", "OCPP16-6.30-01"], roles=["central-system"])  # no xs:dateTime
def epoch_time(central_system: Any) -> None:
    """Gives its time in seconds since 1970."""
    central_system.current_time = lambda: str(int(central_system.clock.date().timestamp()))


@fault(kills="OCPP16-3.14-01", roles=["central-system"])
def central_local_time(central_system: Any) -> None:
    """Gives its time in local time, with an offset."""
    central_system.current_time = lambda: (
        (central_system.clock.date() + timedelta(hours=2)).replace(tzinfo=None).isoformat() + "+02:00"
    )


@fault(kills="OCPP16-3.15-02", roles=["central-system"])
def refuses_offsets(central_system: Any) -> None:
    """Refuses a time stamp that is not in UTC."""
    refusal = CallError("PropertyConstraintViolation", "timestamp")
    answers_if(central_system, "StatusNotification", lambda asked: not asked.get("timestamp", "Z").endswith("Z"), refusal)
