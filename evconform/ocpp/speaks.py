"""What a station can speak: the columns of a questionnaire, by the names that SUT files use."""

from __future__ import annotations

JSON, SOAP, SOAP15 = "ocpp1.6-json", "ocpp1.6-soap", "ocpp1.5-soap"


def version_of(speaks: str) -> str:
    """Of OCPP: ``1.6`` of ``ocpp1.6-soap``."""
    return speaks.removeprefix("ocpp").partition("-")[0]


def by_soap(version: str) -> str:
    """What a station speaks whose SOAP messages are of this version of OCPP."""
    return f"ocpp{version}-soap"
