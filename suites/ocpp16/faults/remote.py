"""Faults of a charge point in what it is asked from afar: remote start and stop (5.11, 5.12), UnlockConnector (5.18),
DataTransfer (5.6)."""

from __future__ import annotations

from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Answer, Payload
from evconform.ocpp.json import CallError
from suites.ocpp16.faults.answers import ACCEPTED, REJECTED, answers, answers_if, edits_answer
from suites.ocpp16.faults.framing import edits_payload

UNLOCKED = {"status": "Unlocked"}
UNLOCK_FAILED = {"status": "UnlockFailed"}


@fault(kills="OCPP16-5.11-01")
def rejects_remote_starts(charge_point: Any) -> None:
    """Rejects a RemoteStartTransaction that it could obey."""
    answers(charge_point, "RemoteStartTransaction", REJECTED)


@fault(kills="OCPP16-5.11-02", also=["OCPP16-4.9-04", "OCPP16-5.11-03"])
def forgets_remote_starts(charge_point: Any) -> None:
    """Accepts a RemoteStartTransaction and starts nothing."""
    answers(charge_point, "RemoteStartTransaction", ACCEPTED)


def _of_known_cards(charge_point: Any, answer: Answer) -> None:
    """Answers a RemoteStartTransaction with an idTag that it has in its cache so, and does nothing."""
    answers_if(charge_point, "RemoteStartTransaction", lambda asked: charge_point.authorization.known(asked["idTag"]), answer)


@fault(kills="OCPP16-5.11-01")
def rejects_remote_starts_of_cards_that_it_knows(charge_point: Any) -> None:
    """Rejects a RemoteStartTransaction with an idTag that is in its cache."""
    _of_known_cards(charge_point, REJECTED)


@fault(kills="OCPP16-5.11-02")
def forgets_remote_starts_of_cards_that_it_knows(charge_point: Any) -> None:
    """Accepts a RemoteStartTransaction with an idTag that is in its cache, and starts nothing."""
    _of_known_cards(charge_point, ACCEPTED)


@fault(kills="OCPP16-5.11-01")
def starts_on_any_connector(charge_point: Any) -> None:
    """Accepts a RemoteStartTransaction whatever connector it names, and rejects one that names none."""
    answers(charge_point, "RemoteStartTransaction", REJECTED)
    answers_if(charge_point, "RemoteStartTransaction", lambda asked: asked.get("connectorId", 0) > 1, ACCEPTED)


@fault(kills="OCPP16-5.11-01")
def answers_remote_starts_in_words_of_its_own(charge_point: Any) -> None:
    """Answers a RemoteStartTransaction that names no connector with a CALLERROR."""
    which = CallError("GenericError", "which?")
    answers_if(charge_point, "RemoteStartTransaction", lambda asked: "connectorId" not in asked, which)


@fault(kills="OCPP16-5.11-02")
def authorizes_remote_starts_and_forgets_them(charge_point: Any) -> None:
    """Authorizes the idTag of a remote start, prepares, and starts nothing."""
    charge_point.sessions.begin = charge_point.sessions._identified.pop


@fault(kills="OCPP16-4.8-03")
def rejects_remote_starts_and_obeys_them(charge_point: Any) -> None:
    """Rejects a RemoteStartTransaction on a connector that is busy, and starts a second transaction."""

    def starts(asked: Payload, answer: Answer) -> Answer:
        if charge_point.transactions.running(asked.get("connectorId", 0)):
            charge_point.transactions.start(asked["connectorId"], asked["idTag"], None)
        return answer

    edits_answer(charge_point, "RemoteStartTransaction", starts)


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
    running = charge_point.transactions.running
    answers_if(charge_point, "RemoteStartTransaction", lambda asked: running(asked.get("connectorId", 0)), ACCEPTED)


@fault(kills="OCPP16-5.11-06")
def starts_on_connector_0(charge_point: Any) -> None:
    """Accepts a RemoteStartTransaction for connector 0."""
    answers_if(charge_point, "RemoteStartTransaction", lambda asked: asked.get("connectorId") == 0, ACCEPTED)


@fault(kills="OCPP16-5.12-01")
def stops_what_does_not_run(charge_point: Any) -> None:
    """Accepts a RemoteStopTransaction for a transaction that there is not."""
    edits_answer(charge_point, "RemoteStopTransaction", lambda asked, answer: ACCEPTED)


