"""The bodies that the API takes and gives, as JSON schemas: validated here, printed in the OpenAPI document."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import jsonschema_rs

from evconform.ocpp import schemas
from evconform.reference.cpo.commands import SENDABLE
from evconform.reference.moments import told
from evconform.reference.records import Record

DOCUMENTS = frozenset(
    "boot notification samples profile entries request answer payload outcome history".split()
    + "document endpoints roles business_details".split()
)
"""Columns that hold JSON."""
HIDDEN = frozenset(("password", "key", "digest", "token", "their_token", "invitation"))
STATUSES = {"type": "string", "enum": ["Accepted", "Pending", "Rejected"]}
ID_TAG = {"type": "string", "minLength": 1, "maxLength": 20, "pattern": "^[ -~]+$"}
ROUTE = {
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId"]},
        "data": {"type": "string"},
    },
    "required": ["status"],
    "additionalProperties": False,
}


def closed(*required: str, **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


NAME = {"type": "string", "maxLength": 100}
ENCODING = {"type": "string", "enum": ["base64", "raw"], "description": "of the token in the Authorization header"}
CREDENTIALS_TOKEN = {"type": "string", "minLength": 1, "maxLength": 64}
PLACE = closed("identity", "connectorId", identity={"type": "string"}, connectorId={"type": "integer", "minimum": 1})
BODIES: dict[str, dict[str, Any]] = {
    "OwnParty": closed("name", name={**NAME, "minLength": 1}, website={"type": "string", "format": "uri"}),
    "Invitation": closed(
        token={**CREDENTIALS_TOKEN, "description": "token A; made up if it is left out"},
        partner={"type": "string", "description": "the id of a partner that shall register anew"},
        name=NAME,
        encoding=ENCODING,
    ),
    "Registration": closed("url", "token", url={"type": "string"}, token=CREDENTIALS_TOKEN, name=NAME, encoding=ENCODING),
    "PublishedLocation": closed(
        "location",
        location={"type": "object", "description": "a Location of OCPI 2.2.1, without any last_updated"},
        stations={"type": "object", "additionalProperties": PLACE, "description": "uid of an EVSE to the connector that it is"},
    ),
    "OfferedTariff": closed(
        "tariff",
        tariff={"type": "object", "description": "a Tariff of OCPI 2.2.1, without last_updated"},
        partner={"type": "string", "description": "the id of the only partner that sees it"},
    ),
    "Station": closed(
        "registration",
        registration=STATUSES,
        password={"type": ["string", "null"], "minLength": 1, "maxLength": 255, "description": "null: none is asked"},
    ),
    "Token": closed(
        parentIdTag={**ID_TAG, "type": ["string", "null"]},
        expiryDate={"type": ["string", "null"], "format": "date-time"},
        blocked={"type": "boolean"},
        concurrent={"type": "integer", "minimum": 0, "maximum": 1000, "description": "transactions at a time; 0: any number"},
    ),
    "Routes": {
        "type": "object",
        "additionalProperties": ROUTE,
        "description": "messageId to what is answered; an empty one stands for any",
    },
}
"""What may be put."""


def request(action: str) -> dict[str, Any]:
    """The payload of an action, as OCPP defines it; what only we can number may be left out."""
    shape = {name: value for name, value in schemas.schema(action).items() if name not in ("$schema", "id", "$id")}
    left_out = {"ReserveNow": "reservationId", "SendLocalList": "listVersion"}.get(action)
    if left_out:
        shape["required"] = [name for name in shape["required"] if name != left_out]
    return shape


def components() -> dict[str, Any]:
    """Every named schema of the OpenAPI document."""
    return BODIES | {action: request(action) for action in SENDABLE} | {"Error": closed("error", error={"type": "string"})}


@cache
def _validator(name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(BODIES[name])


def check(name: str, body: Any) -> dict[str, Any]:
    """The body, if it fits. Raises ValueError: one line."""
    try:
        error = next(iter(_validator(name).iter_errors(body)), None)
    except ValueError as refused:  # deeper, or a larger number, than the engine reads
        raise ValueError(schemas.shorten(str(refused))) from None
    if error is not None:
        raise ValueError(f"{schemas.pointer(error.instance_path) or '/'}: {schemas.shorten(error.message)}")
    fitting: dict[str, Any] = body
    return fitting


def moment_of(text: str | None) -> str:
    """A time in a body as the store keeps it. Raises ValueError."""
    return told(text) if text else ""


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
