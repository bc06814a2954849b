"""OCPP 1.6, 5.12: RemoteStopTransaction."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions
from suites.ocpp16.sessions import WHOLE_SESSION, transaction_of

NO_SUCH_TRANSACTION = 987_654


@testcase(
    "OCPP16-CP-RSTOP-01",
    verifies=["OCPP16-5.12-02", "OCPP16-4.10-01", "OCPP16-4.9-04"],
    oca="TC_012_CS",
    applies=WHOLE_SESSION,
    plain=True,
)
async def test_a_remote_stop_stops(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A remote stop of a transaction is accepted, and the transaction ends for that reason."""
    its: Payload = {"transactionId": transaction_of(await sessions.charges(central_system, bench))}
    await central_system.calls("RemoteStopTransaction", **its, expects={"status": "Accepted"}, proves="OCPP16-5.12-02")
    await central_system.hears("StopTransaction", **its, proves="OCPP16-4.10-01")
    await central_system.hears_status(sessions.over(central_system), proves="OCPP16-4.9-04")


@testcase(
    "OCPP16-CP-RSTOP-02",
    verifies=["OCPP16-5.12-01"],
    oca="TC_028_CS",
    applies=f"{sessions.SESSION} and RemoteStopTransaction and StopTransaction",
    plain=True,
)
async def test_a_remote_stop_of_nothing_is_rejected(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A remote stop of another transaction than the one that runs is rejected, and that goes on."""
    await sessions.charges(central_system, bench)
    other: Payload = {"transactionId": NO_SUCH_TRANSACTION}
    await central_system.calls("RemoteStopTransaction", **other, expects={"status": "Rejected"}, proves="OCPP16-5.12-01")
    await central_system.hears_no("StopTransaction", for_=central_system.patience, proves="OCPP16-5.12-01")


@testcase("OCPP16-CP-RSTOP-03", verifies=["OCPP16-5.12-01"], applies=WHOLE_SESSION, plain=True)
async def test_a_remote_stop_comes_once(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A remote stop of a transaction that is over is rejected."""
    start = await sessions.charges(central_system, bench)
    await sessions.stops(central_system, start)
    its: Payload = {"transactionId": transaction_of(start)}
    await central_system.calls("RemoteStopTransaction", **its, expects={"status": "Rejected"}, proves="OCPP16-5.12-01")
