"""A check as a page: one file, no script, no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evconform.report.checked.model import sentences, words_for
from evconform.report.checked.terminal import lacking
from evconform.report.exchange import UNSAFE, marked_in, visible

FOLDER = Path(__file__).parent


def clean(value: Any) -> Any:
    """Text without what would break a page, or hide its neighbours; markup stays."""
    return UNSAFE.sub(lambda found: visible(ord(found[0])), value) if type(value) is str else value


def environment(folder: Path = FOLDER) -> Environment:
    loader = FileSystemLoader([folder, FOLDER])
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, finalize=clean, trim_blocks=True, lstrip_blocks=True
    )


def render(check: dict[str, Any]) -> str:
    page = environment().get_template("check.html.jinja")
    return page.render(
        check=check, sentences=list(sentences(check)), lacking=lacking(check), words_for=words_for, marked=marked_in
    )
