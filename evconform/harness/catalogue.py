"""The catalogue: the whole law, loaded and checked against itself whatever a run selects."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evconform.harness.clauses import Chapter, clause_problems, read_chapter
from evconform.harness.columns import absent, column_problems, columns_of, variants, word_of
from evconform.harness.form import Form
from evconform.harness.gaps import Gap, gap_problems, read_gaps
from evconform.harness.law import REGISTER, Fault, Monitor, Requirement, TestCase, law_of
from evconform.harness.law_files import read_law_file
from evconform.harness.pics import problems_of
from evconform.harness.policies import Contested, read_contested
from evconform.harness.roles import ROLES
from evconform.harness.user_file import read_toml
from evconform.harness.verdict import Level, UsageError


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


def load(roots: Iterable[Path]) -> Catalogue:
    """Loads every law below ``roots``. Raises UsageError for a file that cannot be read."""
    catalogue = Catalogue({})
    modules: set[str] = set()
    for root in roots:
        for folder in sorted((root / "suites").glob("*/")):
            if (folder / "requirements.toml").is_file():
                _read_law(folder, catalogue)
            modules |= _import_all(folder)
    seen: set[int] = set()
    for kind in (REGISTER.monitors, REGISTER.cases, REGISTER.faults):
        for item in kind:
            # what another load of this process registered is not ours
            if id(item) not in seen and item.module in modules and (law := catalogue.laws.get(law_of(item.module))):
                seen.add(id(item))
                _place(item, law, catalogue)
    for law in catalogue.laws.values():
        catalogue.problems += cross_check(law)
    return catalogue


def _place(item: Monitor | TestCase | Fault, law: Law, catalogue: Catalogue) -> None:
    if isinstance(item, Monitor):
        law.monitors.append(item)
    elif isinstance(item, Fault):
        law.faults.append(item)
    elif item.id in law.scenarios:
        catalogue.problems.append(f"{item.id}: two test cases have this id")
    else:
        law.scenarios[item.id] = item
        law.cases |= {case.id: case for case in variants(law, item)}
        law.absent += absent(law, item)


def _read_law(folder: Path, catalogue: Catalogue) -> None:
    file = folder / "requirements.toml"
    source = read_law_file(file)
    rows = source | {"requirement": [], "chapter": []}
    for each in (file, *sorted(folder.glob("*/requirements.toml"))):  # a role's folder may hold rows of its own
        rows = {name: [*rows[name], *read_law_file(each).get(name, [])] for name in ("requirement", "chapter")}
    if folder.name not in catalogue.laws:  # a user's folder of a law that is known needs no head and no form
        catalogue.laws[folder.name] = _head(folder, source.get("law", {}))
    law = catalogue.laws[folder.name]
    for row in rows["requirement"]:
        requirement = as_requirement(row, folder / "requirements.toml")
        if requirement.id in law.requirements:
            catalogue.problems.append(f"{requirement.id}: two rows have this id")
        speaks = requirement.speaks or columns_of(law, requirement.id)
        law.requirements[requirement.id] = replace(requirement, speaks=speaks)
    law.chapters += [read_chapter(row, file) for row in rows["chapter"]]
    for each in (folder / "oca.toml", *sorted(folder.glob("*/oca.toml"))):
        law.official += read_official(each) if each.is_file() else []
    if (folder / "gaps.toml").is_file():
        law.gaps += read_gaps(read_law_file(folder / "gaps.toml").get("gap", []), folder / "gaps.toml")
    sets = [each for each in (folder / "sets.toml", *sorted(folder.glob("*/sets.toml"))) if each.is_file()]
    for row in (row for each in sets for row in read_law_file(each).get("set", [])):
        if missing := [member for member in ("id", "title", "role", "requirements") if member not in row]:
            raise UsageError(f"{folder / 'sets.toml'}: set {row.get('id', '?')}: {missing[0]} is missing")
        law.sets.append(RequirementSet(row["id"], row["title"], row["role"], tuple(row["requirements"])))


def _head(folder: Path, head: dict[str, Any]) -> Law:
    for member in ("title", "view", "opposite", "reference"):
        if member not in head:
            raise UsageError(f"{folder / 'requirements.toml'}: law.{member} is missing")
    files = {role: folder / role.replace("-", "_") / "pics.toml" for role in head["opposite"]}
    forms = {role: Form.read(read_law_file(file), file) for role, file in files.items() if file.is_file()}
    file = folder / "pics.toml"  # there may be none where each role has its own
    form = next(iter(forms.values())) if forms and forms.keys() == files.keys() else Form.read(read_law_file(file), file)
    law = Law(folder.name, head["title"], head["view"], head["opposite"], head["reference"], folder, form, forms=forms)
    law.virtual, law.played = head.get("virtual", {}), head.get("played", {})
    law.members, law.profiles, law.initiated = (head.get(name, "") for name in ("members", "profiles", "initiated"))
    law.document, law.contested = head.get("document", ""), read_contested(folder)
    law.matrix, law.coverage = head.get("matrix", ""), head.get("coverage", "")
    law.columns = dict(head.get("columns", {}))
    law.begins = {begin: tuple(columns) for begin, columns in head.get("columns_of", {}).items()}
    law.logs, law.traffic = head.get("logs", ""), tuple(head.get("traffic", ()))
    law.messages = {name: list(chapters) for name, chapters in head.get("messages", {}).items()}
    return law


def read_official(file: Path) -> list[OfficialCase]:
    """The official test cases that a law knows. Raises UsageError."""
    found = []
    for row in read_law_file(file).get("case", []):
        members = dict(row)
        try:
            editions = members.pop("editions") if "editions" in members else [members.pop("edition")]
            found.append(OfficialCase(editions=tuple(editions), **members))
        except (KeyError, TypeError) as error:
            raise UsageError(f"{file}: case {row.get('id', '?')}: {error}") from error
    return found


def as_requirement(row: dict[str, Any], file: Path) -> Requirement:
    """The requirement of a row; raises UsageError if a member is missing or unknown."""
    try:
        row = dict(row)
        subject = row.pop("subject")
        subjects = (subject,) if isinstance(subject, str) else tuple(subject)
        speaks = tuple(row.pop("speaks", ()))
        requirement = Requirement(subject=subjects, level=Level(row.pop("level")), speaks=speaks, **row)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{file}: requirement {row.get('id', '?')}: {error}") from error
    if not set(subjects) <= set(ROLES):
        raise UsageError(f"{file}: {requirement.id}: subject is one of {', '.join(ROLES)}, not {subjects}")
    return requirement


def _import_all(folder: Path) -> set[str]:
    """Imports every module of a law by name, so that its decorators register what they declare; returns the names."""
    names = set()
    for file in sorted(folder.rglob("*.py")):
        if file.name != "conftest.py":
            names.add(import_file(file, folder.parent.parent))
    return names


def import_file(file: Path, root: Path) -> str:
    """Imports a content file by its name below ``root``, and returns the name. Raises UsageError with the file if that
    fails, or if another root has a file of this name already."""
    name = ".".join(file.relative_to(root).with_suffix("").parts)
    try:
        module = importlib.import_module(name)
    except Exception as error:  # a user's module may raise anything
        raise UsageError(f"{file}: {one_line(error)}") from error
    if module.__file__ is None or Path(module.__file__).resolve() != file.resolve():
        raise UsageError(f"{file}: there is another {name} already; name this file otherwise")
    return name


def cross_check(law: Law) -> Iterator[str]:
    """Every contradiction within a law."""
    yield from _unknown_names(law)
    yield from _rows_without_check(law)
    yield from _sets(law)
    yield from clause_problems(law)
    yield from gap_problems(law)
    yield from _official(law)
    yield from column_problems(law)
    names = Counter(monitor.name for monitor in law.monitors) + Counter(fault.name for fault in law.faults)
    yield from (f"{name}: two monitors or faults have this name" for name, count in names.items() if count > 1)


def _unknown_names(law: Law) -> Iterator[str]:
    known = law.requirements.keys()
    for monitor in law.monitors:
        if monitor.requirement not in known:
            yield f"monitor {monitor.name}: {monitor.requirement} is no requirement"
    for fault in law.faults:
        yield from (f"fault {fault.name}: {id} is no requirement" for id in sorted(fault.reds - known))
        if not fault.says:
            yield f"fault {fault.name}: no docstring"
        yield from (f"fault {fault.name}: {role} is no role" for role in fault.roles if role not in ROLES)
    for case in law.cases.values():
        if not case.title:
            yield f"{case.id}: no docstring"
        if not case.verifies:
            there = f" on {word_of(law, case.speaks)}, where none of its rows binds: say only= with the reason"
            yield f"{case.id}: verifies nothing{there if case.speaks else ''}"
        if case.plain and case.role not in law.played:
            yield f"{case.id}: plain, and no party of ours can face a {case.role}"
        for id in case.verifies:
            if id not in known:
                yield f"{case.id}: {id} is no requirement"
            elif case.role not in law.requirements[id].subject:
                yield f"{case.id}: {id} is not about the {case.role}"
    conditions = [(c.id, c.applies, c.role) for c in law.cases.values()]
    conditions += [(r.id, r.applies, role) for r in law.requirements.values() for role in r.subject]
    for id, applies, role in conditions:
        yield from (f"{id}: {problem}" for problem in problems_of(applies, law.form_of(role)))


def _rows_without_check(law: Law) -> Iterator[str]:
    monitored = {monitor.requirement for monitor in law.monitors}
    for requirement in law.requirements.values():
        for role, speaks in ((role, speaks) for role in requirement.subject for speaks in requirement.speaks or ("",)):
            verified = any(requirement.id in case.verifies for case in law.cases_for(role, speaks))
            faults = [f for f in law.faults if f.kills == requirement.id and f.acts_on(speaks)]
            killed = any(role in law.roles_of(fault) for fault in faults)
            there = f" on {word_of(law, speaks)}" if len(requirement.speaks) > 1 else ""
            if requirement.not_observable:
                if verified or killed or requirement.id in monitored:
                    yield f"{requirement.id}: not observable, and yet it has a check"
            elif not verified:
                yield f"{requirement.id}: no test case verifies it for the {role}{there}"
            elif not killed:
                yield f"{requirement.id}: no fault of the {role} kills it{there}"


def _sets(law: Law) -> Iterator[str]:
    ids = Counter(each.id for each in law.sets)
    yield from (f"set {id}: two sets have this id" for id, count in ids.items() if count > 1)
    for each in law.sets:
        for id in each.requirements:
            if id not in law.requirements:
                yield f"set {each.id}: {id} is no requirement"
            elif each.role not in law.requirements[id].subject:
                yield f"set {each.id}: {id} is not about the {each.role}"
    for requirement in law.requirements.values():
        for role in requirement.subject:
            if not any(s.role == role and requirement.id in s.requirements for s in law.sets):
                yield f"{requirement.id}: in no requirement set of the {role}"


def _official(law: Law) -> Iterator[str]:
    ids = Counter(each.id for each in law.official)
    yield from (f"{id}: two official cases have this id" for id, count in ids.items() if count > 1)
    for each in law.official:
        if each.role not in ("", *ROLES):
            yield f"{each.id}: {each.role} is no role"
        if bool(each.theirs) != bool(each.specification):
            yield f"{each.id}: theirs and specification stand together"
        yield from (f"{each.id}: {problem}" for problem in problems_of(each.applies, law.form_of(each.role)))


def import_string(place: str) -> Any:
    """The object at ``module:name``. Raises UsageError."""
    module, _, name = place.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except Exception as error:  # a user's module may raise anything
        raise UsageError(f"{place}: {one_line(error)}") from error


def one_line(error: BaseException) -> str:
    """An exception on one line: its type, and what it says."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


__all__ = ["Catalogue", "Law", "RequirementSet", "import_file", "import_string", "load", "one_line", "read_toml"]
