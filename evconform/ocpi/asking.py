"""The verbs by which a scripted platform asks the SUT. A verb that waits says what it judges with ``proves=``; without it a
time-out means that the situation was not reached."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from evconform.harness.verdict import NotReached
from evconform.http.client import NoAnswer
from evconform.http.message import Request
from evconform.ocpi.authorization import Encoding
from evconform.ocpi.envelope import NOTHING
from evconform.ocpi.expected import ANSWERED, ok
from evconform.ocpi.frame import Frame, shown
from evconform.ocpi.headers import LINK
from evconform.ocpi.json import at
from evconform.ocpi.operations import CONFIGURATION
from evconform.ocpi.paging import next_link
from evconform.ocpi.tester import Saying, Tester
from evconform.ocpi.urls import join

PAGES_AT_MOST = 100_000


@dataclass
class Pulled:
    """What a pull came to: the answers, page by page."""

    pages: list[Frame]

    @property
    def objects(self) -> Iterator[Any]:
        """One page in memory at a time."""
        return (each for page in self.pages for each in (page.data if isinstance(page.data, list) else ()))

    @property
    def ids(self) -> list[Any]:
        return [at(each, "id") for each in self.objects]


class Asking(Tester):
    """What it asks."""

    def of(self, module: str, *ids: str, owner: tuple[str, str] | None = None, interface: str = "") -> str:
        """The URL of something at the SUT, below what it announced; at a Receiver under its owner (we, unless said). Raises
        NotReached if it announced no such interface."""
        interface = interface or self.asks_of
        url = self.registration.announced.url(module, interface)
        if url is None:
            raise NotReached(f"the SUT announced no {module} {interface if module != 'credentials' else ''}".rstrip())
        under = (owner or self.party.owner) if ids and interface == "RECEIVER" and module not in CONFIGURATION else ()
        return join(url, *under, *ids)

    async def asks(
        self,
        method: str,
        url: str,
        *,
        body: Any = NOTHING,
        expects: dict[str, Any] | None = None,
        proves: str | None = None,
        within: float | None = None,
        token: str | None = None,
        encoding: Encoding | None = None,
        headers: dict[str, str | None] | None = None,
        routed: bool = True,
        deviates: str = "",
        item: dict[str, Any] | None = None,
    ) -> Frame:
        """Sends a request to a URL and waits for its answer. ``expects``: what must hold of it (``expected.py``); ``headers``
        adds, changes, or takes away (None); ``deviates``: why it is no proper request; ``item``: what the mark of a hostile one
        says of it."""
        routing = self.routing if routed else None
        asked = self.endpoint.request(
            method, url, token=self._key(token), body=body, routing=routing, headers=headers, encoding=encoding
        )
        saying = Saying(asked.method, target_of(url), deviates, item)
        patience = self.patience if within is None else within
        return await self._hears_answer(saying, self._sends(url, asked, patience), expects or ANSWERED, proves, patience)

    def _key(self, token: str | None) -> str:
        """The credentials token that opens the SUT's door now. Raises NotReached."""
        key = self.registration.key if token is None else token
        if not key:
            raise NotReached("we are not registered with the SUT, and hold no token of it")
        return key

    async def _sends(self, url: str, asked: Request, within: float) -> None:
        self.registration.heard = None
        try:
            self.registration.heard = await self.endpoint.client.request(url, asked, within)
        except (NoAnswer, ValueError) as why:  # ValueError: what the SUT gave us cannot stand in a request
            self._has_no_answer(f"{asked.method} {shown(url)}", why)

    async def sends(self, url: str, raw: bytes, *, proves: str | None = None, **expects: Any) -> Frame:
        """Puts bytes on a connection of their own, HTTP or not, and waits for a response, or for the connection's end."""
        saying = Saying("", "", "a request of the case's own making")
        return await self._hears_answer(saying, self._puts(url, raw), expects or None, proves, self.patience)

    async def _puts(self, url: str, raw: bytes) -> None:
        try:
            await self.endpoint.client.sends(url, raw, self.patience)
        except NoAnswer as why:
            self._has_no_answer(f"what was sent to {shown(url)}", why)

    def _has_no_answer(self, what: str, why: Exception) -> None:
        self._unanswered = f"{what} had no answer: {why}"
        self.wire.mark("script", says=self._unanswered)

    async def _hears_answer(
        self,
        saying: Saying,
        work: Coroutine[Any, Any, None],
        expects: dict[str, Any] | None,
        proves: str | None,
        patience: float,
    ) -> Frame:
        """Says something, and waits for its answer once it is on the wire. Raises NotReached if it does not get there."""
        self.campaign.expectations.acts()
        self._saying.append(saying)
        ended = self.campaign.tasks.spawn(work)
        try:
            await asyncio.wait([saying.said, ended], return_when=asyncio.FIRST_COMPLETED)
            if not saying.said.done():
                raise NotReached(self._unanswered or "nothing could be sent")
            frame = await self.campaign.expectations.hears(saying.answer, patience, expects, proves, ended)
            await ended
        finally:
            ended.cancel()
            self._saying.remove(saying)
        assert isinstance(frame, Frame)
        return frame

    async def gets(
        self, module: str, *ids: str, query: dict[str, Any] | None = None, owner: Any = None, interface: str = "", **how: Any
    ) -> Frame:
        """GET of a list or an object of the SUT."""
        url = self.of(module, *ids, owner=owner, interface=interface)
        return await self.asks("GET", with_query(url, query), routed=module not in CONFIGURATION, **how)

    async def puts(self, module: str, *ids: str, body: Any, owner: Any = None, interface: str = "", **how: Any) -> Frame:
        """PUT of an object to the SUT."""
        url = self.of(module, *ids, owner=owner, interface=interface)
        return await self.asks("PUT", url, body=body, routed=module not in CONFIGURATION, **how)

    async def patches(self, module: str, *ids: str, body: Any, owner: Any = None, interface: str = "", **how: Any) -> Frame:
        """PATCH of an object at the SUT."""
        url = self.of(module, *ids, owner=owner, interface=interface)
        return await self.asks("PATCH", url, body=body, routed=module not in CONFIGURATION, **how)

    async def posts(self, module: str, *ids: str, body: Any, owner: Any = None, interface: str = "", **how: Any) -> Frame:
        """POST to the SUT."""
        url = self.of(module, *ids, owner=owner, interface=interface)
        return await self.asks("POST", url, body=body, routed=module not in CONFIGURATION, **how)

    async def deletes(self, module: str, *ids: str, owner: Any = None, interface: str = "", **how: Any) -> Frame:
        """DELETE of an object at the SUT."""
        url = self.of(module, *ids, owner=owner, interface=interface)
        return await self.asks("DELETE", url, routed=module not in CONFIGURATION, **how)

    async def reads_back(
        self, module: str, *ids: str, expects: dict[str, Any] | None = None, proves: str | None = None, **data: Any
    ) -> Frame:
        """GET of what was written; it must say these members. ``expects``: more, or other, predicates."""
        demand = ok(data=data or None) if expects is None else expects
        return await self.gets(module, *ids, expects=demand, proves=proves)

    async def pulls(
        self, module: str, *, query: dict[str, Any] | None = None, proves: str | None = None, interface: str = "", **how: Any
    ) -> Pulled:
        """GET of a list, and of every page that a Link leads to, until one leads no further. ``proves``: what each page proves
        that a Link led to; the first one was asked for. Raises NotReached for a Link to another origin, for our token is not for
        everybody, and for one that leads in a circle."""
        url = with_query(self.of(module, interface=interface), query)
        pages: list[Frame] = []
        seen = {url}
        while True:
            page = await self.asks("GET", url, expects=ok(is_list=True), proves=proves if pages else None, **how)
            pages.append(page)
            link = next_link(page.header(LINK))
            if link is None:
                return Pulled(pages)
            following = joined(url, link)
            if origin(following) != origin(url):
                raise NotReached(f"the Link of page {len(pages)} leads to another origin, {shown(following)}")
            if following in seen or len(pages) >= PAGES_AT_MOST:
                raise NotReached(f"the Link of page {len(pages)} leads to a page that was there before, {shown(following)}")
            seen.add(following)
            url = following


def target_of(url: str) -> str:
    """How a request line names a URL; as it is where it cannot be read."""
    try:
        parts = urlsplit(url)
    except ValueError:  # a host in brackets that is none
        return url
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def joined(url: str, link: str) -> str:
    """Where a Link leads; as it is where it cannot be read."""
    try:
        return urljoin(url, link)
    except ValueError:  # a host in brackets that is none
        return link


def origin(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme.lower(), parts.netloc.lower()


def with_query(url: str, query: dict[str, Any] | None) -> str:
    """The URL with these parameters behind those that it has."""
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query, safe=':')}"
