"""OCPP 1.6, 5.2: ChangeAvailability."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from evconform.ocpp.tester import call_error, one_of
from suites.ocpp16 import sessions
from suites.ocpp16.sessions import WHOLE_SESSION

ACCEPTED = {"status": "Accepted"}
OUT: Payload = {"type": "Inoperative"}
IN: Payload = {"type": "Operative"}


@testcase(
    "OCPP16-CP-AVAIL-01",
    verifies=["OCPP16-5.2-01", "OCPP16-5.2-04"],
    applies="ChangeAvailability and StatusNotification",
    plain=True,
)
async def test_each_connector_is_changed_by_itself(central_system: ScriptedCentralSystem) -> None:
    """A connector is made Unavailable and Available again, and each change is told."""
    for connector in central_system.connectors[1:]:
        for change, status in ((OUT, "Unavailable"), (IN, "Available")):
            its: Payload = {"connectorId": connector} | change
            await central_system.calls("ChangeAvailability", **its, expects=ACCEPTED, proves="OCPP16-5.2-01")
            await central_system.hears_status(status, connector, proves="OCPP16-5.2-04")


@testcase(
    "OCPP16-CP-AVAIL-02",
    verifies=["OCPP16-5.2-01", "OCPP16-5.2-05"],
    applies="ChangeAvailability and StatusNotification",
    plain=True,
)
async def test_all_connectors_are_changed_at_once(central_system: ScriptedCentralSystem) -> None:
    """A change of connector 0 is told of the charge point and of every connector."""
    for change, status in ((OUT, "Unavailable"), (IN, "Available")):
        await central_system.calls("ChangeAvailability", connectorId=0, **change, expects=ACCEPTED, proves="OCPP16-5.2-01")
        all_of_them: dict[int, str | list[str]] = dict.fromkeys(central_system.connectors, status)
        await sessions.hears_each_status(central_system, all_of_them, proves="OCPP16-5.2-05")


@testcase("OCPP16-CP-AVAIL-03", verifies=["OCPP16-5.2-03"], applies="ChangeAvailability and StatusNotification", plain=True)
async def test_a_change_to_what_is_there_is_accepted(central_system: ScriptedCentralSystem) -> None:
    """A change to the availability that a connector has already is accepted."""
    await central_system.calls("ChangeAvailability", connectorId=1, **IN, expects=ACCEPTED, proves="OCPP16-5.2-03")
    await central_system.calls("ChangeAvailability", connectorId=1, **OUT, expects=ACCEPTED)
    await central_system.hears_status("Unavailable")
    await central_system.calls("ChangeAvailability", connectorId=1, **OUT, expects=ACCEPTED, proves="OCPP16-5.2-03")


@testcase(
    "OCPP16-CP-AVAIL-04",
    verifies=["OCPP16-5.2-02", "OCPP16-5.2-06"],
    applies=f"{WHOLE_SESSION} and ChangeAvailability",
    plain=True,
)
async def test_a_change_waits_for_the_transaction(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A connector with a transaction is scheduled to be Unavailable, charges on, and is Unavailable after it."""
    start = await sessions.charges(central_system, bench)
    scheduled = {"status": "Scheduled"}
    await central_system.calls("ChangeAvailability", connectorId=1, **OUT, expects=scheduled, proves="OCPP16-5.2-02")
    gone = {"connectorId": 1, "status": "Unavailable"}
    await central_system.hears_no("StatusNotification", for_=central_system.patience, payload=gone, proves="OCPP16-5.2-02")
    await sessions.stops(central_system, start)
    status = await central_system.hears_status(["Finishing", "Unavailable"], proves="OCPP16-5.2-06")
    if not status.says(status="Unavailable"):  # there is still something for the driver to do (4.9, C6 or C8)
        await bench.unplug(connector=1)
        await central_system.hears_status("Unavailable", proves="OCPP16-5.2-06")


@testcase("OCPP16-CP-AVAIL-05", verifies=["OCPP16-5.2-01"], applies="ChangeAvailability")
async def test_a_connector_that_there_is_not_is_not_changed(central_system: ScriptedCentralSystem) -> None:
    """A change of a connector that there is not is rejected, or answered with a CALLERROR."""
    await central_system.calls(
        "ChangeAvailability",
        connectorId=central_system.connectors[-1] + 1,
        **OUT,
        deviates="there is no such connector",
        expects=one_of({"status": "Rejected"}, call_error()),
        proves="OCPP16-5.2-01",
    )


async def is_put_out_of_service(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Connector 1 is Unavailable, and a cable is plugged in there."""
    await central_system.calls("ChangeAvailability", connectorId=1, **OUT, expects=ACCEPTED)
    await central_system.hears_status("Unavailable")
    await bench.plug_in(connector=1)


async def is_put_back(central_system: ScriptedCentralSystem, bench: Control) -> None:
    await bench.unplug(connector=1)
    await central_system.calls("ChangeAvailability", connectorId=1, **IN)


@testcase("OCPP16-CP-AVAIL-06", verifies=["OCPP16-5.2-07"], applies=f"{sessions.CARD_SESSION} and ChangeAvailability", plain=True)
async def test_a_card_starts_nothing_where_it_is_unavailable(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A card that is presented at a connector that is Unavailable starts no transaction."""
    await is_put_out_of_service(central_system, bench)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP16-5.2-07")
    await is_put_back(central_system, bench)


@testcase("OCPP16-CP-AVAIL-07", verifies=["OCPP16-5.2-07"], applies=f"{sessions.SESSION} and ChangeAvailability", plain=True)
async def test_nothing_is_started_remotely_where_it_is_unavailable(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A remote start on a connector that is Unavailable starts no transaction, whatever its answer."""
    await is_put_out_of_service(central_system, bench)
    id_tag = central_system.id_tag(central_system.card)
    await central_system.calls("RemoteStartTransaction", connectorId=1, idTag=id_tag)
    await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP16-5.2-07")
    await is_put_back(central_system, bench)
