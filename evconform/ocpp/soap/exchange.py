"""A SOAP request that came by HTTP POST, and waits for its answer in the response."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from evconform.http.message import Headers, Request
from evconform.http.server import SAID, Answer, Said, ServerConnection
from evconform.ocpp.json import Message
from evconform.ocpp.soap.codec import Envelope


class Exchange:
    """``over``: what the HTTP server is told in the end."""

    def __init__(self, request: Request, connection: ServerConnection, envelope: Envelope) -> None:
        self.request = request
        self.connection = connection
        self.envelope = envelope
        self.withheld = False
        self.status = 0
        """Of the response, where it is not that which follows from what it says, and"""
        self.headers: Headers = []
        """what it has beside its own."""
        self.over: asyncio.Future[Said | None] = asyncio.get_running_loop().create_future()
        connection.left.add_done_callback(self._looks)
        connection.done.add_done_callback(self._gone)
        self.over.add_done_callback(self._forgets)

    def says(self, answer: Answer) -> None:
        """Answers, at once; whoever has gone meanwhile gets nothing."""
        if not self.over.done():
            self.connection.says(answer)
            self.over.set_result(SAID)

    def withholds(self) -> None:
        """There is no answer, for now; the client may wait, or leave."""
        self.withheld = True
        self._looks()

    def _looks(self, _: object = None) -> None:
        if self.withheld and self.connection.left.done() and not self.over.done():
            self.over.set_result(None)

    def _gone(self, _: object) -> None:
        if not self.over.done():
            self.over.set_result(None)

    def _forgets(self, _: object) -> None:
        """A connection that is kept alive has many of these."""
        self.connection.left.remove_done_callback(self._looks)
        self.connection.done.remove_done_callback(self._gone)


@dataclass(slots=True)
class SoapMessage(Message):
    """A CALL that came in an exchange."""

    exchange: Exchange | None = None
