"""The command line: list · models · run · certify · review · pics · judge · prove · schema · serve. A run is a pytest one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import evconform
from evconform.cli_bench import control_app, plan, provision
from evconform.cli_check import check, diff
from evconform.cli_options import (
    AllureDir,
    Cases,
    Columns,
    Hostile,
    Mocks,
    Opposite,
    Policy,
    Redo,
    ReportDir,
    Resume,
    Suites,
    Suts,
    Waivers,
)
from evconform.cli_pics import law_named, pics_app, review
from evconform.cli_plain import plain
from evconform.cli_schema import schema
from evconform.cli_serve import serve_app
from evconform.cli_session import again, each_named, named, sessions
from evconform.harness.standing import Exit
from evconform.harness.verdict import UsageError

if TYPE_CHECKING:
    from evconform.harness.catalogue import Law

app = typer.Typer(
    help="The open conformance kit for EV charging and roaming.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

SHIPPED = (
    *("etrel-inch.toml", "three-columns.toml", "two-connector.toml", "fixed-cable-dc.toml"),
    *("reference-cpo.toml", "plain-central-system.toml"),
    *("reference-cpo-ocpi.toml", "reference-emsp.toml", "reference-chain.toml"),
)
"""What `certify` certifies when no SUT is named: the virtual INCH, three more models of charge point, our central systems and
back offices, and the journey through a chain of them."""
app.command()(plan)
app.command()(plain)
app.command()(check)
app.command()(diff)
app.command()(provision)
app.command()(review)
app.command()(schema)
app.add_typer(pics_app, name="pics")
app.add_typer(control_app, name="control")
app.add_typer(serve_app, name="serve")


@app.callback()
def of_the_whole(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False
) -> None:
    """The open conformance kit for EV charging and roaming."""
    if version or context.invoked_subcommand is None:
        print(f"evconform {evconform.__version__}" if version else context.get_help())
        raise typer.Exit


def main() -> None:
    """The entry point: usage errors are one line and exit code 4."""
    try:
        sys.exit(app(standalone_mode=False) or 0)  # click gives back the code of an Exit, and does not raise it
    except UsageError as error:
        print(f"evconform: {error}", file=sys.stderr)
        sys.exit(Exit.USAGE)
    except typer.Abort:
        sys.exit(Exit.INCONCLUSIVE)
    except Exception as error:
        if hasattr(error, "format_message"):  # click's own usage errors
            print(f"evconform: {error.format_message()}", file=sys.stderr)
            sys.exit(Exit.USAGE)
        raise


@app.command()
def run(
    sut: Suts = None,
    suites: Suites = None,
    mocks: Mocks = None,
    waivers: Waivers = None,
    report: ReportDir = Path("reports"),
    case: Cases = None,
    column: Columns = None,
    allure: AllureDir = None,
    resume: Resume = False,
    redo: Redo = False,
    hostile: Hostile = "quick",
    opposite: Opposite = "",
    policy: Policy = "",
) -> None:
    """Judges a SUT; a CI gate. Waivers are honoured."""
    if not sut:
        raise UsageError("run: --sut FILE is needed; `evconform certify` certifies our own parties")
    options = [*named(waivers=waivers), *each_named("case", case), *each_named("column", column)]
    options += named(hostile=hostile if hostile != "quick" else "", opposite=opposite, policy=policy)
    aside = [*named(allure=allure), *again(resume, redo, sut)]
    raise typer.Exit(sessions("run", sut, suites, mocks, report, options, aside))


@app.command()
def certify(
    sut: Suts = None,
    suites: Suites = None,
    mocks: Mocks = None,
    waivers: Waivers = None,
    report: ReportDir = Path("reports"),
    column: Columns = None,
    allure: AllureDir = None,
    resume: Resume = False,
    redo: Redo = False,
    hostile: Hostile = "quick",
    opposite: Opposite = "",
    policy: Policy = "",
    jobs: Annotated[int | None, typer.Option("--jobs", metavar="N", min=1, help="our own parties side by side")] = None,
) -> None:
    """Certifies a SUT: every applicable case, waivers printed and not honoured. Without --sut: our own parties, as many at a
    time as there are CPUs."""
    if jobs and sut:
        raise UsageError("--jobs: expected no --sut; our own parties alone run on lab time, side by side")
    if opposite and not sut:
        raise UsageError("--opposite: expected a --sut, the charge point that it faces")
    if policy and not sut:
        raise UsageError("--policy: expected a --sut, whose law has contested rules")
    if column and not sut:
        raise UsageError("--column: expected a --sut, which speaks several")
    options = named(waivers=waivers, hostile=hostile if hostile != "quick" else "", opposite=opposite, policy=policy)
    options += each_named("column", column)
    aside = [*named(allure=allure), *again(resume, redo, sut)]
    at_a_time = 1 if sut else jobs or os.cpu_count() or 1
    raise typer.Exit(sessions("certify", sut or list(SHIPPED), suites, mocks, report, options, aside, at_a_time))


@app.command("list")
def list_(sut: Suts = None, suites: Suites = None, mocks: Mocks = None) -> None:
    """Lists the test cases and what they verify; with --sut, which of them apply to it."""
    from evconform.harness.columns import words
    from evconform.harness.plan import applicable, find_sut, load_content, make_plan

    own = [*(suites or []), *(mocks or [])]
    loaded = load_content(own)
    plan = make_plan(loaded, find_sut(sut[0], own)) if sut else None
    reasons = applicable(plan)[1] if plan else {}
    for law in loaded.catalogue.laws.values():
        rows = law.requirements.values()
        unseen = sum(bool(row.not_observable) for row in rows)
        runs = f" ({len(law.cases)} with each of their columns)" if law.columns else ""
        print(f"{law.title}: {len(law.scenarios)} test cases{runs}, {len(rows)} requirements ({unseen} not observable)")
        cases = [*law.cases.values(), *law.absent] if plan else [*law.scenarios.values()]
        for case in sorted(cases, key=lambda c: c.id):
            if plan and (case.role != plan.sut.sut.role or case.speaks not in plan.speaks):
                continue
            note = f" — not applicable: {reasons[case.id]}" if case.id in reasons else ""
            note += f" [{words(law, [each.speaks for each in law.named(case.id)])}]" if law.columns and not plan else ""
            print(f"  {case.id:22} {case.title}{note}")
            print(f"  {'':22} verifies {', '.join(case.verifies)}")
        for line in chapter_lines(law, plan.sut.sut.role if plan else ""):
            print(line)


def chapter_lines(law: Law, role: str) -> Iterator[str]:
    """A line a chapter that was read for the role, or for any: where its sentences went; and what is open."""
    from evconform.harness.clauses import rows_of

    chapters = [each for each in law.chapters if role in ("", each.role)]
    if chapters:
        read, still = sum(each.sentences for each in chapters), sum(len(each.open) for each in chapters)
        yield f"{law.document}: {len(chapters)} chapters read, {read} sentences that bind somebody, {still} open"
    for each in chapters:
        rows = len(rows_of(law, each))
        note = f" ({rows} requirements)" if rows else ""
        yield f"  {each.name:8} {each.title}, {each.role}: {each.sentences} sentences: {each.summary}{note}"
        yield from (f"  {'':8} open: {what}" for what in each.open)


@app.command()
def models(
    sut: Suts = None,
    suites: Suites = None,
    mocks: Mocks = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="DIR", help="take verdicts from the bundles there")] = None,
    role: Annotated[str, typer.Option("--role", help="whose reference products, where no SUT is named")] = "charge-point",
    law: Annotated[str, typer.Option("--law", help="the law that judges them")] = "ocpp16",
    every: Annotated[bool, typer.Option("--all", help="our cases without an official number too")] = False,
    edition: Annotated[str, typer.Option("--edition", help="the official cases of one edition, such as 2024-04")] = "",
) -> None:
    """Prints case by model: official numbers, our cases, and what each product comes to, or why a case does not apply."""
    from evconform.harness.plan import find_sut, load_content, make_plan
    from evconform.report.models import lines, table

    own = [*(suites or []), *(mocks or [])]
    loaded = load_content(own)
    products = law_named(loaded, law).reference
    if not sut and role not in products:
        raise UsageError(f"--role {role}: there is {', '.join(products)}")
    files = sut or products[role]
    plans = [make_plan(loaded, find_sut(file, own)) for file in files]
    if len({(plan.law.name, plan.sut.sut.role) for plan in plans}) != 1:
        raise UsageError(f"models: expected products of one role and one law, not {', '.join(files) or 'none'}")
    for line in lines(plans, table(plans, report, edition), every):
        print(line)


@app.command()
def judge(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="the folder of a run")],
    suites: Suites = None,
    mocks: Mocks = None,
) -> None:
    """Judges a bundle again, from its frames and marks alone. 0: every verdict agrees, and nothing was changed."""
    from evconform.report.rejudge import rejudge

    agreed, lines = rejudge(bundle, [*(suites or []), *(mocks or [])])
    for line in lines:
        print(line)
    raise typer.Exit(Exit.CONFORMANT if agreed else Exit.NONCONFORMITY)


@app.command()
def prove(
    suites: Suites = None,
    mocks: Mocks = None,
    check: Annotated[Path | None, typer.Option("--check", metavar="FILE", help="fail if any figure fell")] = None,
    write: Annotated[Path | None, typer.Option("--write", metavar="FILE", help="write the kill matrix")] = None,
    only: Annotated[str, typer.Option("--only", metavar="WORD", help="only faults with this in name or requirement")] = "",
    jobs: Annotated[int | None, typer.Option("--jobs", metavar="N", min=1, help="processes; as many as there are CPUs")] = None,
) -> None:
    """Proves that every check can fail: the kill matrix."""
    from evconform.harness.plan import load_content
    from evconform.harness.prove import fallen
    from evconform.harness.prove import prove as prove_all

    matrix = prove_all(load_content([*(suites or []), *(mocks or [])]), only, jobs or os.cpu_count() or 1)
    now = matrix.as_json()
    problems = list(matrix.problems)
    if check:
        problems += fallen(_read_json(check), now)
    figures = now["figures"]
    bystanders = sum("bystander" in problem for problem in problems)
    killed = f"killed {figures['killed']} of {figures['pairs']} pairs (check, requirement)"
    print(f"{killed} with {figures['faults']} faults; {bystanders} bystanders")
    print(
        f"requirements: {figures['requirements_with_a_check']} with a check, "
        f"{figures['requirements_not_observable']} not observable, {figures['requirements']} in all"
    )
    for column in matrix.unproved:
        print(f"  not proved, for no reference product speaks it: {column}")
    for problem in problems:
        print(f"  {problem}")
    if write:
        write.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", "utf-8")
    raise typer.Exit(Exit.NONCONFORMITY if problems else Exit.CONFORMANT)


@app.command()
def mock(
    name: Annotated[str, typer.Argument(metavar="MOCK", help="a registered charge point, for example inch")],
    connect: Annotated[
        str,
        typer.Option(
            "--connect", "--central", metavar="URL", help="the OCPP-J endpoint URL, without the identity; http:// is SOAP"
        ),
    ],
    identity: Annotated[str, typer.Option("--identity")] = "EVCONFORM-1",
    password: Annotated[str | None, typer.Option("--password", help="for HTTP Basic authentication")] = None,
    pics: Annotated[str, typer.Option("--pics", metavar="PICS", help="what it claims to be")] = "etrel-inch.toml",
    log: Annotated[Path | None, typer.Option("--log", metavar="FILE", help="the wire log")] = None,
    speaks: Annotated[str, typer.Option("--speaks", metavar="COLUMN", help="ocpp1.6-json, ocpp1.6-soap, ocpp1.5-soap")] = "",
    service: Annotated[str, typer.Option("--service", metavar="URL", help="SOAP: where it serves, http://host:port/")] = "",
    mocks: Mocks = None,
) -> None:
    """Plays a mock in this terminal against anybody's central system: plug, swipe, pull, cut …"""
    from evconform import mock as mocking
    from evconform.harness.plan import load_content

    own = list(mocks or [])
    law = law_named(load_content(own), "ocpp16")
    spoken = mocking.spoken(connect, speaks)
    mocking.run(mocking.Mocked(name, law, mocking.pics_of(pics, own), connect, identity, password, log, spoken, service))


def _read_json(file: Path) -> dict[str, Any]:
    try:
        loaded: Any = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{file}: {getattr(error, 'strerror', None) or error}") from error
    if not isinstance(loaded, dict) or not {"figures", "faults"} <= loaded.keys():
        raise UsageError(f"{file}: expected a kill matrix, as `evconform prove --write` makes it")
    return loaded


if __name__ == "__main__":
    main()
