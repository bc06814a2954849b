"""Foreign software: zeep reads our WSDLs, builds each message of both versions, and reads what we write. No network."""

from __future__ import annotations

from pathlib import Path

import pytest
import zeep
from lxml import etree
from zeep.helpers import serialize_object

from evconform.ocpp.soap.body import to_element
from evconform.ocpp.soap.codec import decode
from evconform.ocpp.soap.model import Service
from evconform.ocpp.soap.table import VERSIONS, services
from evconform.ocpp.soap.wsdl import wsdl
from tests.ocpp.soap.samples import KINDS, sample
from tests.ocpp.soap.zeep_caller import named

SERVICES = [each for version in VERSIONS for each in services(version)]


@pytest.fixture(params=SERVICES, ids=lambda of: of.file)
def of(request: pytest.FixtureRequest) -> Service:
    service: Service = request.param
    return service


@pytest.fixture
def client(of: Service, tmp_path: Path) -> zeep.Client:
    file = tmp_path / of.file
    file.write_bytes(wsdl(of))
    return zeep.Client(str(file))


def test_zeep_finds_every_operation(of: Service, client: zeep.Client) -> None:
    assert sorted(client.service._operations) == sorted(of.operations)


@pytest.mark.parametrize("full", [False, True], ids=["least", "full"])
def test_what_zeep_writes_we_read(of: Service, client: zeep.Client, full: bool) -> None:
    for action in of.operations:
        payload = sample(of, of.complex[f"{action}Request"], full)
        values = named(of, f"{action}Request", payload)
        root = client.create_message(client.service, action, _soapheaders={"ChargeBoxIdentity": "INCH-1"}, **values)
        read = decode(etree.tostring(root, xml_declaration=True, encoding="utf-8"))
        assert read.payload == payload, action
        assert read.headers.identity == "INCH-1"
        missing = {"From", "ReplyTo"} if of.version == "1.6" else set()  # WS-Addressing binds 1.6 alone
        assert {(p.name, p.pointer) for p in read.problems} == {("header-missing", each) for each in missing}


@pytest.mark.parametrize("kind", KINDS)
def test_what_we_write_zeep_reads(of: Service, client: zeep.Client, kind: str) -> None:
    for action in of.operations:
        name = action + kind.title()
        payload = sample(of, of.complex[name], True)
        element = client.get_element(f"{{{of.namespace}}}{name[0].lower()}{name[1:]}")
        read = element.parse(to_element(of, action, kind, payload), client.wsdl.types)
        again = serialize_object(read, dict) if read is not None else {}
        assert set(again) == {member.name for member in of.complex[name].members}, action
        assert None not in again.values(), action
