"""The Go library ocpp-go (lorenzodonini) at level debug: ``received JSON message from STATION: [2,…]``, ``sent JSON message
to STATION: …``; ``server`` stands there on the charge point's side. logrus writes it plain, or with escaped quotes in
``msg="…"``. Who connects is told by the program that uses the library, if at all."""

import re

from evconform.ocpp.field.said import Format
from evconform.ocpp.field.text import Lines

LINES = Lines(
    said=re.compile(r"(?P<way>received|sent) JSON message (?:from|to) (?P<station>[^\s:\"]+(?:[^:\"]*[^\s:\"])?): (?=\[)"),
    hints=(" JSON message ",),
    ways={"received": "in", "sent": "out"},
    station=lambda text: "" if text == "server" else text,
    events=(
        (re.compile(r"handling new connection for (?P<station>\S+) from"), "open"),
        (re.compile(r"closed connection to (?P<station>[^\s\"]+)"), "lost"),
    ),
)
FORMAT = Format("ocpp-go", "the log of the Go library ocpp-go", LINES.fits, LINES.read)
