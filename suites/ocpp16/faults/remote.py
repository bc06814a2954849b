"""Faults of a charge point in what it is asked from afar: remote start and stop (5.11, 5.12), UnlockConnector (5.18),
DataTransfer (5.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.json import CallError
from suites.ocpp16.faults.framing import edits_calls

REJECTED = {"status": "Rejected"}


def _answers(charge_point: Any, action: str, payload: Payload) -> None:
    charge_point.endpoint.handlers[action] = lambda asked, channel: payload


@fault(kills="OCPP16-5.11-01")
def rejects_remote_starts(charge_point: Any) -> None:
    """Rejects a RemoteStartTransaction that it could obey."""
    _answers(charge_point, "RemoteStartTransaction", REJECTED)


@fault(kills="OCPP16-5.11-02", also=["OCPP16-4.9-04", "OCPP16-5.11-03"])
def forgets_remote_starts(charge_point: Any) -> None:
    """Accepts a RemoteStartTransaction and starts nothing."""
    _answers(charge_point, "RemoteStartTransaction", {"status": "Accepted"})


def _of_known_cards(charge_point: Any, instead: Payload) -> None:
    """Answers a RemoteStartTransaction with an idTag that it has in its cache so, and does nothing."""
    remote_start = charge_point.remote.remote_start

    def starts(payload: Payload, channel: Channel) -> Answer:
        answer: Answer = instead if charge_point.authorization.known(payload["idTag"]) else remote_start(payload, channel)
        return answer

    charge_point.endpoint.handlers["RemoteStartTransaction"] = starts


@fault(kills="OCPP16-5.11-01")
def rejects_remote_starts_of_cards_that_it_knows(charge_point: Any) -> None:
    """Rejects a RemoteStartTransaction with an idTag that is in its cache."""
    _of_known_cards(charge_point, REJECTED)


@fault(kills="OCPP16-5.11-02")
def forgets_remote_starts_of_cards_that_it_knows(charge_point: Any) -> None:
    """Accepts a RemoteStartTransaction with an idTag that is in its cache, and starts nothing."""
    _of_known_cards(charge_point, {"status": "Accepted"})


@fault(kills="OCPP16-5.11-01")
def starts_on_any_connector(charge_point: Any) -> None:
    """Accepts a RemoteStartTransaction whatever connector it names, and rejects one that names none."""

    def starts(payload: Payload, channel: Channel) -> Answer:
        return {"status": "Accepted"} if payload.get("connectorId", 0) > 1 else {"status": "Rejected"}

    charge_point.endpoint.handlers["RemoteStartTransaction"] = starts


@fault(kills="OCPP16-5.11-01")
def answers_remote_starts_in_words_of_its_own(charge_point: Any) -> None:
    """Answers a RemoteStartTransaction that names no connector with a CALLERROR."""
    remote_start = charge_point.remote.remote_start

    def starts(payload: Payload, channel: Channel) -> Answer:
        answer: Answer = remote_start(payload, channel) if "connectorId" in payload else CallError("GenericError", "which?")
        return answer

    charge_point.endpoint.handlers["RemoteStartTransaction"] = starts


@fault(kills="OCPP16-5.11-02")
def authorizes_remote_starts_and_forgets_them(charge_point: Any) -> None:
    """Authorizes the idTag of a remote start, prepares, and starts nothing."""
    charge_point.sessions.begin = charge_point.sessions._identified.pop


@fault(kills="OCPP16-4.8-03")
def rejects_remote_starts_and_obeys_them(charge_point: Any) -> None:
    """Rejects a RemoteStartTransaction on a connector that is busy, and starts a second transaction."""
    remote_start = charge_point.remote.remote_start

    def starts(payload: Payload, channel: Channel) -> Answer:
        answer: Answer = remote_start(payload, channel)
        if charge_point.transactions.running(payload.get("connectorId", 0)):
            charge_point.transactions.start(payload["connectorId"], payload["idTag"], None)
        return answer

    charge_point.endpoint.handlers["RemoteStartTransaction"] = starts


@fault(kills="OCPP16-5.11-03")
def trusts_remote_starts(charge_point: Any) -> None:
    """Does not authorize the idTag of a remote start, though it is set to."""
    charge_point.remote.authorizes = lambda: False


@fault(kills="OCPP16-5.11-04")
def distrusts_remote_starts(charge_point: Any) -> None:
    """Authorizes the idTag of a remote start, though it is set not to."""
    charge_point.remote.authorizes = lambda: True


@fault(kills="OCPP16-5.11-05")
def accepts_remote_starts_on_top(charge_point: Any) -> None:
    """Accepts a RemoteStartTransaction for a connector that has a transaction, and does nothing."""
    remote_start = charge_point.remote.remote_start

    def starts(payload: Payload, channel: Channel) -> Answer:
        busy = charge_point.transactions.running(payload.get("connectorId", 0))
        answer: Answer = {"status": "Accepted"} if busy else remote_start(payload, channel)
        return answer

    charge_point.endpoint.handlers["RemoteStartTransaction"] = starts


@fault(kills="OCPP16-5.11-06")
def starts_on_connector_0(charge_point: Any) -> None:
    """Accepts a RemoteStartTransaction for connector 0."""
    remote_start = charge_point.remote.remote_start

    def starts(payload: Payload, channel: Channel) -> Answer:
        answer: Answer = {"status": "Accepted"} if payload.get("connectorId") == 0 else remote_start(payload, channel)
        return answer

    charge_point.endpoint.handlers["RemoteStartTransaction"] = starts


@fault(kills="OCPP16-5.12-01")
def stops_what_does_not_run(charge_point: Any) -> None:
    """Accepts a RemoteStopTransaction for a transaction that there is not."""
    remote_stop = charge_point.remote.remote_stop

    def stops(payload: Payload, channel: Channel) -> Answer:
        remote_stop(payload, channel)
        return {"status": "Accepted"}

    charge_point.endpoint.handlers["RemoteStopTransaction"] = stops


@fault(kills="OCPP16-5.12-02")
def rejects_remote_stops(charge_point: Any) -> None:
    """Rejects a RemoteStopTransaction for the transaction that runs."""
    _answers(charge_point, "RemoteStopTransaction", REJECTED)


@fault(kills="OCPP16-5.12-02", also=["OCPP16-4.10-01"])
def forgets_remote_stops(charge_point: Any) -> None:
    """Accepts a RemoteStopTransaction, and charges on."""
    _answers(charge_point, "RemoteStopTransaction", {"status": "Accepted"})


@fault(kills="OCPP16-5.14-01")
def rejects_resets(charge_point: Any) -> None:
    """Rejects every Reset."""
    _answers(charge_point, "Reset", REJECTED)


@fault(kills="OCPP16-5.18-01")
def does_not_unlock(charge_point: Any) -> None:
    """Says UnlockFailed though the lock works."""
    unlock_connector = charge_point.remote.unlock_connector

    def fails(payload: Payload, channel: Channel) -> Answer:
        answer = unlock_connector(payload, channel)
        return {"status": "UnlockFailed"} if answer["status"] == "Unlocked" else answer

    charge_point.endpoint.handlers["UnlockConnector"] = fails


@fault(kills="OCPP16-5.18-02")
def unlocks_what_has_no_lock(charge_point: Any) -> None:
    """Says Unlocked of a connector without a lock."""
    _answers(charge_point, "UnlockConnector", {"status": "Unlocked"})


@fault(kills="OCPP16-5.18-03")
def charges_on_unlocked(charge_point: Any) -> None:
    """Unlocks a connector and goes on with its transaction."""
    _answers(charge_point, "UnlockConnector", {"status": "Unlocked"})


@fault(kills="OCPP16-5.18-04")
def unlocks_what_there_is_not(charge_point: Any) -> None:
    """Says UnlockFailed of a connector that there is not."""
    unlock_connector = charge_point.remote.unlock_connector

    def fails(payload: Payload, channel: Channel) -> Answer:
        known = payload["connectorId"] in charge_point.connectors
        answer: Answer = unlock_connector(payload, channel) if known else {"status": "UnlockFailed"}
        return answer

    charge_point.endpoint.handlers["UnlockConnector"] = fails


@fault(kills="OCPP16-5.18-05")
def does_not_see_that_it_is_jammed(charge_point: Any) -> None:
    """Says Unlocked though the lock did not open."""
    _answers(charge_point, "UnlockConnector", {"status": "Unlocked"})


@fault(kills="OCPP16-5.18-06")
def stops_what_it_cannot_unlock(charge_point: Any) -> None:
    """Stops the transaction of a connector that it has no lock for."""

    def stops(payload: Payload, channel: Channel) -> Answer:
        if charge_point.transactions.running(payload["connectorId"]):
            charge_point.transactions.stop(payload["connectorId"], "UnlockCommand")
        return {"status": "NotSupported"}

    charge_point.endpoint.handlers["UnlockConnector"] = stops


@fault(kills="OCPP16-5.6-01")
def knows_every_vendor(charge_point: Any) -> None:
    """Accepts the DataTransfer of a vendor that it does not know."""
    _answers(charge_point, "DataTransfer", {"status": "Accepted"})


@fault(kills="OCPP16-5.14-01")
def resets_and_says_no(charge_point: Any) -> None:
    """Rejects a Reset, and resets itself all the same."""
    reset = charge_point.remote.reset

    def resets(payload: Payload, channel: Channel) -> Answer:
        reset(payload, channel)
        return REJECTED

    charge_point.endpoint.handlers["Reset"] = resets


def _edits_start(charge_point: Any, edit: Callable[[Payload], Payload]) -> None:
    edits_calls(charge_point, lambda m: [*m[:3], m[3] | edit(m[3])], ("StartTransaction",))


@fault(kills="OCPP16-5.11-02", also=["OCPP16-3.8-01"])
def starts_on_the_next_connector(charge_point: Any) -> None:
    """Names the connector after the one that was asked for in its StartTransaction."""
    _edits_start(charge_point, lambda payload: {"connectorId": payload["connectorId"] + 1})


@fault(kills="OCPP16-5.11-02")
def starts_remotely_in_another_name(charge_point: Any) -> None:
    """Names another idTag in its StartTransaction than it was given."""
    _edits_start(charge_point, lambda payload: {"idTag": "SOMEBODY"})


@fault(kills="OCPP16-5.11-03")
def refuses_remote_starts_unasked(charge_point: Any) -> None:
    """Accepts a RemoteStartTransaction that it is set to authorize, does not ask, and starts nothing."""
    remotely = charge_point.remote.remotely

    async def refuses(*start: Any) -> None:
        if not charge_point.remote.authorizes():
            await remotely(*start)

    charge_point.remote.remotely = refuses


@fault(kills="OCPP16-5.6-02")
def sends_data_to_an_unknown_vendor(charge_point: Any) -> None:
    """Sends data along with UnknownVendorId."""
    _answers(charge_point, "DataTransfer", {"status": "UnknownVendorId", "data": "who are you?"})


@fault(kills="OCPP16-5.11-08")
def rejects_what_it_should_ignore(charge_point: Any) -> None:
    """Rejects a RemoteStartTransaction with a charging profile, which it does not know."""
    remote_start = charge_point.remote.remote_start

    def starts(payload: Payload, channel: Channel) -> Answer:
        answer: Answer = REJECTED if "chargingProfile" in payload else remote_start(payload, channel)
        return answer

    charge_point.endpoint.handlers["RemoteStartTransaction"] = starts
