"""``evconform serve``: a reference party, alone."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from evconform.harness.verdict import UsageError

serve_app = typer.Typer(help="Runs a reference party alone.", no_args_is_help=True)

Database = Annotated[str, typer.Option(metavar="URL", help="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")]
Listen = Annotated[str, typer.Option(metavar="URL", help="where charge points find it; port 0: any")]
Http = Annotated[str, typer.Option(metavar="URL", help="where the operator finds it; port 0: any")]
Token = Annotated[
    str,
    typer.Option(
        metavar="TOKEN", envvar="EVCONFORM_TOKEN", help="what the operator shows; without one it is made up and printed"
    ),
]
ProvisionFile = Annotated[Path | None, typer.Option(metavar="FILE", help="stations, tokens, DataTransfer routes, settings")]
Strangers = Annotated[
    str, typer.Option(metavar="POLICY", help="who is not known: refused, or registered as Pending, Rejected or Accepted")
]


@serve_app.callback()
def serve() -> None:
    """Keeps `cpo` a command of its own while it is the only one."""


@serve_app.command()
def cpo(
    database: Database = "sqlite:///cpo.db",
    listen: Listen = "ws://127.0.0.1:9000/ocpp",
    http: Http = "http://127.0.0.1:8080",
    token: Token = "",
    provision: ProvisionFile = None,
    strangers: Strangers = "refused",
) -> None:
    """The reference CPO: a central system of OCPP 1.6 JSON with an operator's HTTP API and a page."""
    from evconform.reference.cpo.central_system import STRANGERS, Settings
    from evconform.reference.cpo.provision import Provision, read
    from evconform.reference.cpo.serve import Serving, run
    from evconform.reference.store import check_url

    check("--listen", listen, "ws")
    check("--http", http, "http")
    check_url(database)
    if strangers not in STRANGERS:
        raise UsageError(f"--strangers: expected one of {', '.join(STRANGERS)}, not {strangers!r}")
    held = read(provision) if provision else Provision.model_construct()
    made_up = "" if token else secrets.token_urlsafe(24)
    settings = Settings(strangers=strangers, database=database)
    if made_up:
        typer.echo(f"token: {made_up}")
    run(Serving(settings, listen, http, token or made_up, held), lambda line: print(line, flush=True))


def check(option: str, url: str, scheme: str) -> None:
    """Raises UsageError."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme == scheme and bool(parts.hostname) and parts.port != -1
    except ValueError:
        fits = False
    if not fits:
        raise UsageError(f"{option}: expected {scheme}://HOST:PORT, not {url!r}")
