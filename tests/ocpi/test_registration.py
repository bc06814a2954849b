"""A registration from both sides, with both scripted platforms, on lab time."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.harness.verdict import Verdict
from tests.ocpi.conftest import ROW, Bench


def test_a_first_case_is_registered_and_gets_a_list(bench: Bench) -> None:
    async def case(emsp: Any) -> None:
        await emsp.gets("locations", expects={"kind": "response", "http_status": 200, "status_code": 1000}, proves=ROW)

    result = bench.run("cpo", case)
    assert result.verdict is Verdict.PASS, (result.reason, result.steps)
