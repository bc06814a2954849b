"""Payloads of an older version of OCPP in the model of 1.6, which all parties speak, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evconform.ocpp.soap import fifteen
from evconform.ocpp.soap.body import Payload

Translate = Callable[[str, str, Payload], Payload]
"""Action, kind (request or response) and payload, to the payload in the other version. May raise NotInSoap."""


def _as_it_is(action: str, kind: str, payload: Payload) -> Payload:
    return payload


@dataclass(frozen=True)
class Translation:
    to_1_6: Translate = _as_it_is
    from_1_6: Translate = _as_it_is


TRANSLATIONS: dict[str, Translation] = {"1.6": Translation(), "1.5": Translation(fifteen.to_16, fifteen.to_15)}
"""By the version on the wire; one that is not here has the members of 1.6."""


def translation(version: str) -> Translation:
    return TRANSLATIONS.get(version, TRANSLATIONS["1.6"])
