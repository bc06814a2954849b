"""OCPI 2.2.1, transport_and_format, response format: the object that carries every answer, HTTP errors included."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from evconform.ocpi.moments import stamp
from evconform.ocpi.status import SUCCESS

NOTHING: Any = object()
"""As ``data``: the envelope has no such member."""


def envelope(data: Any = NOTHING, status_code: int = SUCCESS, message: str | None = None, *, at: datetime) -> dict[str, Any]:
    """The envelope of an answer made ``at`` that moment; ``data`` and ``status_message`` only where there are any."""
    made: dict[str, Any] = {} if data is NOTHING else {"data": data}
    made["status_code"] = status_code
    if message is not None:
        made["status_message"] = message
    return made | {"timestamp": stamp(at)}
