"""What the rows of a law stand on: the clauses that they name, the messages that those are about, and the chapters that were
read for them, sentence by sentence."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evconform.harness.law import Requirement
from evconform.harness.pics import parse
from evconform.harness.roles import ROLES
from evconform.harness.verdict import UsageError

if TYPE_CHECKING:
    from evconform.harness.catalogue import Law

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)*(?![\w.])")
NAME = re.compile(r"[a-z][a-z_]+(?:: .+)?")
"""A clause of a standard whose chapters have names: ``chapter``, or ``chapter: heading``."""


@dataclass(frozen=True)
class Chapter:
    """A chapter that was read for a role. Each of its sentences that binds somebody is counted once: it became rows, it
    binds another role, no check can see it, or it is still open."""

    clause: str
    title: str
    role: str
    sentences: int
    """Those with MUST, SHALL, REQUIRED, SHOULD or RECOMMENDED and their negations, and those that errata add; no MAY."""
    as_rows: int = 0
    other_role: int = 0
    no_check: tuple[str, ...] = ()
    """A reason for each sentence that no check can see, or that says no more than others."""
    open: tuple[str, ...] = ()
    """Each sentence that has no row yet, in our own words."""
    note: str = ""
    document: str = ""
    """How the clauses of its document begin, where that is not the one of the law."""

    @property
    def name(self) -> str:
        """The chapter, with its document where that is another one."""
        return f"{self.document}, {self.clause}" if self.document else self.clause

    @property
    def summary(self) -> str:
        """Where its sentences went."""
        parts = (
            (self.as_rows, "as rows"),
            (self.other_role, "about another role"),
            (len(self.no_check), "without a check"),
            (len(self.open), "open"),
        )
        return ", ".join(f"{count} {what}" for count, what in parts if count) or "none that binds"


def read_chapter(row: dict[str, Any], file: Path) -> Chapter:
    """The chapter of a row; raises UsageError if a member is missing, unknown or of another type."""
    members: dict[str, Any] = row | {name: tuple(row[name]) for name in ("no_check", "open") if name in row}
    try:
        chapter = Chapter(**members)
    except TypeError as error:
        raise UsageError(f"{file}: chapter {row.get('clause', '?')}: {error}") from error
    counts = (chapter.sentences, chapter.as_rows, chapter.other_role)
    if not all(isinstance(count, int) and count >= 0 for count in counts):
        raise UsageError(f"{file}: chapter {chapter.clause}: sentences, as_rows and other_role are whole numbers")
    return chapter


def clauses_of(clause: str, document: str, errata: bool = True) -> list[str]:
    """The clauses of ``document`` that a row names, in order: numbers, or a name and heading; those of an erratum stand in
    brackets behind its number: ``erratum 3.18 (4.8)``. ``errata``: those without a name are of this document."""
    found: list[str] = []
    ours = False
    for part in (each.strip() for each in clause.split(";")):
        if part.startswith(("erratum", "errata")):
            inside = re.findall(r"\(([^)]*)\)", part) if errata else ()
            found += [number for each in inside for number in NUMBER.findall(each)]
            continue
        if not part[:1].isdigit() or not document:  # "…, 3.16.1; 9.1.17" goes on in the same document
            ours = part.startswith(document)
        if ours:
            place = part.removeprefix(document)
            named = NAME.fullmatch(place.lstrip(", "))
            found += [named[0]] if named else NUMBER.findall(place)
    return found


def within(clause: str, chapter: str) -> bool:
    """Whether a clause is that chapter, or part of it."""
    return clause == chapter or clause.startswith((f"{chapter}.", f"{chapter}: "))


def chapter_of(clause: str, chapters: list[Chapter]) -> Chapter | None:
    """The narrowest of the chapters that holds a clause."""
    return max((c for c in chapters if within(clause, c.clause)), key=lambda c: len(c.clause), default=None)


def named_by(row: Requirement, law: Law, chapter: Chapter) -> list[str]:
    """The clauses of a chapter's document that a row names."""
    return clauses_of(row.clause, chapter.document or law.document, errata=not chapter.document)


def beside(law: Law, chapter: Chapter) -> list[Chapter]:
    """The chapters of the same document that were read for the same role."""
    return [each for each in law.chapters if (each.role, each.document) == (chapter.role, chapter.document)]


def rows_of(law: Law, chapter: Chapter) -> list[Requirement]:
    """The rows about the chapter's role whose first clause stands in it, and in no narrower chapter."""
    chapters = beside(law, chapter)
    found = []
    for row in law.requirements.values():
        named = named_by(row, law, chapter) if chapter.role in row.subject else []
        if named and chapter_of(named[0], chapters) is chapter:
            found.append(row)
    return found


def messages_of(law: Law, row: Requirement) -> list[str]:
    """The messages that a row is about: those whose chapter is among its clauses; where it names none, those that have to
    be claimed for it to apply."""
    named = clauses_of(row.clause, law.document)
    found = [name for name, chapters in law.messages.items() if any(within(n, c) for n in named for c in chapters)]
    return found or [name for name in law.asked if row.applies and name in needed_by(parse(row.applies))]


def needed_by(node: ast.AST) -> set[str]:
    """The items of an expression that stand under no ``not``."""
    if isinstance(node, ast.UnaryOp):
        return set()
    names = {node.id} if isinstance(node, ast.Name) else set()
    return names.union(*(needed_by(child) for child in ast.iter_child_nodes(node)))


def clause_problems(law: Law) -> Iterator[str]:
    """What contradicts itself in the chapters of a law and in its table of messages."""
    for chapter in law.chapters:
        place = f"chapter {chapter.name}"
        counted = chapter.as_rows + chapter.other_role + len(chapter.no_check) + len(chapter.open)
        if counted != chapter.sentences:
            yield f"{place}: {chapter.sentences} sentences, and {counted} are accounted for"
        if chapter.role not in ROLES:
            yield f"{place}: {chapter.role} is no role"
        if bool(chapter.as_rows) != any(named_in(law, chapter)):
            yield f"{place}: {chapter.as_rows} sentences became rows, and {len(list(named_in(law, chapter)))} rows name it"
    twice = Counter((chapter.name, chapter.role) for chapter in law.chapters)
    yield from (f"chapter {clause}: is there twice for the {role}" for (clause, role), n in twice.items() if n > 1)
    if law.messages:
        yield from (f"law.messages: {name} is no message of the form" for name in law.messages if name not in law.asked)
        yield from (f"law.messages: {name} of the form is missing" for name in law.asked if name not in law.messages)


def named_in(law: Law, chapter: Chapter) -> Iterator[Requirement]:
    """The rows about the chapter's role that name it, or a part of it that is no chapter of its own, anywhere."""
    chapters = beside(law, chapter)
    for row in law.requirements.values():
        named = named_by(row, law, chapter) if chapter.role in row.subject else []
        if any(chapter_of(clause, chapters) is chapter for clause in named):
            yield row
