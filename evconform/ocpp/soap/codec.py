"""Messages of OCPP-S as bytes: writes any, and reads any bytes into an Envelope without ever raising."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from evconform.ocpp.soap.body import Payload, from_element, to_element
from evconform.ocpp.soap.fault import OF_FAULTS_15, Fault, fault_element, problems_of_fault, read_fault
from evconform.ocpp.soap.headers import Headers, header_element, missing, read_headers
from evconform.ocpp.soap.model import Service, addressed
from evconform.ocpp.soap.names import SOAP, SOAP_1_1, WSA
from evconform.ocpp.soap.parse import parse
from evconform.ocpp.soap.problem import Problem, Refused
from evconform.ocpp.soap.table import by_namespace, services
from evconform.ocpp.soap.validate import problems_of
from evconform.ocpp.soap.xsd import Element

FAULT_ACTIONS = (f"{WSA}/fault", f"{WSA}/soap/fault")
"""WS-Addressing 1.0 SOAP binding, 6; the second is the predefined one."""

NO_HEADERS = Headers()


@dataclass(frozen=True)
class Envelope:
    """What bytes say. ``kind``: request, response, fault, or nothing where it cannot be told; ``action``: of the body, without
    Request or Response; ``version``: OCPP's. ``payload`` is the JSON model's, read as far as it goes."""

    kind: str = ""
    version: str = ""
    service: Service | None = None
    action: str = ""
    headers: Headers = NO_HEADERS
    payload: Payload | None = None
    fault: Fault | None = None
    problems: tuple[Problem, ...] = ()


def encode(payload: Payload, action: str, headers: Headers, service: Service, kind: str = "request") -> bytes:
    """The envelope of a message. An action in the headers stands as it is; otherwise it is the message's. Raises NotInSoap."""
    headers = headers if headers.action is not None else replace(headers, action=addressed(action, kind))
    return enveloped(headers, service, to_element(service, action, kind, payload))


def encode_fault(fault: Fault, headers: Headers, service: Service) -> bytes:
    """The envelope of a fault of ``service``."""
    headers = headers if headers.action is not None else replace(headers, action=FAULT_ACTIONS[1])
    return enveloped(headers, service, fault_element(fault, service))


def enveloped(headers: Headers, service: Service, holds: Element) -> bytes:
    """An envelope with this element as its body."""
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP, "wsa": WSA, "ocpp": service.namespace})
    root.append(header_element(headers, service))
    etree.SubElement(root, f"{{{SOAP}}}Body").append(holds)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def decode(body: bytes) -> Envelope:
    """The envelope that the bytes are; what is wrong with it stands in its problems."""
    try:
        root = parse(body)
        header, holds = _parts(root)
    except Refused as refused:
        return Envelope(problems=(refused.problem,))
    name = etree.QName(holds)
    if name.namespace == SOAP and name.localname == "Fault":
        return _fault(header, holds)
    said = by_namespace().get(name.namespace or "")
    headers, problems, odd = read_headers(header, said)
    service = _meant(holds, said)
    if service is not said:
        problems.append(_of_the_other(name, said))
    if service is None or name.localname not in service.elements:
        return Envelope(
            headers=headers, service=service, problems=(*problems, _unknown(name, service)), version=_version(service)
        )
    action, kind = _message(service.elements[name.localname])
    problems += [*missing(headers, kind, odd, service.version), *_wrong_action(headers, action, kind)]
    problems += problems_of(service, holds)
    payload = from_element(service, holds)
    return Envelope(kind, service.version, service, action, headers, payload, problems=tuple(problems))


def _parts(root: Element) -> tuple[Element | None, Element]:
    """The Header, if there is one, and the one child of the Body. Raises Refused."""
    name = etree.QName(root)
    if name.localname == "Envelope" and name.namespace != SOAP:
        says = "SOAP 1.1" if name.namespace == SOAP_1_1 else f"an envelope of {name.namespace!r}"
        raise Refused("soap-version", f"{says}, not SOAP 1.2")
    if name.localname != "Envelope":
        raise Refused("envelope", f"a {name.localname}, no envelope")
    children = list(root.iterchildren("{*}*"))
    *before, last = [etree.QName(each) for each in children] or [name]
    if last.text != f"{{{SOAP}}}Body" or [each.text for each in before] not in ([], [f"{{{SOAP}}}Header"]):
        raise Refused("envelope", f"{', '.join(etree.QName(each).localname for each in children)}, not Header and Body")
    holds = list(children[-1].iterchildren("{*}*"))
    if len(holds) != 1:
        raise Refused("body", f"a body of {len(holds)} elements, not one")
    return (children[0] if before else None), holds[0]


def _meant(holds: Element, said: Service | None) -> Service | None:
    """The service of a body element. A message of the other service of its version is read as that, in whose namespace ever."""
    local = etree.QName(holds).localname
    for other in services(said.version) if said and local not in said.elements else ():
        if said and local in other.elements:
            _moves(holds, said.namespace, other.namespace)
            return other
    return said


def _moves(holds: Element, said: str, meant: str) -> None:
    for each in holds.iter(f"{{{said}}}*"):
        each.tag = f"{{{meant}}}{etree.QName(each).localname}"


def _message(kind: str) -> tuple[str, str]:
    """``HeartbeatRequest`` to its action and kind."""
    word = "Request" if kind.endswith("Request") else "Response"
    return kind.removesuffix(word), word.lower()


def _version(service: Service | None) -> str:
    return service.version if service else ""


def _unknown(name: etree.QName, service: Service | None) -> Problem:
    if service is None:
        return Problem(
            "namespace", f"{name.localname} of the namespace {name.namespace!r}, which is no service of OCPP 1.6 or 1.5"
        )
    return Problem("operation", f"{name.localname} is no message of the {service.name} of {service.version}")


def _of_the_other(name: etree.QName, said: Service | None) -> Problem:
    """A message of the other service of its version: a request asks for what there is not, an answer has the wrong namespace."""
    if said and name.localname.endswith("Response"):
        return Problem("namespace", f"{name.localname} of the {said.name}, which has none")
    return _unknown(name, said)


def _wrong_action(headers: Headers, action: str, kind: str) -> Iterator[Problem]:
    wanted = addressed(action, kind)
    if headers.action and headers.action != wanted:
        yield Problem("action", f"{headers.action!r} for a body that wants {wanted!r}", "Action")


def _fault(header: Element | None, holds: Element) -> Envelope:
    fault = read_fault(holds)
    service = by_namespace().get(fault.namespace)
    headers, problems, odd = read_headers(header, service)
    problems += [*missing(headers, "fault", odd), *problems_of_fault(holds, fault, (*by_namespace(), OF_FAULTS_15))]
    return Envelope("fault", _version(service), service, "", headers, None, fault, tuple(problems))


def same_action(said: str | None, action: str, kind: str) -> bool:
    """Whether an Action means the message, if only by its last segment, as some central systems write it, or in another case."""
    return (said or "").rsplit("/", 1)[-1].lower() == addressed(action, kind)[1:].lower()
