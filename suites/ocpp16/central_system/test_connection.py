"""OCPP-J 1.6, chapters 3 and 5: whom a central system lets in, and how."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint


@testcase(
    "OCPP16-CS-CONN-01",
    verifies=["OCPP16J-3.1.1-02", "OCPP16J-3.2-03"],
    oca="TC_085_CSMS",
    smoke=True,
    only={"ocpp1.6-json": "SOAP has no opening handshake: each request says by itself whose it is"},
)
async def test_a_known_charge_point_is_let_in(charge_point: ScriptedChargePoint) -> None:
    """A charge point that the central system knows connects, and ocpp1.6 is agreed."""
    await charge_point.connects(proves="OCPP16J-3.1.1-02")


@testcase(
    "OCPP16-CS-CONN-02", verifies=["OCPP16J-3.2-01"], only={"ocpp1.6-json": "SOAP has no opening handshake that could be refused"}
)
async def test_an_unknown_charge_point_is_refused(charge_point: ScriptedChargePoint) -> None:
    """A charge point that the central system does not know is refused with HTTP status 404."""
    await charge_point.connects(
        identity="evconform-nobody", deviates="an identity that is not ours", status=404, proves="OCPP16J-3.2-01"
    )


@testcase("OCPP16-CS-CONN-03", verifies=["OCPP16J-3.2-02"], oca="TC_088_CSMS", only={"ocpp1.6-json": "SOAP has no subprotocols"})
async def test_without_an_agreed_subprotocol_nothing_stays_open(charge_point: ScriptedChargePoint) -> None:
    """A charge point that offers only ocpp0.1 is refused, or let in without a subprotocol and closed at once."""
    await charge_point.connects_in_vain(subprotocols=("ocpp0.1",), proves="OCPP16J-3.2-02")


@testcase("OCPP16-CS-CONN-04", verifies=["OCPP16J-3.2-03"], oca="TC_088_CSMS", only={"ocpp1.6-json": "SOAP has no subprotocols"})
async def test_one_of_several_subprotocols_is_agreed(charge_point: ScriptedChargePoint) -> None:
    """From ocpp0.1 and ocpp1.6 the central system takes ocpp1.6."""
    await charge_point.connects(subprotocols=("ocpp0.1", "ocpp1.6"))
    await charge_point.boots()


@testcase("OCPP16-CS-CONN-05", verifies=["OCPP16J-2-02"], only={"ocpp1.6-json": "a ping is a frame of WebSocket"})
async def test_a_central_system_answers_a_ping(charge_point: ScriptedChargePoint) -> None:
    """A central system answers a WebSocket ping."""
    await charge_point.connects()
    await charge_point.pings(proves="OCPP16J-2-02")


@testcase("OCPP16-CS-CONN-06", verifies=["OCPP16J-4.1.4-04"], only={"ocpp1.6-json": "SOAP has no connection that lasts"})
async def test_message_ids_are_new_on_a_new_connection(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A central system uses no message id again when the charge point connects again."""
    await charge_point.registers()
    for again in (False, True):
        if again:
            await charge_point.disconnects()
            await charge_point.connects()
        await operations.sends(identity=charge_point.identity, action="GetConfiguration", key=["HeartbeatInterval"])
        await charge_point.hears("GetConfiguration")
