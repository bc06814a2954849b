"""Faults of a central system in what it answers: idTags, transactions, statuses, meter values, vendor data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Answer, Payload
from evconform.ocpp.json import CallError
from evconform.ocpp.view import instant
from suites.ocpp16.faults.answers import answers_if, edits_answer

REFUSAL = CallError("InternalError", "not now")
STATUSES = ("Preparing", "Charging", "SuspendedEV", "Finishing", "Available", "Unavailable", "Faulted", "Reserved")


def refuses_status_of(status: str) -> Callable[[Any], None]:
    def refuses(central_system: Any) -> None:
        answers_if(central_system, "StatusNotification", lambda asked: of_connector(asked, status), REFUSAL)

    refuses.__name__ = f"refuses_{status}"
    refuses.__doc__ = f"Answers StatusNotification with {status} of a connector with the CALLERROR InternalError."
    return refuses


def of_connector(asked: Payload, status: str) -> bool:
    return bool(asked["connectorId"] > 0 and asked["status"] == status)


for _status in STATUSES:
    fault(kills="OCPP16-4.9-10")(refuses_status_of(_status))


@fault(kills="OCPP16-4.9-10")
def refuses_connector_0(central_system: Any) -> None:
    """Answers StatusNotification of the whole charge point with the CALLERROR InternalError."""
    answers_if(central_system, "StatusNotification", lambda asked: asked["connectorId"] == 0, REFUSAL)


@fault(kills="OCPP16-4.9-10")
def refuses_plugged_after_boot(central_system: Any) -> None:
    """Answers StatusNotification with Preparing or Finishing with the CALLERROR InternalError once the charge point has booted
    a second time."""
    boots: list[Payload] = []

    def note(asked: Payload, answer: Any) -> Answer:
        boots.append(asked)
        return answer  # type: ignore[no-any-return]

    edits_answer(central_system, "BootNotification", note)
    answers_if(
        central_system,
        "StatusNotification",
        lambda asked: len(boots) > 1 and asked["status"] in ("Preparing", "Finishing"),
        REFUSAL,
    )


# ── idTags ──


def says_instead(party: Any, action: str, picks: Callable[[Payload, Payload], bool], status: str | None) -> None:
    """Where ``picks`` holds of what was asked and the idTagInfo, another status is said; with None no parentIdTag."""

    def edit(asked: Payload, answer: Any) -> Answer:
        info = answer["idTagInfo"] if isinstance(answer, dict) and "idTagInfo" in answer else None
        if info is None or not picks(asked, info):
            return answer  # type: ignore[no-any-return]
        changed = {k: v for k, v in info.items() if k != "parentIdTag"} if status is None else info | {"status": status}
        return answer | {"idTagInfo": changed}  # type: ignore[no-any-return]

    edits_answer(party, action, edit)


def has(status: str) -> Callable[[Payload, Payload], bool]:
    return lambda asked, info: bool(info["status"] == status)


@fault(kills="OCPP16-4.1-31", also=["OCPP16-4.1-32"])
def refuses_authorize(central_system: Any) -> None:
    """Answers Authorize with the CALLERROR NotSupported."""
    answers_if(central_system, "Authorize", lambda asked: True, CallError("NotSupported"))


@fault(kills="OCPP16-4.1-32")
def nobody_may_charge(central_system: Any) -> None:
    """Answers Authorize with Invalid for an idTag that may charge."""
    says_instead(central_system, "Authorize", has("Accepted"), "Invalid")


@fault(kills="OCPP16-7.2-31")
def lets_strangers_charge(central_system: Any) -> None:
    """Answers Authorize with Accepted for an idTag that it does not know."""
    says_instead(central_system, "Authorize", has("Invalid"), "Accepted")


@fault(kills="OCPP16-7.2-32")
def calls_blocked_invalid(central_system: Any) -> None:
    """Calls a blocked idTag Invalid."""
    says_instead(central_system, "Authorize", has("Blocked"), "Invalid")


@fault(kills="OCPP16-7.2-33")
def forgets_expiry(central_system: Any) -> None:
    """Accepts an idTag that has expired."""
    says_instead(central_system, "Authorize", has("Expired"), "Accepted")


@fault(kills="OCPP16-3.10-31")
def forgets_groups(central_system: Any) -> None:
    """Leaves the parentIdTag out for one idTag of a group."""
    last = [""]

    def second(asked: Payload, info: Payload) -> bool:
        known, last[0] = last[0], asked["idTag"]
        return known not in ("", asked["idTag"])

    says_instead(central_system, "Authorize", second, None)


@fault(kills="OCPP16-3.10-31")
def forgets_the_second_of_a_group(central_system: Any) -> None:
    """Leaves the parentIdTag out for the second idTag of a group."""
    says_instead(central_system, "Authorize", lambda asked, info: asked["idTag"] == "EC000002", None)


@fault(kills="OCPP16-7.15-31")
def compares_case(central_system: Any) -> None:
    """Does not know an idTag in small letters."""
    says_instead(central_system, "Authorize", lambda asked, info: asked["idTag"] != asked["idTag"].upper(), "Invalid")


@fault(kills="OCPP16-7.2-34")
def concurrent_authorize(central_system: Any) -> None:
    """Answers Authorize with ConcurrentTx while the idTag is in a transaction."""
    running: set[str] = set()

    def note(asked: Payload, answer: Any) -> Answer:
        running.add(asked["idTag"])
        return answer  # type: ignore[no-any-return]

    edits_answer(central_system, "StartTransaction", note)
    says_instead(central_system, "Authorize", lambda asked, info: asked["idTag"] in running, "ConcurrentTx")


# ── transactions ──


@fault(kills="OCPP16-4.8-31", also=["OCPP16-4.8-34"])
def refuses_starts(central_system: Any) -> None:
    """Answers StartTransaction with the CALLERROR InternalError."""
    answers_if(central_system, "StartTransaction", lambda asked: True, REFUSAL)


@fault(kills="OCPP16-4.8-34")
def refuses_transactions(central_system: Any) -> None:
    """Answers StartTransaction with Invalid for an idTag that may charge."""
    says_instead(central_system, "StartTransaction", has("Accepted"), "Invalid")


@fault(kills="OCPP16-4.8-32")
def trusts_charge_points(central_system: Any) -> None:
    """Accepts every idTag of a StartTransaction: the charge point will have asked."""
    says_instead(central_system, "StartTransaction", lambda asked, info: True, "Accepted")


@fault(kills="OCPP16-4.8-33")
def checks_starts(central_system: Any) -> None:
    """Answers a StartTransaction of a connector that it does not know with the CALLERROR PropertyConstraintViolation."""
    refusal = CallError("PropertyConstraintViolation", "connectorId")
    answers_if(central_system, "StartTransaction", lambda asked: asked["connectorId"] > 10, refusal)


@fault(kills="OCPP16-3.7-31")
def forgets_the_past(central_system: Any) -> None:
    """Does not accept a StartTransaction of more than a minute ago."""
    says_instead(central_system, "StartTransaction", lambda asked, info: is_past(central_system, asked), "Expired")


def is_past(central_system: Any, asked: Payload) -> bool:
    told = instant(asked["timestamp"])
    return told is not None and bool((central_system.clock.date() - told).total_seconds() > 60)


@fault(kills="OCPP16-7.2-35")
def allows_concurrent_transactions(central_system: Any) -> None:
    """Accepts an idTag that is in another transaction."""
    says_instead(central_system, "StartTransaction", has("ConcurrentTx"), "Accepted")


def gives_ids(central_system: Any, id_of: Callable[[Payload, int], int]) -> None:
    """What is told to the charge point, in place of the transactionId that was given."""

    def edit(asked: Payload, answer: Any) -> Answer:
        given = isinstance(answer, dict) and "transactionId" in answer
        return answer | {"transactionId": id_of(asked, answer["transactionId"])} if given else answer  # type: ignore[no-any-return]

    edits_answer(central_system, "StartTransaction", edit)


@fault(kills="OCPP16-6.46-31")
def one_transaction_id(central_system: Any) -> None:
    """Gives every transaction the same transactionId."""
    gives_ids(central_system, lambda asked, given: 1)


@fault(kills="OCPP16-6.46-32")
def a_retry_is_another_transaction(central_system: Any) -> None:
    """Gives a StartTransaction that is sent again another transactionId."""
    seen: list[Payload] = []

    def again(asked: Payload, given: int) -> int:
        seen.append(asked)
        return given + 1_000_000 * (seen.count(asked) - 1)

    gives_ids(central_system, again)


@fault(kills="OCPP16-6.46-33")
def negative_ids(central_system: Any) -> None:
    """Gives negative transactionIds."""
    gives_ids(central_system, lambda asked, given: -given - 1)


@fault(kills="OCPP16-4.8-35")
def refuses_minus_one(central_system: Any) -> None:
    """Answers a StopTransaction with transactionId -1 with the CALLERROR PropertyConstraintViolation."""
    refusal = CallError("PropertyConstraintViolation", "transactionId")
    answers_if(central_system, "StopTransaction", lambda asked: asked["transactionId"] == -1, refusal)


@fault(kills="OCPP16-4.8-35")
def refuses_values_of_minus_one(central_system: Any) -> None:
    """Answers MeterValues with transactionId -1 with the CALLERROR PropertyConstraintViolation."""
    refusal = CallError("PropertyConstraintViolation", "transactionId")
    answers_if(central_system, "MeterValues", lambda asked: asked.get("transactionId") == -1, refusal)


@fault(kills="OCPP16-4.10-31")
def refuses_stops(central_system: Any) -> None:
    """Answers StopTransaction with the CALLERROR InternalError."""
    answers_if(central_system, "StopTransaction", lambda asked: True, REFUSAL)


@fault(kills="OCPP16-4.10-32")
def checks_stops(central_system: Any) -> None:
    """Answers a StopTransaction of a transaction that it does not know with the CALLERROR PropertyConstraintViolation."""
    refusal = CallError("PropertyConstraintViolation", "transactionId")
    answers_if(central_system, "StopTransaction", lambda asked: asked["transactionId"] == 987654, refusal)


# ── the rest ──


@fault(kills="OCPP16-4.7-31")
def refuses_meter_values(central_system: Any) -> None:
    """Answers MeterValues with the CALLERROR NotSupported."""
    answers_if(central_system, "MeterValues", lambda asked: True, CallError("NotSupported"))


@fault(kills="OCPP16J-E2.1-31")
def spells_celsius_its_way(central_system: Any) -> None:
    """Answers MeterValues with a temperature in Celcius with the CALLERROR PropertyConstraintViolation."""
    refusal = CallError("PropertyConstraintViolation", "unit")
    answers_if(central_system, "MeterValues", lambda asked: "Celcius" in str(asked), refusal)


@fault(kills="OCPP16-4.7-32")
def checks_meter_values(central_system: Any) -> None:
    """Answers MeterValues of a transaction that it does not know with the CALLERROR PropertyConstraintViolation."""
    refusal = CallError("PropertyConstraintViolation", "transactionId")
    answers_if(central_system, "MeterValues", lambda asked: asked.get("transactionId") == 987654, refusal)


@fault(kills="OCPP16-4.3-31", also=["OCPP16-4.3-32"])
def refuses_data(central_system: Any) -> None:
    """Answers DataTransfer with the CALLERROR NotSupported."""
    answers_if(central_system, "DataTransfer", lambda asked: True, CallError("NotSupported"))


@fault(kills="OCPP16-4.3-32")
def takes_any_data(central_system: Any) -> None:
    """Accepts a DataTransfer of a vendor that nobody knows."""
    answers_if(central_system, "DataTransfer", lambda asked: True, {"status": "Accepted"})


@fault(kills="OCPP16-4.3-33")
def echoes_data(central_system: Any) -> None:
    """Sends the data of an unknown vendor back."""
    edits_answer(central_system, "DataTransfer", lambda asked, answer: answer | {"data": asked.get("data", "")})


@fault(kills="OCPP16-6.4-31")
def interval_zero(central_system: Any) -> None:
    """Accepts a charge point with the interval 0."""
    edits_answer(central_system, "BootNotification", lambda asked, answer: answer | {"interval": 0})


@fault(kills="OCPP16J-5.3-31")
def clings_to_old_connections(central_system: Any) -> None:
    """Sends what is for a charge point over its first connection, as long as that is open."""
    endpoint = central_system.endpoint
    plain = endpoint.opened

    def opened(connection: Any) -> None:
        before = dict(endpoint.channels)
        endpoint.channels.clear()  # so that the old one is not closed
        plain(connection)
        endpoint.channels.update(before)

    endpoint.opened = opened
