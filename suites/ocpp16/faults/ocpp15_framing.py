"""Faults of either role in the envelopes of OCPP 1.5, and in what it makes of those that it gets."""

from __future__ import annotations

import re
from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Handler, Payload
from evconform.ocpp.json import CallError
from suites.ocpp16.faults.answers import edits_answer
from suites.ocpp16.faults.framing import edits_payload
from suites.ocpp16.fifteen import IDENTITY

ANYTHING: dict[str, Payload] = {
    "Authorize": {"idTagInfo": {"status": "Accepted"}},
    "BootNotification": {"status": "Accepted", "currentTime": "2024-01-01T00:00:00Z", "interval": 300},
    "StartTransaction": {"transactionId": 1, "idTagInfo": {"status": "Accepted"}},
    "MeterValues": {},
    "StatusNotification": {},
    "StopTransaction": {},
    "DiagnosticsStatusNotification": {},
    "FirmwareStatusNotification": {},
    "GetDiagnostics": {},
    "UpdateFirmware": {},
}
"""What is answered to a request that was not read; to all others: Accepted."""
UNLOCK = {"UnlockConnector": "Unlocked"}


def soap(party: Any) -> Any:
    """The endpoint of a party that speaks SOAP."""
    endpoint = party.endpoint
    return endpoint.schemes["http"] if hasattr(endpoint, "schemes") else endpoint


@fault(kills="OCPP15-8.2-02")
def ocpp15_takes_anything(party: Any) -> None:
    """Does not hold requests against the schema, and answers each as if it were proper."""
    endpoint = soap(party)
    plain_refuses = endpoint.refuses
    spoilt: list[Any] = []
    """The problems of the request that is being handled."""

    def refuses(message: Any, channel: Any) -> CallError | None:
        spoilt[:] = message.exchange.envelope.problems
        return plain_refuses(message, channel) if plain_refuses and not spoilt else None

    def handler(action: str, plain: Handler) -> Handler:
        said = ANYTHING.get(action, {"status": UNLOCK.get(action, "Accepted")})
        return lambda asked, channel: said if spoilt else plain(asked, channel)

    endpoint.objects = lambda envelope: None
    endpoint.refuses = refuses
    for action, plain in list(endpoint.handlers.items()):
        endpoint.handlers[action] = handler(action, plain)


@fault(kills="OCPP15-8.2-01")
def ocpp15_swaps_codes(party: Any) -> None:
    """Says Receiver where the sender is at fault."""
    soap(party).envelopes.append(lambda body: body.replace(b">soap:Sender<", b">soap:Receiver<"))


@fault(kills="OCPP15-8-01", roles=["charge-point"])
def ocpp15_is_preparing(charge_point: Any) -> None:
    """Tells a status that 1.5 does not have."""
    edits_payload(charge_point, "StatusNotification", lambda told: told | {"status": "Waiting"})


@fault(kills="OCPP15-8-01", roles=["central-system"])
def ocpp15_has_no_clock(central_system: Any) -> None:
    """Answers BootNotification with a time that is none."""
    edits_answer(central_system, "BootNotification", lambda asked, answer: answer | {"currentTime": "now"})


def renamed(body: bytes) -> bytes:
    return re.sub(IDENTITY, rb"\1somebody\2", body)


@fault(kills="OCPP15-8.1-01", also=["OCPP15-4.2-03"])
def ocpp15_hides_who_it_is(charge_point: Any) -> None:
    """Tells its status under another name."""
    soap(charge_point).envelopes.append(lambda body: renamed(body) if b"statusNotificationRequest" in body else body)


@fault(kills="OCPP15-8.1-31")
def ocpp15_misaddresses(central_system: Any) -> None:
    """Sends what is for a charge box under another identity."""
    soap(central_system).envelopes.append(lambda body: renamed(body) if b"changeAvailabilityRequest" in body else body)


@fault(kills="OCPP15-8.1-02")
def ocpp15_obeys_what_is_for_others(charge_point: Any) -> None:
    """Answers requests that name another charge box."""
    endpoint = soap(charge_point)
    refusal_of = endpoint.refusal_of

    def refusal(envelope: Any) -> CallError | None:
        refused: CallError | None = refusal_of(envelope)
        return None if refused is not None and refused.code == "IdentityMismatch" else refused

    endpoint.refusal_of = refusal
