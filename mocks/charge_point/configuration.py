"""GetConfiguration and ChangeConfiguration (5.3, 5.8) over the standard keys of chapter 9, errata applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evconform.ocpp.channel import Answer, Channel, Payload

if TYPE_CHECKING:
    from mocks.inch import Inch

Check = Callable[[str], bool]


def boolean(value: str) -> bool:
    return value.lower() in ("true", "false")


def whole(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 10


def positive(value: str) -> bool:
    return whole(value) and int(value) > 0


def anything(value: str) -> bool:
    return True


@dataclass
class Key:
    """A configuration key: its factory value, and what it may be set to; nothing, if it is read-only."""

    value: str
    check: Check | None = None


class Configuration:
    """The keys of this charge point. ``changed``: key to what happens when it was set."""

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self.keys = self._core() | self._optional()
        self.changed: dict[str, Callable[[], None]] = {}
        cp.handles("GetConfiguration", self.get_configuration)
        cp.handles("ChangeConfiguration", self.change_configuration)

    def _core(self) -> dict[str, Key]:
        """9.1, as far as it is required."""
        pics, connectors = self.cp.pics, self.cp.connectors
        profiles = ("Core", "FirmwareManagement", "LocalAuthListManagement", "Reservation", "SmartCharging", "RemoteTrigger")
        claimed = [name for name in profiles if pics[name]] or ["Core"]
        disconnect = {"stops": "true", "goes on": "false"}.get(pics["ev_side_disconnect"])
        rotation = "RST" if any(c.phases for c in connectors.values()) else "NotApplicable"
        measurands = ",".join(self.cp.meters[1].claims)
        limited = self._measurands
        return {
            "AuthorizeRemoteTxRequests": Key("false", boolean if pics["remote_authorization"] else None),
            "ClockAlignedDataInterval": Key("0", whole),
            "ConnectionTimeOut": Key("60", positive),
            "ConnectorPhaseRotation": Key(",".join(f"{n}.{rotation}" for n in (0, *connectors)), anything),
            "ConnectorPhaseRotationMaxLength": Key(str(len(connectors) + 1)),
            "GetConfigurationMaxKeys": Key("50"),
            "HeartbeatInterval": Key("300", positive),
            "LocalAuthorizeOffline": Key("true", boolean),
            "LocalPreAuthorize": Key("false", boolean),
            "MeterValuesAlignedData": Key(measurands, limited),
            "MeterValuesAlignedDataMaxLength": Key("20"),
            "MeterValuesSampledData": Key(measurands, limited),
            "MeterValuesSampledDataMaxLength": Key("20"),
            "MeterValueSampleInterval": Key("60", whole),
            "NumberOfConnectors": Key(str(len(connectors))),
            "ResetRetries": Key("1", whole),
            "StopTransactionOnEVSideDisconnect": Key(disconnect or "true", None if disconnect else boolean),
            "StopTransactionOnInvalidId": Key("true", boolean),
            "StopTxnAlignedData": Key("", limited),
            "StopTxnAlignedDataMaxLength": Key("20"),
            "StopTxnSampledData": Key("", limited),
            "StopTxnSampledDataMaxLength": Key("20"),
            "SupportedFeatureProfiles": Key(",".join(claimed)),
            "TransactionMessageAttempts": Key("3", positive),
            "TransactionMessageRetryInterval": Key("60", whole),
            "UnlockConnectorOnEVSideDisconnect": Key("false") if pics["fixed_cable"] else Key("true", boolean),
        }

    def _optional(self) -> dict[str, Key]:
        """A key that is there says that the feature is."""
        keys = {}
        if self.cp.pics["authorization_cache"]:
            keys["AuthorizationCacheEnabled"] = Key("true", boolean)
        if self.cp.pics["offline_authorization"]:
            keys["AllowOfflineTxForUnknownId"] = Key("false", boolean)
        if self.cp.pics["ping_interval"] and not self.cp.soap:
            keys["WebSocketPingInterval"] = Key("0", whole)
        for part in (self.cp.local_list, self.cp.reservations, self.cp.smart_charging, self.cp.diagnostics):
            keys |= {name: Key(value, None if readonly else check_of(value)) for name, (readonly, value) in part.keys().items()}
        return keys

    def _measurands(self, value: str) -> bool:
        """A list of measurands is taken as a whole, or refused (3.16.4)."""
        items = [item.strip() for item in value.split(",") if item.strip()]
        return len(items) <= 20 and all(self.cp.meters[1].supports(item) for item in items)

    # ── what the other parts read ──

    def text(self, key: str) -> str:
        return self.cp.memory.configuration.get(key, self.keys[key].value)

    def number(self, key: str) -> int:
        return int(self.text(key))

    def flag(self, key: str) -> bool:
        """Whether a boolean key is there and true."""
        return key in self.keys and self.text(key).lower() == "true"

    def items(self, key: str) -> list[str]:
        return [item.strip() for item in self.text(key).split(",") if item.strip()]

    def put(self, key: str, value: str) -> None:
        self.cp.memory.configuration[key] = value
        if key in self.changed:
            self.changed[key]()

    # ── what the central system asks ──

    def called(self, name: str) -> str | None:
        """The key of this name; names are CiStrings."""
        return next((key for key in self.keys if key.lower() == name.lower()), None)

    def describe(self, key: str) -> Payload:
        return {"key": key, "readonly": self.keys[key].check is None, "value": self.text(key)}

    def get_configuration(self, payload: Payload, _: Channel) -> Answer:
        asked = payload.get("key") or list(self.keys)
        known = list(dict.fromkeys(key for name in asked if (key := self.called(name))))
        answer: Payload = {"configurationKey": [self.describe(key) for key in known]}
        if unknown := [name for name in asked if not self.called(name)]:
            answer["unknownKey"] = unknown
        return answer

    def change_configuration(self, payload: Payload, _: Channel) -> Answer:
        key = self.called(payload["key"])
        if key is None:
            return {"status": "NotSupported"}
        check = self.keys[key].check
        if check is None or not check(payload["value"]):
            return {"status": "Rejected"}
        self.put(key, payload["value"])
        return {"status": "Accepted"}


def check_of(value: str) -> Check:
    """What a key of another part may be set to: the kind of thing that its factory value is."""
    return boolean if boolean(value) else whole if whole(value) else anything
