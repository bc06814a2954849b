"""Who knocked at our endpoint and came to nothing, in words: for the sentence that says why a charge point was not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from evconform.http.tls import in_words

if TYPE_CHECKING:
    from evconform.ocpp.websocket import Connection

CLIENT_HELLO = b"\x16\x03"
"""How a TLS record with a ClientHello begins (RFC 8446, 5.1)."""
SHOWN_AT_MOST = 60
KINDS_AT_MOST = 3


class Visitors:
    """Counts them by what became of them."""

    def __init__(self) -> None:
        self._came_to: Counter[str] = Counter()

    def leaves(self, connection: Connection) -> None:
        """A connection is gone that never became a channel."""
        self.comes_to(came_to(connection))

    def comes_to(self, what: str) -> None:
        """Somebody is gone, and this is what became of it."""
        if what in self._came_to or len(self._came_to) < 100:
            self._came_to[what] += 1

    def words(self, here: Iterable[Connection]) -> str:
        """All of them as a phrase. ``here``: connections that are no channel, or none yet."""
        came_to_that = self._came_to.copy()
        waiting = 0
        for connection in here:
            if connection.refused or connection.ws.handshake_exc or connection.beginning.startswith(CLIENT_HELLO):
                came_to_that[came_to(connection)] += 1
            else:
                waiting += 1
        told = [f"{what}{f' ({count} times)' if count > 1 else ''}" for what, count in came_to_that.most_common(KINDS_AT_MOST)]
        if len(came_to_that) > KINDS_AT_MOST:
            told.append("and more of the kind")
        if waiting:
            told.insert(0, f"{waiting} connection{'s' * (waiting > 1)} did not end the opening handshake so far")
        return "; ".join(told)


def came_to(connection: Connection) -> str:
    """What became of a connection that is no channel."""
    if not connection.made:
        return f"a TLS handshake failed: {in_words(connection.failed)}" if connection.failed else "a TLS handshake was given up"
    if connection.beginning.startswith(CLIENT_HELLO):
        return "somebody spoke TLS, and this port is a plain one"
    failed = connection.ws.handshake_exc
    why = f": {shown(str(failed))}" if failed else ""
    if connection.refused:
        return f"a request for {shown(connection.path)} was refused with HTTP {connection.refused}{why}"
    if connection.path:
        return f"a connection for {shown(connection.path)} was closed: no subprotocol agreed"
    return f"an opening handshake was none, or did not end{why}" if connection.beginning else "a connection said nothing"


def shown(text: str) -> str:
    """What a stranger said, on one line and not too long."""
    text = text if text.isprintable() else ascii(text)[1:-1]
    return text if len(text) <= SHOWN_AT_MOST else f"{text[:SHOWN_AT_MOST]}…"
