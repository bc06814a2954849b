"""Faults that hostile messages over SOAP show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.harness.law import fault
from evconform.http.message import Request
from evconform.ocpp.soap.codec import Envelope
from evconform.ocpp.soap.problem import Problem
from suites.ocpp16.faults.answers import ACCEPTED, answers
from suites.ocpp16.faults.soap_envelopes import soap_of
from suites.ocpp16.faults.soap_refusals import rereads

HARMLESS = ("Heartbeat", "GetConfiguration")
BLOCKED: dict[str, Any] = {"idTagInfo": {"status": "Blocked"}}


def objects_otherwise(party: Any, judges: Callable[[Envelope, Problem | None], Problem | None]) -> None:
    """``judges`` gets a request and what the party minds of it, and gives back what it does."""
    endpoint = soap_of(party)
    plain = endpoint.objects
    endpoint.objects = lambda envelope: judges(envelope, plain(envelope))


def takes(party: Any, answer: dict[str, Any], action: str, member: str, name: str) -> None:
    """Requests of this action are not refused for a problem of this name with this element, but answered, and nothing is done."""
    answers(party, action, answer)

    def judges(envelope: Envelope, problem: Problem | None) -> Problem | None:
        spoilt = problem and envelope.action == action and (problem.name, problem.pointer) == (name, f"/{member}")
        return None if spoilt else problem

    objects_otherwise(party, judges)


@fault(kills="OCPP16S-4-15", roles=["charge-point"])
def charge_point_takes_any_text(charge_point: Any) -> None:
    """Answers a ChangeAvailability whose connectorId is no integer as if it were proper."""
    takes(charge_point, ACCEPTED, "ChangeAvailability", "connectorId", "type")


@fault(kills="OCPP16S-4-15", roles=["central-system"])
def central_system_takes_any_error_code(central_system: Any) -> None:
    """Answers a StatusNotification with an errorCode that there is not as if it were proper."""
    takes(central_system, {}, "StatusNotification", "errorCode", "enumeration")


def overlooks_of(party: Any, *names: str) -> None:
    """Of harmless requests problems of these names do not count."""

    def judges(envelope: Envelope, problem: Problem | None) -> Problem | None:
        if problem is None or problem.name not in names or envelope.action not in HARMLESS:
            return problem
        return next((each for each in envelope.problems if each.name not in names), None)

    objects_otherwise(party, judges)


@fault(kills="OCPP16S-4-15")
def passes_over_what_must_be_understood(party: Any) -> None:
    """Does what a request asks whose header demands what it does not know."""
    overlooks_of(party, "must-understand")


@fault(kills="OCPP16S-4-18")
def passes_over_unknown_elements(party: Any) -> None:
    """Does not mind elements that it does not know."""
    overlooks_of(party, "element")


@fault(kills="OCPP16S-4-18")
def reads_the_first_of_two_blocks(party: Any) -> None:
    """Does not mind a header block that is there twice."""
    overlooks_of(party, "header-twice")


def falls_short(party: Any, action: str, member: str, length: int) -> None:
    """Refuses requests of this action whose member is as long as it may be."""

    def judges(envelope: Envelope, problem: Problem | None) -> Problem | None:
        full = envelope.action == action and len(str((envelope.payload or {}).get(member, ""))) == length
        return problem or (Problem("length", "too long", f"/{member}") if full else None)

    objects_otherwise(party, judges)


@fault(kills="OCPP16S-4-16", roles=["charge-point"])
def charge_point_has_no_room_for_a_key(charge_point: Any) -> None:
    """Refuses a key of 50 characters."""
    falls_short(charge_point, "ChangeConfiguration", "key", 50)


@fault(kills="OCPP16S-4-16", roles=["central-system"])
def central_system_has_no_room_for_an_id_tag(central_system: Any) -> None:
    """Refuses an idTag of 20 characters."""
    falls_short(central_system, "Authorize", "idTag", 20)


@fault(kills="OCPP16S-4-16")
def reads_no_cdata(party: Any) -> None:
    """Cannot read a CDATA section."""

    def edit(request: Request) -> None:
        if b"<![CDATA[" in request.body:
            request.body = b"<"

    rereads(party, edit)


def on_refusals(party: Any, action: str, does: Callable[[], Any]) -> None:
    """``does`` is called when a request of this action is refused."""

    def judges(envelope: Envelope, problem: Problem | None) -> Problem | None:
        if problem and envelope.action == action:
            does()
        return problem

    objects_otherwise(party, judges)


@fault(kills="OCPP16S-4-17", roles=["charge-point"])
def sets_a_key_of_a_refused_envelope(charge_point: Any) -> None:
    """Has another HeartbeatInterval after a ChangeConfiguration that it refuses."""
    on_refusals(charge_point, "ChangeConfiguration", lambda: charge_point.configuration.put("HeartbeatInterval", "301"))


@fault(kills="OCPP16S-4-17", roles=["central-system"])
def blocks_a_card_of_a_refused_envelope(central_system: Any) -> None:
    """Blocks every card once it has refused a StartTransaction."""
    on_refusals(central_system, "StartTransaction", lambda: answers(central_system, "Authorize", BLOCKED))


def on_bad_responses(party: Any, does: Callable[[], Any]) -> None:
    """``does`` is called on each response to the party's own requests that is wrong somewhere."""
    endpoint = soap_of(party)
    plain = endpoint.decoded

    async def decoded(body: bytes) -> Envelope:
        envelope = await plain(body)
        if envelope.kind == "response" and envelope.problems:
            does()
        return envelope

    endpoint.decoded = decoded  # type: ignore[method-assign]


@fault(kills="OCPP16S-4-17", roles=["charge-point"])
def forgets_a_setting_on_a_bad_response(charge_point: Any) -> None:
    """Has another ConnectionTimeOut after a response that is wrong somewhere."""
    on_bad_responses(charge_point, lambda: charge_point.configuration.put("ConnectionTimeOut", "31"))


@fault(kills="OCPP16S-4-17", roles=["central-system"])
def blocks_a_card_on_a_bad_response(central_system: Any) -> None:
    """Blocks every card after a response that is wrong somewhere."""
    on_bad_responses(central_system, lambda: answers(central_system, "Authorize", BLOCKED))
