"""Whether an object that came is one of OCPI's, and whose it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from evconform.ocpi import model
from evconform.ocpi.moments import moment
from evconform.reference.ocpi.records import Owner, Partner

MODEL = model.load("2.2.1", text="2026")
"""The newer text, whose fields may be longer: what either text allows is taken."""
CLASSES = {"locations": ("Location", "EVSE", "Connector"), "tariffs": ("Tariff",)}
"""Module to the classes of its objects, by depth."""


def wrong(name: str, value: Any, partial: bool = False) -> str:
    """What the model has against an object of that class, in one line; empty if nothing."""
    if not MODEL.is_valid(name, value, partial=partial):
        errors = MODEL.errors(name, value, partial=partial)[:3]
        return "; ".join(f"{each.pointer or '/'}: {each.says}" for each in errors) or f"it is no {name}"
    for text in dates(value):
        try:
            moment(text)
        except ValueError as error:
            return f"last_updated: {error}"
    return ""


def dates(value: Any) -> Iterator[str]:
    """Every ``last_updated`` in an object, for the form alone does not make it a moment."""
    if isinstance(value, dict):
        if value.get("last_updated") is not None:
            yield value["last_updated"]
        for member in ("evses", "connectors"):
            yield from (date for each in value.get(member) or () for date in dates(each))


def owns(partner: Partner, owner: Owner) -> bool:
    """Whether objects of ``owner`` may come from a partner: one of its CPOs, and whose they are if it is a hub."""
    wanted = (owner[0].upper(), owner[1].upper())
    return partner.is_hub or wanted in cpos(partner)


def cpos(partner: Partner) -> list[Owner]:
    """The CPOs that a partner named in its credentials."""
    roles = json.loads(partner.roles)
    return [(role["country_code"].upper(), role["party_id"].upper()) for role in roles if role["role"] == "CPO"]
