"""OCPI 2.2.1, transport_and_format: Message Routing, with a hub on the other side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpi.operations import RECEIVER
from evconform.ocpi.view import Log


def hubs(log: Log) -> set[tuple[str, str]]:
    """Country code and party id, in capitals, of the hubs that the other side named in its credentials."""
    told = log.conversation.credentials.get("tester" if log.side == "sut" else "sut")
    rows = told.get("roles") if told else None
    named = [row for row in rows if isinstance(row, dict) and row.get("role") == "HUB"] if isinstance(rows, list) else []
    return {(str(row.get("country_code")).upper(), str(row.get("party_id")).upper()) for row in named}


@monitor("OCPI221-TRN-54")
def nothing_is_got_by_broadcast(log: Log) -> Iterator[tuple[Any, str]]:
    known = hubs(log)
    for frame in log.requests("GET", interface=RECEIVER, by=log.subject, functional=True):
        if not known:
            log.moot(frame)
        elif frame.routing.to in known:  # at a Sender interface that is GET All
            yield frame, f"{frame} is addressed to the hub {'*'.join(frame.routing.to or ())}, as a Broadcast Push is"
