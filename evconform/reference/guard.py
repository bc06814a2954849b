"""Which URLs that others name are called: never one that leads into our own house, whatever its name resolves to.

A partner tells us where to call back (OCPI 2.2.1, credentials), and so does a charge point that speaks SOAP (wsa:From): a
stranger chooses where our requests go.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from evconform.harness.clock import Clock

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")
KINDS: tuple[tuple[str, Callable[[Address], bool]], ...] = (
    ("loopback", lambda a: a.is_loopback),
    ("link-local", lambda a: a.is_link_local),
    ("private", lambda a: a.is_private and not a.is_unspecified and not a.is_reserved),
    ("special", lambda a: not a.is_global or a.is_multicast),
)
"""The first that fits names an address; none fits a public one."""
ALLOWABLE = ("loopback", "link-local", "private")
SCHEMES = ("http", "https")


class Forbidden(Exception):
    """A URL that we do not call."""


@dataclass(frozen=True)
class Target:
    """Where a URL leads: the host as it is written, and the address to dial."""

    host: str
    address: str


class Guard:
    """``allowed``: the kinds of address that may be called nevertheless."""

    def __init__(self, clock: Clock, allowed: frozenset[str] = frozenset()) -> None:
        self.clock = clock
        self.allowed = allowed
        self.checks = True  # what a fault may change

    def look(self, url: str) -> str:
        """The host of a URL that may be called, as far as it can be seen from it. Raises Forbidden."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise Forbidden(f"it is no URL: {error}") from None
        if parts.scheme not in SCHEMES:
            raise Forbidden(f"its scheme is {parts.scheme[:20]!r}, not http or https")
        if not host or port == 0:
            raise Forbidden("it names no host, or no port that there is")
        if parts.username is not None:
            raise Forbidden("it holds a user's name")
        if address := literal(host):
            self.check(address)
        return host

    async def target(self, url: str) -> Target:
        """Looks the host up, and dials the address that was looked at: a second look-up might tell another. Raises Forbidden;
        OSError: the host is not known."""
        host = self.look(url)
        if address := literal(host):
            return Target(host, str(address))
        parts = urlsplit(url)
        found = await self.clock.loop.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
        addresses = [str(sockaddr[0]) for *_, sockaddr in found]
        for each in addresses:
            self.check(ipaddress.ip_address(each.partition("%")[0]))
        return Target(host, addresses[0])

    def check(self, address: Address) -> None:
        """Raises Forbidden."""
        kind = kind_of(address)
        if self.checks and kind and kind not in self.allowed:
            raise Forbidden(f"it leads to a {kind} address")


def literal(host: str) -> Address | None:
    """The address that a host is, if it is one; with the odd spellings that a resolver takes too (0x7f.1, 2130706433)."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host)) if host[-1:].isalnum() and host[0].isdigit() else None
    except OSError:
        return None


def kind_of(address: Address) -> str:
    """Empty for an address of the public Internet."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        address = inner or address
    return next((kind for kind, fits in KINDS if fits(address)), "")
