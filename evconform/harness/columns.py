"""Columns: what a SUT of a law may speak (``ocpp1.6-json``, ``ocpp1.6-soap``), where one law judges several.

A requirement binds the columns that its id says, or those that its row names; a test case is there once for each, and is then
called its variants. A law without ``[law.columns]`` has one column, which nothing names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from evconform.harness.law import TestCase
from evconform.harness.pics import Pics

if TYPE_CHECKING:
    from evconform.harness.catalogue import Law


@dataclass(frozen=True)
class Claims:
    """What is claimed in one column: by the SUT, and by the parties that face it, by name."""

    pics: Pics
    faced: Mapping[str, Pics] = field(default_factory=dict)


def columns_of(law: Law, id: str) -> tuple[str, ...]:
    """The columns that an id of a requirement or a test case says by how it begins."""
    begins = max((begin for begin in law.begins if id.startswith(begin)), key=len, default="")
    return tuple(law.begins.get(begins, law.columns))


def word_of(law: Law, speaks: str) -> str:
    """The short word of a column, as it stands in ids: ``soap``."""
    return law.columns.get(speaks, speaks)


def id_in(law: Law, declared: str, speaks: str) -> str:
    """The id of a test case on a column: the first column of the law keeps the id that was declared."""
    return declared if speaks == next(iter(law.columns), "") else f"{declared}.{word_of(law, speaks)}"


def variants(law: Law, case: TestCase) -> list[TestCase]:
    """A test case as it was declared, once for each column that it has a meaning on, verifying what binds it there."""
    if not law.columns:
        return [case]
    meant = [on_column(law, case, speaks) for speaks in (case.only or columns_of(law, case.id)) if speaks in law.columns]
    return meant if case.only else [each for each in meant if each.verifies] or meant


def on_column(law: Law, case: TestCase, speaks: str) -> TestCase:
    """A declared test case as it is on one column."""
    rows = law.requirements
    verifies = tuple(id for id in case.verifies if id not in rows or rows[id].binds(speaks))
    return replace(case, id=id_in(law, case.id, speaks), declared=case.id, speaks=speaks, verifies=verifies)


def absent(law: Law, case: TestCase) -> list[TestCase]:
    """The columns that a declared test case would be on by its id, and has no meaning on."""
    there = {each.speaks for each in variants(law, case)}
    return [on_column(law, case, speaks) for speaks in columns_of(law, case.id) if law.columns and speaks not in there]


def why_absent(law: Law, case: TestCase) -> str:
    """Why a variant of ``absent`` is not there."""
    why = next(iter(case.only.values()), "none of its requirements is about that")
    return f"has no meaning on {word_of(law, case.speaks)}: {why}"


def spoken_by(law: Law, speaks: Sequence[str]) -> list[str]:
    """The columns of a law that a SUT speaks, in its order; the nameless one of a law that has one only."""
    return [each for each in speaks if each in law.columns] or [""]


def column_problems(law: Law) -> Iterator[str]:
    """What the columns of a law contradict."""
    for id, row in law.requirements.items():
        yield from (f"{id}: {each} is no column of the law" for each in row.speaks if law.columns and each not in law.columns)
        if bool(row.why) != (set(row.speaks) != set(columns_of(law, id))):
            yield f"{id}: speaks and why stand together, where it binds other columns than its id says"
    for case in law.scenarios.values():
        yield from only_problems(law, case.id, case.only)
        bound = [speaks for speaks in (case.only or columns_of(law, case.id)) if speaks in law.columns]
        for id in case.verifies:
            known = law.requirements.get(id)
            if known and bound and not any(known.binds(speaks) for speaks in bound):
                yield f"{case.id}: {id} binds {words(law, known.speaks)}, and the case is for {words(law, bound)}"
    for fault in law.faults:
        yield from only_problems(law, f"fault {fault.name}", fault.only)


def only_problems(law: Law, name: str, only: Mapping[str, str]) -> Iterator[str]:
    for speaks, why in only.items():
        if speaks not in law.columns:
            yield f"{name}: only: {speaks} is no column of the law; there is {', '.join(law.columns) or 'none'}"
        if not why.strip():
            yield f"{name}: only: {speaks}: expected the reason why it has no meaning elsewhere"


def words(law: Law, columns: Sequence[str]) -> str:
    """Columns as a phrase: ``json and soap``."""
    return " and ".join(word_of(law, speaks) for speaks in columns)
