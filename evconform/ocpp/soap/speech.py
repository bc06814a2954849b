"""From the parties' messages to envelopes: what OCPP-J would write as text goes out as SOAP."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from evconform.ocpp.json import CallError, Message
from evconform.ocpp.soap.body import NotInSoap, Payload
from evconform.ocpp.soap.codec import FAULT_ACTIONS, encode, encode_fault, enveloped
from evconform.ocpp.soap.errors import fault_of, status_of
from evconform.ocpp.soap.headers import Headers
from evconform.ocpp.soap.model import Service, addressed, element
from evconform.ocpp.soap.translate import translation
from evconform.ocpp.soap.xsd import Element


def request(message: Message, headers: Headers, service: Service) -> bytes:
    """The envelope of a CALL. An operation that the service does not have is written all the same. Raises NotInSoap."""
    action, payload = str(message.action), _payload(message)
    if action in service.operations:
        payload = translation(service.version).from_1_6(action, "request", payload)
        return encode(payload, action, headers, service)
    return enveloped(replace(headers, action=addressed(action, "request")), service, _unknown(service, action, payload))


def response(message: Message, action: str, headers: Headers, service: Service) -> tuple[int, Headers, bytes]:
    """HTTP status, headers and envelope of the answer to a CALL of ``action``. Raises NotInSoap."""
    if message.type == "CALLERROR":
        fault = fault_of(CallError(str(message.code), str(message.description or "")))
        headers = replace(headers, action=FAULT_ACTIONS[1])
        return status_of(fault), headers, encode_fault(fault, headers, service)
    if action not in service.operations:
        raise NotInSoap(f": the {service.name} has no operation {action!r}")
    headers = replace(headers, action=addressed(action, "response"))
    payload = translation(service.version).from_1_6(action, "response", _payload(message))
    return 200, headers, encode(payload, action, headers, service, "response")


def _payload(message: Message) -> Payload:
    if message.payload is None:
        return {}
    if not isinstance(message.payload, dict):
        raise NotInSoap(f": {message.payload!r} is no object")
    return message.payload


def _unknown(service: Service, action: str, payload: Payload) -> Element:
    """An element in the manner of the service's; what it holds are texts."""
    root = etree.Element(f"{{{service.namespace}}}{element(action, 'request')}", nsmap={None: service.namespace})
    for name, value in payload.items():
        etree.SubElement(root, f"{{{service.namespace}}}{name}").text = str(value)
    return root
