"""Each envelope that is spoilt has the problem that it was spoilt for, and no other; what nobody minds has none."""

from __future__ import annotations

import pytest

from evconform.ocpp.limits import ENVELOPE_AT_MOST
from evconform.ocpp.soap import spoiling
from evconform.ocpp.soap.codec import decode, encode
from evconform.ocpp.soap.headers import of_request
from evconform.ocpp.soap.spoiling import Spoil
from evconform.ocpp.soap.table import service

STATUS = encode(
    {"connectorId": 1, "status": "Available", "errorCode": "NoError"},
    "StatusNotification",
    of_request("CP-1", "m-1", "http://127.0.0.1:1/", "http://127.0.0.1:2/"),
    service("1.6", "central-system"),
)
SPOILT: list[tuple[Spoil, set[str]]] = [
    (spoiling.reordered, {"element"}),
    (spoiling.unqualified, {"unqualified"}),
    (spoiling.foreign, {"namespace"}),
    (spoiling.with_one_too_many, {"element"}),
    (spoiling.without_its_first, {"missing"}),
    (spoiling.lacks("errorCode"), {"missing"}),
    (spoiling.says("status", "Perhaps"), {"enumeration"}),
    (spoiling.twice, {"body"}),
    (spoiling.empty, {"body"}),
    (spoiling.without("From"), {"header-missing"}),
    (spoiling.with_block("ReplyTo", "http://127.0.0.1:9/"), {"header-value"}),
    (spoiling.with_block("RelatesTo", "m-0"), {"header-value"}),
    (spoiling.with_block_twice("To"), {"header-twice"}),
    (spoiling.demanding("vendor"), {"must-understand"}),
    (spoiling.truncated, {"xml"}),
    (spoiling.with_doctype, {"doctype"}),
    (spoiling.with_entity_bomb, {"doctype"}),
    (spoiling.as_envelope_1_1, {"soap-version"}),
    (spoiling.of_length(ENVELOPE_AT_MOST + 1), {"too-long"}),
    (spoiling.of_length(4096), set()),
    (spoiling.without_declaration, set()),
    (spoiling.named("chargeBoxIdentity", "CHARGEBOXIDENTITY"), set()),
    (spoiling.with_block("chargeBoxIdentity", "CP-2"), set()),
]


@pytest.mark.parametrize(("spoil", "names"), SPOILT)
def test_a_spoilt_envelope_has_the_problem_that_was_meant(spoil: Spoil, names: set[str]) -> None:
    assert decode(STATUS).problems == ()
    assert {problem.name for problem in decode(spoil(STATUS)).problems} == names


def test_an_envelope_has_the_length_that_is_wanted() -> None:
    assert abs(len(spoiling.of_length(5000)(STATUS)) - 5000) <= 2


def test_soap_1_1_comes_with_its_media_type() -> None:
    request = spoiling.as_soap_1_1(STATUS)
    assert request.header("Content-Type") == "text/xml; charset=utf-8"
    assert [problem.name for problem in decode(request.body).problems] == ["soap-version"]
