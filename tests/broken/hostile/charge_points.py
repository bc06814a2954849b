"""A charge point in a process of its own that is proper, or hostile in a way that it is told.

Arguments: endpoint URL, identity, and for a secure endpoint the authority that it trusts. Standard input names what it is to
be, a line each: ``proper``, or a name of the tables;
when it is that, it says ``done``. Each life begins with a connection that is closed properly.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from answers import ACTS, proper
from raw import SMALL, Peer, request

IDS = count(1)
BOOT = {"chargePointVendor": "evconform", "chargePointModel": "hostile"}
STORM = 400


class Station:
    def __init__(self, url: str, identity: str, trust: str = "") -> None:
        parts = urlsplit(url)
        self.trust = trust
        self.host, self.port, self.path, self.identity = parts.hostname or "", parts.port or 0, parts.path, identity
        self.life = threading.Thread()
        self.proper = False
        self.peers: list[Peer] = []

    def dials(self) -> Peer:
        """A TCP connection, or a TLS one if the endpoint is secure."""
        peer = self.dials_plainly()
        if self.trust:
            context = ssl.create_default_context(cafile=self.trust)
            peer.sock = context.wrap_socket(peer.sock, server_hostname=self.host)
        return peer

    def dials_plainly(self) -> Peer:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        sock.connect((self.host, self.port))
        self.peers.append(Peer(sock, client=True))
        return self.peers[-1]

    def connects(self, *more: str) -> Peer:
        """An open WebSocket connection under the identity."""
        peer = self.dials()
        peer.says(request(f"{self.path}/{self.identity}", *more))
        head = peer.head()
        assert head.startswith("HTTP/1.1 101 "), head
        assert "extensions" not in head.lower(), "compression was agreed on"
        return peer

    def ends(self) -> None:
        """The life that was."""
        for peer in self.peers:
            peer.stop.set()
        if self.proper and not self.trust:
            self.peers[-1].leaves()
        for peer in self.peers:
            peer.drops()
        if self.life.ident:
            self.life.join(5)
        for peer in self.peers:
            peer.sock.close()
        self.peers.clear()

    def begins(self, name: str) -> None:
        self.ends()
        self.proper = name == "proper"
        if opening := (OPENINGS | TLS).get(name):
            opening(self)
            return
        peer = self.connects(*OFFERS.get(name, ()))
        act = ACTS.get(name, lambda peer, message_id: peer.text(proper(peer, message_id)))
        if name == "proper":
            boots(peer)
        elif name.startswith("clock "):
            status(peer, 0, name.removeprefix("clock "))
        elif name == "twin":
            self.connects()  # of both sockets this one reads nothing
        self.life = threading.Thread(target=live, args=(peer, act), daemon=True)
        self.life.start()


OFFERS = {"big-bomb": ("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",)}


def boots(peer: Peer) -> None:
    peer.calls("BootNotification", BOOT, f"boot-{next(IDS)}")
    for connector in (0, 1):
        status(peer, connector, datetime.now(UTC).isoformat())


def status(peer: Peer, connector: int, stamp: str) -> None:
    told = {"connectorId": connector, "errorCode": "NoError", "status": "Available", "timestamp": stamp}
    peer.calls("StatusNotification", told, f"status-{next(IDS)}")


def live(peer: Peer, act: Callable[[Peer, str], None]) -> None:
    """Answers every CALL with the act, until it is over."""
    with contextlib.suppress(OSError):
        while not peer.stop.is_set():
            message: list[Any] = peer.hears_message()
            if message[0] == 2:
                act(peer, message[1])


# ── what never becomes a connection ──


def says(*heads: bytes, waits: bool = True) -> Callable[[Station], None]:
    """Says these bytes on a connection each, and takes the answer."""

    def opening(station: Station) -> None:
        for head in heads:
            peer = station.dials()
            peer.says(head.replace(b"@", f"{station.path}/{station.identity}".encode()))
            peer.sock.settimeout(5 if waits else 0.2)
            with contextlib.suppress(OSError):
                peer.sock.recv(65_536)

    return opening


def drips_head(station: Station) -> None:
    peer = station.dials()

    def drip() -> None:
        for byte in request(f"{station.path}/{station.identity}", "X-Slow: " + "x" * 4000):
            peer.says(bytes([byte]))
            if peer.stop.wait(0.05):
                return

    station.life = threading.Thread(target=drip, daemon=True)
    station.life.start()


def endless_head(station: Station) -> None:
    peer = station.dials()
    peer.says(b"GET /ocpp HTTP/1.1\r\n")
    with contextlib.suppress(OSError):
        for i in range(200_000):
            peer.sock.sendall(b"X-%d: %s\r\n" % (i, b"x" * 100))


def storm(handshake: bool) -> Callable[[Station], None]:
    def opening(station: Station) -> None:
        for _ in range(STORM):
            peer = station.connects() if handshake else station.dials()
            peer.sock.close()
            station.peers.clear()

    return opening


def crowd(station: Station) -> None:
    """Keeps more connections open than the other side takes, and says nothing on any."""
    for _ in range(300):
        station.dials()


def identities(*names: str) -> Callable[[Station], None]:
    def opening(station: Station) -> None:
        for name in names:
            peer = station.dials()
            peer.says(request(f"{station.path}/{name}"))
            peer.sock.settimeout(5)
            with contextlib.suppress(OSError):
                peer.head()
            peer.leaves()
        station.peers.clear()

    return opening


def head(*lines: str, body: bytes = b"") -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


PLAIN = request("@").decode().split("\r\n")[:-2]
OPENINGS: dict[str, Callable[[Station], None]] = {
    "drips-head": drips_head,
    "endless-head": endless_head,
    "storm": storm(False),
    "storm-of-handshakes": storm(True),
    "crowd": crowd,
    "tls-to-plain": says(bytes.fromhex("160301020001000001fc0303") + b"\x00" * 505, waits=False),
    "two-hosts": says(head(*PLAIN, "Host: y")),
    "two-upgrades": says(head(*PLAIN, "Upgrade: h2c")),
    "http-1.0": says(head(PLAIN[0].replace("1.1", "1.0"), *PLAIN[1:])),
    "body": says(head(*PLAIN, "Content-Length: 5", body=b"hello")),
    "chunked": says(head(*PLAIN, "Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n\r\n")),
    "post": says(head(PLAIN[0].replace("GET", "POST"), *PLAIN[1:])),
    "bare-lf": says(b"\n".join(line.encode() for line in [*PLAIN, "", ""]), waits=False),
    "no-key": says(head(*(line for line in PLAIN if "Key" not in line))),
    "header-no-ascii": says(head(*PLAIN, "X: \xff\xfe\x00")),
    "paths": identities("../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e", "..", "%00", "a%00b", "/", "//x", "c:%5cx"),
    "odd-names": identities(
        "", "%20", "a%20b", "%22%27%3Cb%3E", "%0d%0aSet-Cookie:%20x", "%1b%5b31mred", "%e2%80%ae", "%ff", "%"
    ),
    "long-name": identities("x" * 8000),
}  # fmt: skip


# ── TLS handshakes that fail ──


def shakes(host: str = "", **settings: Any) -> Callable[[Station], None]:
    """A TLS handshake of a client with these settings; without a host it looks at no name."""

    def opening(station: Station) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        trust = settings.get("trusts")
        if ciphers := settings.get("ciphers"):
            context.set_ciphers(ciphers)
        if version := settings.get("at_most"):
            context.maximum_version = context.minimum_version = version
        if trust is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.check_hostname = bool(host)
            if trust:
                context.load_verify_locations(station.trust)
        peer = station.dials_plainly()
        peer.sock.settimeout(5)
        with contextlib.suppress(OSError):
            peer.sock = context.wrap_socket(peer.sock, server_hostname=host or station.host)
            peer.sock.recv(1)  # with TLS 1.3 the refusal comes behind the client's end of the handshake

    return opening


def hello(data: bytes, ends: bool) -> Callable[[Station], None]:
    """The beginning of a TLS handshake, and silence, or the end."""

    def opening(station: Station) -> None:
        peer = station.dials_plainly()
        peer.says(data)
        if ends:
            peer.drops()

    return opening


def no_close_notify(station: Station) -> None:
    """A proper connection that ends below TLS, without its goodbye (RFC 8446, 6.1)."""
    peer = station.connects()
    socket.socket(fileno=peer.sock.detach()).close()


OLD = {"at_most": ssl.TLSVersion.TLSv1_1, "ciphers": "ALL:@SECLEVEL=0"}
TLS: dict[str, Callable[[Station], None]] = {
    "tls-plain": lambda station: hello(request(f"{station.path}/{station.identity}"), False)(station),
    "tls-old": shakes(**OLD),
    "tls-no-cipher": shakes(at_most=ssl.TLSVersion.TLSv1_2, ciphers="ECDHE-ECDSA-AES128-CCM"),
    "tls-untrusted": shakes(trusts=False),
    "tls-wrong-host": shakes("other.example", trusts=True),
    "tls-silent": hello(b"", False),
    "tls-half-hello": hello(bytes.fromhex("16030100c8010000c40303"), False),
    "tls-cut": hello(bytes.fromhex("16030100c8010000c40303"), True),
    "tls-garbage": hello(b"\x16\x03\x01\x00\x05hello", False),
    "tls-no-close-notify": no_close_notify,
}


def main(url: str, identity: str, trust: str = "") -> None:
    station = Station(url, identity, trust)
    print("done", flush=True)
    for line in sys.stdin:
        station.begins(line.rstrip("\n"))
        print("done", flush=True)
    station.ends()


if __name__ == "__main__":
    main(*sys.argv[1:])
