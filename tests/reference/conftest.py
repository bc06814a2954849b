"""Scenes for the tests of the reference parties."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from evconform.ocpp.speaks import JSON, SOAP
from tests.reference.bench import CARD, OTHER, Scene, scene
from tests.reference.postgres import WHY_NOT, programs, server


@pytest.fixture(params=[JSON, SOAP])
def lab(request: pytest.FixtureRequest) -> Iterator[Scene]:
    """A CPO in memory that knows two stations and two cards; what they speak."""
    with scene(request.param) as made:
        made.run(made.knows("A", "B", **{CARD: {}, OTHER: {}}))
        yield made


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server; skipped where there is none to start."""
    if programs() is None:
        pytest.skip(WHY_NOT)
    # below /tmp, for the server runs as a user of its own, who must reach its folder
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with server(Path(folder) / "postgres") as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database that outlives a CPO, once for each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'cpo.db'}"
    url: str = request.getfixturevalue("postgres")
    name = f"t{uuid.uuid4().hex}"
    asyncio.run(make_database(url, name))
    return f"{url}/{name}"


async def make_database(url: str, name: str) -> None:
    connection = await asyncpg.connect(f"{url}/postgres")
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
