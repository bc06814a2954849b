"""From a SUT file to a plan: the law that judges it, the PICS that it claims, the cases that apply."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from evconform.harness import content, sut
from evconform.harness.campaign import Plan
from evconform.harness.catalogue import Catalogue, Law, import_file, load, read_toml
from evconform.harness.control import entry_of
from evconform.harness.law import TestCase
from evconform.harness.party import PARTIES, find_party
from evconform.harness.pics import Pics
from evconform.harness.policies import read_policy
from evconform.harness.roles import ROLES
from evconform.harness.user_file import is_file
from evconform.harness.verdict import UsageError

LAWS = {"ocpp1.6-json": "ocpp16", "ocpi2.2.1": "ocpi221", "roaming": "roaming"}
"""What a SUT speaks to the law that judges it."""


@dataclass
class Content:
    """The loaded content: the law of every folder, and the mocks that registered themselves."""

    catalogue: Catalogue
    own: list[Path] = field(default_factory=list)


def load_content(own: list[Path] | None = None) -> Content:
    """Loads the shipped content and the user's folders. Raises UsageError."""
    own = own or []
    roots = content.roots(own)
    for root in roots:
        for file in sorted((root / "mocks").glob("*.py")):
            import_file(file, root)
    loaded = Content(load(roots).checked(), own)
    gc.freeze()  # it lives as long as we do: looking through it again and again takes half of the time of a long pull
    return loaded


def find_sut(name: str | Path, own: list[Path]) -> Path:
    """A SUT file by path, or a shipped one by name, with or without its ``.toml``."""
    path = Path(name)
    if is_file(path):
        return path
    shipped = path.name if path.suffix else f"{path.name}.toml"
    return content.find(shipped, "suts", path, own)


def make_plan(loaded: Content, sut_file: Path, policy: str = "") -> Plan:
    """Reads a SUT file, its PICS, and the policy that it is judged by. Raises UsageError."""
    read = sut.read(sut_file)
    if read.control.kind == "embedded":
        with placed(sut_file):
            find_party(read.control.party, read.sut.role)
    elif read.control.kind == "python":
        entry_of(read)
    law = loaded.catalogue.laws[LAWS[read.sut.speaks[0]]]
    if read.sut.role not in law.opposite:
        raise UsageError(f"{sut_file}: sut.role: {law.title} knows {' and '.join(law.opposite)}, no {read.sut.role}")
    with placed(sut_file, "sut.pics: "):
        pics_file = content.find(read.sut.pics, "pics", sut_file, loaded.own)
    form = law.form_of(read.sut.role)
    pics = Pics.fill(form, read_toml(pics_file), pics_file, form.columns[read.sut.speaks[0]])
    if read.sut.role == "charge-point" and pics["basic_authentication"] and not read.endpoint.password:
        raise UsageError(f"{sut_file}: endpoint.password is needed: the PICS claims basic_authentication")
    readings = read_policy(policy, law.folder, law.contested)
    return Plan(law, read, pics, pics_file, faced=faced_by(law, read, pics, loaded.own), policy=readings)


def faced_by(law: Law, read: sut.Sut, pics: Pics, own: list[Path]) -> dict[str, Pics]:
    """The PICS of the parties that face the SUT, by name. The scripted one, which has none, claims each message of the SUT."""
    other = ROLES[read.sut.role].opposite
    form = law.form_of(other)
    column = form.columns[read.sut.speaks[0]]
    claimed = [message for message in form.messages if pics.answers.get(message) and message not in form.blank.get(column, ())]
    made = {
        name: {field: "scripted" for field, each in section.fields.items() if each.required}
        for name, section in form.sections.items()
        if not section.many
    }
    scripted = {name: answers for name, answers in made.items() if answers} | {"messages": {column: claimed}}
    found = {"": Pics.fill(form, scripted, Path("scripted"), column)}
    names = {case.faces or law.virtual[case.role]["pics"] for case in law.cases_for(read.sut.role) if case.moved}
    for name in sorted(names):
        file = content.find(name, "pics", Path(name), own)
        found[name] = Pics.fill(form, read_toml(file), file, column)
    for each in found.values():  # ours authenticates itself where the SUT file has a password
        each.answers |= {"basic_authentication": read.endpoint.password is not None}
    return found


def faced_with(plan: Plan, name: str) -> Plan:
    """The plan with a party of ours in front of the SUT; as it is if ``name`` is empty. Raises UsageError."""
    if not name:
        return plan
    role = plan.sut.sut.role
    if role not in plan.law.played or not plan.embedded:
        able, kind = " or ".join(plan.law.played) or "SUT", plan.sut.control.kind
        raise UsageError(f"--opposite: expected an embedded {able}; {plan.sut.file.name} is a {role} of the kind {kind}")
    known = sorted(party for party, (its, _) in PARTIES.items() if its == ROLES[role].opposite)
    if name not in known:
        raise UsageError(f"--opposite: {name!r} is not one of {', '.join(known)}")
    return replace(plan, opposite=name)


@contextmanager
def placed(file: Path, place: str = "") -> Iterator[None]:
    """Puts the file, and the place in it, before what a UsageError says."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{file}: {place}{error}") from error


def left_out(plan: Plan, cases: list[TestCase]) -> list[str]:
    """The cases that need a scripted answer, where a party of ours faces the SUT and scripts none."""
    return [case.id for case in cases if plan.opposite and not case.plain]


def applicable(plan: Plan) -> tuple[list[TestCase], dict[str, str]]:
    """The cases of the SUT's role that its PICS makes applicable, the smoke case first; and why each other is not."""
    cases = sorted(plan.law.cases_for(plan.sut.sut.role), key=lambda case: not case.smoke)
    apply = [case for case in cases if plan.pics.claims(case.applies)]
    return apply, {case.id: plan.pics.missing_for(case.applies) for case in cases if case not in apply}


__all__ = ["Content", "UsageError", "applicable", "find_sut", "load_content", "make_plan"]
