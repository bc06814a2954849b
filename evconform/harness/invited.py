"""What a back office must have before the first case: us as its partner; and what its operator is asked for during the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from evconform.harness.actions import ACTIONS, named
from evconform.harness.campaign import Plan
from evconform.harness.itinerary import Act, Visit, recorded
from evconform.harness.plan import applicable
from evconform.harness.roles import ROLES


@dataclass
class Invitation:
    """``operations``: each to the number of cases that ask for it; ``objects``: what it is given, by operation and id."""

    party: dict[str, str]
    listen: str
    has_token: bool
    operations: dict[str, int] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan) -> Invitation:
        """By a run of the cases against our own product: what they ask for there they ask for anywhere."""
        sut = plan.sut
        party = sut.endpoint.party.model_dump() | {"role": ROLES[sut.sut.role].opposite.upper()}
        found = cls(party, sut.endpoint.listen, sut.endpoint.token is not None)
        counts: Counter[str] = Counter()
        for visit in recorded(plan, applicable(plan)[0]):
            acts = asked_by(visit)
            counts.update({action for action, _ in acts})
            for action, parameters in acts:
                for value in parameters.values():
                    if isinstance(value, dict):
                        found.objects.setdefault(action, {}).setdefault(named(value), value)
        found.operations = {name: counts[name] for name in ACTIONS[sut.sut.role] if counts[name]}
        return found

    def as_json(self) -> dict[str, Any]:
        partner = {"party": self.party, "versions_url": self.listen, "token": self.has_token}
        return {"partner": partner, "operations": self.operations, "objects": self.objects}

    def lines(self) -> Iterator[str]:
        """The same for people."""
        yield "The partner that it must accept:"
        yield f"  {self.party['country_code']}*{self.party['party_id']}, {self.party['role']}"
        yield f"  whose platform is found at {self.listen or 'an address of its own choice (endpoint.listen names one)'}"
        token = "the token A of the SUT file" if self.has_token else "a token A, which the SUT file then names: endpoint.token"
        yield f"  and who comes with {token}; each further registration needs another one (operation invites)"
        yield "What its operator must be able to do, and how many of the cases that apply need it:"
        yield from (f"  {operation:12} {cases:4}" for operation, cases in self.operations.items())
        for operation, objects in self.objects.items():
            yield f"What {operation} is given (--json prints the whole): {', '.join(objects)}"


def asked_by(visit: Visit) -> list[Act]:
    """What the case itself asks for: our own product, fresh in every case, is invited anew in each; a foreign one once."""
    fresh = not visit.case.base and bool(visit.acts) and visit.acts[0][0] == "invites"
    return visit.acts[fresh:]
