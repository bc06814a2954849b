"""Faults of who reads OCPP-S: takes what it should refuse, refuses what it should take, or calls a refusal otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.harness.law import fault
from evconform.http.message import Request, Response
from evconform.http.server import Said, ServerConnection
from evconform.ocpp.json import CallError
from evconform.ocpp.soap.codec import Envelope
from evconform.ocpp.soap.names import MEDIA_TYPE, SOAP, SOAP_1_1
from evconform.ocpp.soap.problem import Problem
from suites.ocpp16.faults.answers import ACCEPTED, answers
from suites.ocpp16.faults.soap_envelopes import soap_of


def rereads(party: Any, edit: Callable[[Request], None]) -> None:
    """``edit`` gets each request before anybody else does."""
    endpoint = soap_of(party)
    plain = endpoint._handle

    async def handles(request: Request, connection: ServerConnection) -> Any:
        edit(request)
        return await plain(request, connection)

    endpoint._handle = handles  # type: ignore[method-assign]


def retypes(request: Request, media_type: str) -> None:
    request.headers = [(name, media_type if name.lower() == "content-type" else value) for name, value in request.headers]


def overlooks(party: Any, *names: str) -> None:
    """Problems of these names do not count."""

    def first_other(envelope: Envelope) -> Problem | None:
        return next((each for each in envelope.problems if each.name not in names), None)

    soap_of(party).objects = first_other


def calls_it(party: Any, code: str, instead: CallError | None) -> None:
    """What is refused with this code gets another fault, or is not refused."""
    endpoint = soap_of(party)
    plain = endpoint.refusal_of

    def refusal_of(envelope: Envelope) -> CallError | None:
        refusal = plain(envelope)
        return instead if refusal and refusal.code == code else refusal

    endpoint.refusal_of = refusal_of  # type: ignore[method-assign]


# ── takes what it should refuse ──


@fault(kills="OCPP16S-2-07")
def takes_soap_1_1(party: Any) -> None:
    """Takes a message of SOAP 1.1 for one of 1.2."""

    def edit(request: Request) -> None:
        if SOAP_1_1.encode() in request.body:
            request.body = request.body.replace(SOAP_1_1.encode(), SOAP.encode())
            retypes(request, MEDIA_TYPE)

    rereads(party, edit)


@fault(kills="OCPP16S-2-08")
def takes_a_doctype(party: Any) -> None:
    """Passes over a document type declaration."""

    def edit(request: Request) -> None:
        request.body = request.body.replace(b"<!DOCTYPE Envelope>", b"")

    rereads(party, edit)


@fault(kills="OCPP16S-4-01")
def obeys_what_is_incomplete(party: Any) -> None:
    """Answers a request that lacks an element as if it were proper."""
    overlooks(party, "missing")
    answers(party, "ChangeConfiguration", ACCEPTED)
    if "StatusNotification" in party.endpoint.handlers:
        answers(party, "StatusNotification", {})


@fault(kills="OCPP16S-4-02")
def reads_elements_in_any_order(party: Any) -> None:
    """Reads the elements of a request in any order, and passes over those that it does not know."""
    overlooks(party, "element")


@fault(kills="OCPP16S-4-02")
def reads_elements_without_a_namespace(party: Any) -> None:
    """Reads the elements of a request by their local names."""
    overlooks(party, "unqualified")


@fault(kills="OCPP16S-4-04")
def obeys_what_it_does_not_know(party: Any) -> None:
    """Answers an operation that there is not as if it were another."""

    def edit(request: Request) -> None:
        instead = b"Heartbeat" if b"/Cs/" in request.body else b"GetConfiguration"
        request.body = request.body.replace(b"EvconformAction", instead)
        request.body = request.body.replace(b"evconformAction", instead[:1].lower() + instead[1:])

    rereads(party, edit)


@fault(kills="OCPP16S-3.3-04")
def answers_for_others(charge_point: Any) -> None:
    """Answers what is meant for another charge point."""
    calls_it(charge_point, "IdentityMismatch", None)


# ── refuses what it should take ──


@fault(kills="OCPP16S-3.3-03")
def knows_the_identity_in_one_case(party: Any) -> None:
    """Does not find the identity header if its name is in capitals."""

    def edit(request: Request) -> None:
        request.body = request.body.replace(b"CHARGEBOXIDENTITY", b"somebodysIdentity")

    rereads(party, edit)


def knows_no(coding: str) -> Callable[[Any], None]:
    """A fault: a request in this coding is refused."""

    def refuses(party: Any) -> None:
        def edit(request: Request) -> None:
            if request.header("Content-Encoding") == coding:
                request.headers.append(("Content-Encoding", "evconform"))

        rereads(party, edit)

    refuses.__name__, refuses.__doc__ = (
        f"knows_no_{coding}",
        f"Refuses a request that is compressed with {coding}, with the status of HTTP alone.",
    )
    return refuses


fault(kills="OCPP16S-6.1-01", also=["OCPP16S-3.2-01"])(knows_no("gzip"))
fault(kills="OCPP16S-6.1-02", also=["OCPP16S-3.2-01"])(knows_no("deflate"))


def reads_no(coding: str, who: str) -> Callable[[Any], None]:
    """A fault: what is answered in this coding is no message."""

    def misreads(party: Any) -> None:
        client = soap_of(party).client
        plain = client.request

        async def request(*asked: Any) -> Response:
            response = await plain(*asked)
            if response.header("Content-Encoding") == coding:
                response.body = b"\x1f\x8b"
            return response

        client.request = request  # type: ignore[method-assign, assignment]

    misreads.__name__, misreads.__doc__ = f"{who}_reads_no_{coding}", f"Cannot read an answer that is compressed with {coding}."
    return misreads


fault(kills="OCPP16S-6.1-03", also=["OCPP16-4.9-01"])(reads_no("gzip", "charge_point"))
fault(kills="OCPP16S-6.1-04", also=["OCPP16-4.9-01"])(reads_no("deflate", "charge_point"))
fault(kills="OCPP16S-6.1-05", also=["OCPP16-5.15-32"])(reads_no("gzip", "central_system"))
fault(kills="OCPP16S-6.1-06", also=["OCPP16-5.15-32"])(reads_no("deflate", "central_system"))


DEAD = ["OCPP16S-3.2-01", "OCPP16S-4-15", "OCPP16S-4-16", "OCPP16S-4-18"]
"""What somebody breaks who answers nothing any more: the hostile messages after that, too."""


@fault(kills="OCPP16S-2-09", also=DEAD)
def dies_of_an_entity_bomb(party: Any) -> None:
    """Answers nothing any more once somebody sent it entities."""
    dies_of(party, b"<!ENTITY")


@fault(kills="OCPP16S-2-09", also=DEAD)
def dies_of_xml_that_ends_early(party: Any) -> None:
    """Answers nothing any more once somebody sent it XML that ends early."""
    dies_of(party, b"", b"</soap:Envelope>")


@fault(kills="OCPP16S-2-09", also=DEAD)
def dies_of_a_wrong_answer(party: Any) -> None:
    """Answers nothing any more once an answer to it was wrong in one place."""
    endpoint = soap_of(party)
    plain, handle = endpoint.decoded, endpoint._handle
    dead: list[bool] = []

    async def decoded(body: bytes) -> Envelope:
        envelope = await plain(body)
        if envelope.kind == "response" and envelope.problems:
            dead.append(True)
        return envelope

    async def handles(request: Request, connection: ServerConnection) -> Any:
        return Said.SAID if dead else await handle(request, connection)

    endpoint.decoded, endpoint._handle = decoded, handles  # type: ignore[method-assign]


def dies_of(party: Any, holds: bytes, lacks: bytes = b"\x00") -> None:
    endpoint = soap_of(party)
    plain = endpoint._handle
    dead: list[bool] = []

    async def handles(request: Request, connection: ServerConnection) -> Any:
        if request.method == "POST" and holds in request.body and lacks not in request.body:
            dead.append(True)
        return Said.SAID if dead else await plain(request, connection)

    endpoint._handle = handles  # type: ignore[method-assign]


# ── calls it otherwise ──


@fault(kills="OCPP16S-3.3-05")
def internal_error_for_an_identity(charge_point: Any) -> None:
    """Calls a wrong identity an internal error."""
    calls_it(charge_point, "IdentityMismatch", CallError("InternalError", "not mine"))


@fault(kills="OCPP16S-4-03")
def internal_error_for_broken_messages(party: Any) -> None:
    """Calls a message that breaks the protocol an internal error."""
    calls_it(party, "ProtocolError", CallError("InternalError", "no idea"))


@fault(kills="OCPP16S-4-05")
def internal_error_for_unknown_operations(party: Any) -> None:
    """Calls an operation that it does not know an internal error."""
    calls_it(party, "NotSupported", CallError("InternalError", "no idea"))
