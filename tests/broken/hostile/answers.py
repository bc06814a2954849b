"""What comes instead of a proper answer, from either side: name to a function of the peer and the message id."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from raw import Peer, frame

MIB = 2**20
SILENT = 2.0
"""Seconds: longer than anybody here waits for an answer."""
Act = Callable[[Peer, str], None]
BIG = 100 * MIB


def odd(member: str) -> Act:
    """A proper answer with a strange member more."""
    return lambda peer, message_id: peer.text(proper(peer, message_id)[:-2] + f',"x":{member}}}]')


def twice(peer: Peer, message_id: str) -> None:
    """A proper answer behind a member of the same name that is none."""
    answer = proper(peer, message_id)
    peer.text(answer.replace('{"', '{"unknownKey":[7],"' if peer.client else '{"currentTime":7,"', 1))


def text(make: Callable[[str], str | bytes], **how: Any) -> Act:
    return lambda peer, message_id: peer.text(make(message_id), **how)


def raw(opcode: int, data: bytes = b"", **how: Any) -> Act:
    return lambda peer, _: peer.frame(opcode, data, **how)


def drips(peer: Peer, _: str) -> None:
    """A frame that comes a byte now and then, and never ends."""
    peer.says(frame(1, b"", mask=peer.client, length=4000))
    for _ in range(int(SILENT / 0.05)):
        if peer.stop.wait(0.05):
            break
        peer.says(b"[")
    peer.drops()


def whole(peer: Peer, _: str) -> None:
    peer.says(frame(1, b"", mask=peer.client, length=BIG))
    for _ in range(BIG // MIB):
        peer.says(b"x" * MIB)


def parts(peer: Peer, _: str) -> None:
    peer.frame(1, b"[" + b"x" * (MIB - 1), fin=False)
    for i in range(1, BIG // MIB):
        peer.frame(0, b"x" * MIB, fin=i == BIG // MIB - 1)


def bomb(peer: Peer, _: str) -> None:
    """100 MB of spaces, deflated (RFC 7692), with the bit that says so; nobody agreed on that."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(b" " * MIB) for _ in range(BIG // MIB)) + packer.flush(zlib.Z_SYNC_FLUSH)
    peer.frame(1, packed[:-4], rsv=4)


def pings(count: int, reads: bool) -> Act:
    def flood(peer: Peer, message_id: str) -> None:
        peer.sock.settimeout(0.5)  # what nobody takes is not said
        many = frame(9, b"x" * 100, mask=peer.client) * 100
        for _ in range(count // 100):
            try:
                peer.sock.sendall(many)
            except OSError:
                break
            if reads:
                while peer.hears()[1] != b"x" * 100:
                    pass
                for _ in range(99):
                    peer.hears()
        peer.sock.settimeout(None)
        if reads:
            peer.text(proper(peer, message_id))
        else:
            peer.stop.wait(3 * SILENT)  # its run is a patient one
            peer.drops()

    return flood


def silence(peer: Peer, _: str) -> None:
    """Neither reads nor writes, nor says that it is gone; for as long as anybody waits."""
    peer.stop.wait(SILENT)
    peer.drops()


def proper(peer: Peer, message_id: str) -> str:
    """The answer to the harmless CALL that each role is sent."""
    now = datetime.now(UTC).isoformat()
    payload = {"configurationKey": [], "unknownKey": ["HeartbeatInterval"]} if peer.client else {"currentTime": now}
    return json.dumps([3, message_id, payload], separators=(",", ":"))


ACTS: dict[str, Act] = {
    "drips": drips,
    "silence": silence,
    "big-whole": whole,
    "big-header": raw(1, length=BIG),
    "big-parts": parts,
    "big-bomb": bomb,
    "big-ping": raw(9, length=BIG),
    "pings-read": pings(3_000, True),
    "pings-unread": pings(400_000, False),
    "deep": text(lambda i: "[" * 100_000),
    "deep-legal": odd("[" * 700 + "]" * 700),
    "deep-id": text(lambda i: "[2," + "[" * 700 + "]" * 700 + ',"Heartbeat",{}]'),
    "deep-action": text(lambda i: '[2,"deep",' + "[" * 700 + "]" * 700 + ",{}]"),
    "deep-error": text(lambda i: f'[4,"{i}","GenericError","",' + '{"a":' * 700 + "1" + "}" * 700 + "]"),
    "huge-number": odd("9" * 10_000),
    "huge-exponent": odd("1e999999"),
    "twin-keys": twice,
    "nan": odd("NaN"),
    "infinity": odd("-Infinity"),
    "surrogate": odd('"\\ud800"'),
    "no-utf8": text(lambda i: b'[3,"\xff\xfe",{}]'),
    "half-utf8": text(lambda i: b'[3,"\xe2\x98'),
    "surrogate-utf8": text(lambda i: b'[3,"\xed\xa0\x80",{}]'),
    "ping-long": raw(9, b"x" * 126),
    "ping-parts": raw(9, b"x", fin=False),
    "reserved-bits": raw(1, b"[]", rsv=2),
    "reserved-opcode": raw(5, b"[]"),
    "wrong-mask": lambda peer, i: peer.frame(1, b"[]", mask=not peer.client),
    "stray-part": raw(0, b"[]"),
    "part-in-part": lambda peer, i: (peer.frame(1, b"[", fin=False), peer.frame(1, b"[]"))[0],
    "close-short": raw(8, b"\x03"),
    "close-no-code": raw(8, b"\x00\x00"),
    "close-reserved": raw(8, b"\x03\xed"),
    "close-no-utf8": raw(8, b"\x03\xe8\xff"),
    "no-frame": lambda peer, i: peer.says(b"\xff" * 4096),
}  # fmt: skip
