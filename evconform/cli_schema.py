"""evconform schema: writes the schemas that our tables make."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from evconform.harness.verdict import UsageError


class Language(StrEnum):
    OCPP16_SOAP = "ocpp16-soap"
    OCPP15_SOAP = "ocpp15-soap"


VERSIONS = {Language.OCPP16_SOAP: "1.6", Language.OCPP15_SOAP: "1.5"}


def schema(
    language: Annotated[Language, typer.Argument(help="whose schemas")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="where they go")] = Path(),
) -> None:
    """Writes the two WSDLs of OCPP over SOAP, the types of every message in them, and prints their paths."""
    from evconform.ocpp.soap.wsdl import write

    try:
        written = write(VERSIONS[language], out)
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror}") from error
    for path in written:
        print(path)
