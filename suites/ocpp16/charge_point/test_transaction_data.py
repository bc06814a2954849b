"""OCPP 1.6, 3.16.1 and 3.16.2: the meter values that a StopTransaction has of the time in between."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions
from suites.ocpp16.sessions import WHOLE_SESSION

REGISTER = "Energy.Active.Import.Register"


async def charges_with_data(central_system: ScriptedCentralSystem, bench: Control, interval: str, names: str) -> None:
    """A transaction of four intervals, whose StopTransaction has the energy register once an interval."""
    await sessions.samples_nothing(central_system)
    for key in ("StopTxnSampledData", "StopTxnAlignedData"):
        await central_system.sets(key, [REGISTER] if key == names else [])
    await central_system.reads("StopTransactionMaxMeterValues")  # of more, some may be dropped (erratum 3.91)
    await central_system.sets(interval, 60)
    await central_system.hears_no("StartTransaction", for_=central_system.patience)  # it begins later by any clock
    start = await sessions.charges(central_system, bench)
    await central_system.hears_no("StopTransaction", for_=240)
    await sessions.stops(central_system, start)


@testcase("OCPP16-CP-TXDATA-01", verifies=["OCPP16-3.16.1-04"], applies=WHOLE_SESSION, plain=True)
async def test_a_stop_has_what_was_sampled(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A StopTransaction has what StopTxnSampledData names, once each MeterValueSampleInterval."""
    await charges_with_data(central_system, bench, "MeterValueSampleInterval", "StopTxnSampledData")


@testcase("OCPP16-CP-TXDATA-02", verifies=["OCPP16-3.16.2-04"], applies=WHOLE_SESSION, plain=True)
async def test_a_stop_has_what_came_on_the_clock(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A StopTransaction has what StopTxnAlignedData names, once each ClockAlignedDataInterval."""
    await charges_with_data(central_system, bench, "ClockAlignedDataInterval", "StopTxnAlignedData")
