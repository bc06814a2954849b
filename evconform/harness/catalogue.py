"""The catalogue: the whole law as it is known once it is loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evconform.harness.clauses import Chapter
from evconform.harness.form import Form
from evconform.harness.gaps import Gap
from evconform.harness.law import Fault, Monitor, Requirement, TestCase
from evconform.harness.policies import Contested
from evconform.harness.verdict import UsageError


@dataclass(frozen=True)
class RequirementSet:
    """A named set of requirements for one role, frozen per release."""

    id: str
    title: str
    role: str
    requirements: tuple[str, ...]


@dataclass(frozen=True)
class OfficialCase:
    """A test case of the body that keeps the standard: its number, and the editions known to have it."""

    id: str
    title: str
    editions: tuple[str, ...]
    role: str = ""
    """The role of the SUT; empty: whichever."""
    formerly: str = ""
    """Its number in an earlier edition, where that was another one."""
    applies: str = ""
    """What its prerequisites come to, as a PICS expression."""
    note: str = ""
    """Where our case asks something else."""
    theirs: str = ""
    """Where it contradicts the specification: what it expects, and"""
    specification: str = ""
    """what the specification does, which decides."""


@dataclass
class Law:
    """One folder of ``suites/``: a protocol version."""

    name: str
    title: str
    view: str
    """``module:class`` of the typed view of the log."""
    opposite: dict[str, str]
    """Role of the SUT to ``module:class`` of the scripted party that faces it."""
    reference: dict[str, list[str]]
    """Role of the SUT to the SUT files of embedded products that must pass; a check is proved on the first that it
    applies to."""
    folder: Path
    form: Form
    columns: dict[str, str] = field(default_factory=dict)
    """What a SUT may speak, to its short word; empty if that is one thing only."""
    begins: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """How the id of a row or a case begins, to the columns that it binds."""
    logs: str = ""
    """``module:class`` of what reads logs from the field, if there is one."""
    traffic: tuple[str, ...] = ()
    """Items of the PICS that decide nothing where a message is seen: the traffic shows them."""
    forms: dict[str, Form] = field(default_factory=dict)
    """Role to its form, where it is not ``form``."""
    virtual: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Role of the SUT to the ``party`` that faces it moved from its bench, its ``pics``, and the ``settings`` that it has."""
    played: dict[str, str] = field(default_factory=dict)
    """Role of the SUT to ``module:class`` of who lets a party of ours, named by ``--opposite``, face it."""
    initiated: str = ""
    """``module:table`` from a role to the messages that it initiates."""
    profiles: str = ""
    """``module:function`` that gives the charging profiles that a central system must hold."""
    members: str = ""
    """``module:function`` from a message to the members of its payload."""
    matrix: str = ""
    """``module:class`` of what tells from a log which operations of which modules were seen, if its protocol has modules."""
    coverage: str = ""
    """``module:class`` of what counts how much of the tables of its protocol a log shows."""
    document: str = ""
    """How the clauses of its standard begin."""
    contested: dict[str, Contested] = field(default_factory=dict)
    """Name to each rule that may be read in several ways."""
    messages: dict[str, list[str]] = field(default_factory=dict)
    """Message of the form to the chapters of the standard that are about it."""
    chapters: list[Chapter] = field(default_factory=list)
    official: list[OfficialCase] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    """Where the standard is unclear."""
    requirements: dict[str, Requirement] = field(default_factory=dict)
    sets: list[RequirementSet] = field(default_factory=list)
    monitors: list[Monitor] = field(default_factory=list)
    cases: dict[str, TestCase] = field(default_factory=dict)
    """By id; one that is for several columns is there once for each."""
    scenarios: dict[str, TestCase] = field(default_factory=dict)
    """The same as they were declared."""
    absent: list[TestCase] = field(default_factory=list)
    """The variants that have no meaning."""
    faults: list[Fault] = field(default_factory=list)

    def form_of(self, role: str) -> Form:
        return self.forms.get(role, self.form)

    @property
    def asked(self) -> list[str]:
        """The messages of all its forms."""
        return list(dict.fromkeys(message for form in (self.form, *self.forms.values()) for message in form.messages))

    def roles_of(self, fault: Fault) -> tuple[str, ...]:
        return fault.roles or self.requirements[fault.kills].subject

    def cases_for(self, role: str, speaks: str | None = None) -> list[TestCase]:
        """The cases of a role, on every column or on one."""
        return [case for case in self.cases.values() if case.role == role and speaks in (None, case.speaks)]

    def case(self, id: str) -> TestCase:
        """The case with this id, also one that has no meaning on its column. Raises KeyError."""
        found = [case for case in self.absent if case.id == id]
        return found[0] if found and id not in self.cases else self.cases[id]

    def named(self, id: str) -> list[TestCase]:
        """The case with this id, or all variants of the one that was declared with it."""
        declared = [case for case in self.cases.values() if case.declared == id]
        return declared or [case for case in self.cases.values() if case.id == id]


@dataclass
class Catalogue:
    laws: dict[str, Law]
    problems: list[str] = field(default_factory=list)

    def checked(self) -> Catalogue:
        """Itself. Raises UsageError with every contradiction that the catalogue holds."""
        if self.problems:
            raise UsageError("the catalogue contradicts itself:\n  " + "\n  ".join(self.problems))
        return self
