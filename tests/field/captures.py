"""Captures and HARs of hand-made conversations: what a tap would have logged becomes packets, or entries of a HAR."""

from __future__ import annotations

import gzip
import io
import json
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import dpkt

from evconform.harness.wire import Entry
from tests.ocpp.transports import Line, OverSoap

BEGAN = datetime(2024, 1, 1, tzinfo=UTC).timestamp()
ENDS = {"sut": ("10.0.0.7", 40000), "tester": ("10.0.0.1", 8080)}
"""A side to its address, and where it dials from or serves at."""
CALLED = {"sut": 8081, "tester": 8080}
"""A side to the port of its service."""
END = "\r\n\r\n"
Mangle = Callable[[list[bytes]], bytes]


def entries_of(lines: Iterable[Line], version: str = "1.6") -> list[Entry]:
    """What a tap of HTTP would have logged."""
    said = OverSoap(version=version).entries(lines)
    return [each for _, each in said if isinstance(each, Entry)]


# ── HAR ──


def har(entries: Iterable[Entry], **also: Any) -> str:
    """The HAR of a proxy between both. ``also``: more members of every entry."""
    rows: list[dict[str, Any]] = []
    waits: dict[str, dict[str, Any]] = {}
    for entry in entries:
        data = entry.data if isinstance(entry.data, str) else entry.data.decode("latin-1")
        head, _, body = data.partition(END)
        first, *fields = head.split("\r\n")
        headers = [{"name": name, "value": value} for name, _, value in (each.partition(": ") for each in fields)]
        if entry.kind == "request":
            host = next(each["value"] for each in headers if each["name"] == "Host")
            method, target, _ = first.split(" ")
            asked = {"method": method, "url": f"http://{host}{target}", "headers": headers, "postData": {"text": body}}
            row = {"startedDateTime": datetime.fromtimestamp(BEGAN + entry.t, UTC).isoformat(), "time": 0, "request": asked}
            row |= {"response": {"status": 0}, "at": entry.t} | also
            rows.append(row)
            waits[entry.conn] = row
        elif entry.kind == "response":
            row = waits.pop(entry.conn)
            row["time"] = (entry.t - row["at"]) * 1000
            status = int(first.split(" ")[1])
            row["response"] = {
                "status": status,
                "statusText": "",
                "headers": headers,
                "content": {"text": body, "size": len(body)},
            }
    return json.dumps({"log": {"version": "1.2", "entries": rows}})


# ── packets ──


@dataclass
class Packet:
    """One segment; ``by_client``: who sent it."""

    t: float
    conn: str
    client: str
    by_client: bool
    seq: int
    ack: int
    flags: int
    data: bytes = b""


@dataclass
class Wires:
    """Makes the packets of connections. ``mss``: bytes of a segment; ``encode``: what becomes of a body."""

    mss: int = 500
    gzipped: bool = False
    chunked: bool = False
    first: int = 0xFFFFFF00
    """The initial sequence number of every client: it goes over the edge soon."""
    packets: list[Packet] = field(default_factory=list)

    def takes(self, entries: Iterable[Entry]) -> list[Packet]:
        self._next: dict[tuple[str, bool], int] = {}
        self._client: dict[str, str] = {}
        for entry in entries:
            if entry.conn not in self._client:
                self._opens(entry)
            by_client = entry.by == self._client[entry.conn]
            if entry.kind in ("request", "response"):
                self._says(entry, by_client, self._raw(entry))
            elif entry.kind in ("eof", "close"):
                self._put(entry, by_client, dpkt.tcp.TH_FIN | dpkt.tcp.TH_ACK)
            elif entry.kind == "lost":
                self._put(entry, by_client, dpkt.tcp.TH_RST)
        return self.packets

    def _opens(self, entry: Entry) -> None:
        self._client[entry.conn] = str(entry.by)
        self._next[(entry.conn, True)], self._next[(entry.conn, False)] = self.first, 1000
        self._put(entry, True, dpkt.tcp.TH_SYN)
        self._put(entry, False, dpkt.tcp.TH_SYN | dpkt.tcp.TH_ACK)
        self._put(entry, True, dpkt.tcp.TH_ACK)

    def _raw(self, entry: Entry) -> bytes:
        data = entry.data if isinstance(entry.data, bytes) else entry.data.encode()
        head, _, body = data.partition(END.encode())
        if self.gzipped:
            head, body = head + b"\r\nContent-Encoding: gzip", gzip.compress(body)
        if self.chunked:
            pieces = [body[n : n + 100] for n in range(0, len(body), 100)]
            body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
            return head + b"\r\nTransfer-Encoding: chunked" + END.encode() + body
        return head + b"\r\nContent-Length: %d" % len(body) + END.encode() + body

    def _says(self, entry: Entry, by_client: bool, raw: bytes) -> None:
        for n in range(0, len(raw), self.mss):
            self._put(entry, by_client, dpkt.tcp.TH_ACK | dpkt.tcp.TH_PUSH, raw[n : n + self.mss])
        self._put(entry, not by_client, dpkt.tcp.TH_ACK)

    def _put(self, entry: Entry, by_client: bool, flags: int, data: bytes = b"") -> None:
        me, other = (entry.conn, by_client), (entry.conn, not by_client)
        client = self._client[entry.conn]
        self.packets.append(Packet(entry.t, entry.conn, client, by_client, self._next[me], self._next[other], flags, data))
        counts = len(data) + bool(flags & (dpkt.tcp.TH_SYN | dpkt.tcp.TH_FIN))
        self._next[me] = (self._next[me] + counts) & 0xFFFFFFFF


