"""The namespaces and fixed words of SOAP 1.2, WS-Addressing 1.0 and WSDL 1.1, as OCPP-S uses them."""

from __future__ import annotations

XS = "http://www.w3.org/2001/XMLSchema"
SOAP = "http://www.w3.org/2003/05/soap-envelope"
SOAP_1_1 = "http://schemas.xmlsoap.org/soap/envelope/"
WSA = "http://www.w3.org/2005/08/addressing"
WSA_OLDER = (
    "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "http://schemas.xmlsoap.org/ws/2004/03/addressing",
    "http://schemas.xmlsoap.org/ws/2003/03/addressing",
)
"""What WS-Addressing was before 1.0: read, and never right."""
WSDL = "http://schemas.xmlsoap.org/wsdl/"
WSDL_SOAP12 = "http://schemas.xmlsoap.org/wsdl/soap12/"
WSAW = "http://www.w3.org/2006/05/addressing/wsdl"
WSP = "http://schemas.xmlsoap.org/ws/2004/09/policy"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
TRANSPORT = "http://schemas.xmlsoap.org/soap/http"

ANONYMOUS = WSA + "/anonymous"
"""The only ReplyTo: the answer comes in the HTTP response (OCPP-S 1.6, 3.8)."""
IDENTITY = "chargeBoxIdentity"
"""The header that names the charge point, in the namespace of the called service."""
MEDIA_TYPE = "application/soap+xml"


def content_type(action: str) -> str:
    """The Content-Type of a request or response whose wsa:Action is ``action`` (SOAP 1.2 part 2, 7.1.4)."""
    return f'{MEDIA_TYPE}; charset=utf-8; action="{action}"'
