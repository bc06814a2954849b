"""OCPP 1.6, 3.16 and 4.7: MeterValues, and the meter values of a StopTransaction."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions
from suites.ocpp16.claims import claimed_measurands
from suites.ocpp16.sessions import SESSION, WHOLE_SESSION, transaction_of

REGISTER = "Energy.Active.Import.Register"
SAMPLED = f"MeterValues and {SESSION}"
CLAIMS = ["OCPP16-PICS-01", "OCPP16-PICS-02", "OCPP16-PICS-05", "OCPP16-7.45-02"]
PHYSICS = ["OCPP16-METER-01", "OCPP16-METER-02", "OCPP16-METER-03", "OCPP16-METER-04"]


async def samples(central_system: ScriptedCentralSystem, measurands: list[str], interval: int) -> None:
    """Sampled meter values of these measurands only."""
    await sessions.samples_nothing(central_system)
    await central_system.sets("MeterValuesSampledData", measurands)
    await central_system.sets("MeterValueSampleInterval", interval)


@testcase(
    "OCPP16-CP-METER-01",
    verifies=["OCPP16-3.16.1-01", "OCPP16-3.16.1-03", "OCPP16-3.16.2-02", "OCPP16-4.7-01"],
    oca="TC_070_CS",
    applies=SAMPLED,
    plain=True,
)
async def test_values_are_sampled_at_their_interval(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction sends the measurands that are set, once an interval, with its transactionId; and nothing on the clock."""
    await samples(central_system, [REGISTER], 60)
    start = await sessions.charges(central_system, bench)
    for _ in range(3):
        its = {"connectorId": 1, "transactionId": transaction_of(start)}
        soon = 60 + central_system.patience
        await central_system.hears_values("Sample.Periodic", within=soon, payload=its, proves="OCPP16-3.16.1-01")
    await central_system.hears_values(
        "Sample.Periodic", within=soon, expects={"measurands": [REGISTER]}, proves="OCPP16-3.16.1-03"
    )
    await central_system.hears_no("MeterValues", for_=60, context="Sample.Clock", proves="OCPP16-3.16.2-02")


