"""The bodies that an operator's API takes and gives: JSON schemas to validate by, and records as they are shown."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Any

import jsonschema_rs

from evconform.ocpp.schemas import pointer, shorten
from evconform.reference.records import Record

DOCUMENTS = frozenset(
    "boot notification samples profile entries request answer payload outcome history".split()
    + "document endpoints roles business_details".split()
)
"""Columns that hold JSON."""
HIDDEN = frozenset(("password", "key", "digest", "token", "their_token", "invitation"))


def closed(*required: str, **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


class Bodies(dict[str, dict[str, Any]]):
    """What may be put: schemas by the names that the OpenAPI document has for them."""

    @cached_property
    def _validators(self) -> dict[str, jsonschema_rs.Validator]:
        return {name: jsonschema_rs.validator_for(shape) for name, shape in self.items()}

    def check(self, name: str, body: Any) -> dict[str, Any]:
        """The body, if it fits. Raises ValueError: one line."""
        try:
            error = next(iter(self._validators[name].iter_errors(body)), None)
        except ValueError as refused:  # deeper, or a larger number, than the engine reads
            raise ValueError(shorten(str(refused))) from None
        if error is not None:
            raise ValueError(f"{pointer(error.instance_path) or '/'}: {shorten(error.message)}")
        fitting: dict[str, Any] = body
        return fitting


def shown(row: Record | dict[str, Any]) -> dict[str, Any]:
    """A record as the API gives it: OCPP's own spelling of names, documents open, null for what is not there."""
    members = row.row() if isinstance(row, Record) else row
    return {camel(name): opened(name, value) for name, value in members.items() if name not in HIDDEN}


def camel(name: str) -> str:
    return re.sub("_(.)", lambda found: found[1].upper(), name)


def opened(name: str, value: Any) -> Any:
    if name in DOCUMENTS:
        return json.loads(value)
    return None if value == "" else value
