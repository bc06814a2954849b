"""From a SUT file to a plan: the law that judges it, the PICS that it claims, the cases that apply."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from evconform.harness import content, sut
from evconform.harness.campaign import Plan
from evconform.harness.catalogue import Catalogue, Law
from evconform.harness.columns import Claims, why_absent
from evconform.harness.control import entry_of
from evconform.harness.law import TestCase
from evconform.harness.loading import load
from evconform.harness.named import import_file
from evconform.harness.party import PARTIES, find_party
from evconform.harness.pics import Pics
from evconform.harness.policies import read_policy
from evconform.harness.roles import ROLES
from evconform.harness.user_file import is_file, read_toml
from evconform.harness.verdict import UsageError

LAWS = {
    **dict.fromkeys(("ocpp1.6-json", "ocpp1.6-soap", "ocpp1.5-soap"), "ocpp16"),
    "ocpi2.2.1": "ocpi221",
    "roaming": "roaming",
}
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
    law = loaded.catalogue.laws[law_of(read, sut_file)]
    if read.sut.role not in law.opposite:
        raise UsageError(f"{sut_file}: sut.role: {law.title} knows {' and '.join(law.opposite)}, no {read.sut.role}")
    with placed(sut_file, "sut.pics: "):
        pics_file = content.find(read.sut.pics, "pics", sut_file, loaded.own)
    form, answers = law.form_of(read.sut.role), read_toml(pics_file)
    filled: dict[str, Pics] = {speaks: Pics.fill(form, answers, pics_file, form.columns[speaks]) for speaks in read.sut.speaks}
    pics = filled[read.sut.speaks[0]]
    if read.sut.role == "charge-point" and pics["basic_authentication"] and not read.endpoint.password:
        raise UsageError(f"{sut_file}: endpoint.password is needed: the PICS claims basic_authentication")
    readings = read_policy(policy, law.folder, law.contested)
    faced = {speaks: faced_by(law, read, each, speaks, loaded.own) for speaks, each in filled.items()}
    columns = {speaks: Claims(filled[speaks], faced[speaks]) for speaks in list(filled)[1:]}
    return Plan(law, read, pics, pics_file, faced=faced[read.sut.speaks[0]], policy=readings, columns=columns)


def law_of(read: sut.Sut, file: Path) -> str:
    """The law that judges what a SUT speaks. Raises UsageError for several."""
    laws = {speaks: LAWS[speaks] for speaks in read.sut.speaks}
    first = read.sut.speaks[0]
    if other := [speaks for speaks, law in laws.items() if law != laws[first]]:
        raise UsageError(f"{file}: sut.speaks: {first} and {other[0]} are judged by two laws: make a SUT file for each")
    return laws[first]


def faced_by(law: Law, read: sut.Sut, pics: Pics, speaks: str, own: list[Path]) -> dict[str, Pics]:
    """The PICS of the parties that face the SUT on a column, by name. The scripted one, which has none, claims each message of
    the SUT."""
    other = ROLES[read.sut.role].opposite
    form = law.form_of(other)
    column = form.columns[speaks]
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


def selected(plan: Plan, cases: list[TestCase], ids: list[str], columns: list[str]) -> list[TestCase]:
    """Of the cases those that ``--case`` names, all variants of one that is named without a column, in the columns that
    ``--column`` names; all if nothing is named. Raises UsageError for what there is not."""
    law = plan.law
    if absent := [case for case in law.absent if case.id in ids]:
        raise UsageError(f"--case {absent[0].id}: {why_absent(law, absent[0])}")
    if unknown := [id for id in ids if not law.named(id)]:
        raise UsageError(f"--case {unknown[0]}: no test case has this id; `evconform list` has them all")
    role = plan.sut.sut.role
    mine = [id for id in ids if any(case.role == role and case.speaks in ("", *plan.speaks) for case in law.named(id))]
    if other := [id for id in ids if id not in mine]:
        raise UsageError(
            f"--case {other[0]}: is for another product; {plan.sut.file.name} is a {role} of {', '.join(plan.speaks)}"
        )
    known = [law.columns.get(speaks, "") for speaks in plan.speaks]
    if strange := [word for word in columns if not word or word not in known]:
        spoken = ", ".join(filter(None, known)) or "one column, which has no name"
        raise UsageError(f"--column {strange[0]}: {plan.sut.file.name} speaks {spoken}")
    named = {case.id for id in ids for case in law.named(id)}
    return [case for case in cases if (not ids or case.id in named) and (not columns or law.columns.get(case.speaks) in columns)]


def left_out(plan: Plan, cases: list[TestCase]) -> list[str]:
    """The cases that need a scripted answer, where a party of ours faces the SUT and scripts none."""
    return [case.id for case in cases if plan.opposite and not case.plain]


def applicable(plan: Plan) -> tuple[list[TestCase], dict[str, str]]:
    """The cases of the SUT's role that its PICS makes applicable, one column after the other, the smoke case first; and why
    each other is not."""
    apply, reasons = [], {}
    for speaks in plan.speaks:
        pics, ticks = plan.pics_of(speaks), plan.ticks(speaks)
        for case in sorted(plan.law.cases_for(plan.sut.sut.role, speaks), key=lambda case: not case.smoke):
            if ticks and pics.claims(case.applies):
                apply.append(case)
            else:
                reasons[case.id] = pics.missing_for(case.applies) if ticks else nothing_ticked(plan, speaks)
        absent = [case for case in plan.law.absent if case.speaks == speaks and case.role == plan.sut.sut.role]
        reasons |= {case.id: why_absent(plan.law, case) for case in absent}
    return apply, reasons


def nothing_ticked(plan: Plan, speaks: str) -> str:
    """Why no case of a column applies that the form leaves empty."""
    return f"the PICS ticks nothing in {plan.law.form_of(plan.sut.sut.role).columns[speaks]}"


__all__ = ["Content", "UsageError", "applicable", "find_sut", "load_content", "make_plan"]
