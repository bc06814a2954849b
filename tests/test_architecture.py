"""Arrows point one way, and the house stays light (DESIGN, 3 and 7)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(f.relative_to(ROOT) for part in ("evconform", "mocks", "suites") for f in (ROOT / part).rglob("*.py"))
TREES = {file: ast.parse((ROOT / file).read_text("utf-8")) for file in FILES}
PROTOCOLS = ("ocpp", "ocpi", "oicp", "ochp")


def imports_of(file: Path) -> Iterator[str]:
    """The modules that a file imports, as full names; those within functions and for types too."""
    package = (".".join(file.with_suffix("").parts) + ".").rsplit(".", 2)[0]
    for node in ast.walk(TREES[file]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] + "." if node.level else ""
            module = (base + (node.module or "")).rstrip(".")
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def arrows(source: str, *targets: str, but: tuple[str, ...] = ()) -> list[str]:
    """Every import from a file below ``source`` of a module below one of ``targets``."""
    below = [f for f in FILES if f.as_posix().startswith(source) and f.as_posix() not in but]
    assert below or source.rsplit("/", maxsplit=1)[-1] in (*PROTOCOLS[1:], "reference"), f"there is nothing below {source}"
    return [f"{f} imports {m}" for f in below for m in imports_of(f) for t in targets if m == t or m.startswith(f"{t}.")]


PLUGIN = ("evconform/harness/plugin.py",)
HARNESS_KNOWS_NOT = [f"evconform.{name}" for name in (*PROTOCOLS, "http", "roaming", "reference", "report", "cli", "ids")]


def test_the_harness_imports_nothing_above_it() -> None:
    assert arrows("evconform/harness", *HARNESS_KNOWS_NOT, but=PLUGIN) == []


def test_the_plugin_imports_the_report_and_no_protocol() -> None:
    assert arrows(*PLUGIN, *(name for name in HARNESS_KNOWS_NOT if name != "evconform.report")) == []


def test_http_imports_only_the_harness() -> None:
    others = [name for name in HARNESS_KNOWS_NOT if name != "evconform.http"]
    assert arrows("evconform/http", *others, "evconform.harness.plugin") == []


def test_the_report_imports_no_protocol_and_not_the_command_line() -> None:
    protocols = [f"evconform.{name}" for name in (*PROTOCOLS, "http")]
    assert arrows("evconform/report", "evconform.cli", "evconform.reference", "evconform.roaming", *protocols) == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_protocol_imports_only_http_and_the_harness(protocol: str) -> None:
    others = [name for name in HARNESS_KNOWS_NOT if name not in (f"evconform.{protocol}", "evconform.http", "evconform.ids")]
    others += ["evconform.ids"] if protocol == "ocpp" else []
    assert arrows(f"evconform/{protocol}", *others, *(["evconform.harness.plugin"])) == []


def test_roaming_imports_protocols_http_and_the_harness_only() -> None:
    above = [f"evconform.{name}" for name in ("reference", "report", "cli", "ids")]
    assert arrows("evconform/roaming", *above, "evconform.harness.plugin") == []


def test_the_reference_parties_import_protocols_and_the_harness_only() -> None:
    assert (
        arrows("evconform/reference", "evconform.roaming", "evconform.report", "evconform.cli", "evconform.harness.plugin") == []
    )


@pytest.mark.parametrize(("one", "other"), [("cpo", "emsp"), ("emsp", "cpo")])
def test_a_reference_party_does_not_know_the_other(one: str, other: str) -> None:
    assert arrows(f"evconform/reference/{one}", f"evconform.reference.{other}") == []


def test_what_both_reference_parties_are_made_of_knows_neither() -> None:
    parties = [f for f in FILES if f.as_posix().startswith(("evconform/reference/cpo", "evconform/reference/emsp"))]
    theirs = tuple(f.as_posix() for f in parties)
    assert arrows("evconform/reference", "evconform.reference.cpo", "evconform.reference.emsp", but=theirs) == []


def test_no_suite_imports_a_reference_party() -> None:
    assert arrows("suites", "evconform.reference") == []


def test_the_machine_imports_no_content() -> None:
    assert arrows("evconform", "suites", "mocks", "fixtures", "reports", "tests") == []


def test_no_suite_imports_a_mock() -> None:
    assert arrows("suites", "mocks", "tests", "evconform.report", "evconform.cli") == []


def test_no_mock_imports_a_suite() -> None:
    assert arrows("mocks", "suites", "tests", "evconform.report", "evconform.cli") == []


def test_only_the_plugin_imports_pytest() -> None:
    assert arrows("evconform", "pytest", "_pytest", "pytest_asyncio", "pluggy", but=PLUGIN) == []


@pytest.mark.parametrize("part", ["mocks", "suites"])
def test_no_content_imports_pytest(part: str) -> None:
    assert arrows(part, "pytest", "_pytest", "pytest_asyncio") == []


def sleeps() -> Iterator[tuple[str, str]]:
    """Every call of something called sleep: file, and its arguments."""
    for file, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "sleep":
                yield file.as_posix(), ", ".join(ast.unparse(argument) for argument in node.args)


def test_nothing_sleeps_but_the_clock() -> None:
    allowed = {("evconform/harness/expect.py", "0")}
    assert [found for found in sleeps() if found[0] != "evconform/harness/clock.py" and found not in allowed] == []


@pytest.mark.parametrize("name", ["time.sleep", "time.time", "datetime.now", "time.monotonic", "loop.time"])
def test_no_protocol_and_no_content_looks_at_a_clock_of_its_own(name: str) -> None:
    protocols = tuple(f"evconform/{protocol}" for protocol in (*PROTOCOLS, "http", "roaming"))
    files = [f for f in FILES if f.as_posix().startswith((*protocols, "evconform/reference", "suites", "mocks"))]
    calls = {f: [ast.unparse(n.func) for n in ast.walk(TREES[f]) if isinstance(n, ast.Call)] for f in files}
    assert [f"{f}: {call}" for f in files for call in calls[f] if call.endswith(name)] == []


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_file_has_at_most_400_lines(file: Path) -> None:
    assert len((ROOT / file).read_text("utf-8").splitlines()) <= 400


def test_the_median_file_has_at_most_150_lines() -> None:
    sizes = sorted(len((ROOT / file).read_text("utf-8").splitlines()) for file in FILES)
    assert sizes[len(sizes) // 2] <= 150


def test_a_function_has_at_most_40_lines() -> None:
    functions = [(f, n) for f, t in TREES.items() for n in ast.walk(t) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [f"{f}:{n.lineno} {n.name}" for f, n in functions if (n.end_lineno or 0) - n.lineno + 1 > 40] == []


def test_nothing_is_called_utils() -> None:
    empty_names = {"utils", "util", "helpers", "helper", "common", "misc"}
    places = [file for part in ("evconform", "mocks", "suites", "tests") for file in (ROOT / part).rglob("*")]
    assert [str(file) for file in places if file.stem.lower() in empty_names] == []


def test_content_has_no_init_file() -> None:
    assert [str(file) for file in FILES if file.parts[0] != "evconform" and file.name == "__init__.py"] == []


def test_nothing_reads_outside_the_checkout() -> None:
    """Neither the shared folder beside it, nor a path of this machine."""
    places = [
        f
        for part in ("evconform", "mocks", "suites", "fixtures", "tests", "docs", "benchmarks")
        for f in (ROOT / part).rglob("*")
    ]
    places += [ROOT / name for name in ("Makefile", "tox.ini", "pyproject.toml", "conftest.py", ".ci/run")]
    texts = [f for f in places if f.is_file() and f.suffix != ".pyc" and f != Path(__file__).resolve()]
    outside = ("../" + "shared", "/work/", "/home/")
    assert [f"{f}: {o}" for f in texts for o in outside if o.encode() in f.read_bytes()] == []
