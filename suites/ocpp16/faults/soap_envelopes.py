"""Faults of OCPP-S envelopes: each spoils one kind of message in one place, so that all else stays right."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from evconform.harness.law import fault
from evconform.http.message import Request, Response
from evconform.ocpp.soap import spoiling
from evconform.ocpp.soap.endpoint import Outgoing, SoapEndpoint
from evconform.ocpp.soap.names import ANONYMOUS, content_type
from evconform.ocpp.soap.scripted import Rework
from evconform.ocpp.soap.spoiling import Spoil

REQUESTS = ("heartbeatRequest", "getConfigurationRequest")
"""What a fault spoils: a request of a charge point, and one of a central system."""
RESPONSES = ("getConfigurationResponse", "heartbeatResponse")
BODIES = ("getConfigurationResponse", "clearCacheResponse", "authorizeResponse", "startTransactionResponse")
"""The answers that no row of chapter 6 is about."""


def soap_of(party: Any) -> SoapEndpoint:
    """Its endpoint of SOAP; a central system may have others beside it."""
    schemes = getattr(party.endpoint, "schemes", {})
    endpoint = schemes.get("http", party.endpoint)
    assert isinstance(endpoint, SoapEndpoint), "this fault is for SOAP"
    return endpoint


def reworks(party: Any, rework: Rework, *elements: str) -> None:
    """``rework`` gets each outgoing envelope that holds one of these elements, and gives back what goes out instead."""

    def picks(body: bytes) -> Outgoing:
        return rework(body) if any(f":{element}".encode() in body for element in elements) else body

    soap_of(party).envelopes.append(picks)


def spoils(row: str, name: str, says: str, spoil: Rework, elements: tuple[str, ...], also: tuple[str, ...] = ()) -> None:
    """Declares a fault."""

    def spoilt(party: Any) -> None:
        reworks(party, spoil, *elements)

    spoilt.__name__, spoilt.__doc__ = name, says
    fault(kills=row, also=list(also))(spoilt)


def other_media_type(body: bytes) -> Request:
    return Request("POST", "", [("Content-Type", "text/xml; charset=utf-8")], body)


def renamed(body: bytes) -> bytes:
    """The element of the body, and not the Action."""
    return re.sub(rb"(</?ocpp:)(heartbeat|getConfiguration)Request", rb"\1evconformRequest", body)


IN_REQUESTS: list[tuple[str, str, str, Rework]] = [
    ("2-01", "envelopes_of_soap_1_1", "Writes an envelope of SOAP 1.1.", spoiling.as_envelope_1_1),
    ("2-02", "bodies_with_two_elements", "Writes a body with two elements.", spoiling.twice),
    ("2-03", "doctype_before_the_envelope", "Writes a document type declaration.", spoiling.with_doctype),
    ("2-04", "text_xml_as_media_type", "Sends SOAP 1.2 as text/xml.", other_media_type),
    ("3-01", "two_addresses", "Writes the header To twice.", spoiling.with_block_twice("To")),
    ("3-02", "demands_what_nobody_knows", "Demands that a header of its own is understood.", spoiling.demanding("vendor")),
    ("3.1-01", "no_xml_declaration", "Writes no XML declaration.", spoiling.without_declaration),
    ("3.1-02", "xml_that_ends_early", "Writes XML that ends early.", spoiling.truncated),
    ("3.3-01", "no_identity", "Leaves out chargeBoxIdentity.", spoiling.without("chargeBoxIdentity")),
    ("3.4-01", "no_action", "Leaves out the Action.", spoiling.without("Action")),
    ("3.4-02", "action_of_another_message", "Names another message in the Action.", spoiling.with_block("Action", "/Reset")),
    (
        "3.4-03",
        "action_with_a_namespace",
        "Writes the Action as a whole URI.",
        spoiling.swaps(":Action>/", ":Action>urn://Ocpp/"),
    ),
    ("3.5-01", "no_message_id", "Leaves out the MessageID.", spoiling.without("MessageID")),
    ("3.6-02", "requests_that_relate", "Writes a RelatesTo into a request.", spoiling.with_block("RelatesTo", "urn:evconform:1")),
    ("3.7-01", "no_from", "Leaves out From.", spoiling.without("From")),
    ("3.7-02", "from_is_a_name", "Writes its name into From.", spoiling.with_block("From", "evconform")),
    ("3.7-02", "from_is_nowhere", "Writes the anonymous address into From.", spoiling.with_block("From", ANONYMOUS)),
    ("3.8-01", "no_reply_to", "Leaves out ReplyTo.", spoiling.without("ReplyTo")),
    ("3.8-02", "answers_elsewhere", "Wants the answer elsewhere.", spoiling.with_block("ReplyTo", "http://127.0.0.1:9/")),
    ("3.9-01", "no_to", "Leaves out To.", spoiling.without("To")),
    ("3.9-02", "to_somebody_else", "Writes another address into To.", spoiling.with_block("To", "http://127.0.0.1:9/other")),
    ("8-01", "a_namespace_of_its_own", "Writes a body of another namespace.", spoiling.foreign),
    ("8-01", "an_older_version", "Speaks OCPP 1.5 where 1.6 is due.", spoiling.swaps("2015/10", "2012/06")),
    ("8-02", "an_operation_of_its_own", "Calls an operation that there is not.", renamed),
]
for _row, _name, _says, _spoil in IN_REQUESTS:
    spoils(f"OCPP16S-{_row}", _name, _says, _spoil, REQUESTS)

IN_BODIES: list[tuple[str, str, str, Spoil]] = [
    ("8-03", "unqualified_elements", "Leaves the namespace away from the elements in a body.", spoiling.unqualified),
    ("8-04", "one_element_too_many", "Adds an element that the schema does not know.", spoiling.with_one_too_many),
    ("8-05", "no_status", "Leaves out an element that must be there.", spoiling.lacks("status")),
    ("8-07", "a_status_of_its_own", "Says a status that the enumeration does not have.", spoiling.says("status", "Perhaps")),
]
for _row, _name, _says, _spoil in IN_BODIES:
    spoils(f"OCPP16S-{_row}", _name, _says, _spoil, BODIES)


def in_the_other_namespace(body: bytes) -> bytes:
    """The body, in the namespace of the service that is not called."""
    other = "Cp" if b"urn://Ocpp/Cs/" in body else "Cs"
    return spoiling.in_namespace(f"urn://Ocpp/{other}/2015/10/")(body)


def of_another_operation(body: bytes) -> bytes:
    """The response of another operation, which is proper by itself, and has the right MessageID."""
    body = re.sub(
        rb"<ocpp:getConfigurationResponse.*</ocpp:getConfigurationResponse>|<ocpp:getConfigurationResponse/>", CLEARED, body
    )
    body = re.sub(rb"<ocpp:heartbeatResponse>.*</ocpp:heartbeatResponse>", rb"<ocpp:statusNotificationResponse/>", body)
    return body.replace(b"/GetConfigurationResponse<", b"/ClearCacheResponse<").replace(
        b"/HeartbeatResponse<", b"/StatusNotificationResponse<"
    )


CLEARED = rb"<ocpp:clearCacheResponse><ocpp:status>Accepted</ocpp:status></ocpp:clearCacheResponse>"
spoils("OCPP16S-8-01", "the_other_service", "Answers in the namespace of the other service.", in_the_other_namespace, RESPONSES)


@fault(kills="OCPP16S-8-02", roles=["central-system"])
def answers_as_another_operation(central_system: Any) -> None:
    """Answers a Heartbeat as it would a StatusNotification."""
    reworks(central_system, of_another_operation, "heartbeatResponse")


@fault(kills="OCPP16S-8-02", also=["OCPP16-5.8-03"], roles=["charge-point"])
def clears_where_it_should_tell(charge_point: Any) -> None:
    """Answers a GetConfiguration as it would a ClearCache."""
    reworks(charge_point, of_another_operation, "getConfigurationResponse")


STATUS = ("statusNotificationRequest",)


@fault(kills="OCPP16S-3.3-01", roles=["charge-point"])
def tells_its_status_without_identity(charge_point: Any) -> None:
    """Leaves out chargeBoxIdentity where it tells its status."""
    reworks(charge_point, spoiling.without("chargeBoxIdentity"), *STATUS)


@fault(kills="OCPP16S-3.7-01", roles=["charge-point"])
def tells_its_status_without_from(charge_point: Any) -> None:
    """Leaves out From where it tells its status."""
    reworks(charge_point, spoiling.without("From"), *STATUS)


ANOTHER = spoiling.with_block("chargeBoxIdentity", "CP-OF-ANOTHER")


@fault(kills="OCPP16S-3.3-02", also=["OCPP16-4.6-01"], roles=["charge-point"])
def writes_another_identity(charge_point: Any) -> None:
    """Writes another identity into its Heartbeats, so that nobody hears its own."""
    reworks(charge_point, ANOTHER, "heartbeatRequest")


@fault(kills="OCPP16S-3.3-02", roles=["central-system"])
def means_another_charge_point(central_system: Any) -> None:
    """Writes another identity than that of the charge point that it calls."""
    reworks(central_system, ANOTHER, "getConfigurationRequest")


@fault(kills="OCPP16S-8-06")
def values_of_another_type(party: Any) -> None:
    """Writes a boolean as a word, and an integer that is no xs:int."""
    reworks(party, spoiling.says("readonly", "yes"), "getConfigurationResponse")
    reworks(party, spoiling.says("transactionId", "5000000000"), "startTransactionResponse")


@fault(kills="OCPP16S-8-08")
def keys_that_are_too_long(party: Any) -> None:
    """Writes a key of 51 characters."""
    reworks(party, spoiling.says("key", "k" * 51), "getConfigurationRequest", "getConfigurationResponse")


@fault(kills="OCPP16S-8-09")
def limits_of_two_digits(central_system: Any) -> None:
    """Writes a limit with two digits behind the point."""
    reworks(central_system, spoiling.says("limit", "16.25"), "setChargingProfileRequest")


@fault(kills="OCPP16S-3.5-02")
def one_message_id_for_all(party: Any) -> None:
    """Uses the same MessageID for every request."""
    soap_of(party).new_message_id = lambda _: "urn:evconform:same"


@fault(kills="OCPP16S-3.6-01")
def relates_to_another(party: Any) -> None:
    """Relates its answers to another message."""
    reworks(party, spoiling.with_block("RelatesTo", "urn:evconform:another"), *RESPONSES)


ONLY_SOAP = {"ocpp1.6-soap": "OCPP-J has no elements"}


@fault(kills="OCPP16-6.4-01", only=ONLY_SOAP)
def no_interval(central_system: Any) -> None:
    """Leaves the interval out of its answer to a BootNotification."""
    reworks(central_system, spoiling.lacks("interval"), "bootNotificationResponse")


@fault(kills="OCPP16-6.30-01", only=ONLY_SOAP)
def no_time(central_system: Any) -> None:
    """Leaves the time out of its answer to a Heartbeat."""
    reworks(central_system, spoiling.lacks("currentTime"), "heartbeatResponse")


# ── faults of SOAP ──

FAULT = ("Fault",)


def fails_with(status: Callable[[int], int]) -> Rework:
    """The envelope of a fault with another HTTP status than its code has."""

    def fail(body: bytes) -> Response:
        plain = 400 if b"soap:Sender" in body else 500
        return Response(status(plain), [("Content-Type", content_type("/fault"))], body)

    return fail


def with_other_code(body: bytes) -> bytes:
    return body.replace(b"soap:Receiver", b"soap:Server").replace(b"soap:Sender", b"soap:Client")


def under_the_other_code(body: bytes) -> bytes:
    return body.replace(b"soap:Receiver", b"soap:X").replace(b"soap:Sender", b"soap:Receiver").replace(b"soap:X", b"soap:Sender")


IN_FAULTS: list[tuple[str, str, str, Rework, tuple[str, ...]]] = [
    ("2-05", "faults_with_status_200", "Sends a fault with the HTTP status 200.", fails_with(lambda _: 200), ()),
    ("2-06", "faults_with_the_other_status", "Swaps the statuses 400 and 500.", fails_with(lambda plain: 900 - plain), ()),
    ("4-11", "codes_of_soap_1_1", "Writes the fault codes of SOAP 1.1.", with_other_code, ()),
    ("4-12", "no_reason", "Writes a fault without a reason.", spoiling.lacks("Reason"), ()),
    ("4-13", "subcodes_of_soap", "Writes subcodes in the namespace of SOAP.", spoiling.swaps(">ocpp:", ">soap:"), ()),
    ("4-14", "blames_the_other_side", "Swaps Sender and Receiver.", under_the_other_code, ("OCPP16S-2-06",)),
]
for _row, _name, _says, _rework, _also in IN_FAULTS:
    spoils(f"OCPP16S-{_row}", _name, _says, _rework, FAULT, _also)
