"""OCPI 2.2.1, types: what is told to be shown to people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5
from typing import Any

from lxml.html.defs import tags

from evconform.harness.law import monitor
from evconform.ocpi.frame import shown
from evconform.ocpi.view import Log
from suites.ocpi221.monitors.locations import objects

TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)\b[^<>]*>|<!--")
REFERENCE = re.compile(r"&(?:#[0-9]+|#[xX][0-9A-Fa-f]+|([A-Za-z][A-Za-z0-9]*));")


@monitor("OCPI221-TRN-53")
def texts_hold_no_markup(log: Log) -> Iterator[tuple[Any, str]]:
    for held in objects(log, "DisplayText"):
        if (found := markup(held.value.get("text"))) is not None:
            yield held.frame, f"{held.frame}: {held.pointer}/text holds {shown(found)}"


def markup(text: Any) -> str | None:
    """The first tag or character reference of HTML in a text; a lone < or & is none, nor is a word in angle brackets."""
    if not isinstance(text, str):
        return None
    for found in TAG.finditer(text):
        if found[1] is None or found[1].lower() in tags:
            return found[0]
    for found in REFERENCE.finditer(text):
        if found[1] is None or f"{found[1]};" in html5:
            return found[0]
    return None
