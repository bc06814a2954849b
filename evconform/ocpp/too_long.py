"""A frame that is too long to be held: what is known of it without holding it."""

from __future__ import annotations

import hashlib

from evconform.ocpp.limits import KEPT_OF_TOO_LONG

try:
    from websockets.speedups import apply_mask as unmasked
except ImportError:
    from websockets.utils import apply_mask as unmasked


class TooLong:
    """A frame of ``length`` bytes behind its header, as it passes. ``key``: its mask, empty if it has none."""

    def __init__(self, length: int, key: bytes) -> None:
        self.n = 0
        """The number of the entry that its header has in the log."""
        self.length = self.left = length
        self._key = key
        self._digest = hashlib.sha256()
        self._beginning = bytearray()

    def takes(self, data: bytes) -> int:
        """Takes the next bytes; returns how many of them are of this frame."""
        data = data[: self.left]
        if self._key and data:
            turned = self.passed % 4
            plain = unmasked(data, self._key[turned:] + self._key[:turned])
        else:
            plain = data
        self._digest.update(plain)
        self._beginning += plain[: KEPT_OF_TOO_LONG - len(self._beginning)]
        self.left -= len(data)
        return len(data)

    @property
    def passed(self) -> int:
        """The bytes that came."""
        return self.length - self.left

    @property
    def digest(self) -> str:
        """SHA-256 of what came, unmasked."""
        return self._digest.hexdigest()

    @property
    def beginning(self) -> str | bytes:
        return as_text(bytes(self._beginning))


def as_text(data: bytes) -> str | bytes:
    """The text if the bytes are UTF-8, else the bytes."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data
