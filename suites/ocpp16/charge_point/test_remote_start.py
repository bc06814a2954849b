"""OCPP 1.6, 5.11: RemoteStartTransaction."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from evconform.ocpp.tester import call_error, one_of
from suites.ocpp16 import sessions
from suites.ocpp16.claims import PROFILE
from suites.ocpp16.sessions import SESSION

ACCEPTED = {"status": "Accepted"}


@testcase(
    "OCPP16-CP-RSTART-01",
    verifies=["OCPP16-5.11-01", "OCPP16-5.11-02", "OCPP16-5.11-04", "OCPP16-4.9-04"],
    oca="TC_010_CS",
    applies=SESSION,
    plain=True,
)
async def test_a_remote_start_after_the_cable(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A remote start on a connector with a cable leads to its StartTransaction at once, and to no Authorize."""
    if central_system.campaign.pics["remote_authorization"]:
        await central_system.sets("AuthorizeRemoteTxRequests", False)
    await bench.plug_in(connector=1)
    await central_system.hears_status("Preparing", proves="OCPP16-4.9-04")
    id_tag = central_system.id_tag(central_system.card)
    await central_system.calls("RemoteStartTransaction", connectorId=1, idTag=id_tag, expects=ACCEPTED, proves="OCPP16-5.11-01")
    await central_system.hears("StartTransaction", connectorId=1, idTag=id_tag, proves="OCPP16-5.11-02")
    await central_system.hears_status("Charging", proves="OCPP16-4.9-04")
    await central_system.hears_no("Authorize", for_=central_system.patience, proves="OCPP16-5.11-04")


