"""The XML Schema of a service, and what it refuses."""

from __future__ import annotations

from functools import cache

from lxml import etree

from evconform.ocpp.soap.model import Complex, Member, Service, Simple
from evconform.ocpp.soap.names import IDENTITY, XS

Element = etree._Element


def xs(name: str) -> str:
    return f"{{{XS}}}{name}"


def schema_element(service: Service) -> Element:
    """The ``xs:schema`` of a service, as it stands in its WSDL."""
    root = etree.Element(
        xs("schema"), {"targetNamespace": service.namespace, "elementFormDefault": "qualified"}, _prefixes(service)
    )
    for simple in service.simple.values():
        root.append(_simple(simple))
    for each in service.complex.values():
        if not each.in_attributes:
            root.append(_sequence(service, each))
    etree.SubElement(root, xs("element"), {"name": IDENTITY, "type": "xs:string"})
    for name, kind in service.elements.items():
        etree.SubElement(root, xs("element"), {"name": name, "type": f"tns:{kind}"})
    return root


def _prefixes(service: Service) -> dict[str | None, str]:
    return {"xs": XS, "tns": service.namespace}


def _simple(simple: Simple) -> Element:
    root = etree.Element(xs("simpleType"), {"name": simple.name})
    restriction = etree.SubElement(root, xs("restriction"), {"base": simple.base})
    for value in simple.values:
        etree.SubElement(restriction, xs("enumeration"), {"value": value})
    if simple.at_most is not None:
        etree.SubElement(restriction, xs("maxLength"), {"value": str(simple.at_most)})
    if simple.digits is not None:
        etree.SubElement(restriction, xs("fractionDigits"), {"value": str(simple.digits)})
    return root


def _sequence(service: Service, each: Complex) -> Element:
    root = etree.Element(xs("complexType"), {"name": each.name})
    if each.members:
        sequence = etree.SubElement(root, xs("sequence"))
        for member in each.members:
            least, most = member.occurs
            child = etree.SubElement(sequence, xs("element"), {"name": member.name, "minOccurs": least, "maxOccurs": most})
            holds = service.complex.get(member.type)
            if holds and holds.in_attributes:
                child.append(_text_with_attributes(holds))
            else:
                child.set("type", _reference(member))
    return root


def _text_with_attributes(each: Complex) -> Element:
    root = etree.Element(xs("complexType"))
    extension = etree.SubElement(etree.SubElement(root, xs("simpleContent")), xs("extension"))
    text, *attributes = each.members
    extension.set("base", _reference(text))
    for member in attributes:
        use = "required" if member.required else "optional"
        etree.SubElement(extension, xs("attribute"), {"name": member.name, "type": _reference(member), "use": use})
    return root


def _reference(member: Member) -> str:
    return member.type if member.type.startswith("xs:") else f"tns:{member.type}"


@cache
def compiled(service: Service) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(etree.tostring(schema_element(service))))
