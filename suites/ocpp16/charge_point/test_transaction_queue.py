"""OCPP 1.6, 3.7: transaction-related messages are queued; 3.7.1: and repeated when they could not be processed."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions
from suites.ocpp16.sessions import SESSION, WHOLE_SESSION

WAIT = 30
"""Seconds of TransactionMessageRetryInterval, long enough to tell one wait from the next."""


async def tries(central_system: ScriptedCentralSystem, attempts: int) -> None:
    """So many attempts, WAIT seconds apart; no meter values in between."""
    await sessions.samples_nothing(central_system)
    await central_system.sets("TransactionMessageAttempts", attempts)
    await central_system.sets("TransactionMessageRetryInterval", WAIT)


@testcase("OCPP16-CP-QUEUE-01", verifies=["OCPP16-3.7.1-01", "OCPP16-3.7.1-02"], applies=WHOLE_SESSION)
async def test_a_failed_message_is_sent_again(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A StopTransaction that failed is sent again after the interval, and after twice the interval if that failed too."""
    await tries(central_system, 3)
    start = await sessions.charges(central_system, bench)
    central_system.fails("StopTransaction", times=2)
    await sessions.stops(central_system, start)
    for waited in (WAIT, 2 * WAIT):
        early = waited - central_system.tolerance - 0.5
        await central_system.hears_no("StopTransaction", for_=early, proves="OCPP16-3.7.1-02")
        await central_system.hears("StopTransaction", proves="OCPP16-3.7.1-01")
    await central_system.hears_no("StopTransaction", for_=4 * WAIT)


@testcase("OCPP16-CP-QUEUE-02", verifies=["OCPP16-3.7.1-01", "OCPP16-3.7.1-03"], applies=WHOLE_SESSION)
async def test_a_message_that_failed_for_good_is_discarded(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A StopTransaction that failed as often as it may is sent no more, and the next transaction is told."""
    await tries(central_system, 2)
    start = await sessions.charges(central_system, bench)
    central_system.fails("StopTransaction")
    await sessions.stops(central_system, start)
    await central_system.hears("StopTransaction", within=WAIT + central_system.patience, proves="OCPP16-3.7.1-01")
    await central_system.hears_no("StopTransaction", for_=3 * WAIT, proves="OCPP16-3.7.1-03")
    await sessions.leaves(central_system, bench)
    await sessions.starts_remotely(central_system, bench)
    await central_system.hears("StartTransaction", proves="OCPP16-3.7.1-03")


@testcase("OCPP16-CP-QUEUE-03", verifies=["OCPP16-4.8-02"], applies=f"{WHOLE_SESSION} and Reset")
async def test_a_transaction_without_an_id(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction whose StartTransaction could never be delivered is stopped with the transactionId -1."""
    await tries(central_system, 2)
    central_system.fails("StartTransaction")
    await sessions.starts_remotely(central_system, bench)
    for within in (central_system.patience, WAIT + central_system.patience):
        await central_system.hears("StartTransaction", within=within)
    await central_system.hears_no("StartTransaction", for_=central_system.patience)
    await central_system.calls("Reset", type="Soft", expects={"status": "Accepted"})
    long = central_system.boot_patience
    await central_system.hears("StopTransaction", expects={"transactionId": -1}, within=long, proves="OCPP16-4.8-02")


@testcase("OCPP16-CP-QUEUE-04", verifies=["OCPP16-3.7-01", "OCPP16-3.7-03"], applies=f"MeterValues and {SESSION}")
async def test_later_messages_wait(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """While a StartTransaction is to be repeated, the meter values of its transaction wait, and come after it."""
    await tries(central_system, 3)
    await central_system.sets("MeterValueSampleInterval", WAIT // 3)
    central_system.fails("StartTransaction", times=1)
    await sessions.starts_remotely(central_system, bench)
    await central_system.hears("StartTransaction")
    await central_system.hears_no("MeterValues", for_=WAIT - central_system.tolerance - 0.5, proves="OCPP16-3.7-03")
    first = {"action": "StartTransaction"}
    queued = ["StartTransaction", "MeterValues"]
    await central_system.hears_frame(type="CALL", action=queued, expects=first, proves="OCPP16-3.7-01")
    await central_system.hears_values("Sample.Periodic")


@testcase("OCPP16-CP-QUEUE-05", verifies=["OCPP16-3.7.1-01"], applies=f"MeterValues and {SESSION}")
async def test_failed_values_are_sent_again(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Meter values that failed are sent again after the interval, the same ones."""
    await tries(central_system, 3)
    await central_system.sets("MeterValueSampleInterval", 4 * WAIT)
    await sessions.charges(central_system, bench)
    central_system.fails("MeterValues", times=1)
    values = await central_system.hears("MeterValues", within=4 * WAIT + central_system.patience)
    same = {"meterValue": [values.get("meterValue")]}
    within = WAIT + central_system.patience
    await central_system.hears("MeterValues", expects=same, within=within, proves="OCPP16-3.7.1-01")
