"""The commands about logs from the field, and about what changed: check · diff."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from evconform.cli_options import Suites
from evconform.harness.standing import Exit
from evconform.harness.verdict import UsageError

Logs = Annotated[list[str], typer.Argument(metavar="LOG…", help="logs, captures, HAR; - is standard input")]
Named = Annotated[str, typer.Option("--format", metavar="NAME", help="what kind of log it is; else that is found out")]
Map = Annotated[str, typer.Option("--map", metavar="WHAT=NAME,…", help="members of JSON lines: text, time, station, way, conn")]
Identity = Annotated[str, typer.Option("--identity", metavar="ID", help="whose log it is, if it does not say")]
PicsFile = Annotated[Path | None, typer.Option("--pics", metavar="PICS", help="the product's filled-in questionnaire")]
Complete = Annotated[bool, typer.Option("--complete", help="the log is whole: what lacks its context is inconclusive")]
Tolerance = Annotated[float, typer.Option("--tolerance", metavar="SECONDS", min=0, help="by which a time rule may be off")]
Patience = Annotated[float, typer.Option("--patience", metavar="SECONDS", min=0, help="after which a CALL counts as unanswered")]
Redact = Annotated[bool, typer.Option("--redact", help="identities, idTags and other personal data are replaced")]
Follow = Annotated[bool, typer.Option("--follow", help="go on as the last log grows, until Ctrl-C")]
JsonFile = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="write the result as JSON")]
HtmlFile = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="write a page")]
MarkdownFile = Annotated[Path | None, typer.Option("--markdown", metavar="FILE", help="write Markdown, to paste into an issue")]
LawName = Annotated[str, typer.Option("--law", help="the law that judges it")]


def check(
    logs: Logs,
    format: Named = "",
    map: Map = "",
    identity: Identity = "",
    pics: PicsFile = None,
    complete: Complete = False,
    tolerance: Tolerance = 2.0,
    patience: Patience = 60.0,
    redact: Redact = False,
    follow: Follow = False,
    json_file: JsonFile = None,
    html: HtmlFile = None,
    markdown: MarkdownFile = None,
    law: LawName = "ocpp16",
    suites: Suites = None,
) -> None:
    """Judges a log that nobody drove: finds its format, and lists what was broken, by whom, where, how often."""
    from evconform.harness.plan import load_content
    from evconform.report.checked import run, writers

    laws = load_content(list(suites or [])).catalogue.laws
    if law not in laws:
        raise UsageError(f"--law {law}: there is {', '.join(laws)}")
    asked = run.Asked(logs, format, names_in(map), identity, pics, complete, tolerance, patience, follow)
    made = run.check(laws[law], asked, writers.News(redact) if follow else None)
    said = writers.said(made, redact)
    for line in writers.on_terminal(said):
        print(line)
    for file, text in ((html, writers.as_html), (markdown, writers.as_markdown), (json_file, as_text)):
        if file:
            write(file, text(said))
    raise typer.Exit(Exit(said["exit"]))


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="a bundle, or the JSON of a check: before")],
    b: Annotated[str, typer.Argument(metavar="B", help="the same: after")],
    json_file: JsonFile = None,
    html: HtmlFile = None,
    markdown: MarkdownFile = None,
) -> None:
    """Says what changed from A to B. 0: nothing got worse; 1: something newly fails; 2: something is newly inconclusive."""
    from evconform.report.difference import model, side, writers

    said = model.Difference(side.read(a), side.read(b)).as_json()
    for line in writers.on_terminal(said):
        print(line)
    for file, text in ((html, writers.as_html), (markdown, writers.as_markdown), (json_file, as_text)):
        if file:
            write(file, text(said))
    raise typer.Exit(Exit(said["exit"]))


def as_text(said: dict[str, object]) -> str:
    return json.dumps(said, indent=1, ensure_ascii=True) + "\n"


def write(file: Path, text: str) -> None:
    """Raises UsageError."""
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error


def names_in(text: str) -> dict[str, str]:
    """``text=payload,time=ts`` as a table. Raises UsageError."""
    known = ("text", "time", "station", "way", "conn")
    names: dict[str, str] = {}
    for item in filter(None, (item.strip() for item in text.split(","))):
        what, equals, name = item.partition("=")
        if not equals or not name or what not in known:
            raise UsageError(f"--map {item}: expected WHAT=NAME, where WHAT is one of {', '.join(known)}")
        names[what] = name
    if names and "text" not in names:
        raise UsageError("--map: expected text=NAME among them: the member that holds the message")
    return names
