"""The commands about the bench: plan · control check."""

from __future__ import annotations

from typing import Annotated

import typer

from evconform.cli_options import Cases, Columns, Mocks, Suites
from evconform.harness.roles import BACK_OFFICES
from evconform.harness.standing import Exit
from evconform.harness.verdict import UsageError

control_app = typer.Typer(help="The control of a SUT.", no_args_is_help=True, rich_markup_mode=None)


def plan(
    sut: Annotated[str, typer.Option("--sut", metavar="FILE", help="SUT file, or the name of a shipped one")],
    suites: Suites = None,
    mocks: Mocks = None,
    case: Cases = None,
    column: Columns = None,
) -> None:
    """Prints the cases in the order in which a person takes them: actions, minutes, and what is repeated needlessly."""
    from evconform.harness import timetable, walk
    from evconform.harness.plan import applicable, find_sut, load_content, make_plan, selected

    own = [*(suites or []), *(mocks or [])]
    made = make_plan(load_content(own), find_sut(sut, own))
    apply = applicable(made)[0]
    if unknown := [id for id in case or [] if not {each.id for each in made.law.named(id)} & {each.id for each in apply}]:
        raise UsageError(f"--case {min(unknown)}: no test case of this id applies to {sut}")
    cases = selected(made, apply, case or [], column or [])
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
    if read.sut.role == "central-system":
        operations_check(sut, dry)
    rows = control_check.declared(read) if dry else asyncio.run(control_check.tried(read))
    for line in control_check.lines(rows):
        print(line)
    fine = all(came_to == control_check.NOT_DECLARED or came_to.startswith(("works", "declared")) for _, came_to in rows)
    raise typer.Exit(Exit.CONFORMANT if fine else Exit.INCONCLUSIVE)


def operations_check(sut: str, dry: bool) -> None:
    """The same for a central system: its declaration held against its messages, then each harmless one with a charge point of
    ours. Raises typer.Exit; UsageError for a declaration that cannot be right."""
    import asyncio

    from evconform.harness import control_check, operations_check
    from evconform.harness.named import import_string
    from evconform.harness.plan import find_sut, load_content, make_plan

    plan = make_plan(load_content(), find_sut(sut, []))
    if problems := list(operations_check.misdeclared(plan, import_string(plan.law.members))):
        raise UsageError(f"{plan.sut.file}: " + "; ".join(problems))
    rows = operations_check.declared(plan) if dry else asyncio.run(operations_check.tried(plan))
    for line in control_check.lines(rows):
        print(line)
    failed = any(came_to.startswith(("failed", "not tried")) for _, came_to in rows)
    raise typer.Exit(Exit.INCONCLUSIVE if failed else Exit.CONFORMANT)


def provision(
    sut: Annotated[str, typer.Option("--sut", metavar="FILE", help="SUT file, or the name of a shipped one")],
    json_too: Annotated[bool, typer.Option("--json", help="as JSON, for a program")] = False,
    toml: Annotated[bool, typer.Option("--toml", help="as a provision file of `evconform serve cpo`")] = False,
    suites: Suites = None,
    mocks: Mocks = None,
) -> None:
    """Prints what a back office must hold before the first case, and what its operator is asked for."""
    import json

    from evconform.harness.invited import Invitation
    from evconform.harness.named import import_string
    from evconform.harness.plan import find_sut, load_content, make_plan
    from evconform.harness.provision import Provision, needs_of

    own = [*(suites or []), *(mocks or [])]
    plan = make_plan(load_content(own), find_sut(sut, own))
    if plan.sut.sut.role in BACK_OFFICES:
        if toml:
            raise UsageError(f"--toml: is for a central-system, and {plan.sut.file.name} is a {plan.sut.sut.role}")
        invitation = Invitation.of(plan)
        print(json.dumps(invitation.as_json(), ensure_ascii=False, indent=1) if json_too else "\n".join(invitation.lines()))
        return
    if plan.sut.sut.role != "central-system":
        raise UsageError(f"{plan.sut.file}: sut.role: a {plan.sut.sut.role} holds nothing of ours; this is for a back office")
    held = Provision.of(plan.sut, connectors=2)
    held.profiles = import_string(plan.law.profiles)() if plan.law.profiles and plan.pics["SetChargingProfile"] else []
    if json_too:
        print(json.dumps(held.as_json() | {"operations": needs_of(plan)}, ensure_ascii=False, indent=1))
        return
    for line in held.toml() if toml else held.lines():
        print(line)
    if toml:
        return
    print("What its operator must be able to do, and how many of the cases that apply need it:")
    for operation, cases in needs_of(plan).items():
        print(f"  {operation:28} {cases}")