def ethernet(ip: Any) -> bytes:
    kind = dpkt.ethernet.ETH_TYPE_IP6 if isinstance(ip, dpkt.ip6.IP6) else dpkt.ethernet.ETH_TYPE_IP
    return bytes(dpkt.ethernet.Ethernet(dst=b"\1" * 6, src=b"\2" * 6, type=kind, data=ip)) + b"\0" * 6  # what a card pads


def tagged(ip: Any) -> bytes:
    return b"\1" * 6 + b"\2" * 6 + b"\x81\x00\x00\x05\x08\x00" + bytes(ip)


LINKS: dict[int, Callable[[Any], bytes]] = {
    dpkt.pcap.DLT_EN10MB: ethernet,
    dpkt.pcap.DLT_NULL: lambda ip: b"\2\0\0\0" + bytes(ip),
    dpkt.pcap.DLT_LINUX_SLL: lambda ip: b"\0\0\0\1\0\6" + b"\0" * 8 + b"\x08\x00" + bytes(ip),
    dpkt.pcap.DLT_LINUX_SLL2: lambda ip: b"\x08\x00" + b"\0" * 18 + bytes(ip),
    dpkt.pcap.DLT_RAW: bytes,
}


def as_ip(packet: Packet, six: bool = False) -> Any:
    server = "tester" if packet.client == "sut" else "sut"
    ports = [40000 + int(packet.conn[1:]), CALLED[server]]
    hosts = [ENDS[packet.client][0], ENDS[server][0]]
    if not packet.by_client:
        ports, hosts = ports[::-1], hosts[::-1]
    tcp = dpkt.tcp.TCP(sport=ports[0], dport=ports[1], seq=packet.seq, ack=packet.ack, flags=packet.flags, data=packet.data)
    if six:
        source, target = (socket.inet_pton(socket.AF_INET6, f"fd00::{host.rpartition('.')[2]}") for host in hosts)
        return dpkt.ip6.IP6(src=source, dst=target, nxt=dpkt.ip.IP_PROTO_TCP, plen=len(bytes(tcp)), data=tcp)
    source, target = (socket.inet_aton(host) for host in hosts)
    return dpkt.ip.IP(src=source, dst=target, p=dpkt.ip.IP_PROTO_TCP, data=tcp, len=20 + len(bytes(tcp)))


def pcap(
    packets: Iterable[Packet],
    link: int = dpkt.pcap.DLT_EN10MB,
    *,
    six: bool = False,
    ng: bool = False,
    snaplen: int = 0,
    wraps: Callable[[Any], bytes] | None = None,
) -> bytes:
    """The capture file with these packets."""
    file = io.BytesIO()
    wrap = wraps or LINKS[link]
    if ng:
        writer = dpkt.pcapng.Writer(file, idb=dpkt.pcapng.InterfaceDescriptionBlockLE(linktype=link))
    else:
        writer = dpkt.pcap.Writer(file, linktype=link)
    for packet in packets:
        raw = wrap(as_ip(packet, six))
        writer.writepkt(raw[:snaplen] if snaplen else raw, BEGAN + packet.t)
    return file.getvalue()


def packets_of(lines: Iterable[Line], **how: Any) -> list[Packet]:
    return Wires(**how).takes(entries_of(lines))


def bodies(packets: Iterable[Packet]) -> Iterator[bytes]:
    yield from (packet.data for packet in packets if packet.data)
