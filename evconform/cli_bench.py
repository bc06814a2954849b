"""The commands about the bench: plan · control check."""

from __future__ import annotations

from typing import Annotated

import typer

from evconform.cli_options import Cases, Mocks, Suites
from evconform.harness.standing import Exit
from evconform.harness.verdict import UsageError

control_app = typer.Typer(help="The control of a SUT.", no_args_is_help=True, rich_markup_mode=None)


def plan(
    sut: Annotated[str, typer.Option("--sut", metavar="FILE", help="SUT file, or the name of a shipped one")],
    suites: Suites = None,
    mocks: Mocks = None,
    case: Cases = None,
) -> None:
    """Prints the cases in the order in which a person takes them: actions, minutes, and what is repeated needlessly."""
    from evconform.harness import timetable, walk
    from evconform.harness.plan import applicable, find_sut, load_content, make_plan

    own = [*(suites or []), *(mocks or [])]
    made = make_plan(load_content(own), find_sut(sut, own))
    cases = [each for each in applicable(made)[0] if not case or each.id in case]
    if unknown := set(case or []) - {each.id for each in cases}:
        raise UsageError(f"--case {min(unknown)}: no test case of this id applies to {sut}")
    if made.sut.control.kind != "operator":
        print(f"The control is {made.sut.control.kind}, which asks nobody; so a person would be asked:")
    for line in timetable.lines(walk.for_a_person(made, cases)):
        print(line)


@control_app.command("check")
def control_check(
    sut: Annotated[str, typer.Option("--sut", metavar="FILE", help="SUT file, or the name of a shipped one")],
    dry: Annotated[bool, typer.Option("--dry", help="only say what is declared, and act on nothing")] = False,
) -> None:
    """Tries each declared action of a control once. 0: those that are declared work; 2: one does not."""
    import asyncio

    from evconform.harness import control_check
    from evconform.harness import sut as sut_file
    from evconform.harness.plan import find_sut

    read = sut_file.read(find_sut(sut, []))
    rows = control_check.declared(read) if dry else asyncio.run(control_check.tried(read))
    for line in control_check.lines(rows):
        print(line)
    fine = all(came_to == control_check.NOT_DECLARED or came_to.startswith(("works", "declared")) for _, came_to in rows)
    raise typer.Exit(Exit.CONFORMANT if fine else Exit.INCONCLUSIVE)
