"""Faults of a central system that speaks OCPP 1.5."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Channel
from evconform.ocpp.json import CallError, read
from evconform.ocpp.soap.table import service
from suites.ocpp16.faults import central_answers
from suites.ocpp16.faults.answers import answers_if
from suites.ocpp16.faults.central_requests import drops_calls

Act = Callable[[Any], None]
REFUSAL = CallError("InternalError", "not now")
ALSO = {"Authorize": "OCPP15-4.1-32", "DataTransfer": "OCPP15-4.3-32", "StartTransaction": "OCPP15-4.8-32"}
"""Actions whose confirmation has to say something."""

SHARED: list[tuple[str, Act]] = [
    ("OCPP15-4.1-32", central_answers.nobody_may_charge),
    ("OCPP15-4.1-32", central_answers.lets_strangers_charge),
    ("OCPP15-4.3-32", central_answers.takes_any_data),
    ("OCPP15-4.3-32", central_answers.echoes_data),
    ("OCPP15-4.8-32", central_answers.refuses_transactions),
    ("OCPP15-4.8-32", central_answers.trusts_charge_points),
]
"""What a row of 1.5 has in common with one of 1.6 is broken by the same fault."""


def refuses(action: str) -> Act:
    return lambda party: answers_if(party, action, lambda asked: True, REFUSAL)


def drops(action: str) -> Act:
    return lambda party: drops_calls(party, action)


def sulks(party: Any) -> None:
    """Refuses Heartbeats once a charge box answered what it was sent."""
    sulking: list[bool] = []

    def watch(way: str, text: str, _: Channel) -> None:
        if way == "<" and read(text).type in ("CALLRESULT", "CALLERROR"):
            sulking.append(True)

    party.endpoint.watches.append(watch)
    answers_if(party, "Heartbeat", lambda asked: bool(sulking), REFUSAL)


def declares(kills: str, name: str, says: str, act: Act, also: list[str] | None = None) -> None:
    """Declares a fault of a central system of 1.5."""

    def acts(central_system: Any) -> None:
        act(central_system)

    acts.__name__, acts.__doc__ = f"ocpp15_{name}", says
    fault(kills=kills, also=also)(acts)


for _n, _action in enumerate(sorted(service("1.5", "central-system").operations), 1):
    _other = [ALSO[_action]] if _action in ALSO else []
    declares(f"OCPP15-4.{_n}-31", f"refuses_{_action}", f"Answers {_action} with a fault.", refuses(_action), _other)
for _n, _action in enumerate(sorted(service("1.5", "charge-point").operations), 1):
    declares(f"OCPP15-5.{_n}-31", f"drops_{_action}", f"Does not send the {_action} that its operator asks for.", drops(_action))
for _kills, _act in SHARED:
    declares(_kills, _act.__name__, str(_act.__doc__), _act)
declares("OCPP15-5-31", "sulks", "Refuses Heartbeats once a charge box answered what it was sent.", sulks, ["OCPP15-4.6-31"])
