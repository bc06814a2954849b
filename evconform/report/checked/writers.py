"""The writers of a check, over what it says as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.report.checked import html, markdown, terminal
from evconform.report.checked.model import Check
from evconform.report.checked.redact import redacted as without_names
from evconform.report.checked.terminal import cut

DATA_AT_MOST = 2000
"""Characters of a frame that are shown."""


def said(check: Check, redacted: bool) -> dict[str, Any]:
    """What every writer shows."""
    told = check.as_json()
    if redacted:
        told = without_names(told, check.stations, texts_of(check))
    for finding in told["findings"]:
        for example in finding["seen"]:
            for frame in example["frames"]:  # only now, so that no name is cut in half and missed
                frame["data"] = cut(frame["data"], DATA_AT_MOST)
    return told


def texts_of(check: Check) -> Iterator[str]:
    """The messages that findings show, in full."""
    for found in check.examination.found.values():
        yield from (str(frame.text) for example in found.examples for frame in example.frames)


def on_terminal(check: dict[str, Any]) -> Iterator[str]:
    return terminal.lines(check)


as_html, as_markdown = html.render, markdown.render


class News:
    """Prints what is new while a log grows."""

    def __init__(self, redacted: bool) -> None:
        self.redacted = redacted
        self._told: set[tuple[str, ...]] = set()

    def __call__(self, check: Check) -> None:
        for finding in said(check, self.redacted)["findings"]:
            key = (finding["requirement"], finding["role"], finding["station"], finding["seen"][0]["says"])
            if key not in self._told:
                self._told.add(key)
                for line in terminal.told(finding):
                    print(line, flush=True)
