"""The bodies that only the CPO's API takes, as JSON schemas: validated here, printed in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from evconform.ocpp import schemas
from evconform.reference.cpo.commands import SENDABLE
from evconform.reference.http import reception
from evconform.reference.http.shapes import Bodies, closed
from evconform.reference.moments import told

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
PLACE = closed("identity", "connectorId", identity={"type": "string"}, connectorId={"type": "integer", "minimum": 1})
BODIES = Bodies(
    PublishedLocation=closed(
        "location",
        location={"type": "object", "description": "a Location of OCPI 2.2.1, without any last_updated"},
        stations={"type": "object", "additionalProperties": PLACE, "description": "uid of an EVSE to the connector that it is"},
    ),
    OfferedTariff=closed(
        "tariff",
        tariff={"type": "object", "description": "a Tariff of OCPI 2.2.1, without last_updated"},
        partner={"type": "string", "description": "the id of the only partner that sees it"},
    ),
    Station=closed(
        "registration",
        registration=STATUSES,
        password={"type": ["string", "null"], "minLength": 1, "maxLength": 255, "description": "null: none is asked"},
    ),
    Token=closed(
        parentIdTag={**ID_TAG, "type": ["string", "null"]},
        expiryDate={"type": ["string", "null"], "format": "date-time"},
        blocked={"type": "boolean"},
        concurrent={"type": "integer", "minimum": 0, "maximum": 1000, "description": "transactions at a time; 0: any number"},
    ),
    Routes={
        "type": "object",
        "additionalProperties": ROUTE,
        "description": "messageId to what is answered; an empty one stands for any",
    },
)


def request(action: str) -> dict[str, Any]:
    """The payload of an action, as OCPP defines it; what only we can number may be left out."""
    shape = {name: value for name, value in schemas.schema(action).items() if name not in ("$schema", "id", "$id")}
    left_out = {"ReserveNow": "reservationId", "SendLocalList": "listVersion"}.get(action)
    if left_out:
        shape["required"] = [name for name in shape["required"] if name != left_out]
    return shape


def components() -> dict[str, dict[str, Any]]:
    """Every named schema of the OpenAPI document; a parameter of a path with a schema of its name has that."""
    actions = sorted(SENDABLE)
    own: dict[str, Any] = {
        "action": {"type": "string", "enum": actions},
        "command": {"anyOf": [{"$ref": f"#/components/schemas/{action}"} for action in actions]},
    }
    return reception.BODIES | BODIES | own | {action: request(action) for action in actions}


def moment_of(text: str | None) -> str:
    """A time in a body as the store keeps it. Raises ValueError."""
    return told(text) if text else ""
