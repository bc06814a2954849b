"""A row of the operator's API, and how it becomes HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from evconform.reference.http.asked import refuse
from evconform.reference.store import NotStored


@dataclass(frozen=True)
class Operation:
    """One method of one path. ``takes``: the name of the schema of its body; ``gives``: the status of success."""

    method: str
    path: str
    says: str
    does: Callable[[Request], Awaitable[Any]]
    takes: str = ""
    gives: HTTPStatus = HTTPStatus.OK
    query: tuple[str, ...] = ()


def endpoint(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    """The operation as HTTP: what it refuses in one line, what could not be stored as 503."""

    async def answer(request: Request) -> Response:
        try:
            return JSONResponse(await operation.does(request), operation.gives)
        except ValueError as error:
            raise refuse(HTTPStatus.BAD_REQUEST, str(error)) from None
        except (NotStored, SQLAlchemyError, OSError):
            raise refuse(HTTPStatus.SERVICE_UNAVAILABLE, "the store cannot be reached") from None

    return answer
