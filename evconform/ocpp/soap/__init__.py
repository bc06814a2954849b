"""The language of OCPP-S (OCPP 1.6 and 1.5 over SOAP 1.2): tables, XSD and WSDL made of them, and a codec. No endpoint."""
