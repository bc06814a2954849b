"""A row of the operator's API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.requests import Request


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
