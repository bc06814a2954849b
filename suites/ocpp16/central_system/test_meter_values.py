"""OCPP 1.6, 4.7: MeterValues, seen from the central system."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven, spoken
from suites.ocpp16.driven import SESSION


@testcase("OCPP16-CS-METER-01", verifies=["OCPP16-4.7-31"], applies=f"{SESSION} and MeterValues")
async def test_meter_values_of_a_session(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """The MeterValues of a session are answered."""
    transaction = await driven.charges(charge_point, bench)
    await charge_point.is_answered(
        "MeterValues", within=10 + charge_point.patience, transactionId=transaction, expects={}, proves="OCPP16-4.7-31"
    )


@testcase("OCPP16-CS-METER-02", verifies=["OCPP16-4.7-32"], applies="MeterValues")
async def test_doubtful_meter_values(charge_point: ScriptedChargePoint) -> None:
    """MeterValues of a transaction that it does not know, of none, of the past, and of the main meter are answered."""
    await charge_point.registers()
    old = [{"timestamp": "2019-02-28T12:00:00Z", "sampledValue": [{"value": "-1"}]}]
    await spoken.meters(charge_point, 987654, expects={}, proves="OCPP16-4.7-32")
    await spoken.meters(charge_point, 987654, meterValue=old, expects={}, proves="OCPP16-4.7-32")
    for connector in (0, 1):
        await charge_point.calls(
            "MeterValues", connectorId=connector, meterValue=old, deviates=spoken.TOLD, expects={}, proves="OCPP16-4.7-32"
        )


@testcase(
    "OCPP16-CS-METER-03",
    verifies=["OCPP16J-E2.1-31"],
    applies="MeterValues",
    only={"ocpp1.6-json": "only the JSON schemas ever spelt the unit Celcius"},
)
async def test_both_spellings_of_a_unit(charge_point: ScriptedChargePoint) -> None:
    """A temperature in Celsius and one in Celcius are taken."""
    await charge_point.registers()
    for unit in ("Celcius", "Celsius"):
        warm = {"value": "21", "measurand": "Temperature", "unit": unit}
        value = [{"timestamp": charge_point.now(), "sampledValue": [warm]}]
        await charge_point.calls(
            "MeterValues", connectorId=1, meterValue=value, deviates=spoken.TOLD, expects={}, proves="OCPP16J-E2.1-31"
        )