@fault(kills="OCPP16-5.12-02")
def rejects_remote_stops(charge_point: Any) -> None:
    """Rejects a RemoteStopTransaction for the transaction that runs."""
    answers(charge_point, "RemoteStopTransaction", REJECTED)


@fault(kills="OCPP16-5.12-02", also=["OCPP16-4.10-01"])
def forgets_remote_stops(charge_point: Any) -> None:
    """Accepts a RemoteStopTransaction, and charges on."""
    answers(charge_point, "RemoteStopTransaction", ACCEPTED)


@fault(kills="OCPP16-5.14-01")
def rejects_resets(charge_point: Any) -> None:
    """Rejects every Reset."""
    answers(charge_point, "Reset", REJECTED)


@fault(kills="OCPP16-5.18-01")
def does_not_unlock(charge_point: Any) -> None:
    """Says UnlockFailed though the lock works."""
    edits_answer(charge_point, "UnlockConnector", lambda asked, answer: UNLOCK_FAILED if answer == UNLOCKED else answer)


@fault(kills="OCPP16-5.18-02")
def unlocks_what_has_no_lock(charge_point: Any) -> None:
    """Says Unlocked of a connector without a lock."""
    answers(charge_point, "UnlockConnector", UNLOCKED)


@fault(kills="OCPP16-5.18-03")
def charges_on_unlocked(charge_point: Any) -> None:
    """Unlocks a connector and goes on with its transaction."""
    answers(charge_point, "UnlockConnector", UNLOCKED)


@fault(kills="OCPP16-5.18-04")
def unlocks_what_there_is_not(charge_point: Any) -> None:
    """Says UnlockFailed of a connector that there is not."""
    connectors = charge_point.connectors
    answers_if(charge_point, "UnlockConnector", lambda asked: asked["connectorId"] not in connectors, UNLOCK_FAILED)


@fault(kills="OCPP16-5.18-05")
def does_not_see_that_it_is_jammed(charge_point: Any) -> None:
    """Says Unlocked though the lock did not open."""
    answers(charge_point, "UnlockConnector", UNLOCKED)


@fault(kills="OCPP16-5.18-06")
def stops_what_it_cannot_unlock(charge_point: Any) -> None:
    """Stops the transaction of a connector that it has no lock for."""

    def stops(asked: Payload, answer: Answer) -> Answer:
        if charge_point.transactions.running(asked["connectorId"]):
            charge_point.transactions.stop(asked["connectorId"], "UnlockCommand")
        return answer

    answers(charge_point, "UnlockConnector", {"status": "NotSupported"})
    edits_answer(charge_point, "UnlockConnector", stops)


@fault(kills="OCPP16-5.6-01")
def knows_every_vendor(charge_point: Any) -> None:
    """Accepts the DataTransfer of a vendor that it does not know."""
    answers(charge_point, "DataTransfer", ACCEPTED)


@fault(kills="OCPP16-5.14-01")
def resets_and_says_no(charge_point: Any) -> None:
    """Rejects a Reset, and resets itself all the same."""
    edits_answer(charge_point, "Reset", lambda asked, answer: REJECTED)


@fault(kills="OCPP16-5.11-02", also=["OCPP16-3.8-01"])
def starts_on_the_next_connector(charge_point: Any) -> None:
    """Names the connector after the one that was asked for in its StartTransaction."""
    edits_payload(charge_point, "StartTransaction", lambda p: p | {"connectorId": p["connectorId"] + 1})


@fault(kills="OCPP16-5.11-02")
def starts_remotely_in_another_name(charge_point: Any) -> None:
    """Names another idTag in its StartTransaction than it was given."""
    edits_payload(charge_point, "StartTransaction", lambda p: p | {"idTag": "SOMEBODY"})


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
    answers(charge_point, "DataTransfer", {"status": "UnknownVendorId", "data": "who are you?"})


@fault(kills="OCPP16-5.11-08")
def rejects_what_it_should_ignore(charge_point: Any) -> None:
    """Rejects a RemoteStartTransaction with a charging profile, which it does not know."""
    answers_if(charge_point, "RemoteStartTransaction", lambda asked: "chargingProfile" in asked, REJECTED)