@testcase("OCPP16-CP-METER-02", verifies=["OCPP16-3.16.1-03"], oca="TC_070_CS", applies=SAMPLED, plain=True)
async def test_without_a_list_the_register_is_sampled(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Where MeterValuesSampledData is empty, the energy register is sampled."""
    await samples(central_system, [], 60)
    await sessions.charges(central_system, bench)
    only = {"measurands": [REGISTER]}
    await central_system.hears_values("Sample.Periodic", within=70, expects=only, proves="OCPP16-3.16.1-03")


@testcase("OCPP16-CP-METER-03", verifies=["OCPP16-3.16.1-02"], applies=SAMPLED, plain=True)
async def test_an_interval_of_0_samples_nothing(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Where MeterValueSampleInterval is 0, no sampled values are sent."""
    await sessions.samples_nothing(central_system)
    await sessions.charges(central_system, bench)
    await central_system.hears_no("MeterValues", for_=300, context="Sample.Periodic", proves="OCPP16-3.16.1-02")


@testcase(
    "OCPP16-CP-METER-04",
    verifies=["OCPP16-3.16.2-01", "OCPP16-3.16.2-03", "OCPP16-3.16.1-02"],
    oca="TC_071_CS",
    applies=SAMPLED,
    plain=True,
)
async def test_values_come_on_the_clock(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Clock-aligned values hold the measurands that are set, on multiples of their interval from midnight."""
    await sessions.samples_nothing(central_system)
    await central_system.sets("MeterValuesAlignedData", [REGISTER])
    await central_system.sets("ClockAlignedDataInterval", 60)
    await sessions.charges(central_system, bench)
    soon = 60 + central_system.patience
    for _ in range(3):
        await central_system.hears_values("Sample.Clock", within=soon, payload={"connectorId": 1}, proves="OCPP16-3.16.2-01")
    only = {"measurands": [REGISTER]}
    await central_system.hears_values("Sample.Clock", within=soon, expects=only, proves="OCPP16-3.16.2-03")
    await central_system.hears_no("MeterValues", for_=60, context="Sample.Periodic", proves="OCPP16-3.16.1-02")


@testcase("OCPP16-CP-METER-05", verifies=["OCPP16-3.16.2-03"], oca="TC_071_CS", applies=SAMPLED, plain=True)
async def test_without_a_list_the_register_comes_on_the_clock(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Where MeterValuesAlignedData is empty, the energy register comes on the clock."""
    await sessions.samples_nothing(central_system)
    await central_system.sets("MeterValuesAlignedData", [])
    await central_system.sets("ClockAlignedDataInterval", 60)
    await sessions.charges(central_system, bench)
    only = {"measurands": [REGISTER]}
    await central_system.hears_values("Sample.Clock", within=70, expects=only, proves="OCPP16-3.16.2-03")


@testcase(
    "OCPP16-CP-METER-06",
    verifies=["OCPP16-3.16.1-03", *CLAIMS, *PHYSICS],
    oca="TC_070_CS",
    applies=f"MeterValues and {WHOLE_SESSION}",
    plain=True,
)
async def test_every_claimed_measurand_is_sampled(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """All measurands that the PICS claims are sampled, as it claims them, and they fit together and with the transaction."""
    every = claimed_measurands(central_system.campaign.pics)
    await samples(central_system, every, 60)
    await central_system.sets("StopTxnSampledData", [REGISTER])
    start = await sessions.charges(central_system, bench)
    await central_system.hears_values("Sample.Periodic", within=70, proves="OCPP16-3.16.1-03")
    await central_system.hears_no("StopTransaction", for_=300)  # each measurand may come in a message of its own
    await sessions.stops(central_system, start)


@testcase("OCPP16-CP-METER-07", verifies=["OCPP16-METER-01", "OCPP16-METER-02"], applies=SAMPLED, plain=True)
async def test_a_pause_adds_no_energy(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """While the EV pauses, its energy register stands still; it goes on when the EV charges again."""
    await samples(central_system, claimed_measurands(central_system.campaign.pics), 60)
    await sessions.charges(central_system, bench)
    for action in (bench.suspend_ev, bench.resume_ev, bench.suspend_ev):
        await central_system.hears_no("StopTransaction", for_=125)  # two samples, in however many messages
        await action(connector=1)
    await central_system.hears_no("StopTransaction", for_=65)


@testcase("OCPP16-CP-METER-08", verifies=["OCPP16-3.16.5-01"], applies=WHOLE_SESSION, plain=True)
async def test_a_stop_without_lists_has_no_values(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Where StopTxnSampledData and StopTxnAlignedData are empty, a StopTransaction has no meter values."""
    await central_system.sets("StopTxnSampledData", [])
    await central_system.sets("StopTxnAlignedData", [])
    await sessions.asks_to_stop(central_system, await sessions.charges(central_system, bench))
    await central_system.hears("StopTransaction", expects={"transactionData": [None, []]}, proves="OCPP16-3.16.5-01")


@testcase("OCPP16-CP-METER-09", verifies=["OCPP16-3.16.6-01", "OCPP16-METER-04"], applies=WHOLE_SESSION, plain=True)
async def test_a_stop_tells_begin_and_end(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Where StopTxnSampledData names a measurand, a StopTransaction has its values at the begin and at the end."""
    await central_system.sets("StopTxnSampledData", [REGISTER])
    await central_system.sets("StopTxnAlignedData", [])
    await sessions.asks_to_stop(central_system, await sessions.charges(central_system, bench))
    both = {"every_context": ["Transaction.Begin", "Transaction.End"]}
    await central_system.hears_frame(type="CALL", action="StopTransaction", expects=both, proves="OCPP16-3.16.6-01")


@testcase("OCPP16-CP-METER-10", verifies=["OCPP16-7.45-01"], applies=f"{SAMPLED} and measures_frequency", plain=True)
async def test_frequency_has_no_unit(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Frequency, where it is measured, is sampled without a unit."""
    await samples(central_system, ["Frequency"], 60)
    await sessions.charges(central_system, bench)
    for _ in range(2):
        await central_system.hears_values("Sample.Periodic", within=60 + central_system.patience)


@testcase(
    "OCPP16-CP-METER-11",
    verifies=["OCPP16-3.16.3-01", "OCPP16-PICS-03"],
    applies=f"{SAMPLED} and measures_phases",
    plain=True,
)
async def test_every_phase_is_sampled(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A measurand that the PICS claims for each phase comes once for each phase."""
    await samples(central_system, claimed_measurands(central_system.campaign.pics, by_phase=True), 60)
    await sessions.charges(central_system, bench)
    for _ in range(2):
        await central_system.hears_values("Sample.Periodic", within=60 + central_system.patience)
    await central_system.hears_no("StopTransaction", for_=60)  # the rest may come in messages of its own


@testcase("OCPP16-CP-METER-12", verifies=["OCPP16-3.16.2-03"], oca="TC_071_CS", applies=SAMPLED, plain=True)
async def test_every_claimed_measurand_comes_on_the_clock(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """All measurands that the PICS claims come on the clock, where MeterValuesAlignedData names them."""
    every = claimed_measurands(central_system.campaign.pics)
    await sessions.samples_nothing(central_system)
    await central_system.sets("MeterValuesAlignedData", every)
    await central_system.sets("ClockAlignedDataInterval", 60)
    await sessions.charges(central_system, bench)
    soon = 60 + central_system.patience
    await central_system.hears_values("Sample.Clock", within=soon, proves="OCPP16-3.16.2-03")
    await central_system.hears_no("StopTransaction", for_=60)  # the rest may come in messages of its own


@testcase(
    "OCPP16-CP-METER-13",
    verifies=["OCPP16-4.7-02"],
    applies=f"{SAMPLED} and measures_whole and connectors > 1",
    plain=True,
)
async def test_the_main_meter_has_no_transaction(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """The values of the whole charge point have no transactionId, though a transaction runs."""
    await sessions.samples_nothing(central_system)
    await central_system.sets("MeterValuesAlignedData", [REGISTER])
    await central_system.sets("ClockAlignedDataInterval", 60)
    await sessions.charges(central_system, bench)
    await central_system.hears_values("Sample.Clock", within=60 + central_system.patience, payload={"connectorId": 0})
