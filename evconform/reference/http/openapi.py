"""The OpenAPI document, from the same table as the routes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from evconform import __version__
from evconform.reference.http.operation import Operation
from evconform.reference.http.shapes import closed

Schemas = Mapping[str, dict[str, Any]]

REFUSALS = {
    "GET": (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE),
    "PUT": (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.SERVICE_UNAVAILABLE),
    "POST": (
        *(HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND),
        *(HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE),
    ),
    "DELETE": (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE),
}


def document(of: str, operations: Iterable[Operation], schemas: Schemas) -> dict[str, Any]:
    """OpenAPI 3.1. ``schemas``: those of bodies, and of parameters of a path that have one, by name."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = described(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"evconform reference {of}", "version": __version__, "description": "The operator's side."},
        "security": [{"token": []}, {"password": []}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Error": closed("error", error={"type": "string"})},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "password": {"type": "http", "scheme": "basic", "description": "any user; the token as password"},
            },
        },
    }


def described(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    """One operation object."""
    parameters = [parameter(name, "path", schemas) for name in re.findall(r"\{(\w+)\}", operation.path)]
    parameters += [parameter(name, "query", {}) for name in operation.query]
    made: dict[str, Any] = {
        "summary": operation.says,
        "operationId": re.sub(r"\W+", "_", f"{operation.method.lower()}{operation.path}").rstrip("_"),
        "parameters": parameters,
        "responses": {str(int(operation.gives)): {"description": operation.gives.phrase, "content": content({"type": "object"})}},
    }
    for status in REFUSALS[operation.method]:
        made["responses"][str(int(status))] = {"description": status.phrase, "content": content(reference("Error"))}
    if operation.takes:
        required = bool(schemas[operation.takes].get("required"))  # no body is an empty object
        made["requestBody"] = {"content": content(reference(operation.takes)), "required": required}
    return made


def parameter(name: str, place: str, schemas: Schemas) -> dict[str, Any]:
    kind: dict[str, Any] = {"type": "integer", "minimum": 0} if name in ("limit", "offset") else {"type": "string"}
    return {"name": name, "in": place, "required": place == "path", "schema": reference(name) if name in schemas else kind}


def content(shape: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": shape}}


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
