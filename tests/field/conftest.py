"""The law, a quick way to check a log, and the corpus of tests/logs."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.catalogue import Law
from evconform.harness.plan import load_content
from evconform.report.checked import run, writers

LOGS = Path(__file__).parents[1] / "logs"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((LOGS / "expected.toml").read_text("utf-8"))
Checks = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def law() -> Law:
    return load_content().catalogue.laws["ocpp16"]


@pytest.fixture(scope="session")
def checks(law: Law) -> Checks:
    """Checks logs; what came of it as JSON."""

    def check(*logs: Path | str, redacted: bool = False, **asked: Any) -> dict[str, Any]:
        made = run.check(law, run.Asked([str(log) for log in logs], **asked))
        return writers.said(made, redacted)

    return check


@pytest.fixture
def checks_text(checks: Checks, tmp_path: Path) -> Checks:
    """Checks a text, or bytes, as a log."""

    def check(text: str | bytes, **asked: Any) -> dict[str, Any]:
        file = tmp_path / "some.log"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return checks(file, **asked)

    return check


def broken(check: dict[str, Any], verdict: str = "") -> set[tuple[str, str]]:
    """(requirement, role) of what was found broken, or came to this verdict."""
    return {(f["requirement"], f["role"]) for f in check["findings"] if verdict in ("", f["verdict"])}


def states(check: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(rule["requirement"], rule["role"]): rule["state"] for rule in check["rules"]}
