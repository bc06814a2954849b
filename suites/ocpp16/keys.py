"""OCPP 1.6, chapter 9: the standard configuration keys, errata applied (3.80, 3.81, 3.83-3.85, 3.90, 3.91)."""

from __future__ import annotations

from dataclasses import dataclass

from evconform.harness.pics import Pics


@dataclass(frozen=True)
class Key:
    """A standard key, and the feature profile whose chapter it stands in."""

    name: str
    profile: str
    access: str
    type: str
    required: bool


# Under each profile: name, access, type, and whether it is required of who claims the profile.
TABLE = {
    "Core": """
        AllowOfflineTxForUnknownId        RW       boolean  optional
        AuthorizationCacheEnabled         RW       boolean  optional
        AuthorizeRemoteTxRequests         R|RW     boolean  required
        BlinkRepeat                       RW       integer  optional
        ClockAlignedDataInterval          RW       integer  required
        ConnectionTimeOut                 RW       integer  required
        ConnectorPhaseRotation            RW       CSL      required
        ConnectorPhaseRotationMaxLength   R        integer  optional
        GetConfigurationMaxKeys           R        integer  required
        HeartbeatInterval                 RW       integer  required
        LightIntensity                    RW       integer  optional
        LocalAuthorizeOffline             RW       boolean  required
        LocalPreAuthorize                 RW       boolean  required
        MaxEnergyOnInvalidId              RW       integer  optional
        MessageTimeout                    RW       integer  optional
        MeterValuesAlignedData            RW       CSL      required
        MeterValuesAlignedDataMaxLength   R        integer  optional
        MeterValuesSampledData            RW       CSL      required
        MeterValuesSampledDataMaxLength   R        integer  optional
        MeterValueSampleInterval          RW       integer  required
        MinimumStatusDuration             RW       integer  optional
        NumberOfConnectors                R        integer  required
        ResetRetries                      RW       integer  required
        StopTransactionMaxMeterValues     R        integer  optional
        StopTransactionOnEVSideDisconnect R|RW     boolean  optional
        StopTransactionOnInvalidId        RW       boolean  required
        StopTxnAlignedData                RW       CSL      required
        StopTxnAlignedDataMaxLength       R        integer  optional
        StopTxnSampledData                RW       CSL      required
        StopTxnSampledDataMaxLength       R        integer  optional
        SupportedFeatureProfiles          R        CSL      required
        SupportedFeatureProfilesMaxLength R        integer  optional
        TransactionMessageAttempts        RW       integer  required
        TransactionMessageRetryInterval   RW       integer  required
        UnlockConnectorOnEVSideDisconnect R|RW     boolean  required
        WebSocketPingInterval             RW       integer  optional
    """,
    "LocalAuthListManagement": """
        LocalAuthListEnabled              RW       boolean  required
        LocalAuthListMaxLength            R        integer  required
        SendLocalListMaxLength            R        integer  required
    """,
    "Reservation": """
        ReserveConnectorZeroSupported     R        boolean  optional
    """,
    "SmartCharging": """
        ChargeProfileMaxStackLevel              R  integer  required
        ChargingScheduleAllowedChargingRateUnit R  CSL      required
        ChargingScheduleMaxPeriods              R  integer  required
        ConnectorSwitch3to1PhaseSupported       R  boolean  optional
        MaxChargingProfilesInstalled            R  integer  required
    """,
    "FirmwareManagement": """
        SupportedFileTransferProtocols    R        CSL      optional
    """,
}


def _rows() -> dict[str, Key]:
    lines = [(profile, line.split()) for profile, rows in TABLE.items() for line in rows.strip().splitlines()]
    keys = [
        Key(name, profile, access.replace("|", " or "), type, need == "required") for profile, (name, access, type, need) in lines
    ]
    return {key.name.lower(): key for key in keys}


KEYS = _rows()
"""The key by its name in lower case: names are CiStrings."""
MEASURAND_LISTS = ("MeterValuesAlignedData", "MeterValuesSampledData", "StopTxnAlignedData", "StopTxnSampledData")
"""Those that 3.16.4 is about."""


def standard(name: str) -> Key | None:
    """The standard key of this name."""
    return KEYS.get(name.lower())


def required(pics: Pics) -> list[str]:
    """The keys that a PICS requires: those that are required under a profile that it claims."""
    return [key.name for key in KEYS.values() if key.required and pics[key.profile]]


def legal_access(key: Key, pics: Pics | None = None) -> str:
    """``R``, ``RW`` or ``R or RW``. A fixed cable cannot be unlocked: there the key for it is read-only (errata 3.84, 3.85)."""
    if key.name == "UnlockConnectorOnEVSideDisconnect" and pics is not None and pics["fixed_cable"]:
        return "R"
    return key.access


def same(name: str, one: str, other: str) -> bool:
    """Whether two values of a key are the same: booleans in any case, integers as numbers, lists without regard to spaces."""
    key = standard(name)
    forms = {"boolean": _boolean, "integer": _integer, "CSL": _items}
    form = forms[key.type] if key else str.strip
    return form(one) == form(other)


def _boolean(value: str) -> str:
    return value.strip().lower()


def _integer(value: str) -> str:
    text = value.strip()
    digits = text.removeprefix("+")
    return str(int(digits)) if digits.isascii() and digits.isdecimal() and len(digits) < 100 else text


def _items(value: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in value.split(",") if item.strip())
