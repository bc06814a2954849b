"""Hostile messages over SOAP: each is the body of an HTTP request, and its answer, if it gets one, that of the response."""

from __future__ import annotations

from typing import Any, cast

from evconform.http.message import Request
from evconform.ocpp.barrage import Barrage
from evconform.ocpp.channel import Channel, NoAnswer, Payload
from evconform.ocpp.hostile import ID, Item
from evconform.ocpp.hostile.elements import FROM, IDENTITY, TO
from evconform.ocpp.hostile.generate import NO_ACTION
from evconform.ocpp.hostile.xml import escaped
from evconform.ocpp.soap.channel import SoapChannel
from evconform.ocpp.soap.codec import decode
from evconform.ocpp.soap.names import content_type
from evconform.ocpp.soap.scripted import Enveloping


class SoapBarrage(Barrage):
    """As over JSON; what got no answer of SOAP is followed by a sign of life."""

    @property
    def enveloping(self) -> Enveloping:
        return cast(Enveloping, self.tester)

    async def _thrown(self, item: Item) -> list[tuple[Any, Payload]]:
        channel = self.tester.channel
        action = self.tester.harmless[0] if item.action == NO_ACTION else item.action
        text, said = self.spelt(item), b""

        def instead(body: bytes) -> Request:
            nonlocal said
            said = filled(text, body)
            headers = [*(item.headers or [("Content-Type", content_type(f"/{action}"))])]
            return Request("POST", "", headers, said)

        with self.enveloping.reworks(instead):
            message_id, answer = channel.send_call(action, {})
        try:
            sent = await self._sent(channel, message_id)
        except NoAnswer:  # nobody is there, or whoever is hung up before all was sent
            await self.sees_life()
            return []
        self.marks(item, sent, sent)
        payload = await self._answer(answer)
        channel.gives_up(message_id)
        if payload is None or not item.answered:
            await self.sees_life()
        return [] if payload is None else [(decode(said).payload, payload)]

    async def _sent(self, channel: Channel, message_id: str) -> int:
        return await cast(SoapChannel, channel).entry_of(message_id)


def filled(text: str, proper: bytes) -> bytes:
    """The text of an item with what the envelope that would have gone out says of sender, receiver and message."""
    headers = decode(proper).headers
    for name, value in {ID: headers.message_id, IDENTITY: headers.identity, FROM: headers.sender, TO: headers.to}.items():
        text = text.replace(name, escaped(value or ""))
    return text.encode("utf-8", "surrogateescape")
