"""The writers of a check, over what it says as JSON."""

from __future__ import annotations

from typing import Any

from evconform.report.checked import terminal
from evconform.report.checked.model import Check


def said(check: Check, redacted: bool) -> dict[str, Any]:
    """What every writer shows."""
    return check.as_json()


def on_terminal(check: dict[str, Any]) -> Any:
    return terminal.lines(check)


def as_html(check: dict[str, Any]) -> str:
    return ""


def as_markdown(check: dict[str, Any]) -> str:
    return ""


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
