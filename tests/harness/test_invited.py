"""What a back office is told before the first case, and how its control is checked."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from evconform.harness import control_check, sut
from evconform.harness.invited import Invitation
from evconform.harness.plan import find_sut, load_content, make_plan
from evconform.harness.verdict import UsageError

CPO = """
sut = {product = "P", version = "1", role = "cpo", speaks = ["ocpi2.2.1"], pics = "reference-cpo-ocpi.toml"}
[endpoint]
url = "https://cpo.example/ocpi/versions"
listen = "http://127.0.0.1:9200/ocpi"
token = "a-token-that-nobody-guesses"
[endpoint.party]
country_code = "DE"
party_id = "TST"
[control]
kind = "http"
[control.action.invites]
url = "http://127.0.0.1:9/invitations"
body = '{"token": "{token}"}'
[control.action.publishes]
url = "http://127.0.0.1:9/locations"
body = "{location}"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cpo.toml"
    path.write_text(CPO)
    return path


@pytest.mark.parametrize(
    ("name", "role", "asked"), [("reference-cpo-ocpi.toml", "EMSP", "publishes"), ("reference-emsp.toml", "CPO", "pulls")]
)
def test_an_invitation_counts_the_cases_that_ask_for_an_operation(name: str, role: str, asked: str) -> None:
    invitation = Invitation.of(make_plan(load_content(), find_sut(name, [])))
    assert invitation.party == {"country_code": "XE", "party_id": "EVC", "role": role}
    assert invitation.operations[asked] > invitation.operations["registers"] > 0
    assert f"XE*EVC, {role}" in "\n".join(invitation.lines())


def test_a_sut_file_of_a_back_office(file: Path) -> None:
    read = sut.read(file)
    assert read.endpoint.party.party_id == "TST"
    assert read.secrets == ["a-token-that-nobody-guesses"]
    assert "token" not in read.told_endpoint


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('"https://cpo.example/ocpi/versions"', '"ws://cpo.example/"', "endpoint.url: a cpo has http:// or https://"),
        ('"DE"', '"de"', "endpoint.party.country_code"),
        ("token}", "tokens}", "{tokens} is no parameter of invites, which has {token}"),
        ('url = "https://cpo.example/ocpi/versions"', "", "endpoint.url is needed for a cpo"),
    ],
)
def test_a_broken_one_is_one_line(file: Path, before: str, after: str, says: str) -> None:
    file.write_text(file.read_text().replace(before, after))
    with pytest.raises(UsageError) as raised:
        sut.read(file)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_role_that_the_protocol_does_not_know_is_refused(file: Path) -> None:
    file.write_text(file.read_text().replace("ocpi2.2.1", "ocpp1.6-json"))
    with pytest.raises(UsageError, match="knows charge-point and central-system, no cpo"):
        make_plan(load_content(), file)


def test_the_check_of_a_control_tries_only_what_harms_nobody(file: Path) -> None:
    found = dict(asyncio.run(control_check.tried(sut.read(file))))
    assert found["invites"].startswith("failed: ")  # nobody listens at port 9
    assert found["publishes"] == control_check.NOT_TRIED
    assert found["leaves"] == control_check.NOT_DECLARED
