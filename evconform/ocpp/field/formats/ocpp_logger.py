"""The logger of the Python package ``ocpp`` (mobilityhouse), bare or in the log of a program that uses it, Home Assistant's
integration first of all: ``CP_1: receive message [2,…]``, ``CP_1: send [3,…]``. It runs on either side."""

import re

from evconform.ocpp.field.said import Format
from evconform.ocpp.field.text import Lines

OF_LOGGING = re.compile(r"^(?:[A-Z]+:)?(?:ocpp:)?")
"""What ``logging.basicConfig`` writes before the name: ``INFO:ocpp:``."""

LINES = Lines(
    said=re.compile(r"(?P<station>[^\s\[\]]+): (?P<way>receive message|send) (?=\[)"),
    hints=(": receive message [", ": send ["),
    ways={"receive message": "in", "send": "out"},
    station=lambda text: OF_LOGGING.sub("", text),
)
FORMAT = Format("ocpp", "the log of the Python package ocpp", LINES.fits, LINES.read)
