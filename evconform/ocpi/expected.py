"""What a case demands of an answer, in the words of the specification; each is a predicate of ``predicates.py``."""

from __future__ import annotations

from typing import Any

ANSWERED: dict[str, Any] = {"kind": "response"}


def ok(*, http: int | list[int] | None = None, data: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Success, in HTTP and in OCPI; ``http``: with this status. ``data``: what stands at these paths of the data, ``more``:
    other predicates."""
    status = {} if http is None else {"http_status": http}
    return ANSWERED | {"ok": True} | status | ({"data": data} if data else {}) | more


def refused(*http: int, **more: Any) -> dict[str, Any]:
    """An HTTP error, with one of these statuses if any are named."""
    return ANSWERED | ({"http_status": list(http)} if http else {"http_class": 4}) | more


def status(*codes: int, **more: Any) -> dict[str, Any]:
    """One of these OCPI status codes, with an HTTP status that is no error."""
    return ANSWERED | {"http_class": 2, "status_code": list(codes)} | more


def client_error(**more: Any) -> dict[str, Any]:
    """Any code of the range 2xxx, with an HTTP status that is no error."""
    return ANSWERED | {"http_class": 2, "status_range": "client error"} | more


def one_of(*expects: dict[str, Any]) -> dict[str, Any]:
    """Where the clause allows several answers."""
    return {"kind": "response", "one_of": list(expects)}
