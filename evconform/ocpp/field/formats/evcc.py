"""evcc, with ``log: trace`` of its ocpp part: ``[ocpp  ] TRACE 2026/07/23 10:21:46 recv STATION: [2,…]``; older ones have
``received JSON message from``, and ``sent``. It is a central system. Journals and containers put something before it."""

import re

from evconform.harness.context import FIELD
from evconform.ocpp.field.said import Format
from evconform.ocpp.field.text import Lines

LINES = Lines(
    said=re.compile(
        r"\bTRACE\b.*? (?P<way>recv|send|sent JSON message to|sent|received JSON message from) (?P<station>\S.*?): (?=\[)"
    ),
    hints=("TRACE",),
    ways={
        "recv": "in",
        "received json message from": "in",
        "send": "out",
        "sent": "out",
        "sent json message to": "out",
    },
    events=(
        (re.compile(r"\bDEBUG\b.* charge ?point connected: (?P<station>\S+)"), "open"),
        (re.compile(r"\bDEBUG\b.* charge ?point disconnected: (?P<station>\S+)"), "lost"),
    ),
)
FORMAT = Format("evcc", "evcc's trace", LINES.fits, LINES.read, FIELD, program="central-system")
