"""The commands about the questionnaire: review · pics new · pics check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evconform.cli_options import Role, Suites
from evconform.harness.roles import ROLES
from evconform.harness.standing import Exit
from evconform.harness.verdict import UsageError

if TYPE_CHECKING:
    from evconform.harness.catalogue import Law
    from evconform.harness.form import Form
    from evconform.harness.plan import Content

pics_app = typer.Typer(help="The questionnaire.", no_args_is_help=True, rich_markup_mode=None)


def review(
    pics: Annotated[Path, typer.Argument(metavar="PICS", help="a filled-in questionnaire, or the name of a shipped one")],
    suites: Suites = None,
    law: Annotated[str, typer.Option("--law", help="the law whose form it is")] = "ocpp16",
    role: Role = "charge-point",
) -> None:
    """Reviews a PICS before any traffic: what contradicts the standard or itself, and what the form does not ask."""
    from evconform.harness import content
    from evconform.harness.pics import Pics
    from evconform.harness.plan import load_content
    from evconform.harness.review import review as review_pics
    from evconform.harness.user_file import is_file, read_toml

    own = list(suites or [])
    found_law = law_named(load_content(own), law)
    file = pics if is_file(pics) else content.find(pics.name, "pics", pics, own)
    filled = Pics.fill(form_for(found_law, role), read_toml(file), file, "")
    findings = review_pics(found_law, filled)
    contradictions = [finding for finding in findings if not finding.is_question]
    asked = [finding for finding in findings if finding.is_question]
    print(f"{file.name}: {len(contradictions)} contradictions, {len(asked)} questions")
    for finding in contradictions:
        print(f"  {finding.item}: {finding.says} [{finding.clause}]")
    for finding in asked:
        print(f"  ? {finding.says}")
    raise typer.Exit(Exit.NONCONFORMITY if contradictions else Exit.CONFORMANT)


def law_named(loaded: Content, name: str) -> Law:
    """The law of this name. Raises UsageError."""
    laws = loaded.catalogue.laws
    if name not in laws:
        raise UsageError(f"--law {name}: there is {', '.join(laws)}")
    return laws[name]


def form_for(law: Law, role: str) -> Form:
    """The form of a role. Raises UsageError."""
    if role not in ROLES:
        raise UsageError(f"--role {role}: there is {', '.join(ROLES)}")
    return law.form_of(role)


@pics_app.command("new")
def pics_new(
    law: Annotated[str, typer.Option("--law", help="the law whose form it is")] = "ocpp16", role: Role = "charge-point"
) -> None:
    """Writes a blank, commented questionnaire to standard output."""
    from evconform.harness.form import blank
    from evconform.harness.plan import load_content

    print(blank(form_for(law_named(load_content(), law), role)), end="")


@pics_app.command("check")
def pics_check(
    file: Annotated[Path, typer.Argument(metavar="PICS")],
    law: Annotated[str, typer.Option("--law", help="the law whose form it is")] = "ocpp16",
    role: Role = "charge-point",
) -> None:
    """Says whether a questionnaire is filled in as its form wants it: file, line, item, what was expected."""
    from evconform.harness.pics import Pics
    from evconform.harness.plan import load_content
    from evconform.harness.user_file import read_toml

    filled = Pics.fill(form_for(law_named(load_content(), law), role), read_toml(file), file, "")
    ticked = ", ".join(f"{len(names)} in {column}" for column, names in filled.messages.items())
    print(f"{file}: filled in; messages ticked: {ticked}")
