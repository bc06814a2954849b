"""OCPP-J 1.6, chapters 3, 5 and 6: how a charge point connects, and connects again."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem


@testcase(
    "OCPP16-CP-CONN-01",
    verifies=["OCPP16J-3.1.1-01", "OCPP16J-3.1.2-01", "OCPP16J-6.2.2-01"],
    oca="TC_085_CS",
    smoke=True,
    plain=True,
    only={"ocpp1.6-json": "SOAP has no opening handshake: each request says by itself whose it is"},
)
async def test_a_charge_point_connects(central_system: ScriptedCentralSystem) -> None:
    """A charge point connects under its identity, with ocpp1.6, and authenticates itself as it claims."""
    await central_system.asks()


@testcase(
    "OCPP16-CP-CONN-02", verifies=["OCPP16J-3.2-04"], only={"ocpp1.6-json": "SOAP has no opening handshake that could be refused"}
)
async def test_a_refused_charge_point_tries_again(central_system: ScriptedCentralSystem) -> None:
    """A charge point that was refused with HTTP status 404 connects again."""
    patience = central_system.reconnect_patience
    central_system.refuses_connections(404)
    await central_system.drops_connection()
    await central_system.hears_frame(kind="request", within=patience)
    await central_system.hears_frame(kind="request", within=patience, proves="OCPP16J-3.2-04")
    central_system.admits_connections()


@testcase(
    "OCPP16-CP-CONN-03",
    verifies=["OCPP16J-5.4-01", "OCPP16J-4.1.4-04"],
    only={"ocpp1.6-json": "SOAP has no connection that lasts; a charge point whose address may have changed boots again"},
)
async def test_a_charge_point_that_reconnects_does_not_boot(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point that lost its connection connects again without a BootNotification, and uses new message ids."""
    central_system.answers("BootNotification", interval=15)
    await bench.power_cycle()
    await central_system.hears("Heartbeat", within=central_system.boot_patience + 30)
    await central_system.drops_connection()
    await central_system.hears_frame(kind="request", within=central_system.reconnect_patience)
    await central_system.hears_no("BootNotification", for_=central_system.patience, proves="OCPP16J-5.4-01")
    await central_system.hears("Heartbeat", within=30 + central_system.patience)


@testcase("OCPP16-CP-CONN-04", verifies=["OCPP16J-2-02"], only={"ocpp1.6-json": "a ping is a frame of WebSocket"})
async def test_a_charge_point_answers_a_ping(central_system: ScriptedCentralSystem) -> None:
    """A charge point answers a WebSocket ping."""
    await central_system.pings(proves="OCPP16J-2-02")


@testcase(
    "OCPP16-CP-CONN-05",
    verifies=["OCPP16J-3.1.1-01", "OCPP16J-3.1.2-01"],
    plain=True,
    only={"ocpp1.6-json": "SOAP has no opening handshake"},
)
async def test_a_charge_point_connects_after_a_network_failure(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point whose network went and came back connects again in the same way."""
    await bench.cut_network()
    await bench.restore_network()
    await central_system.hears_frame(kind="request", within=central_system.reconnect_patience)
