"""What a station's transport cannot carry of a CALL, though it is one of OCPP 1.6: SOAP has its own XSD (OCPP-S 1.6, WSDL)."""

from __future__ import annotations

from evconform.ocpp.channel import Payload
from evconform.ocpp.soap.body import NotInSoap, to_element
from evconform.ocpp.soap.table import service
from evconform.ocpp.soap.translate import translation
from evconform.ocpp.soap.validate import problems_of
from evconform.ocpp.speaks import JSON, version_of


def uncarried(action: str, payload: Payload, speaks: str) -> str:
    """Why the message cannot go to who ``speaks`` so, with its place; empty if it can. Integers have 32 bits, dates are
    ``xs:dateTime``, a unit is Celsius only, and a text has no character that XML has not."""
    if speaks in ("", JSON):
        return ""
    version = version_of(speaks)
    served = service(version, "charge-point")
    if action not in served.operations:
        return f"{action} is no operation of OCPP {version} over SOAP"
    try:
        said = translation(version).from_1_6(action, "request", payload)
        found = problems_of(served, to_element(served, action, "request", said))
    except NotInSoap as why:
        return str(why)
    return f"{found[0].pointer or '/'}: {found[0].says}" if found else ""
