"""The requests that a platform sends: one way to send them, one way to fail (``failure.py``)."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from evconform.harness.wire import Side, WireLog
from evconform.http import taming
from evconform.ocpi import headers as names
from evconform.ocpi import status
from evconform.ocpi.authorization import Encoding, authorization
from evconform.ocpi.headers import Routing
from evconform.ocpi.paging import next_link
from evconform.reference.guard import Forbidden, Target
from evconform.reference.ocpi.failure import Failed, of_httpx
from evconform.reference.ocpi.records import Partner

if TYPE_CHECKING:
    from evconform.reference.ocpi.platform import Platform

BODY_AT_MOST = 32 * 2**20
"""Bytes of an answer; a page of 1 000 large locations fits."""
CLIENTS_AT_MOST = 200
"""Host names with connections kept."""
EMPTY_PAGES_AT_MOST = 3
"""One after the other, each with a Link."""


@dataclass
class Key:
    """What we show, and how: our key to a partner's door."""

    token: str
    encoding: Encoding = "base64"


@dataclass
class Call:
    """A request of ours, which a fault may change before it goes out."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes | None = None


@dataclass
class Answered:
    """A success: HTTP status, headers, and ``data`` of the envelope, None if there are none."""

    http: int
    data: Any
    headers: httpx.Headers = field(repr=False)


class Calls:
    """``edit``: changes a request before it is sent."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.clients: dict[str, httpx.AsyncClient] = {}
        """One for each host name: a connection is kept for the name that its certificate was shown for."""
        self.edit: Callable[[Call], Call] = lambda call: call
        self.new_id: Callable[[], str] = lambda: str(uuid.uuid4())
        self.is_open = True
        self.wire: WireLog | None = None
        """The log of a tester who looks at both ends of what we say, and"""
        self.by: Side = "sut"
        """who we are there."""

    async def close(self) -> None:
        self.is_open = False  # what still waits for its turn opens no further client, which nobody would close
        clients, self.clients = self.clients, {}
        for client in clients.values():
            await client.aclose()

    # ── one request ──

    async def partner(
        self, partner: Partner, method: str, url: str, body: Any = None, routing: Routing | None = None
    ) -> Answered:
        """A request to a registered partner; its failure is kept as the partner's trouble. Raises Failed."""
        key = Key(partner.their_token, partner.encoding)
        try:
            return await self.request(method, url, key, body, routing)
        except Failed as failed:
            self.platform.partners.troubled(partner, f"{method} {url}: {failed}")
            raise

    async def request(self, method: str, url: str, key: Key, body: Any = None, routing: Routing | None = None) -> Answered:
        """One request and its answer. Raises Failed."""
        call = self.edit(self.call(method, url, key, body, routing))
        http, headers, text = await self._exchange(call)
        if http == httpx.codes.UNAUTHORIZED:
            raise Failed("unauthorized", f"{said(text)} (HTTP 401)", http)
        if not 200 <= http < 300:
            raise Failed("http", f"{said(text)} (HTTP {http})", http, code_of(text))
        envelope = read(text, http)
        if not status.is_success(envelope["status_code"]):
            code = envelope["status_code"]
            raise Failed("refused", f"{code} {str(envelope.get('status_message') or '')[:200]}", http, code)
        return Answered(http, envelope.get("data"), headers)

    def call(self, method: str, url: str, key: Key, body: Any, routing: Routing | None) -> Call:
        """The request as the specification wants it: authorization, ids, routing, content type."""
        headers = [
            (names.AUTHORIZATION, authorization(key.token, key.encoding)),
            (names.REQUEST_ID, self.new_id()),
            (names.CORRELATION_ID, self.new_id()),
            *(routing.headers() if routing else ()),
        ]
        if body is None:
            return Call(method, url, headers)
        encoded = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
        return Call(method, url, [*headers, (names.CONTENT_TYPE, names.JSON)], encoded)

    async def _exchange(self, call: Call) -> tuple[int, httpx.Headers, bytes]:
        try:
            target = await self.platform.guard.target(call.url)
        except Forbidden as error:
            raise Failed("forbidden", f"{call.url[:255]}: {error}") from None
        except (OSError, UnicodeError) as error:
            raise Failed("unreachable", str(error)) from None
        if not self.is_open:
            raise Failed("unreachable", "this platform is closing")
        client = self._client(target.host if target.host != target.address else "")
        patience = self.platform.settings.patience
        try:
            async with asyncio.timeout(patience):  # httpx counts each read alone
                return await sent(client, call, target)
        except TimeoutError:
            raise Failed("timed-out", f"no whole answer within {patience:g} s") from None
        except httpx.HTTPError as error:
            raise of_httpx(error) from None
        except (httpx.InvalidURL, ValueError) as error:
            raise Failed("forbidden", str(error)) from None

    def _client(self, host: str) -> httpx.AsyncClient:
        if host not in self.clients:
            if len(self.clients) >= CLIENTS_AT_MOST:  # the one that came first goes; strangers may name any host
                self.platform.tasks.spawn(self.clients.pop(next(iter(self.clients))).aclose())
            settings = self.platform.settings
            how: Any = {"timeout": settings.patience, "follow_redirects": False, "verify": settings.trust}
            self.clients[host] = taming.client(self.platform.clock, wire=self.wire, by=self.by, **how)
        return self.clients[host]

    # ── lists ──

    async def pages(self, partner: Partner, url: str, routing: Routing | None = None) -> AsyncIterator[list[Any]]:
        """The pages of a list, one after the other along the Links, to the end. Raises Failed; what came before is good."""
        seen: set[str] = set()
        gathered = empty = 0
        at: str | None = url
        while at:
            seen.add(at)
            answer = await self.partner(partner, "GET", at, routing=routing)
            if not isinstance(answer.data, list):
                raise self.fails(partner, at, "improper", "expected a list as data")
            yield answer.data
            gathered, empty = gathered + len(answer.data), 0 if answer.data else empty + 1
            at = next_link(answer.headers.get(names.LINK))
            total = answer.headers.get(names.TOTAL_COUNT, "")
            most = 2 * int(total) + 1000 if total.isascii() and total.isdigit() and len(total) < 16 else None
            if at in seen or (at and (empty >= EMPTY_PAGES_AT_MOST or (most is not None and gathered > most))):
                raise self.fails(partner, at, "endless", f"after {len(seen)} pages with {gathered} of {total or '?'} objects")

    def fails(self, partner: Partner, url: str, way: str, says: str) -> Failed:
        """A failure that is seen in an answer, kept as all are."""
        failed = Failed(way, says, 200)
        self.platform.partners.troubled(partner, f"GET {url}: {failed}")
        return failed


