"""report.html: one file, plain and complete."""

from __future__ import annotations

from pathlib import Path

from evconform.report.model import Report


def render(report: Report, wire_log: Path) -> str:
    return "<!doctype html><title>evconform</title>\n"
