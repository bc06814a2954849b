"""The limits of our endpoints, each with its reason: what a peer sends costs us no more than this."""

from __future__ import annotations

MESSAGE_AT_MOST = 32 * 2**20
"""Bytes of one message. No OCPP message comes near; a longer one is refused with close code 1009 as soon as it says how
long it is, logged with its length and digest, and never held."""
KEPT_OF_TOO_LONG = 1024
"""Bytes of a message that is too long that the log keeps: enough to see what it was going to be."""
NESTED_AT_MOST = 800
"""Levels of arrays and objects in a message. OCPP has a dozen; Python's own limit depends on how deep the reader stands, and a
rule that compares what was read stands deeper."""
HEAD_AT_MOST = 65_536
"""Bytes of an HTTP head; the library takes 128 lines of 8 KiB, and what is longer than this is logged as bytes."""
BYTES_AT_MOST = 2**20
"""Bytes a direction of a connection that are logged though they are no frame; of what follows only the number."""
BYTES_AN_ENTRY = 1024
"""What an entry counts for at least: a thousand single bytes are as much to read as a thousand lines."""
HEAD_WITHIN = 60.0
"""Seconds from the connection to the end of the HTTP head (slow loris): far beyond any charge point's own time-out."""
CLOSE_WITHIN = 10.0
"""Seconds that the other side has to end the TCP connection after the closing handshake (RFC 6455, 7.1.1)."""
CONNECTIONS_AT_MOST = 256
"""Open connections of one endpoint; a process has 1024 descriptors on many systems. When there are more, the oldest that has
not ended its opening handshake goes; if there is none, the newest."""
UNSENT_AT_MOST = 2**20
"""Bytes that wait for a peer who does not read, before we stop reading what it sends: a flood of pings, each answered into
nowhere, would fill the memory."""
YEARS = range(2000, 2100)
"""What a clock can be set to: a date outside of these years binds nobody to anything, and nothing is counted on from it."""
ENVELOPE_AT_MOST = 8 * 2**20
"""Bytes of a SOAP envelope. A full local list of ten thousand idTags, the longest message that there is, has a third of it."""
ELEMENTS_AT_MOST, ITEMS_AT_MOST = 100_000, 10_000
"""Elements of an envelope, in all and in one: that list again. libxml2 names the place of an error by counting its elder
siblings, so errors cost the square of their number: a second for ten thousand, thirteen for three times as many."""
