"""The limits of our HTTP ends, each with its reason: what a peer sends costs us no more than this."""

from __future__ import annotations

HEAD_AT_MOST = 65_536
"""Bytes of a head, and of trailers; common servers take 8 to 64 KiB. A longer one is answered 431."""
BODY_AT_MOST = 32 * 2**20
"""Bytes of a body, also of what it is when decompressed: a page of a thousand full Locations has a tenth. A longer one
is answered 413 as soon as its length is known, logged with its beginning and digest, and never held."""
KEPT_OF_TOO_LONG = 1024
"""Bytes of a body that is too long that the log keeps: enough to see what it was going to be."""
CHUNK_LINE_AT_MOST = 4096
"""Bytes of a line with the size of a chunk and its extensions, which nobody uses."""
BYTES_AT_MOST = 2**20
"""Bytes a direction of a connection that are logged though they are no HTTP; of what follows only the number."""
UNREAD_AT_MOST = 2**20
"""Bytes of pipelined requests that wait for an answer, before we stop reading."""
MESSAGE_WITHIN = 120.0
"""Seconds from the first byte of a request to its last (slow loris): 32 MiB at a modem's pace take longer, OCPI's don't."""
LINGER_WITHIN = 10.0
"""Seconds that we go on reading, and forgetting, what comes after an answer that refuses it: a connection that is closed
with bytes unread is reset, and the answer may be lost with it (RFC 9112, 9.6)."""
CONNECTIONS_AT_MOST = 256
"""Open connections of one server; a process has 1024 descriptors on many systems. When there are more, the one that has been
idle for longest goes; if none is idle, the newest."""
IDLE_AT_MOST = 8
"""Idle connections to one origin that are kept."""
TRUSTED_AFTER = 0.2
"""Seconds that a server must have kept an idle connection before we take one again: some close each without a word."""
REUSED_WITHIN = 1.0
"""Seconds of idleness after which a connection is not taken again on wall time: the other side may be closing it in this very
moment; the shortest time-out that is common is two seconds."""
