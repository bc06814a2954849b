"""Where a service is: what may be an address (wsa:From), and which of ours we tell when we listen on every interface."""

from __future__ import annotations

import socket
from contextlib import closing
from urllib.parse import urlsplit

from evconform.ocpp.soap.names import WSA

EVERYWHERE = ("0.0.0.0", "::")
"""Hosts of a URL that listens on every interface; nobody can dial them."""


def is_address(text: str | None) -> bool:
    """Whether a service can be at what an endpoint reference says; WS-Addressing's own are places of no service."""
    if (text or "").startswith(WSA):
        return False
    try:
        parts = urlsplit(text or "")
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_everywhere(address: str) -> bool:
    return urlsplit(address).hostname in EVERYWHERE


def at(address: str, host: str) -> str:
    """Our address with this host, if it is one of every interface."""
    parts = urlsplit(address)
    if not host or not is_everywhere(address):
        return address
    shown = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=f"{shown}:{parts.port}" if parts.port else shown).geturl()


def host_towards(url: str) -> str:
    """Our host on the way to a URL, as the system would take it; empty if there is no way. It may look up a name."""
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_DGRAM)
        family, kind, protocol, _, there = found[0]
        with closing(socket.socket(family, kind, protocol)) as probe:
            probe.connect(there)  # of a datagram socket: nothing is sent
            return str(probe.getsockname()[0])
    except OSError:
        return ""
