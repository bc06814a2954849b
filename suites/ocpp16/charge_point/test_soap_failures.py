"""OCPP-S 1.6, chapter 4 with its errata, with a charge point under test: what it makes of faults, of HTTP errors, and of answers
that are none."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import enveloped, sessions
from suites.ocpp16.sessions import WHOLE_SESSION

WAIT = 30
"""Seconds of TransactionMessageRetryInterval."""


@testcase("OCPP16S-CP-FAIL-01", verifies=["OCPP16S-4-07"], applies=sessions.CARD_SESSION)
async def test_a_failed_message_is_not_sent_again(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A StatusNotification and an Authorize that are answered with a fault are not sent again."""
    await sessions.asks_always(central_system)
    for action in ("StatusNotification", "Authorize"):
        central_system.fails(action, times=1)
    await bench.plug_in(connector=1)
    await central_system.hears("StatusNotification", connectorId=1)
    await central_system.hears_no(for_=central_system.patience + 1, type="CALL", action="StatusNotification")
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("Authorize")
    await central_system.hears_no("Authorize", for_=central_system.patience + 1)


@testcase("OCPP16S-CP-FAIL-02", verifies=["OCPP16S-4-08", "OCPP16S-4-09"], applies=WHOLE_SESSION)
async def test_an_http_error_is_looked_into(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A StopTransaction that got an HTTP error is sent again, and a Heartbeat before it tells whether the connection works."""
    await sessions.samples_nothing(central_system)
    await central_system.sets("TransactionMessageAttempts", 3)
    await central_system.sets("TransactionMessageRetryInterval", WAIT)
    start = await sessions.charges(central_system, bench)
    central_system.answers_with("StopTransaction", enveloped.unavailable, deviates="HTTP 503")
    await sessions.stops(central_system, start)
    central_system.answers_as_usual("StopTransaction")
    within = 2 * WAIT + central_system.reconnect_patience
    await central_system.hears("StopTransaction", within=within, proves="OCPP16S-4-08")


@testcase("OCPP16S-CP-FAIL-03", verifies=["OCPP16S-4-10"])
async def test_any_subcode_is_accepted(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point whose Heartbeats get faults with each subcode, and with unknown ones, sends the next all the same."""
    central_system.answers("BootNotification", interval=15)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    for subcode in enveloped.SUBCODES:
        central_system.refuses("Heartbeat", subcode, deviates="a fault for no reason")
        await central_system.hears("Heartbeat", within=30 + central_system.patience)
        within = 60 + central_system.reconnect_patience  # it may take a fault for a connection that does not work
        await central_system.hears("Heartbeat", within=within, proves="OCPP16S-4-10")
    central_system.answers("Heartbeat")
    await central_system.asks(proves="OCPP16S-4-10")


@testcase("OCPP16S-CP-FAIL-04", verifies=["OCPP16S-2-09"])
async def test_no_answer_upsets_a_charge_point(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point whose Heartbeat gets an answer that is wrong in one place, or no SOAP, goes on."""
    central_system.answers("BootNotification", interval=15)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    for why, rework in enveloped.ANSWERS.items():
        central_system.answers_with("Heartbeat", rework, deviates=why)
        await central_system.hears("Heartbeat", within=60 + central_system.reconnect_patience)
        central_system.answers_as_usual("Heartbeat")
        await central_system.hears("Heartbeat", within=60 + central_system.reconnect_patience, proves="OCPP16S-2-09")
        await central_system.asks(proves="OCPP16S-2-09")
