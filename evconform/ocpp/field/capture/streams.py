"""One direction of a TCP connection: segments in whatever order, twice or not at all, become bytes in order, or a gap."""

from __future__ import annotations

MASK = 0xFFFFFFFF
HALF = 0x80000000
HELD_AT_MOST = 2**20
"""Bytes that wait for a segment before them; then it is taken for lost."""


def ahead(seq: int, of: int) -> int:
    """By how much a sequence number is ahead of another one; negative if it is behind (RFC 9293, 3.4)."""
    return ((seq - of + HALF) & MASK) - HALF


class Direction:
    """Takes segments. ``gap``: bytes are missing, and what came after them waits in vain."""

    def __init__(self) -> None:
        self.next: int | None = None
        """The sequence number that is due; None until the first segment is known."""
        self.gap = False
        self.end: int | None = None
        """The sequence number of the FIN."""
        self._held: dict[int, bytes] = {}
        self._acked: int | None = None

    @property
    def ended(self) -> bool:
        """Whether all came, and the end."""
        return self.end is not None and self.next is not None and ahead(self.next, self.end) >= 0

    def begins(self, seq: int) -> None:
        """What follows begins with this sequence number."""
        self.next, self.gap = seq & MASK, False
        self._held.clear()

    def takes(self, seq: int, data: bytes) -> bytes:
        """A segment; gives back the bytes that are in order now."""
        due = seq if self.next is None else self.next
        if data and len(data) > len(self._held.get(seq, b"")):
            self._held[seq] = data
        ready = self._in_order(due)
        due = self.next = (due + len(ready)) & MASK
        waits = bool(self._held) or (self.end is not None and ahead(self.end, due) > 0)
        self.gap = waits and (self.lacks or sum(map(len, self._held.values())) > HELD_AT_MOST)
        return ready

    @property
    def lacks(self) -> bool:
        """Whether the other side has what is not here."""
        return self._acked is not None and self.next is not None and ahead(self._acked, self.next) > 0

    def skips(self) -> bytes:
        """Goes on behind the gap, with what there is of it."""
        assert self.next is not None
        due = self.next
        first = min(self._held, key=lambda seq: ahead(seq, due), default=due if self.end is None else self.end)
        ready = self._in_order(first)
        self.next, self.gap = (first + len(ready)) & MASK, False
        return ready

    def _in_order(self, due: int) -> bytes:
        """Takes what follows without a gap from a sequence number on."""
        ready = bytearray()
        while self._held:
            place = (due + len(ready)) & MASK
            first = min(self._held, key=lambda seq: ahead(seq, place))
            if ahead(first, place) > 0:
                break
            ready += self._held.pop(first)[-ahead(first, place) :]
        return bytes(ready)

    def acknowledged(self, ack: int) -> None:
        """The other side has all before this: what of it did not come is not in the capture."""
        if self._acked is None or ahead(ack, self._acked) > 0:
            self._acked = ack
