"""The operator's rows for OCPI, and ``evconform serve cpo --ocpi`` in a process of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from evconform.cli import app as command
from evconform.harness.verdict import UsageError
from evconform.ocpi.authorization import authorization
from evconform.reference.cpo.http.api import app
from tests.reference.ocpi.office import Office, evse, location, office, tariff
from tests.reference.served import TOKEN, Served


class Desk:
    """An operator at the API of a CPO."""

    def __init__(self, lab: Office) -> None:
        self.lab = lab
        self.app = app(lab.cpo, TOKEN, lab.office)

    async def asks(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://cpo", headers=headers) as client:
            answer = await client.request(method, f"/ocpi/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def lab() -> Iterator[Office]:
    with office() as made:
        yield made


def test_partners_come_and_go(lab: Office) -> None:
    async def story() -> None:
        desk = Desk(lab)
        assert [party["partyId"] for party in (await desk.asks("GET", "parties"))["items"]] == ["EVC"]
        invited = await desk.asks("POST", "invitations", {"name": "a driver's"}, 201)
        assert (invited["state"], invited["url"]) == ("invited", lab.office.platform.versions_url)
        theirs = await lab.platform()
        await theirs.has(*(await lab.emsp())[0].parties)
        partner = await theirs.joining.registers(invited["url"], invited["token"])
        seen = await desk.asks("GET", f"partners/{invited['id']}")
        assert (seen["state"], seen["name"], seen["roles"][0]["party_id"]) == ("registered", "a driver's", "DRV")
        assert not {"token", "theirToken", "invitation"} & set(seen)
        assert (await desk.asks("POST", f"partners/{seen['id']}/renew"))["state"] == "registered"
        assert theirs.partners.registered[0].their_token != partner.their_token
        assert (await desk.asks("POST", f"partners/{seen['id']}/leave"))["state"] == "left"
        await desk.asks("POST", f"partners/{seen['id']}/leave", None, 409)
        _, token = await theirs.partners.invite()
        made = await desk.asks("POST", "registrations", {"url": theirs.versions_url, "token": token}, 201)
        assert (await desk.asks("DELETE", f"partners/{made['id']}"))["state"] == "left"
        told = await desk.asks("POST", "registrations", {"url": theirs.versions_url, "token": token}, 502)
        assert told["error"].startswith("unauthorized")
        await desk.asks("POST", "registrations", {"url": "file:///x", "token": token}, 502)
        await desk.asks("GET", "partners/nobody", None, 404)
        await desk.asks("POST", "invitations", {"partner": "nobody"}, 400)

    lab.run(story())


def test_locations_and_tariffs(lab: Office) -> None:
    async def story() -> None:
        desk = Desk(lab)
        await desk.asks("PUT", "parties/si/two", {"name": "Second"})
        body = {"location": location("L", evse("INCH-1")), "stations": {"INCH-1": {"identity": "INCH-1", "connectorId": 1}}}
        put = await desk.asks("PUT", "locations/SI/EVC/L", body)
        assert put["document"]["evses"][0]["status"] == "UNKNOWN"
        assert (await desk.asks("GET", "locations"))["items"] == [put]
        told = await desk.asks("PUT", "locations/SI/EVC/OTHER", body, 400)
        assert "as in the path" in told["error"]
        await desk.asks("PUT", "locations/SI/EVC/L", {"location": location("L", country="X" * 9)}, 400)
        await desk.asks("POST", "evses/INCH-1/remove")
        assert (await desk.asks("GET", "locations"))["items"][0]["document"]["evses"][0]["status"] == "REMOVED"
        await desk.asks("POST", "evses/nobody/remove", None, 404)
        await desk.asks("PUT", "tariffs/SI/TWO/T", {"tariff": tariff("T", party_id="TWO")})
        assert [row["id"] for row in (await desk.asks("GET", "tariffs"))["items"]] == ["t"]
        await desk.asks("DELETE", "tariffs/SI/EVC/T", None, 404)
        await desk.asks("DELETE", "tariffs/SI/TWO/T")
        assert (await desk.asks("GET", "tariffs"))["items"] == []

    lab.run(story())


PROVISION = """
[ocpi]
allowed = ["loopback"]
page_at_most = 7
[[station]]
identity = "CP1"
[[party]]
country_code = "si"
party_id = "EVC"
name = "Example CPO"
[[tariff]]
country_code = "SI"
party_id = "EVC"
id = "T1"
currency = "EUR"
elements = [{ price_components = [{ type = "FLAT", price = 1.0, step_size = 1 }] }]
[[location]]
stations.E1.identity = "CP1"
[location.object]
country_code = "SI"
party_id = "EVC"
id = "L1"
publish = true
address = "Trg 1"
city = "Ljubljana"
country = "SVN"
coordinates = { latitude = "46.051080", longitude = "14.506460" }
time_zone = "Europe/Ljubljana"
[[location.object.evses]]
uid = "E1"
connectors = [{ id = "1", standard = "IEC_62196_T2", format = "SOCKET", power_type = "AC_3_PHASE", max_voltage = 400,\
 max_amperage = 32, tariff_ids = ["T1"] }]
"""


def test_it_serves_partners_and_goes_on_where_it_was(tmp_path: Path) -> None:
    provision = tmp_path / "provision.toml"
    provision.write_text(PROVISION)
    database = f"sqlite:///{tmp_path / 'cpo.db'}"
    more = ("--ocpi", "http://127.0.0.1:0/ocpi", "--provision", str(provision))
    served = Served(database, *more, output=tmp_path / "errors")
    operator = {"Authorization": f"Bearer {TOKEN}"}
    invited = httpx.post(f"{served.operator}/ocpi/invitations", headers=operator, json={}).json()
    for _ in range(2):
        urls = [found[1] for line in served.said if (found := re.match(r"partners: (\S+)", line))]
        assert len(urls) == 1
        partner = {"Authorization": authorization(invited["token"])}
        [version] = httpx.get(urls[0], headers=partner).json()["data"]
        assert len(httpx.get(version["url"], headers=partner).json()["data"]["endpoints"]) == 3
        assert httpx.get(f"{version['url']}/sender/locations", headers=partner).status_code == 401
        [held] = httpx.get(f"{served.operator}/ocpi/locations", headers=operator).json()["items"]
        assert held["document"]["evses"][0]["status"] == "UNKNOWN"
        assert served.stop() == 0
        served = Served(database, *more, output=tmp_path / "errors")
    served.kill()
    assert (tmp_path / "errors").read_text() == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[party]]\ncountry_code = 'SI'\nparty_id = 'long'\nname = 'x'", "party.1.party_id"),
        ("[ocpi]\nallowed = ['all']", "ocpi.allowed.1"),
        ("[[tariff]]\nid = 'T'", "--provision: "),
        ("[[location]]\nobject = {}", "--provision: "),
    ],
)
def test_a_broken_provision_is_told_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "provision.toml").write_text(text)
    line = ["serve", "cpo", "--provision", str(tmp_path / "provision.toml"), "--database", f"sqlite:///{tmp_path / 'cpo.db'}"]
    doors = ["--token", "t", "--http", "http://127.0.0.1:0", "--listen", "ws://127.0.0.1:0/x", "--ocpi", "http://127.0.0.1:0"]
    with pytest.raises(UsageError) as caught:
        command([*line, *doors], standalone_mode=False)
    assert says in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