@testcase(
    "OCPP16-CP-RSTART-02",
    verifies=["OCPP16-5.11-01", "OCPP16-5.11-02", "OCPP16-5.11-03"],
    oca="TC_010_CS",
    applies=f"Authorize and remote_authorization and {SESSION}",
    plain=True,
)
async def test_a_remote_start_is_authorized(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Where remote starts are authorized, the idTag is asked for, and then its transaction starts."""
    await sessions.asks_always(central_system)
    await central_system.sets("AuthorizeRemoteTxRequests", True)
    await sessions.plugs_in(central_system, bench)
    id_tag = central_system.id_tag(central_system.card)
    await central_system.calls("RemoteStartTransaction", connectorId=1, idTag=id_tag, expects=ACCEPTED, proves="OCPP16-5.11-01")
    await central_system.hears("Authorize", idTag=id_tag, proves="OCPP16-5.11-03")
    await central_system.hears("StartTransaction", connectorId=1, idTag=id_tag, proves="OCPP16-5.11-02")


@testcase(
    "OCPP16-CP-RSTART-03",
    verifies=["OCPP16-5.11-01", "OCPP16-5.11-02", "OCPP16-5.11-04", "OCPP16-4.9-04"],
    oca="TC_011_1_CS",
    applies=SESSION,
    plain=True,
)
async def test_a_remote_start_before_the_cable(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A remote start waits in Preparing for the cable, and leads to its StartTransaction then."""
    if central_system.campaign.pics["remote_authorization"]:
        await central_system.sets("AuthorizeRemoteTxRequests", False)
    id_tag = central_system.id_tag(central_system.card)
    await central_system.calls("RemoteStartTransaction", connectorId=1, idTag=id_tag, expects=ACCEPTED, proves="OCPP16-5.11-01")
    await central_system.hears_status("Preparing", proves="OCPP16-4.9-04")
    await central_system.hears_no("Authorize", for_=central_system.patience, proves="OCPP16-5.11-04")
    await bench.plug_in(connector=1)
    await central_system.hears("StartTransaction", connectorId=1, idTag=id_tag, proves="OCPP16-5.11-02")
    await central_system.hears_status("Charging", proves="OCPP16-4.9-04")


@testcase(
    "OCPP16-CP-RSTART-04",
    verifies=["OCPP16-5.11-01", "OCPP16-5.11-04", "OCPP16-4.9-04", "OCPP16-9.1.6-01", "OCPP16-9.1.6-02"],
    oca="TC_011_2_CS",
    applies=SESSION,
    plain=True,
)
async def test_a_remote_start_without_a_cable_times_out(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A remote start that no cable follows is forgotten after ConnectionTimeOut, and starts nothing then."""
    if central_system.campaign.pics["remote_authorization"]:
        await central_system.sets("AuthorizeRemoteTxRequests", False)
    await central_system.sets("ConnectionTimeOut", 20)
    id_tag = central_system.id_tag(central_system.card)
    await central_system.calls("RemoteStartTransaction", connectorId=1, idTag=id_tag, expects=ACCEPTED, proves="OCPP16-5.11-01")
    prepares = await central_system.hears_status("Preparing", proves="OCPP16-4.9-04")
    await central_system.hears_no("Authorize", for_=central_system.patience, proves="OCPP16-5.11-04")
    central_system.looks_after(prepares)  # Available may have been told again before
    await central_system.hears_status("Available", within=20 + central_system.patience, proves="OCPP16-9.1.6-01")
    await bench.plug_in(connector=1)
    await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP16-9.1.6-02")


@testcase(
    "OCPP16-CP-RSTART-05",
    verifies=["OCPP16-5.11-01", "OCPP16-5.11-03", "OCPP16-4.1-01"],
    oca="TC_023_5_CS",
    applies=f"Authorize and remote_authorization and {SESSION}",
)
async def test_a_remote_start_that_is_refused_starts_nothing(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Where remote starts are authorized, an idTag that is refused starts no transaction."""
    await sessions.asks_always(central_system)
    await central_system.sets("AuthorizeRemoteTxRequests", True)
    await sessions.plugs_in(central_system, bench)
    central_system.answers("Authorize", idTagInfo={"status": "Invalid"})
    id_tag = central_system.id_tag(central_system.card)
    await central_system.calls("RemoteStartTransaction", connectorId=1, idTag=id_tag, expects=ACCEPTED, proves="OCPP16-5.11-01")
    await central_system.hears("Authorize", idTag=id_tag, proves="OCPP16-5.11-03")
    await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP16-4.1-01")


@testcase("OCPP16-CP-RSTART-06", verifies=["OCPP16-5.11-05", "OCPP16-4.8-03"], oca="TC_026_CS", applies=SESSION, plain=True)
async def test_a_remote_start_on_a_busy_connector_is_rejected(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A remote start on a connector with a transaction is rejected, and starts nothing."""
    await sessions.charges(central_system, bench)
    start: Payload = {"connectorId": 1, "idTag": central_system.id_tag(central_system.other_card)}
    await central_system.calls("RemoteStartTransaction", **start, expects={"status": "Rejected"}, proves="OCPP16-5.11-05")
    await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP16-4.8-03")


@testcase("OCPP16-CP-RSTART-07", verifies=["OCPP16-5.11-06"], oca="TC_027_CS", applies="RemoteStartTransaction")
async def test_a_remote_start_on_connector_0_is_refused(central_system: ScriptedCentralSystem) -> None:
    """A remote start on connector 0 is rejected, or answered with a CALLERROR."""
    await central_system.calls(
        "RemoteStartTransaction",
        connectorId=0,
        idTag=central_system.id_tag(central_system.card),
        deviates="connector 0 cannot have a transaction (5.11)",
        expects=one_of({"status": "Rejected"}, call_error()),
        proves="OCPP16-5.11-06",
    )


@testcase("OCPP16-CP-RSTART-08", verifies=["OCPP16-5.11-01", "OCPP16-5.11-02"], applies=SESSION, plain=True)
async def test_a_remote_start_on_any_connector(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A remote start without a connector is answered; where it is accepted, a transaction with its idTag starts."""
    await sessions.plugs_in(central_system, bench)
    either = {"status": ["Accepted", "Rejected"]}
    id_tag = central_system.id_tag(central_system.card)
    answer = await central_system.calls("RemoteStartTransaction", idTag=id_tag, expects=either, proves="OCPP16-5.11-01")
    if answer.says(status="Accepted"):
        await central_system.hears("StartTransaction", idTag=id_tag, proves="OCPP16-5.11-02")


@testcase("OCPP16-CP-RSTART-09", verifies=["OCPP16-3.9-01"], applies=SESSION, plain=True)
async def test_an_id_tag_of_any_kind_is_used(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """An idTag that is no UID at all comes back as it was given."""
    await sessions.plugs_in(central_system, bench)
    virtual = "App-user_7/x.Y:z @20"
    await central_system.calls("RemoteStartTransaction", connectorId=1, idTag=virtual, expects=ACCEPTED)
    await central_system.hears("StartTransaction", expects={"idTag": virtual}, proves="OCPP16-3.9-01")


@testcase("OCPP16-CP-RSTART-10", verifies=["OCPP16-5.11-01"], applies="RemoteStartTransaction")
async def test_a_remote_start_on_no_connector_is_refused(central_system: ScriptedCentralSystem) -> None:
    """A remote start on a connector that there is not is rejected, or answered with a CALLERROR."""
    await central_system.calls(
        "RemoteStartTransaction",
        connectorId=central_system.connectors[-1] + 1,
        idTag=central_system.id_tag(central_system.card),
        deviates="there is no such connector",
        expects=one_of({"status": "Rejected"}, call_error()),
        proves="OCPP16-5.11-01",
    )


@testcase(
    "OCPP16-CP-RSTART-11",
    verifies=["OCPP16-5.11-01", "OCPP16-5.11-02", "OCPP16-5.11-03", "OCPP16-4.9-04"],
    oca="TC_011_1_CS TC_011_2_CS",
    applies=f"Authorize and remote_authorization and {SESSION}",
    plain=True,
)
async def test_a_remote_start_before_the_cable_is_authorized(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Where remote starts are authorized, a remote start asks, waits for the cable, and leads to its StartTransaction then."""
    await sessions.asks_always(central_system)
    await central_system.sets("AuthorizeRemoteTxRequests", True)
    id_tag = central_system.id_tag(central_system.card)
    await central_system.calls("RemoteStartTransaction", connectorId=1, idTag=id_tag, expects=ACCEPTED, proves="OCPP16-5.11-01")
    await central_system.hears("Authorize", idTag=id_tag, proves="OCPP16-5.11-03")
    await central_system.hears_status("Preparing", proves="OCPP16-4.9-04")
    await bench.plug_in(connector=1)
    await central_system.hears("StartTransaction", connectorId=1, idTag=id_tag, proves="OCPP16-5.11-02")
    await central_system.hears_status("Charging", proves="OCPP16-4.9-04")


@testcase("OCPP16-CP-RSTART-12", verifies=["OCPP16-5.11-08"], applies=f"{SESSION} and not SetChargingProfile", plain=True)
async def test_a_profile_is_ignored_without_smart_charging(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A remote start with a charging profile, which the charge point does not know, starts a transaction all the same."""
    await sessions.plugs_in(central_system, bench)
    its: Payload = {"connectorId": 1, "idTag": central_system.id_tag(central_system.card)}
    profile: Payload = PROFILE | {"chargingProfilePurpose": "TxProfile"}
    smart: Payload = its | {"chargingProfile": profile}
    await central_system.calls("RemoteStartTransaction", **smart, expects=ACCEPTED, proves="OCPP16-5.11-08")
    await central_system.hears("StartTransaction", connectorId=1, proves="OCPP16-5.11-08")
