"""The OpenAPI document, from the same table as the routes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.routing import Mount
from starlette.types import ASGIApp

from evconform import __version__
from evconform.reference.cpo.commands import SENDABLE
from evconform.reference.cpo.http import shapes

if TYPE_CHECKING:
    from evconform.reference.cpo.http.operation import Operation

REFUSALS = {
    "GET": (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE),
    "PUT": (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.SERVICE_UNAVAILABLE),
    "POST": (
        *(HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND),
        *(HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE),
    ),
    "DELETE": (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE),
}


def everything_else(app: ASGIApp) -> Mount:
    return Mount("/", app=app)


def document(operations: Iterable[Operation], of: str = "CPO") -> dict[str, Any]:
    """OpenAPI 3.1."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"evconform reference {of}", "version": __version__, "description": "The operator's side."},
        "security": [{"token": []}, {"password": []}],
        "paths": paths,
        "components": {
            "schemas": shapes.components(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "password": {"type": "http", "scheme": "basic", "description": "any user; the token as password"},
            },
        },
    }


def described(operation: Operation) -> dict[str, Any]:
    """One operation object."""
    parameters = [parameter(name, "path") for name in re.findall(r"\{(\w+)\}", operation.path)]
    parameters += [parameter(name, "query") for name in operation.query]
    made: dict[str, Any] = {
        "summary": operation.says,
        "operationId": re.sub(r"\W+", "_", f"{operation.method.lower()}{operation.path}").rstrip("_"),
        "parameters": parameters,
        "responses": {str(int(operation.gives)): {"description": operation.gives.phrase, "content": content({"type": "object"})}},
    }
    for status in REFUSALS[operation.method]:
        made["responses"][str(int(status))] = {"description": status.phrase, "content": content(reference("Error"))}
    if operation.takes == "command":
        made["requestBody"] = {"content": content({"anyOf": [reference(action) for action in sorted(SENDABLE)]})}
    elif operation.takes:
        made["requestBody"] = {"content": content(reference(operation.takes)), "required": True}
    return made


def parameter(name: str, place: str) -> dict[str, Any]:
    kind: dict[str, Any] = {"type": "integer", "minimum": 0} if name in ("limit", "offset") else {"type": "string"}
    if name == "action":
        kind["enum"] = sorted(SENDABLE)
    return {"name": name, "in": place, "required": place == "path", "schema": kind}


def content(shape: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": shape}}


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
