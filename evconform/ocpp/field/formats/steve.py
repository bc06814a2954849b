"""SteVe's log (``WebSocketLogger``): ``[chargeBoxId=X, sessionId=Y] Received: [2,…]``. It is a central system, and says where
a connection begins and ends."""

import re

from evconform.harness.context import FIELD
from evconform.ocpp.field.said import Format
from evconform.ocpp.field.text import Lines

SESSION = r"\[chargeBoxId=(?P<station>[^,\]]*), sessionId=(?P<conn>[^\]]*)\] "

LINES = Lines(
    said=re.compile(SESSION + r"(?P<way>Sending|Received)(?: message)?: (?=\[)"),
    hints=("[chargeBoxId=",),
    ways={"received": "in", "sending": "out"},
    events=(
        (re.compile(SESSION + "Connection is established"), "open"),
        (re.compile(SESSION + "(?:Connection is closed|Connection ended unexpectedly|Closing a dangling)"), "lost"),
    ),
)
FORMAT = Format("steve", "SteVe's log", LINES.fits, LINES.read, FIELD, program="central-system")
