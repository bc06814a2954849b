"""OCPP-S 1.6 as scenarios that are the same whichever side is under test. ``tester``: the scripted party."""

from __future__ import annotations

from typing import Any

from evconform.harness.verdict import NotReached
from evconform.http.message import Response
from evconform.ocpp.channel import Payload
from evconform.ocpp.soap import fault, spoiling
from evconform.ocpp.soap.scripted import Enveloping, Rework
from evconform.ocpp.tester import call_error, one_of
from evconform.ocpp.view import Frame

FAULT = call_error()
REFUSED = one_of(FAULT, {"http_error": True})
"""A fault, or the status of an HTTP error by itself."""
ENDS_EARLY = "its XML ends early"
ILLEGAL: dict[str, Rework] = {
    ENDS_EARLY: spoiling.truncated,
    "its body is of a foreign namespace": spoiling.foreign,
    "its body has no element": spoiling.empty,
    "an element is missing": spoiling.without_its_first,
}
"""What no receiver can process, whatever it overlooks."""
LENIENT: dict[str, Rework] = {
    "its elements are in the wrong order": spoiling.reordered,
    "its elements are not qualified": spoiling.unqualified,
    "it has an element that there is not": spoiling.with_one_too_many,
}
"""What a receiver might read all the same."""
UNCLEAR: dict[str, Rework] = {
    "it has no MessageID": spoiling.without("MessageID"),
    "it has no From": spoiling.without("From"),
    "it has no ReplyTo": spoiling.without("ReplyTo"),
    "it has no To": spoiling.without("To"),
    "it has no Action": spoiling.without("Action"),
    "its From is no address": spoiling.with_block("From", "evconform"),
    "its ReplyTo is another address": spoiling.with_block("ReplyTo", "http://127.0.0.1:9/"),
    "it relates to another message": spoiling.with_block("RelatesTo", "urn:evconform:nothing"),
    "it has two bodies": spoiling.twice,
    "it is full of entities": spoiling.with_entity_bomb,
    "it has 16 MiB": spoiling.of_length(16 * 2**20),
}
"""What a receiver may answer in any way, or not at all, as long as it goes on."""

SUBCODES = (*fault.SUBCODES, "UrlNotFound", "EvconformError")
"""Those of the table, one that older versions had, and one that there never was."""


def unavailable(_: bytes) -> Response:
    return Response(503, [("Content-Type", "text/plain")], b"try again later")


ANSWERS: dict[str, Rework] = {
    "HTTP 503": unavailable,
    "HTTP 200 without a body": lambda _: Response(200),
    "a page where people log in": lambda _: Response(
        200, [("Content-Type", "text/html")], b"<html><body>Who are you?</body></html>"
    ),
    "XML that ends early": spoiling.truncated,
    "a body of a foreign namespace": spoiling.foreign,
    "a body without an element": spoiling.empty,
    "elements in the wrong order": spoiling.reordered,
    "elements that are not qualified": spoiling.unqualified,
    "an element that there is not": spoiling.with_one_too_many,
    "a RelatesTo of another message": spoiling.with_block("RelatesTo", "urn:evconform:nothing"),
    "no RelatesTo": spoiling.without("RelatesTo"),
    "no Action": spoiling.without("Action"),
    "SOAP 1.1": spoiling.as_envelope_1_1,
    "a DOCTYPE": spoiling.with_doctype,
    "an entity bomb": spoiling.with_entity_bomb,
    "16 MiB": spoiling.of_length(16 * 2**20),
}
"""Answers that are wrong in one place, or none: nobody says what whoever gets them makes of them, but that it goes on."""


BOTH = {
    "ocpp1.6-soap": "it is about HTTP and headers of SOAP",
    "ocpp1.5-soap": "it is about HTTP and headers of SOAP, and 1.5 says the same",
}
"""The columns of what OCPP-S 1.6 has from 1.5."""


async def understands(tester: Enveloping, coding: str, proves: str) -> None:
    """A compressed request is answered."""
    with tester.compresses(coding):
        await tester.asks(proves=proves)


def was_answered_in(coding: str, frame: Frame) -> Frame:
    """The request, if its answer came in this coding. Raises NotReached."""
    said = frame.answer.header("Content-Encoding") if frame.answer else None
    if said != coding:
        raise NotReached(f"its Accept-Encoding is {frame.header('Accept-Encoding')!r}, so it was not answered in {coding}")
    return frame


async def knows_the_identity_in_any_case(tester: Enveloping) -> None:
    """The name of the identity header is in capitals."""
    capitals = spoiling.named("chargeBoxIdentity", "CHARGEBOXIDENTITY")
    expects = {"type": "CALLRESULT"}
    await tester.posts(capitals, deviates="a name in capitals", expects=expects, proves="OCPP16S-3.3-03")


async def refuses_another_identity(tester: Enveloping, refused: str, called: str = "") -> None:
    """A request of, or for, a charge point that the SUT does not know. ``called``: the row about its subcode."""
    stranger = spoiling.with_block("chargeBoxIdentity", "evconform-nobody")
    expects = FAULT if called else REFUSED
    await tester.posts(stranger, deviates="an identity that is not ours", expects=expects, proves=refused)
    if called:
        said = call_error("IdentityMismatch")
        await tester.posts(stranger, deviates="an identity that is not ours", expects=said, proves=called)


async def refuses_what_is_illegal(tester: Enveloping, action: str, **payload: Any) -> None:
    """Each is answered with a fault; what is no XML may be none of SOAP's either, and HTTP says so (SOAP 1.2 part 2, 7.5.2.1)."""
    for why, rework in ILLEGAL.items():
        expects = REFUSED if why == ENDS_EARLY else FAULT
        await tester.posts(rework, deviates=why, action=action, **payload, expects=expects, proves="OCPP16S-4-01")


async def calls_it_a_protocol_error(tester: Enveloping, action: str, **payload: Any) -> None:
    said = call_error("ProtocolError")
    for why, rework in ((why, rework) for why, rework in ILLEGAL.items() if why != ENDS_EARLY):
        await tester.posts(rework, deviates=why, action=action, **payload, expects=said, proves="OCPP16S-4-03")


async def minds_order_and_namespace(tester: Enveloping, action: str, **payload: Any) -> None:
    for why, rework in LENIENT.items():
        await tester.posts(rework, deviates=why, action=action, **payload, expects=REFUSED, proves="OCPP16S-4-02")


async def refuses_another_version(tester: Enveloping) -> None:
    """The media type says so too."""
    await tester.posts(spoiling.as_soap_1_1, deviates="SOAP 1.1", expects=REFUSED, proves="OCPP16S-2-07")


async def refuses_a_doctype(tester: Enveloping) -> None:
    await tester.posts(spoiling.with_doctype, deviates="a DOCTYPE", expects=REFUSED, proves="OCPP16S-2-08")


async def goes_on(tester: Enveloping, action: str, payload: Payload, out_of_turn: str = "") -> None:
    """After each of them a proper request is answered. ``out_of_turn``: why that is none that we should send now."""
    for why, rework in {**UNCLEAR, **ILLEGAL, **LENIENT}.items():
        await tester.sends_envelope(rework, deviates=why, action=action, **payload)
        await tester.asks(proves="OCPP16S-2-09", deviates=out_of_turn)
