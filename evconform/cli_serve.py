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
Soap = Annotated[
    str, typer.Option(metavar="URL", help="where charge points find it that speak SOAP; port 0: any; empty: no SOAP")
]
Services = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KIND",
        help="addresses where charge points by SOAP may serve beside public and private ones: loopback, link-local",
    ),
]
Http = Annotated[str, typer.Option(metavar="URL", help="where the operator finds it; port 0: any")]
Token = Annotated[
    str,
    typer.Option(
        metavar="TOKEN", envvar="EVCONFORM_TOKEN", help="what the operator shows; without one it is made up and printed"
    ),
]
ProvisionFile = Annotated[Path | None, typer.Option(metavar="FILE", help="stations, tokens, DataTransfer routes, settings")]
Ocpi = Annotated[str, typer.Option(metavar="URL", help="where partners find it by OCPI 2.2.1; port 0: any; empty: no OCPI")]
Partners = Annotated[str, typer.Option(metavar="URL", help="where partners find it by OCPI 2.2.1; port 0: any")]
Certificate = Annotated[
    Path | None, typer.Option(metavar="PEM", help="our certificate chain with its key, shown where --ocpi or --soap is https://")
]
Trust = Annotated[
    Path | None,
    typer.Option(metavar="PEM", help="authorities of whom we call (partners, charge points by SOAP), beside the system's"),
]
OwnParties = Annotated[
    list[str] | None,
    typer.Option(metavar="PARTY", help="a party of this platform: COUNTRY*ID or COUNTRY*ID*NAME; NL*EVD if none is given"),
]
Allowed = Annotated[
    list[str] | None,
    typer.Option(metavar="KIND", help="addresses that partners may name beside public ones: loopback, link-local, private"),
]
PollEvery = Annotated[float, typer.Option(metavar="SECONDS", help="between two looks at every partner; 0: none")]
Strangers = Annotated[
    str, typer.Option(metavar="POLICY", help="who is not known: refused, or registered as Pending, Rejected or Accepted")
]


@serve_app.command()
def cpo(
    database: Database = "sqlite:///cpo.db",
    listen: Listen = "ws://127.0.0.1:9000/ocpp",
    http: Http = "http://127.0.0.1:8080",
    token: Token = "",
    provision: ProvisionFile = None,
    strangers: Strangers = "refused",
    soap: Soap = "",
    allow: Services = None,
    ocpi: Ocpi = "",
    certificate: Certificate = None,
    trust: Trust = None,
) -> None:
    """The reference CPO: a central system of OCPP 1.6 over JSON and SOAP with an operator's HTTP API and a page; OCPI 2.2.1
    beside it."""
    from evconform.reference.cpo.central_system import STRANGERS, Settings
    from evconform.reference.cpo.provision import Provision, read
    from evconform.reference.cpo.serve import Serving, run
    from evconform.reference.serving import shows, trusts
    from evconform.reference.store import check_url

    check("--listen", listen, "ws")
    check("--http", http, "http")
    if ocpi:
        check("--ocpi", ocpi, "http", "https")
    if soap:
        check("--soap", soap, "http", "https")
    tls = shows(certificate, ocpi=ocpi, soap=soap)
    check_url(database)
    callbacks = allowed(allow)
    if strangers not in STRANGERS:
        raise UsageError(f"--strangers: expected one of {', '.join(STRANGERS)}, not {strangers!r}")
    held = read(provision) if provision else Provision.model_construct()
    made_up = "" if token else secrets.token_urlsafe(24)
    settings = Settings(strangers=strangers, database=database)
    settings.callbacks |= callbacks
    if made_up:
        typer.echo(f"token: {made_up}")
    serving = Serving(settings, listen, http, token or made_up, held, soap, ocpi, tls, trusts(trust))
    run(serving, lambda line: print(line, flush=True))


@serve_app.command()
def emsp(
    database: Database = "sqlite:///emsp.db",
    ocpi: Partners = "http://127.0.0.1:9100/ocpi",
    http: Http = "http://127.0.0.1:8081",
    token: Token = "",
    party: OwnParties = None,
    url: Annotated[str, typer.Option(metavar="URL", help="how partners reach --ocpi, where that is not as it listens")] = "",
    certificate: Certificate = None,
    trust: Trust = None,
    allow: Allowed = None,
    poll_every: Annotated[float, typer.Option(metavar="SECONDS", help="between two looks at every partner; 0: none")] = 6
    * 3600.0,
) -> None:
    """The reference eMSP: OCPI 2.2.1 with locations and tariffs, an operator's HTTP API, and what a driver sees at /driver."""
    from evconform.reference.emsp.emsp import EmspSettings
    from evconform.reference.emsp.serve import Serving, own_party, run
    from evconform.reference.ocpi.platform import OcpiSettings
    from evconform.reference.serving import shows, trusts
    from evconform.reference.store import check_url

    check("--ocpi", ocpi, "http", "https")
    check("--http", http, "http")
    tls = shows(certificate, ocpi=ocpi)
    check_url(database)
    addresses = allowed(allow)
    if not 0 <= poll_every < 10**9:
        raise UsageError(f"--poll-every: expected seconds, not {poll_every}")
    parties = tuple(own_party(each) for each in party or ["NL*EVD"])
    made_up = "" if token else secrets.token_urlsafe(24)
    if made_up:
        typer.echo(f"token: {made_up}")
    settings = EmspSettings(OcpiSettings(allowed=addresses, trust=trusts(trust)), database, poll_every)
    run(Serving(settings, ocpi, http, token or made_up, parties, url, tls), lambda line: print(line, flush=True))


def allowed(kinds: list[str] | None) -> frozenset[str]:
    """Raises UsageError."""
    from evconform.reference.guard import ALLOWABLE

    if strange := [each for each in kinds or () if each not in ALLOWABLE]:
        raise UsageError(f"--allow: expected one of {', '.join(ALLOWABLE)}, not {strange[0]!r}")
    return frozenset(kinds or ())


def check(option: str, url: str, *schemes: str) -> None:
    """Raises UsageError."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in schemes and bool(parts.hostname) and parts.port != -1
    except ValueError:
        fits = False
    if not fits:
        expected = " or ".join(f"{scheme}://HOST:PORT" for scheme in schemes)
        raise UsageError(f"{option}: expected {expected}, not {url!r}")
