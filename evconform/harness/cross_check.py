"""What a law contradicts in itself, whatever a run selects: rows without a check, names that nothing has, sets with holes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from evconform.harness.catalogue import Law
from evconform.harness.clauses import clause_problems
from evconform.harness.columns import column_problems, word_of
from evconform.harness.gaps import gap_problems
from evconform.harness.pics import problems_of
from evconform.harness.roles import ROLES


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
