"""Loads the catalogue: every law below the content roots, from its files and from the modules that declare its checks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from evconform.harness.catalogue import Catalogue, Law, OfficialCase, RequirementSet
from evconform.harness.clauses import read_chapter
from evconform.harness.columns import absent, columns_of, variants
from evconform.harness.cross_check import cross_check
from evconform.harness.form import Form
from evconform.harness.gaps import read_gaps
from evconform.harness.law import REGISTER, Fault, Monitor, Requirement, TestCase, law_of
from evconform.harness.law_files import read_law_file
from evconform.harness.named import import_file
from evconform.harness.policies import read_contested
from evconform.harness.roles import ROLES
from evconform.harness.verdict import Level, UsageError


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
