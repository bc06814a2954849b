"""The WSDL 1.1 of a service: SOAP 1.2, document/literal, WS-Addressing by policy, the identity header on every request."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from evconform.ocpp.soap.model import Service, addressed, element
from evconform.ocpp.soap.names import IDENTITY, TRANSPORT, WSAW, WSDL, WSDL_SOAP12, WSP, WSU, XS
from evconform.ocpp.soap.table import services
from evconform.ocpp.soap.xsd import Element, schema_element

KINDS = (("input", "request", "Input"), ("output", "response", "Output"))
"""WSDL's word, ours, and the end of the message's name."""
POLICY = "ServicePolicy"
HEADER, PART = "Header", "ChargeBoxIdentity"


def wsdl(service: Service, location: str = "") -> bytes:
    """The WSDL; ``location`` is where the service is, by default a place on this host."""
    root = etree.Element(_w("definitions"), {"targetNamespace": service.namespace}, _prefixes(service))
    policy = etree.SubElement(root, f"{{{WSP}}}Policy", {f"{{{WSU}}}Id": POLICY})
    every = etree.SubElement(etree.SubElement(policy, f"{{{WSP}}}ExactlyOne"), f"{{{WSP}}}All")
    etree.SubElement(every, f"{{{WSAW}}}UsingAddressing")
    etree.SubElement(root, _w("types")).append(schema_element(service))
    _messages(root, service)
    _port_type(root, service)
    _binding(root, service)
    _served(root, service, location or f"http://localhost/Ocpp/{service.name}/")
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def write(version: str, folder: Path) -> list[Path]:
    """Writes the WSDLs of a version into a folder, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / service.file for service in services(version)]
    for path, service in zip(written, services(version), strict=True):
        path.write_bytes(wsdl(service))
    return written


def _w(name: str) -> str:
    return f"{{{WSDL}}}{name}"


def _s(name: str) -> str:
    return f"{{{WSDL_SOAP12}}}{name}"


def _prefixes(service: Service) -> dict[str | None, str]:
    spaces: dict[str | None, str] = {"wsdl": WSDL, "soap12": WSDL_SOAP12, "wsaw": WSAW, "wsp": WSP, "wsu": WSU, "xs": XS}
    return {**spaces, "tns": service.namespace}


def _messages(root: Element, service: Service) -> None:
    parts = [(HEADER, PART, IDENTITY)]
    parts += [(f"{action}{end}", "parameters", element(action, kind)) for action in service.operations for _, kind, end in KINDS]
    for name, part, holds in parts:
        message = etree.SubElement(root, _w("message"), {"name": name})
        etree.SubElement(message, _w("part"), {"name": part, "element": f"tns:{holds}"})


def _port_type(root: Element, service: Service) -> None:
    port = etree.SubElement(root, _w("portType"), {"name": service.name})
    for action in service.operations:
        operation = etree.SubElement(port, _w("operation"), {"name": action})
        for word, kind, end in KINDS:
            names = {"message": f"tns:{action}{end}", f"{{{WSAW}}}Action": addressed(action, kind)}
            etree.SubElement(operation, _w(word), names)


def _binding(root: Element, service: Service) -> None:
    binding = etree.SubElement(root, _w("binding"), {"name": f"{service.name}Soap", "type": f"tns:{service.name}"})
    etree.SubElement(binding, f"{{{WSP}}}PolicyReference", {"URI": f"#{POLICY}"})
    etree.SubElement(binding, _s("binding"), {"transport": TRANSPORT})
    for action in service.operations:
        operation = etree.SubElement(binding, _w("operation"), {"name": action})
        etree.SubElement(operation, _s("operation"), {"soapAction": addressed(action, "request"), "style": "document"})
        for word, kind, _ in KINDS:
            side = etree.SubElement(operation, _w(word))
            if kind == "request":
                etree.SubElement(side, _s("header"), {"message": f"tns:{HEADER}", "part": PART, "use": "literal"})
            etree.SubElement(side, _s("body"), {"use": "literal"})


def _served(root: Element, service: Service, location: str) -> None:
    served = etree.SubElement(root, _w("service"), {"name": service.name})
    port = etree.SubElement(served, _w("port"), {"name": f"{service.name}Soap12", "binding": f"tns:{service.name}Soap"})
    etree.SubElement(port, _s("address"), {"location": location})
