"""The kinds of control of a foreign SUT, and what makes the object that performs its actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from evconform.harness.control import load_python
from evconform.harness.http_control import HttpControl
from evconform.harness.operator import Operator
from evconform.harness.sut import Sut
from evconform.harness.verdict import UsageError

if TYPE_CHECKING:
    from evconform.harness.campaign import Campaign


KINDS: dict[str, Callable[[Sut], Any]] = {"python": load_python, "operator": Operator, "http": HttpControl}


def target_of(sut: Sut) -> Any:
    """The object that performs the actions of a foreign SUT. Raises UsageError."""
    if sut.control.kind not in KINDS:
        raise UsageError(f"{sut.file}: control.kind: an {sut.control.kind} SUT has no bench to try; there is {', '.join(KINDS)}")
    return KINDS[sut.control.kind](sut)


def make_target(campaign: Campaign) -> Any:
    """The same within a campaign, of which a person sees the wire. Raises UsageError."""
    target = target_of(campaign.sut)
    if isinstance(target, Operator):
        titles = {case.id: case.title for case in campaign.plan.law.cases.values()}
        target.watches(campaign.wire, titles, lambda: campaign.judge.results[-1].verdict, campaign.size)
    return target
