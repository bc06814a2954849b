"""OCPP 1.6, 4.8 and 4.10: StartTransaction and StopTransaction, seen from the central system; 6.46, 7.2."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from evconform.ocpp.tester import call_result
from suites.ocpp16 import driven, spoken
from suites.ocpp16.driven import ACCEPTED, NOT_ACCEPTED, OF_SESSION, SESSION

IDS = ["OCPP16-6.46-33", "OCPP16-4.8-31"]


@testcase("OCPP16-CS-TX-01", verifies=[*OF_SESSION, *IDS], oca="TC_003_CSMS", applies=SESSION)
async def test_a_session_that_begins_with_the_cable(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """Cable, card, transaction: each message of a session is answered, the idTag is accepted twice."""
    await driven.charges(charge_point, bench)


@testcase("OCPP16-CS-TX-02", verifies=OF_SESSION, oca="TC_004_1_CSMS", applies=SESSION)
async def test_a_session_that_begins_with_the_card(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """Card, cable, transaction: each message of a session is answered, the idTag is accepted twice."""
    await driven.identifies(charge_point, bench)
    await bench.plug_in(connector=1)
    await driven.starts(charge_point)
    await driven.tells_status(charge_point, "Charging")


@testcase("OCPP16-CS-TX-03", verifies=["OCPP16-4.1-32", "OCPP16-4.9-10"], oca="TC_004_2_CSMS", applies="Authorize")
async def test_no_cable_follows_a_card(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """A driver presents a card and goes away; that the connector is Preparing, and Available again, is answered."""
    await driven.identifies(charge_point, bench)
    await driven.tells_status(charge_point, "Preparing")
    await driven.tells_status(charge_point, "Available", within=10 + charge_point.patience)


@testcase("OCPP16-CS-TX-04", verifies=["OCPP16-4.10-31", "OCPP16-4.9-10"], applies=SESSION)
async def test_a_session_that_ends_with_the_card(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """A driver stops with the card and takes the cable out: all that is answered."""
    transaction = await driven.charges(charge_point, bench)
    await charge_point.hears_no("RemoteStopTransaction", for_=driven.LASTS)
    await bench.present_card(uid=charge_point.uid_of(charge_point.pixit.id_tag), connector=1)
    await driven.has_stopped(charge_point, None, transactionId=transaction)
    await driven.tells_status(charge_point, "Finishing")
    await driven.leaves(charge_point, bench)


@testcase("OCPP16-CS-TX-05", verifies=["OCPP16-4.8-34"], oca="TC_007_CSMS", applies="StartTransaction and StopTransaction")
async def test_a_transaction_without_authorize(charge_point: ScriptedChargePoint) -> None:
    """A StartTransaction with an idTag that may charge, and that was not asked for before, is accepted."""
    await charge_point.registers()
    started = await spoken.starts(charge_point, expects=ACCEPTED, proves="OCPP16-4.8-34")
    await spoken.stops(charge_point, started.get("transactionId"))


@testcase("OCPP16-CS-TX-06", verifies=["OCPP16-4.8-32"], applies="StartTransaction and StopTransaction")
async def test_a_start_is_verified_anew(charge_point: ScriptedChargePoint) -> None:
    """A StartTransaction with an idTag that may not charge is not accepted, and gets a transactionId."""
    await charge_point.registers()
    pixit, pics = charge_point.pixit, charge_point.campaign.pics
    refused = [pixit.unknown_id_tag]
    refused += [pixit.blocked_id_tag] if pics["blocked_id_tags"] else []
    refused += [pixit.expired_id_tag] if pics["expiring_id_tags"] else []
    for id_tag in refused:
        started = await spoken.starts(charge_point, id_tag, expects=NOT_ACCEPTED, proves="OCPP16-4.8-32")
        await spoken.stops(charge_point, started.get("transactionId"), reason="DeAuthorized")


@testcase("OCPP16-CS-TX-07", verifies=["OCPP16-4.8-33"], applies="StartTransaction and StopTransaction")
async def test_a_doubtful_start_is_answered(charge_point: ScriptedChargePoint) -> None:
    """A StartTransaction of last year, of a connector that there is not, or below the meter of the one before, is answered."""
    await charge_point.registers()
    doubtful: list[dict[str, Any]] = [
        {"timestamp": "2019-02-28T12:00:00Z"},
        {"connectorId": 99},
        {"meterStart": 5},
        {"meterStart": 4},
    ]
    for each in doubtful:
        started = await spoken.starts(charge_point, expects={}, proves="OCPP16-4.8-33", **each)
        await spoken.stops(charge_point, started.get("transactionId"))


@testcase("OCPP16-CS-TX-08", verifies=["OCPP16-4.10-32"], applies="StartTransaction and StopTransaction")
async def test_a_doubtful_stop_is_answered(charge_point: ScriptedChargePoint) -> None:
    """A StopTransaction of a transaction that it does not know, or that is over, or below its start, is answered."""
    await charge_point.registers()
    await spoken.stops(charge_point, 987654, expects={}, proves="OCPP16-4.10-32")
    started = await spoken.starts(charge_point, meterStart=2000)
    for _ in range(2):
        await spoken.stops(charge_point, started.get("transactionId"), expects={}, proves="OCPP16-4.10-32")
    # who takes no meter that runs backwards may hold the transaction open: its idTag is needed again
    await spoken.stops(charge_point, started.get("transactionId"), meterStop=3000)


@testcase("OCPP16-CS-TX-09", verifies=["OCPP16-6.46-31", "OCPP16-6.46-33"], applies="StartTransaction and StopTransaction")
async def test_each_transaction_has_its_id(charge_point: ScriptedChargePoint) -> None:
    """Transactions one after the other and at two connectors get different transactionIds, also on a new connection."""
    await charge_point.registers()
    pixit = charge_point.pixit
    for _ in range(2):
        started = [await spoken.starts(charge_point)]
        started.append(await spoken.starts(charge_point, pixit.other_id_tag, connectorId=2))
        for each in started:
            await spoken.stops(charge_point, each.get("transactionId"))
        await charge_point.disconnects()
        await charge_point.connects()


@testcase("OCPP16-CS-TX-10", verifies=["OCPP16-6.46-32"], applies="StartTransaction and StopTransaction")
async def test_a_start_that_is_sent_again(charge_point: ScriptedChargePoint) -> None:
    """A StartTransaction whose answer was lost with the connection comes again with the same bytes: it is one transaction."""
    await charge_point.registers()
    payload: dict[str, Any] = {
        "connectorId": 1,
        "idTag": charge_point.pixit.id_tag,
        "meterStart": 7,
        "timestamp": charge_point.now(),
    }
    first = await charge_point.calls("StartTransaction", message_id="evconform-again", deviates=spoken.TOLD, **payload)
    await charge_point.disconnects(abruptly=True)
    await charge_point.connects()
    same = call_result(payload={"transactionId": first.get("transactionId")})
    await charge_point.calls(
        "StartTransaction",
        message_id="evconform-again",
        deviates="the answer was lost",
        expects=same,
        proves="OCPP16-6.46-32",
        **payload,
    )
    await spoken.stops(charge_point, first.get("transactionId"))


@testcase("OCPP16-CS-TX-11", verifies=["OCPP16-4.8-35"], applies="StartTransaction and StopTransaction and MeterValues")
async def test_a_transaction_without_an_id(charge_point: ScriptedChargePoint) -> None:
    """MeterValues and StopTransaction with transactionId -1 are answered as if it were a valid one."""
    await charge_point.registers()
    await spoken.meters(charge_point, -1, expects={}, proves="OCPP16-4.8-35")
    await spoken.stops(charge_point, -1, idTag=charge_point.pixit.id_tag, expects={}, proves="OCPP16-4.8-35")


@testcase("OCPP16-CS-TX-12", verifies=["OCPP16-7.2-35"], applies="concurrent_tx and StartTransaction and StopTransaction")
async def test_an_id_tag_is_in_one_transaction(charge_point: ScriptedChargePoint) -> None:
    """A StartTransaction with an idTag that is in a transaction at another connector is answered with ConcurrentTx."""
    await charge_point.registers()
    first = await spoken.starts(charge_point)
    concurrent = call_result(at={"idTagInfo/status": "ConcurrentTx"})
    second = await spoken.starts(charge_point, connectorId=2, expects=concurrent, proves="OCPP16-7.2-35")
    for each in (first, second):
        await spoken.stops(charge_point, each.get("transactionId"))


@testcase("OCPP16-CS-TX-13", verifies=["OCPP16-4.10-31"], applies=f"{SESSION} and parent_id_tags")
async def test_another_card_of_the_group_stops(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """A transaction that another card of the group stops: its StopTransaction is answered."""
    await driven.charges(charge_point, bench)
    id_tag = charge_point.pixit.group_id_tag
    await charge_point.hears_no("RemoteStopTransaction", for_=driven.LASTS)
    await bench.present_card(uid=charge_point.uid_of(id_tag), connector=1)
    await driven.has_stopped(charge_point, None, idTag=id_tag)


@testcase("OCPP16-CS-TX-14", verifies=["OCPP16-6.46-31", "OCPP16-4.8-34"], applies=SESSION, faces="facing-two-connector.toml")
async def test_two_cars_at_once(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """Two cars charge at two connectors, with two idTags: both are accepted, and have transactionIds of their own."""
    for connector, id_tag in ((1, charge_point.pixit.id_tag), (2, charge_point.pixit.other_id_tag)):
        await bench.plug_in(connector=connector)
        await charge_point.is_answered("StatusNotification", connectorId=connector, status="Preparing")
        await bench.present_card(uid=charge_point.uid_of(id_tag), connector=connector)
        await driven.starts(charge_point, id_tag, connectorId=connector)
