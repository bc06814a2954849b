"""Faults of a central system in what it sends: other members than its operator asked for, or nothing, and what it does when
a charge point refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Channel, Payload
from evconform.ocpp.json import CallError, read
from evconform.ocpp.soap.endpoint import SoapEndpoint
from suites.ocpp16.faults.answers import answers_if
from suites.ocpp16.faults.framing import edits_payload


def sends_instead(
    action: str, name: str, says: str, kills: str, edit: Callable[[Payload], Payload], also: list[str] | None = None
) -> None:
    """Declares a fault that edits the payload of a message of the central system."""

    def sends(central_system: Any) -> None:
        edits_payload(central_system, action, edit)

    sends.__name__, sends.__doc__ = name, says
    fault(kills=kills, also=also)(sends)


def sets(**members: Any) -> Callable[[Payload], Payload]:
    return lambda payload: payload | members


OTHER: list[tuple[str, str, str, str, Callable[[Payload], Payload], list[str]]] = [
    ("ChangeAvailability", "makes_it_operative", "Sends Operative, whatever its operator wants.",
     "OCPP16-5.2-31", sets(type="Operative"), []),
    ("ChangeConfiguration", "changes_another_key", "Changes HeartbeatInterval in place of another key.",
     "OCPP16-5.3-31", sets(key="HeartbeatInterval", value="300"), []),
    ("DataTransfer", "transfers_as_another", "Sends data under its own vendorId.",
     "OCPP16-5.6-31", sets(vendorId="org.example.central"), []),
    ("GetConfiguration", "asks_for_another_key", "Asks for HeartbeatInterval in place of another key.",
     "OCPP16-5.8-31", lambda p: {"key": ["HeartbeatInterval"]} if p.get("key") else p, []),
    ("GetConfiguration", "asks_for_one_key", "Asks for one key in place of all.",
     "OCPP16-5.8-32", lambda p: p if p.get("key") else {"key": ["HeartbeatInterval"]}, []),
    ("RemoteStartTransaction", "starts_for_another", "Starts a transaction with another idTag.",
     "OCPP16-5.11-31", sets(idTag="EC000003"), []),
    ("RemoteStopTransaction", "stops_another", "Stops another transaction.",
     "OCPP16-5.12-31", lambda p: {"transactionId": p["transactionId"] + 1}, []),
    ("Reset", "resets_otherwise", "Resets hard for soft, and soft for hard.",
     "OCPP16-5.14-31", lambda p: {"type": "Soft" if p["type"] == "Hard" else "Hard"}, []),
    ("UnlockConnector", "unlocks_another", "Unlocks the connector next to the one that its operator wants.",
     "OCPP16-5.18-31", lambda p: {"connectorId": p["connectorId"] + 1}, []),
    ("RemoteStartTransaction", "starts_at_connector_0", "Starts a transaction at connector 0.",
     "OCPP16-6.33-31", sets(connectorId=0), ["OCPP16-5.11-31"]),
    ("UnlockConnector", "unlocks_connector_0", "Unlocks connector 0.",
     "OCPP16-6.53-31", sets(connectorId=0), ["OCPP16-5.18-31"]),
    ("ChangeAvailability", "connector_minus_one", "Changes the availability of connector -1.",
     "OCPP16-6.7-31", sets(connectorId=-1), ["OCPP16-5.2-31"]),
]  # fmt: skip
for _row in OTHER:
    sends_instead(*_row)


@fault(kills="OCPP16-5.4-31")
def keeps_the_cache(central_system: Any) -> None:
    """Does not send the ClearCache that its operator asks for."""
    drops_calls(central_system, "ClearCache")


def drops_calls(central_system: Any, action: str) -> None:
    def rewrite(text: str, _: Channel) -> list[str]:
        message = json.loads(text)
        return [] if message[0] == 2 and message[2] == action else [text]

    central_system.endpoint.rewrites.append(rewrite)


def mishears_key(name: str, key: str, kills: str) -> None:
    """Declares a fault of a central system that does not know what a configuration key stands for."""

    def mishears(central_system: Any) -> None:
        endpoint = central_system.endpoint
        if isinstance(endpoint, SoapEndpoint):
            decoded = endpoint.decoded
            endpoint.decoded = lambda body: decoded(body.replace(key.encode(), b"SomeKeyOrOther"))  # type: ignore[method-assign]
        else:
            heard = endpoint.heard
            endpoint.heard = lambda connection, text: heard(connection, text.replace(key, "SomeKeyOrOther"))

    mishears.__name__, mishears.__doc__ = name, f"Takes no notice of {key}."
    fault(kills=kills)(mishears)


mishears_key("asks_for_too_many_keys", "GetConfigurationMaxKeys", "OCPP16-5.8-33")
mishears_key("sends_too_long_lists", "SendLocalListMaxLength", "OCPP16-5.15-35")


REFUSALS = [
    ("ChangeAvailability", "Rejected"), ("ChangeConfiguration", "Accepted"), ("ChangeConfiguration", "NotSupported"),
    ("ChangeConfiguration", "Rejected"), ("ClearCache", "Accepted"), ("ClearCache", "Rejected"),
    ("DataTransfer", "UnknownVendorId"), ("RemoteStartTransaction", "Rejected"), ("RemoteStopTransaction", "Rejected"),
    ("Reset", "Rejected"), ("UnlockConnector", "NotSupported"), ("UnlockConnector", "Unlocked"),
    ("UnlockConnector", "UnlockFailed"), ("ChangeConfiguration", ""), ("GetConfiguration", ""),
    ("GetLocalListVersion", ""), ("SendLocalList", "NotSupported"), ("SendLocalList", "Failed"), ("ReserveNow", "Rejected"),
    ("CancelReservation", "Rejected"), ("TriggerMessage", "Rejected"), ("TriggerMessage", "NotImplemented"),
    ("SetChargingProfile", "Rejected"), ("ReserveNow", "Faulted"), ("ReserveNow", "Occupied"), ("ReserveNow", "Unavailable"),
]  # fmt: skip
"""What a charge point answers to what, and a central system may not cope with; an empty status: any CALLERROR, or an
answer that has no status."""


def sulks_after(action: str, status: str) -> Callable[[Any], None]:
    """After such an answer it refuses the Heartbeats of the charge point, and reads no more of its configuration."""

    def sulks(central_system: Any) -> None:
        asked: set[str] = set()
        sulking: list[str] = []
        endpoint = central_system.endpoint

        def notes(text: str, _: Channel) -> list[str]:
            message = json.loads(text)
            asked.update([message[1]] if message[0] == 2 and message[2] == action else [])
            return [] if sulking and message[0] == 2 and message[2] == "GetConfiguration" else [text]

        def heard(way: str, text: str, _: Channel) -> None:
            message = read(text)
            answered = message.type in ("CALLRESULT", "CALLERROR") and message.id in asked
            said = message.payload.get("status", "") if isinstance(message.payload, dict) else ""
            sulking.extend([status] if way == "<" and answered and said == status else [])

        endpoint.rewrites.append(notes)
        endpoint.watches.append(heard)
        answers_if(central_system, "Heartbeat", lambda _: sulking, CallError("GenericError", "offended"))

    sulks.__name__ = f"sulks_after_{action}_{status or 'answer'}"
    sulks.__doc__ = f"Refuses Heartbeats, and sends no GetConfiguration, once {action} was answered" + (
        f" with {status}." if status else "."
    )
    return sulks


for _action, _status in REFUSALS:
    fault(kills="OCPP16-5-31")(sulks_after(_action, _status))
