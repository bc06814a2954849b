"""The 50 operations of OCPI 2.2.1 as a table: who serves them, below which URL parts, with which objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SENDER, RECEIVER, EITHER = "SENDER", "RECEIVER", ""
"""The interface that serves; the configuration modules have none."""
CONFIGURATION = ("versions", "credentials", "hubclientinfo")
"""Modules that are never routed (OCPI 2.2.1, transport_and_format: message routing headers)."""
SLICE = ("versions", "credentials", "locations", "tariffs")
"""Modules that this version of evconform tests; the others are to come."""

OWNED = ("country_code", "party_id")
"""Below a Receiver's URL, objects lie under their owner."""


@dataclass(frozen=True)
class Operation:
    """``parts``: names of the URL's parts below the announced one. ``takes`` and ``gives``: the class of the body and of the
    answer's data, empty for none. ``many``: the data are a list, in pages if ``paged``. ``called_back``: the URL is one that the
    caller gave in an earlier request."""

    module: str
    interface: str
    method: str
    parts: tuple[str, ...] = ()
    takes: str = ""
    gives: str = ""
    many: bool = False
    paged: bool = False
    called_back: bool = False

    @property
    def here(self) -> bool:
        return self.module in SLICE

    @property
    def routed(self) -> bool:
        return self.module not in CONFIGURATION

    @property
    def depth(self) -> int:
        return len(self.parts)


def _list(module: str, gives: str) -> Operation:
    return Operation(module, SENDER, "GET", gives=gives, many=True, paged=True)


def _owned(module: str, methods: str, parts: str, name: str) -> Iterator[Operation]:
    """The operations on an object of the caller's in a Receiver."""
    for method in methods.split():
        takes = name if method in ("PUT", "PATCH") else ""
        yield Operation(module, RECEIVER, method, (*OWNED, *parts.split()), takes, name if method == "GET" else "")


_LOCATION = (
    ("location_id", "Location"),
    ("location_id evse_uid", "EVSE"),
    ("location_id evse_uid connector_id", "Connector"),
)
_COMMANDS = ("CANCEL_RESERVATION", "RESERVE_NOW", "START_SESSION", "STOP_SESSION", "UNLOCK_CONNECTOR")
_BODIES = ("CancelReservation", "ReserveNow", "StartSession", "StopSession", "UnlockConnector")

OPERATIONS: tuple[Operation, ...] = (
    Operation("versions", EITHER, "GET", gives="Version", many=True),
    Operation("versions", EITHER, "GET", ("version",), gives="VersionDetails"),
    Operation("credentials", EITHER, "GET", gives="Credentials"),
    Operation("credentials", EITHER, "POST", takes="Credentials", gives="Credentials"),
    Operation("credentials", EITHER, "PUT", takes="Credentials", gives="Credentials"),
    Operation("credentials", EITHER, "DELETE"),
    _list("locations", "Location"),
    *(Operation("locations", SENDER, "GET", tuple(parts.split()), gives=name) for parts, name in _LOCATION),
    *(each for parts, name in _LOCATION for each in _owned("locations", "GET PUT PATCH", parts, name)),
    _list("sessions", "Session"),
    Operation(
        "sessions", SENDER, "PUT", ("session_id", "charging_preferences"), "ChargingPreferences", "ChargingPreferencesResponse"
    ),
    *_owned("sessions", "GET PUT PATCH", "session_id", "Session"),
    _list("cdrs", "CDR"),
    Operation("cdrs", RECEIVER, "POST", takes="CDR"),
    Operation("cdrs", RECEIVER, "GET", gives="CDR", called_back=True),
    _list("tariffs", "Tariff"),
    *_owned("tariffs", "GET PUT DELETE", "tariff_id", "Tariff"),
    _list("tokens", "Token"),
    Operation("tokens", SENDER, "POST", ("token_uid", "authorize"), "LocationReferences", "AuthorizationInfo"),
    *_owned("tokens", "GET PUT PATCH", "token_uid", "Token"),
    *(
        Operation("commands", RECEIVER, "POST", (command,), body, "CommandResponse")
        for command, body in zip(_COMMANDS, _BODIES, strict=True)
    ),
    Operation("commands", SENDER, "POST", takes="CommandResult", called_back=True),
    Operation("chargingprofiles", RECEIVER, "GET", ("session_id",), gives="ChargingProfileResponse"),
    Operation("chargingprofiles", RECEIVER, "PUT", ("session_id",), "SetChargingProfile", "ChargingProfileResponse"),
    Operation("chargingprofiles", RECEIVER, "DELETE", ("session_id",), gives="ChargingProfileResponse"),
    Operation("chargingprofiles", SENDER, "POST", takes="ChargingProfileResult", called_back=True),
    Operation("chargingprofiles", SENDER, "PUT", ("session_id",), "ActiveChargingProfile"),
    _list("hubclientinfo", "ClientInfo"),
    *_owned("hubclientinfo", "GET PUT", "", "ClientInfo"),
)


def operation(module: str, interface: str, method: str, depth: int) -> Operation | None:
    """The operation that such a request asks for; None if 2.2.1 defines none. A call-back is known by its URL alone."""
    return next(
        (
            each
            for each in OPERATIONS
            if (each.module, each.method, each.depth) == (module, method, depth)
            and each.interface in (EITHER, interface)
            and not each.called_back
        ),
        None,
    )


def methods(module: str, interface: str, depth: int) -> set[str]:
    """The methods that 2.2.1 defines for a URL of that depth."""
    return {
        each.method
        for each in OPERATIONS
        if (each.module, each.depth) == (module, depth) and each.interface in (EITHER, interface)
    }
