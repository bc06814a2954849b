"""What changed, told to the partners that listen (OCPI 2.2.1, transport_and_format: push).

A partner's messages go one after the other, so that none overtakes another. What cannot be delivered is not kept for later: the
partner pulls. Only a PATCH of what the partner does not have is made good, as the specification expects: GET, and then PUT.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from evconform.ocpi.urls import join
from evconform.reference.ocpi.calls import Answered
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.records import Document, Owner, Partner

if TYPE_CHECKING:
    from evconform.reference.ocpi.platform import Platform

WAITING_AT_MOST = 100
"""Messages for one partner; the next are not sent at all."""
UNKNOWN_THERE = (2000, 2001, 2003)
"""OCPI codes by which a receiver says that it cannot patch what it does not have."""


@dataclass(frozen=True)
class Message:
    """A push. ``parts``: below the owner's in the URL. ``whole``: the object that a PATCH is of, PUT where it is missing."""

    module: str
    method: str
    owner: Owner
    parts: tuple[str, ...]
    body: Any = None
    whole: Document | None = None


class Push:
    """What a fault may change stands as attributes. ``sees``: how a partner sees a document's bytes."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.interface = "RECEIVER"
        self.sees: Callable[[Partner, bytes], bytes] = lambda _, document: document
        self.edit: Callable[[Message], Message | None] = lambda message: message
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: defaultdict[str, int] = defaultdict(int)

    def tells(self, message: Message, audience: str = "") -> None:
        """To every partner that has the Receiver interface, or to the one of that id."""
        edited = self.edit(message)
        for partner in self.platform.partners.registered if edited else ():
            listens = partner.endpoint(message.module, self.interface) is not None
            if not edited or not listens or audience not in ("", partner.id):
                continue
            if self._waiting[partner.id] >= WAITING_AT_MOST:
                says = f"{message.method} {message.module} was not sent: {WAITING_AT_MOST} messages wait already"
                self.platform.partners.troubled(partner, says)
                continue
            self._waiting[partner.id] += 1
            self.platform.tasks.spawn(self._delivers(partner.id, edited))

    async def _delivers(self, id: str, message: Message) -> None:
        try:
            async with self._turns[id]:
                partner = self.platform.partners.all[id]
                if partner.state == "registered":  # it may have left meanwhile
                    await self._sends(partner, message)
        finally:
            self._waiting[id] -= 1

    async def _sends(self, partner: Partner, message: Message) -> None:
        try:
            await self.asks(partner, message)
        except Failed as failed:  # kept as the partner's trouble
            is_missing = failed.http == HTTPStatus.NOT_FOUND or failed.code in UNKNOWN_THERE
            if message.method == "PATCH" and message.whole and is_missing:
                await self._makes_good(partner, message, message.whole)

    async def _makes_good(self, partner: Partner, message: Message, whole: Document) -> None:
        """transport_and_format, PATCH: GET shows whether the object is there; if not, PUT."""
        top = replace(message, parts=message.parts[:1])
        try:
            found = (await self.asks(partner, replace(top, method="GET", body=None))).data
            there = isinstance(found, dict) and found.get("last_updated") == whole.value["last_updated"]
        except Failed as failed:
            if not failed.answered:
                return
            there = False
        if not there:
            await self._sends(partner, replace(top, method="PUT", body=whole.document, whole=None))

    async def asks(self, partner: Partner, message: Message) -> Answered:
        """One request. Raises Failed."""
        endpoint = partner.endpoint(message.module, self.interface)
        if endpoint is None:
            raise Failed("improper", f"the partner has no {self.interface} for {message.module} any longer")
        body = self.sees(partner, message.body) if isinstance(message.body, bytes) else message.body
        url = join(endpoint, *message.owner, *message.parts)
        routing = self.platform.routing(message.owner, partner)
        if message.method == "GET" and partner.is_hub:  # what is addressed to a hub is for all, which a GET must not be
            routing = replace(routing, to_party=None, to_country=None)
        return await self.platform.calls.partner(partner, message.method, url, body, routing)
