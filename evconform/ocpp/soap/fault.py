"""Faults: SOAP 1.2 part 1, 5.4, with the subcodes of OCPP-S 1.6, 4."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from evconform.ocpp.soap.model import Service
from evconform.ocpp.soap.names import SOAP
from evconform.ocpp.soap.problem import PROBLEMS, Problem
from evconform.ocpp.soap.xsd import Element

SUBCODES = {
    "SecurityError": "Sender",
    "IdentityMismatch": "Sender",
    "ProtocolError": "Sender",
    "InternalError": "Receiver",
    "NotSupported": "Receiver",
}
"""Subcode to the code that it stands under. Others are to be borne (SOAP errata)."""
CODES = ("Sender", "Receiver", "VersionMismatch", "MustUnderstand", "DataEncodingUnknown")
"""SOAP 1.2 part 1, 5.4.6."""
OF_FAULTS_15 = "urn://Ocpp/2012/02/"
"""The namespace of subcodes by the text of 1.5 (8.2); its WSDLs have others, so either will do."""
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Fault:
    """``code`` and ``subcode`` are local names; ``namespace`` is the subcode's, by default the called service's."""

    code: str
    subcode: str = ""
    reason: str = ""
    namespace: str = ""


def fault_for(problem: Problem) -> Fault:
    """The fault that answers a problem of a request."""
    code, subcode = PROBLEMS[problem.name]
    where = f"{problem.pointer}: " if problem.pointer else ""
    return Fault(code, subcode, f"{where}{problem.says}")


def fault_element(fault: Fault, service: Service) -> Element:
    namespace = fault.namespace or service.namespace
    root = etree.Element(f"{{{SOAP}}}Fault", nsmap={"soap": SOAP, "ocpp": namespace})
    code = _sub(root, "Code")
    _sub(code, "Value").text = f"soap:{fault.code}"
    if fault.subcode:
        _sub(_sub(code, "Subcode"), "Value").text = f"ocpp:{fault.subcode}"
    text = _sub(_sub(root, "Reason"), "Text")
    text.set(XML_LANG, "en")
    text.text = "".join(c if c.isprintable() else " " for c in fault.reason) or fault.subcode or fault.code
    return root


def _sub(node: Element, name: str) -> Element:
    return etree.SubElement(node, f"{{{SOAP}}}{name}")


def read_fault(root: Element) -> Fault:
    """The fault, as far as it is one."""
    code, _ = _name(root.find(f"{{{SOAP}}}Code/{{{SOAP}}}Value"))
    subcode, namespace = _name(root.find(f"{{{SOAP}}}Code/{{{SOAP}}}Subcode/{{{SOAP}}}Value"))
    text = root.find(f"{{{SOAP}}}Reason/{{{SOAP}}}Text")
    return Fault(code, subcode, "" if text is None else (text.text or "").strip(), namespace)


def _name(node: Element | None) -> tuple[str, str]:
    """Local name and namespace of the qualified name that an element holds; no namespace for a prefix that is not bound."""
    prefix, colon, local = ("" if node is None else (node.text or "").strip()).rpartition(":")
    return local, "" if node is None else node.nsmap.get(prefix if colon else None, "")


def problems_of_fault(root: Element, fault: Fault, namespaces: tuple[str, ...]) -> Iterator[Problem]:
    """What a fault breaks; ``namespaces`` are OCPP's. A subcode that the table does not have is none of it."""
    if _name(root.find(f"{{{SOAP}}}Code/{{{SOAP}}}Value"))[1] != SOAP or fault.code not in CODES:
        yield Problem("fault", f"the code {fault.code!r} is none of SOAP 1.2", "Code")
    if root.find(f"{{{SOAP}}}Reason/{{{SOAP}}}Text") is None:
        yield Problem("fault", "no reason in words", "Reason")
    if fault.subcode in SUBCODES:
        if fault.code in CODES and SUBCODES[fault.subcode] != fault.code:
            yield Problem("fault", f"{fault.subcode} under {fault.code}, not {SUBCODES[fault.subcode]}", "Subcode")
        if fault.namespace not in namespaces:
            yield Problem("fault", f"{fault.subcode} of the namespace {fault.namespace!r}, not OCPP's", "Subcode")
