"""Answers the SUT's own requests wrongly, one at a time. A request has one response, so the proper one does not follow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from evconform.http.message import Response
from evconform.ocpp.hostile import ID, Item
from evconform.ocpp.hostile.xml import escaped
from evconform.ocpp.soap.barrage import SoapBarrage
from evconform.ocpp.soap.codec import decode
from evconform.ocpp.soap.endpoint import Outgoing
from evconform.ocpp.soap.names import content_type
from evconform.ocpp.wrong_answers import Asks, Wrong, WrongAnswers, nothing


@dataclass
class SoapWrong(Wrong):
    """As over JSON, at the seam of the envelopes."""

    several: ClassVar[int] = 1

    def reworks(self, body: bytes) -> Outgoing:
        said = decode(body)
        if not self.asked or self.thrown or (said.kind, said.headers.relates_to) != ("response", self.asked):
            return body
        self.thrown = self.barrage.tester.wire.n + 1
        text = self.barrage.spelt(self.item).replace(ID, escaped(self.asked)).encode("utf-8", "surrogateescape")
        headers = [*(self.item.headers or [("Content-Type", content_type(f"/{self.item.action}Response"))])]
        return Response(self.item.status, headers if self.item.status != 204 else [], text)


class SoapWrongAnswers(WrongAnswers):
    """``asks`` waits for the request, too: who asked a back office may be answered only when that is."""

    def __init__(self, barrage: SoapBarrage, asks: Asks, ends: Asks = nothing) -> None:
        super().__init__(barrage, asks, ends)
        self.enveloping = barrage.enveloping

    async def _asks(self, action: str) -> None:
        await self.asks(action)

    @contextmanager
    def _answering(self, item: Item) -> Iterator[Wrong]:
        wrong, endpoint = SoapWrong(self.barrage, item), self.barrage.tester.endpoint
        endpoint.watches.append(wrong.hears)
        try:
            with self.enveloping.reworks(wrong.reworks):
                yield wrong
        finally:
            endpoint.watches.remove(wrong.hears)
