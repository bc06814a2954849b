"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Suts = Annotated[list[str] | None, typer.Option("--sut", metavar="FILE", help="SUT file, or the name of a shipped one")]
Suites = Annotated[list[Path] | None, typer.Option("--suites", metavar="DIR", help="a folder `suites` of your own")]
Mocks = Annotated[list[Path] | None, typer.Option("--mocks", metavar="DIR", help="a folder `mocks` of your own")]
Waivers = Annotated[Path | None, typer.Option("--waivers", metavar="FILE", help="waivers.toml")]
ReportDir = Annotated[Path, typer.Option("--report", metavar="DIR", help="where the bundles go, a folder for each SUT")]
AllureDir = Annotated[Path | None, typer.Option("--allure", metavar="DIR", help="add Allure results to this folder")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="WORD", help="only this column of the SUT: json, soap, soap15"),
]
Cases = Annotated[
    list[str] | None, typer.Option("--case", metavar="ID", help="run only this test case, on all its columns or (ID.soap) on one")
]
Role = Annotated[str, typer.Option("--role", help="of what product: charge-point, central-system, cpo or emsp")]
Resume = Annotated[bool, typer.Option("--resume", help="go on with a run that was stopped or killed, where it was")]
Redo = Annotated[bool, typer.Option("--redo", help="with --resume: take up again what was inconclusive")]
Opposite = Annotated[str, typer.Option("--opposite", metavar="PARTY", help="a party of ours faces the SUT: plain cases only")]
Policy = Annotated[str, typer.Option("--policy", metavar="FILE", help="readings of contested rules: a file, or a shipped one")]
Hostile = Annotated[Literal["quick", "full"], typer.Option("--hostile", help="how many hostile messages are sent")]
