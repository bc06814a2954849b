"""Our WSDLs are the official ones, type by type and operation by operation, but for what is listed here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evconform.ocpp.schemas import ACTIONS, schema
from evconform.ocpp.soap.model import Service
from evconform.ocpp.soap.table import VERSIONS, services
from evconform.ocpp.soap.wsdl import wsdl
from tests.ocpp.soap.types_of import digests, lines

OFFICIAL = json.loads(Path(__file__).with_name("official.json").read_text("utf-8"))
DIFFERENT = {
    "OCPP_CentralSystemService_1.6.wsdl": {"type CiString500Type"},  # nothing has it
    "OCPP_ChargePointService_1.6.wsdl": {"type CiString20Type", "type CiString25Type"},  # nothing has them
    "OCPP_CentralSystemService_1.5.wsdl": {"address"},  # the copy that was read has a product's own
}
SERVICES = [each for version in VERSIONS for each in services(version)]


@pytest.mark.parametrize("of", SERVICES, ids=lambda of: of.file)
def test_a_wsdl_says_what_the_official_one_says(of: Service) -> None:
    ours, official = digests(wsdl(of)), OFFICIAL[of.file]
    different = {name for name in ours.keys() | official.keys() if ours.get(name) != official.get(name)}
    assert different == DIFFERENT.get(of.file, set())


def test_the_two_services_of_1_6_have_10_and_19_operations_and_all_28_actions() -> None:
    central_system, charge_point = services("1.6")
    assert (len(central_system.operations), len(charge_point.operations)) == (10, 19)
    assert set(central_system.operations) | set(charge_point.operations) == set(ACTIONS)
    assert [len(each.operations) for each in services("1.5")] == [10, 15]


@pytest.mark.parametrize(
    ("name", "line"),
    {
        "type StatusNotificationRequest": "connectorId xs:int, status ChargePointStatus, errorCode ChargePointErrorCode, "
        "info? CiString50Type, timestamp? xs:dateTime, vendorId? CiString255Type, vendorErrorCode? CiString50Type",
        "type StartTransactionRequest": "connectorId xs:int, idTag IdToken, timestamp xs:dateTime, meterStart xs:int, "
        "reservationId? xs:int",
        "type MeterValuesRequest": "connectorId xs:int, transactionId? xs:int, meterValue* MeterValue",
        "type MeterValue": "timestamp xs:dateTime, sampledValue+ SampledValue",
        "type IdToken": "xs:string: maxLength 20",
        "element chargeBoxIdentity": "chargeBoxIdentity xs:string",
        "schema": "urn://Ocpp/Cs/2015/10/ qualified",
    }.items(),
)
def test_what_differs_from_json_can_be_read_in_the_wsdl(name: str, line: str) -> None:
    assert lines(wsdl(services("1.6")[0]))[name] == line


def test_only_json_has_celcius() -> None:
    units = lines(wsdl(services("1.6")[0]))["type UnitOfMeasure"]
    assert "Celsius" in units
    assert "Celcius" not in units


@pytest.mark.parametrize("of", services("1.6"), ids=lambda of: of.role)
def test_the_table_has_each_member_of_the_json_schemas_once(of: Service) -> None:
    for action in of.operations:
        for name, json_name in ((f"{action}Request", action), (f"{action}Response", f"{action}Response")):
            members = [member.json for member in of.complex[name].members]
            assert sorted(members) == sorted(schema(json_name).get("properties", ())), name


def test_the_command_writes_them_and_says_where(tmp_path: Path) -> None:
    out = tmp_path / "new"
    command = [sys.executable, "-m", "evconform", "schema", "ocpp16-soap", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(out / each.file) for each in services("1.6")]
    assert [(out / each.file).read_bytes() for each in services("1.6")] == [wsdl(each) for each in services("1.6")]


def test_a_place_that_is_no_folder_is_a_usage_error(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    command = [sys.executable, "-m", "evconform", "schema", "ocpp15-soap", "--out", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith(f"evconform: --out {file}: ")
