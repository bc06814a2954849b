"""A central system in a process of its own that is proper to the charge point HOSTILE-1, and hostile to every other, in the
way that its identity names. Arguments: a folder with certificates. It prints its ports, by name, as JSON: one plain, one
for each way of being hostile in TLS; and serves until its standard input ends.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from answers import ACTS, proper
from raw import SMALL, Peer, response

CLOCKS = {f"clock-{year}": f"{year}-01-01T00:00:00Z" for year in ("1970", "2000", "2099", "9999", "0000")}


def answers(peer: Peer, name: str) -> None:
    """Serves an open connection."""
    act = ACTS.get(name, lambda peer, message_id: peer.text(proper(peer, message_id)))
    while True:
        message: list[Any] = peer.hears_message()
        if message[0] != 2:
            continue
        if message[2] == "BootNotification":
            now = CLOCKS.get(name) or datetime.now(UTC).isoformat()
            peer.text(json.dumps([3, message[1], {"status": "Accepted", "currentTime": now, "interval": 300}]))
        elif name == "no-close-notify":
            socket.socket(fileno=peer.sock.detach()).close()
            return
        elif message[2] == "StatusNotification":
            peer.text(json.dumps([3, message[1], {}]))
        else:
            act(peer, message[1])


# ── instead of a proper response ──


def says(*parts: bytes) -> Callable[[Peer, str], None]:
    def respond(peer: Peer, head: str) -> None:
        for part in parts:
            peer.says(part)

    return respond


def drips(peer: Peer, head: str) -> None:
    for byte in response(head)[:-2]:
        peer.says(bytes([byte]))
        if peer.stop.wait(0.02):
            return


def endless(peer: Peer, head: str) -> None:
    peer.says(b"HTTP/1.1 101 Switching Protocols\r\n")
    with contextlib.suppress(OSError):
        for i in range(100_000):
            peer.sock.sendall(b"X-%d: %s\r\n" % (i, b"x" * 100))


def edited(old: str, new: str) -> Callable[[Peer, str], None]:
    return lambda peer, head: peer.says(response(head).replace(old.encode(), new.encode()))


RESPONSES: dict[str, Callable[[Peer, str], None]] = {
    "no-response": says(),
    "drips-head": drips,
    "endless-head": endless,
    "wrong-accept": edited("Sec-WebSocket-Accept: ", "Sec-WebSocket-Accept: x"),
    "two-accepts": edited("Upgrade: websocket\r\n", "Upgrade: websocket\r\nSec-WebSocket-Accept: x\r\n"),
    "http-1.0": edited("HTTP/1.1", "HTTP/1.0"),
    "http-200": says(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
    "redirect": says(b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/elsewhere\r\n\r\n"),
    "unasked-extension": edited(
        "Upgrade: websocket\r\n", "Upgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"
    ),
    "endless-body": says(b"HTTP/1.1 404 Not Found\r\n\r\n", *[b"x" * 2**20] * 100),
    "tls-to-plain": says(bytes.fromhex("15030300020228")),
    "garbage": says(b"\xff\x00" * 2000),
}


def serves_plain(peer: Peer) -> None:
    head = peer.head()
    name = unquote(head.split(" ")[1].rsplit("/", 1)[-1])
    if name in RESPONSES:
        RESPONSES[name](peer, head)
        while peer.sock.recv(65_536):
            pass
    else:
        peer.says(response(head))
        answers(peer, name)


# ── TLS ──


def secure(certificate: str, **settings: Any) -> Callable[[Peer, Path], None]:
    def serve(peer: Peer, pki: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pki / f"{certificate}.pem")
        if ciphers := settings.get("ciphers"):
            context.set_ciphers(ciphers)
        if version := settings.get("at_most"):
            context.maximum_version = context.minimum_version = version
        peer.sock = context.wrap_socket(peer.sock, server_side=True)
        serves_plain(peer)

    return serve


def cut(peer: Peer, pki: Path) -> None:
    """Takes the ClientHello and hangs up."""
    peer.sock.recv(65_536)


def half(peer: Peer, pki: Path) -> None:
    """The head of a ServerHello, and nothing after it."""
    peer.sock.recv(65_536)
    peer.says(bytes.fromhex("160303007a020000760303"))
    while peer.sock.recv(65_536):
        pass


def plain(peer: Peer, pki: Path) -> None:
    """HTTP on a secure port."""
    peer.sock.recv(65_536)
    peer.says(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def silent(peer: Peer, pki: Path) -> None:
    while peer.sock.recv(65_536):
        pass


PORTS: dict[str, Callable[[Peer, Path], None]] = {
    "plain": lambda peer, pki: serves_plain(peer),
    "tls-good": secure("good"),
    "tls-plain": plain,
    "tls-old": secure("good", at_most=ssl.TLSVersion.TLSv1_1, ciphers="ALL:@SECLEVEL=0"),
    "tls-no-cipher": secure("good", at_most=ssl.TLSVersion.TLSv1_2, ciphers="ECDHE-ECDSA-AES128-CCM"),
    "tls-untrusted": secure("untrusted"),
    "tls-self-signed": secure("self-signed"),
    "tls-expired": secure("expired"),
    "tls-not-yet": secure("not-yet"),
    "tls-wrong-host": secure("wrong-host"),
    "tls-silent": silent,
    "tls-half-hello": half,
    "tls-cut": cut,
}


def listens(serve: Callable[[Peer, Path], None], pki: Path) -> int:
    """Serves each connection to a port of its own, which it returns, in a thread."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)

    def one(sock: socket.socket) -> None:
        peer = Peer(sock, client=False)
        with contextlib.suppress(OSError):
            serve(peer, pki)
        peer.drops()

    def accepts() -> None:
        while True:
            threading.Thread(target=one, args=(listening.accept()[0],), daemon=True).start()

    threading.Thread(target=accepts, daemon=True).start()
    port: int = listening.getsockname()[1]
    return port


if __name__ == "__main__":
    print(json.dumps({name: listens(serve, Path(sys.argv[1])) for name, serve in PORTS.items()}), flush=True)
    sys.stdin.read()
