"""SUTs that are hostile at the level of the machine, of both roles: each has a verdict that was thought out, a reason that
says what happened, its evidence in the wire log; no traceback, a second judgement that agrees, and level memory.

The peers are in ``hostile/``: ``answers.py`` (what comes instead of an answer, from either side), ``charge_points.py``,
``central_systems.py``. All runs are started at once; most of their time they wait.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.broken import hostile_table as table
from tests.broken.conftest import check_bundle, environment
from tests.broken.hostile_runs import HOSTILE, PICS, SMOKE, HostileRun, central_system, charge_point, free_port
from tests.broken.pki import write

ROOM = 130
"""MB that all hostile cases of a run together may take beyond a run with a proper peer: a message of 32 MiB in parts is
allowed to come, and is text, bytes and JSON at once; a flood of pings is evidence of 1 KB each. 100 MB at once would show."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, HostileRun]]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "hostile.pics.toml").write_text(PICS, "utf-8")
    pki = write(folder)
    env = environment() | {"PYTHONPATH": str(HOSTILE)}
    line = [sys.executable, "-W", "ignore", str(HOSTILE / "central_systems.py"), str(pki)]
    server = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    ports = json.loads(server.stdout.readline())
    started: dict[str, HostileRun] = {}
    kept = []
    for stem, (role, names, patience) in table.RUNS.items():
        bound, port = free_port()
        kept.append(bound)
        if role == "charge-point":
            sut = charge_point(port, patience, pki if stem == "secure" else None)
        else:
            sut = central_system(ports, patience, pki)
        started[stem] = HostileRun(stem, folder, sut, [SMOKE[role], *names], env)
        started[stem].start()
    yield {stem: run.ends() for stem, run in started.items()}
    for bound in kept:
        bound.close()
    server.communicate("")


@pytest.mark.parametrize("stem", table.RUNS)
def test_a_run_against_a_hostile_peer_ends_well(runs: dict[str, HostileRun], stem: str) -> None:
    """All cases ran, no error of ours, the exit code is that of the worst, a second judgement agrees."""
    run = runs[stem]
    check_bundle(run)
    code, said = run.judged
    assert code == 0, said
    assert "Traceback" not in said
    assert run.came_to.keys() == {*run.cases}
    assert run.report["footer"]["counts"]["error"] == 0
    worst = {"fail": 1, "inconclusive": 2}
    verdicts = {case["verdict"] for case in run.came_to.values()}
    assert run.code == next((code for verdict, code in worst.items() if verdict in verdicts), 0)
    assert run.came_to[run.cases[0]]["verdict"] == "pass"  # the smoke case


@pytest.mark.parametrize("stem", [stem for stem in table.RUNS if not stem.startswith("proper")])
def test_memory_stays_level(runs: dict[str, HostileRun], stem: str) -> None:
    assert runs[stem].peak <= runs["proper"].peak + ROOM


@pytest.mark.parametrize(("stem", "case"), [(stem, case) for stem, (_, names, _) in table.RUNS.items() for case in names])
def test_a_hostile_behaviour(runs: dict[str, HostileRun], stem: str, case: str) -> None:
    expected = table.EXPECTED[case]
    came_to = runs[stem].came_to[case]
    assert came_to["verdict"] == expected.verdict, came_to["reason"]
    said = "\n".join([came_to["reason"], *(finding["says"] for finding in came_to["findings"])])
    assert expected.says in said
    assert came_to["reason"].isprintable()
    evidence = "\n".join(runs[stem].evidence[case])
    for piece in expected.evidence:
        assert piece in evidence


def test_no_identity_became_a_path(runs: dict[str, HostileRun]) -> None:
    """Beside the files of every bundle there is nothing."""
    folder = next(iter(runs.values())).folder
    for run in runs.values():
        names = {file.name for file in run.bundle.rglob("*")}
        assert not [name for name in names if "passwd" in name or "%" in name or ".." in name]
    assert {file.name for file in (folder / "reports").iterdir()} == set(table.RUNS)
