"""Where a standard is unclear: which readings we accept, and which requirements stand on them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evconform.harness.verdict import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evconform.harness.catalogue import Law


@dataclass(frozen=True)
class Gap:
    """A place of a standard that several readings fit; a line of docs/spec-gaps.md."""

    where: str
    unclear: str
    does: str
    """What evconform does about it."""
    requirements: tuple[str, ...] = ()

    @property
    def words(self) -> dict[str, str]:
        """Without what marks code in the table: ``where``, ``unclear``, ``does``."""
        return {name: getattr(self, name).replace("`", "") for name in ("where", "unclear", "does")}

    @property
    def line(self) -> str:
        """As a line of the table in docs/spec-gaps.md."""
        return f"| {self.where} | {self.unclear} | {self.does} |"


def read_gaps(rows: list[dict[str, Any]], file: Path) -> list[Gap]:
    """The gaps of a law. Raises UsageError."""
    try:
        return [Gap(**{**row, "requirements": tuple(row.get("requirements", ()))}) for row in rows]
    except TypeError as error:
        raise UsageError(f"{file}: gap: {error}") from error


def gap_problems(law: Law) -> Iterator[str]:
    for gap in law.gaps:
        yield from (f"gap {gap.where}: {id} is no requirement" for id in gap.requirements if id not in law.requirements)
