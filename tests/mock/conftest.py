"""A mock as ``evconform mock`` plays it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.catalogue import Law
from evconform.harness.plan import load_content
from evconform.mock import Mocked, pics_of


@pytest.fixture(scope="session")
def law() -> Law:
    return load_content().catalogue.laws["ocpp16"]


@pytest.fixture
def mocked(law: Law, tmp_path: Path) -> Callable[..., Mocked]:
    def make(url: str = "ws://127.0.0.1:1", name: str = "inch", pics: str = "etrel-inch.toml", **more: Any) -> Mocked:
        return Mocked(name, law, pics_of(pics, []), url, "INCH 1", log=tmp_path / "wire.jsonl", **more)

    return make