async def sent(client: httpx.AsyncClient, call: Call, target: Target) -> tuple[int, httpx.Headers, bytes]:
    """HTTP status, headers and body of the answer; the address that was looked at is dialled. Raises httpx.HTTPError, Failed."""
    request = client.build_request(call.method, call.url, headers=call.headers, content=call.body)
    if target.host != target.address:
        request.url = request.url.copy_with(host=target.address)
        request.extensions["sni_hostname"] = target.host
    answer = await client.send(request, stream=True)
    try:
        return answer.status_code, answer.headers, await taken(answer)
    finally:
        await answer.aclose()


async def taken(answer: httpx.Response) -> bytes:
    """The body. Raises Failed."""
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > BODY_AT_MOST:
            raise Failed("too-large", f"more than {BODY_AT_MOST} bytes", answer.status_code)
    return bytes(body)


def read(text: bytes, http: int) -> dict[str, Any]:
    """The envelope. Raises Failed."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Failed("no-json", str(error), http) from None
    if not isinstance(value, dict) or not status.is_code(value.get("status_code")):
        raise Failed("no-envelope", "expected an object with a whole number as status_code", http)
    return value


def said(text: bytes) -> str:
    """The status_message of an answer that may hold one."""
    try:
        return str(json.loads(text)["status_message"])[:200]
    except (ValueError, RecursionError, LookupError, TypeError):
        return "no envelope"


def code_of(text: bytes) -> int:
    """The OCPI code of an answer that may hold one, or 0."""
    try:
        return int(read(text, 0)["status_code"])
    except Failed:
        return 0
