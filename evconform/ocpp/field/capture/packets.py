"""The TCP segments in a capture file. dpkt reads file and headers; a packet that is none of TCP over IP, or is broken, is passed
over."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import IO, Any

import dpkt

from evconform.harness.verdict import UsageError

LINKS: dict[int, Callable[[bytes], Any]] = {
    dpkt.pcap.DLT_NULL: dpkt.loopback.Loopback,
    dpkt.pcap.DLT_LOOP: dpkt.loopback.Loopback,
    dpkt.pcap.DLT_EN10MB: dpkt.ethernet.Ethernet,
    dpkt.pcap.DLT_LINUX_SLL: dpkt.sll.SLL,
    dpkt.pcap.DLT_LINUX_SLL2: dpkt.sll2.SLL2,
}
"""Link types of the interfaces on which one captures; what stands below IP is of any other no more than that."""
BROKEN = (dpkt.dpkt.Error, struct.error, ValueError, IndexError, AttributeError, TypeError)
"""What dpkt raises on what it cannot read."""


class Cut(Exception):
    """The file ends, or cannot be read any further, in the middle of packet ``n``."""

    def __init__(self, n: int) -> None:
        super().__init__(f"packet {n} is cut")
        self.n = n


class Reading:
    """A file as dpkt reads it, which takes what is left of a packet for all of it. ``cut``: it ended in the middle of one."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.cut = self._ended = False

    def read(self, size: int) -> bytes:
        data = self.file.read(size)
        if len(data) < size:
            self.cut = bool(data) or self._ended  # between two packets it ends once
            self._ended = True
        return data

    def seek(self, place: int) -> None:
        self.file.seek(place)
        self.cut = self._ended = False


@dataclass(slots=True)
class Segment:
    """``n``: the packet, from 1; ``t``: POSIX seconds; ``missing``: bytes of the data that the capture cut off."""

    n: int
    t: float
    source: str
    target: str
    seq: int
    ack: int
    flags: int
    data: bytes
    missing: int = 0

    @property
    def syn(self) -> bool:
        return bool(self.flags & dpkt.tcp.TH_SYN)

    @property
    def fin(self) -> bool:
        return bool(self.flags & dpkt.tcp.TH_FIN)

    @property
    def rst(self) -> bool:
        return bool(self.flags & dpkt.tcp.TH_RST)

    @property
    def acknowledges(self) -> bool:
        return bool(self.flags & dpkt.tcp.TH_ACK)


def segments(path: Path) -> Iterator[Segment]:
    """The segments of a capture, in its order. Raises UsageError for a file that is no capture, OSError; Cut behind the last
    packet that is whole."""
    with path.open("rb") as file:
        reading = Reading(file)
        try:
            reader = dpkt.pcap.UniversalReader(reading)
        except BROKEN as error:
            raise UsageError(f"{path}: no capture that can be read: {error or type(error).__name__}") from error
        packets, n = iter(reader), 0
        while True:
            try:
                at, raw = next(packets)
            except StopIteration:
                break
            except BROKEN:
                raise Cut(n + 1) from None
            n += 1
            if segment := segment_in(n, float(at), raw, reader.datalink()):
                yield segment
        if reading.cut:
            raise Cut(n)


def segment_in(n: int, at: float, raw: bytes, link: int) -> Segment | None:
    try:
        ip = packet_in(raw, link)
        tcp = ip.data
        if not isinstance(tcp, dpkt.tcp.TCP):
            return None
        source, target = (f"{ip_address(address)}" for address in (ip.src, ip.dst))
    except BROKEN:
        return None
    missing = max(0, length_of(ip) - 4 * tcp.off - len(tcp.data))
    places = (f"{source}:{tcp.sport}", f"{target}:{tcp.dport}")
    return Segment(n, at, *places, tcp.seq, tcp.ack, tcp.flags, bytes(tcp.data), missing)


def packet_in(raw: bytes, link: int) -> Any:
    """The IP packet in what a link carries."""
    if link not in LINKS:
        return dpkt.ip6.IP6(raw) if raw[:1] and raw[0] >> 4 == 6 else dpkt.ip.IP(raw)
    frame = LINKS[link](raw)
    while not isinstance(frame, dpkt.ip.IP | dpkt.ip6.IP6):
        frame = frame.data  # bytes have none: an AttributeError
    return frame


def length_of(ip: Any) -> int:
    """Bytes that the packet had behind the header of IP; 0 if it does not say so (segmentation was left to the hardware)."""
    if isinstance(ip, dpkt.ip6.IP6):
        length = ip.plen - sum(header.length for header in ip.all_extension_headers)
    else:
        length = ip.len - 4 * ip.hl
    return max(0, int(length))
