"""OCPP 1.6, chapter 9: what single keys of the configuration say, held against the PICS."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from evconform.ocpp.tester import call_error, one_of

UNLOCKS = "UnlockConnectorOnEVSideDisconnect"
PINGS = "WebSocketPingInterval"
EVERY = 20
"""Seconds between pings."""


@testcase(
    "OCPP16-CP-KEYS-01",
    verifies=["OCPP16-9.1.7-01", "OCPP16-9.1.21-01", "OCPP16-9.1.29-01"],
    applies="GetConfiguration and Core",
    plain=True,
)
async def test_the_settings_are_as_claimed(central_system: ScriptedCentralSystem) -> None:
    """The number of connectors and the feature profiles are those of the PICS; phase rotations are of the list."""
    for key in ("ConnectorPhaseRotation", "NumberOfConnectors", "SupportedFeatureProfiles"):
        await central_system.reads(key)


@testcase(
    "OCPP16-CP-KEYS-02",
    verifies=["OCPP16-9.1.33-01", "OCPP16-9.1.33-02"],
    applies="GetConfiguration and ChangeConfiguration and Core and fixed_cable",
    plain=True,
)
async def test_a_fixed_cable_is_not_unlocked(central_system: ScriptedCentralSystem) -> None:
    """With a fixed cable UnlockConnectorOnEVSideDisconnect is false, and stays so."""
    await central_system.reads(UNLOCKS)
    change: Payload = {"key": UNLOCKS, "value": "true"}
    await central_system.calls("ChangeConfiguration", **change, expects={"status": "Rejected"}, proves="OCPP16-9.1.33-02")


@testcase(
    "OCPP16-CP-PING-01",
    verifies=["OCPP16-9.1.34-01"],
    applies="ChangeConfiguration and ping_interval",
    plain=True,
    only={"ocpp1.6-json": "the key is about the pings of WebSocket"},
)
async def test_a_negative_ping_interval_is_rejected(central_system: ScriptedCentralSystem) -> None:
    """A negative WebSocketPingInterval is rejected, or answered with a CALLERROR."""
    refused = one_of({"status": "Rejected"}, call_error("PropertyConstraintViolation"))
    await central_system.calls("ChangeConfiguration", key=PINGS, value="-1", expects=refused, proves="OCPP16-9.1.34-01")


@testcase(
    "OCPP16-CP-PING-02",
    verifies=["OCPP16-9.1.34-02"],
    applies="ChangeConfiguration and ping_interval",
    only={"ocpp1.6-json": "a ping is a frame of WebSocket"},
)
async def test_pings_come_at_their_interval(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """On a connection that was made after WebSocketPingInterval was set, pings come at that interval."""
    await central_system.sets(PINGS, EVERY)
    await central_system.drops_connection()
    await central_system.hears_frame(kind="request", within=central_system.reconnect_patience)
    within = EVERY + central_system.patience
    await central_system.hears_frame(kind="ping", within=within, proves="OCPP16-9.1.34-02")
    early = EVERY - central_system.tolerance - 0.5
    await central_system.hears_no(for_=early, kind="ping", proves="OCPP16-9.1.34-02")
    await central_system.hears_frame(kind="ping", within=within, proves="OCPP16-9.1.34-02")
