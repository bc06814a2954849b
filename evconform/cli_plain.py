"""The command about the opposite party: plain."""

from __future__ import annotations

from typing import Annotated

import typer

from evconform.cli_options import Mocks, Suites, Suts
from evconform.cli_pics import law_named
from evconform.harness.standing import Exit


def plain(
    sut: Suts = None,
    opposite: Annotated[str, typer.Option("--opposite", metavar="PARTY", help="the party of ours")] = "reference-cpo",
    suites: Suites = None,
    mocks: Mocks = None,
) -> None:
    """Runs the plain cases twice, with the scripted party and with one of ours, and prints both verdicts. 1: one differs."""
    from evconform.harness.plain import pairs
    from evconform.harness.plan import find_sut, load_content, make_plan

    own = [*(suites or []), *(mocks or [])]
    loaded = load_content(own)
    models = law_named(loaded, "ocpp16").reference["charge-point"]
    seen, differing, of = set(), 0, 0
    for file in sut or models:
        plan = make_plan(loaded, find_sut(file, own))
        print(f"{plan.sut.sut.product}, faced by {opposite}:")
        for pair in pairs(plan, opposite):
            print(pair.line())
            seen.add(pair.id)
            differing, of = differing + pair.differs, of + 1
    print(f"{len(seen)} plain cases, {of} pairs of verdicts, {differing} of them differ")
    raise typer.Exit(Exit.NONCONFORMITY if differing else Exit.CONFORMANT if of else Exit.NOTHING_RAN)
