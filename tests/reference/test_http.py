"""The operator's HTTP API: what can be asked, what is read back, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema
import pytest
from starlette.routing import Route

from evconform.reference.cpo.commands import SENDABLE
from evconform.reference.cpo.http.api import app, operations
from tests.reference.bench import CARD, Scene, scene
from tests.reference.test_commands import REQUESTS

TOKEN = "operator"
ODD = "CP 1/ä%2F?#"
"""An identity with everything that a path must encode."""


class Desk:
    """An operator at the API of a scene."""

    def __init__(self, lab: Scene) -> None:
        self.lab = lab
        self.app = app(lab.cpo, TOKEN)

    def asks(self, method: str, path: str, token: str | None = TOKEN, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://cpo", headers=headers) as client:
                return await client.request(method, path, **more)

        answer: httpx.Response = self.lab.run(ask())
        return answer

    def gets(self, path: str, status: int = 200) -> Any:
        answer = self.asks("GET", path)
        assert answer.status_code == status, answer.text
        return answer.json()

    def puts(self, path: str, body: Any, status: int = 200) -> Any:
        answer = self.asks("PUT", path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def desk() -> Iterator[Desk]:
    with scene() as lab:
        lab.answers |= {action: {"status": "Accepted"} for action in SENDABLE} | {"UnlockConnector": {"status": "Unlocked"}}
        lab.answers |= {
            "GetConfiguration": {},
            "UpdateFirmware": {},
            "GetDiagnostics": {},
            "GetLocalListVersion": {"listVersion": 2},
        }
        lab.run(lab.knows("A", ODD, **{CARD: {}}))
        yield Desk(lab)


def test_a_command_is_taken_and_its_outcome_read_later(desk: Desk) -> None:
    point = desk.lab.run(desk.lab.dials(ODD))
    for action in sorted(SENDABLE):
        asked = desk.asks("POST", f"/stations/{quote(ODD, safe='')}/commands/{action}", json=REQUESTS[action])
        assert asked.status_code == 202, asked.text
        assert (asked.json()["identity"], asked.json()["action"]) == (ODD, action)
        desk.lab.run(desk.lab.clock.wait(1))
        done = desk.gets(f"/commands/{asked.json()['id']}")
        assert (done["state"], done["outcome"]) == ("answered", desk.lab.answers[action])
    listed = desk.gets(f"/stations/{quote(ODD, safe='')}/commands")["items"]
    assert sorted(each["action"] for each in listed) == sorted(SENDABLE)
    desk.lab.run(point.disconnect())


def test_what_is_known_is_read_back(desk: Desk) -> None:
    lab = desk.lab

    async def charges() -> None:
        await lab.asks("A", "BootNotification", chargePointVendor="v", chargePointModel="m")
        await lab.asks("A", "StatusNotification", connectorId=1, errorCode="NoError", status="Charging")
        await lab.starts()
        for minute in (1, 2):
            value = [{"timestamp": f"2026-01-05T11:0{minute}:00Z", "sampledValue": [{"value": "7"}]}]
            await lab.asks("A", "MeterValues", connectorId=1, transactionId=1, meterValue=value)
        await lab.asks("A", "DataTransfer", vendorId="v", data="x")
        await lab.stops(-1)

    lab.run(charges())
    station = desk.gets("/stations/A")
    assert (station["connectors"], station["transactions"], station["connected"]) == ({"1": "Charging"}, [1], False)
    assert station["boot"] == {"chargePointVendor": "v", "chargePointModel": "m"}
    assert [each["identity"] for each in desk.gets("/stations")["items"]] == ["A", ODD]
    assert desk.gets("/transactions/1")["meterStart"] == 1000
    assert [each["id"] for each in desk.gets("/transactions?state=open&idTag=AABB01")["items"]] == [1]
    assert desk.gets("/transactions?state=stopped")["items"] == []
    metered = desk.gets("/transactions/1/meter-values")["items"]
    assert [each["samples"] for each in metered] == [[{"value": "7"}]] * 2
    assert [each["answer"] for each in desk.gets("/stations/A/data-transfers")["items"]] == [{"status": "UnknownVendorId"}]
    assert [each["transactionId"] for each in desk.gets("/stations/A/unmatched-stops")["items"]] == [-1]
    for part in ("connectors", "transactions", "meter-values", "reservations", "profiles", "local-list", "configuration", "jobs"):
        assert "items" in desk.gets(f"/stations/A/{part}")


def test_pages_of_a_listing(desk: Desk) -> None:
    desk.lab.run(desk.lab.knows(*(f"CP{n}" for n in range(5)), **{f"T{n}": {} for n in range(5)}))
    for path in ("/stations", "/tokens"):
        first = desk.gets(f"{path}?limit=4")
        second = desk.gets(f"{path}?limit=4&offset={first['next']}")
        assert (len(first["items"]), second["next"]) == (4, None)
        assert len({json.dumps(each) for each in first["items"] + second["items"]}) == len(desk.gets(path)["items"])


def test_a_station_is_registered_with_a_password(desk: Desk) -> None:
    made = desk.puts("/stations/NEW", {"registration": "Pending", "password": "p" * 20})
    assert (made["registration"], made["passwordAsked"], "password" in made) == ("Pending", True, False)
    assert desk.puts("/stations/NEW", {"registration": "Accepted"})["passwordAsked"]
    assert not desk.puts("/stations/NEW", {"registration": "Accepted", "password": None})["passwordAsked"]


def test_a_token_is_put_and_forgotten(desk: Desk) -> None:
    desk.puts("/tokens/T1", {"parentIdTag": "FLEET", "expiryDate": "2027-01-01T00:00:00+01:00", "concurrent": 2})
    token = desk.gets("/tokens/t1")
    assert token == {
        "idTag": "T1",
        "parentIdTag": "FLEET",
        "expiryDate": "2026-12-31T23:00:00.000000Z",
        "blocked": False,
        "concurrent": 2,
    }
    desk.puts("/tokens/T1", {"blocked": True})
    assert desk.lab.run(desk.lab.asks("A", "Authorize", idTag="T1"))["idTagInfo"]["status"] == "Blocked"
    assert desk.asks("DELETE", "/tokens/T1").status_code == 200
    assert desk.asks("DELETE", "/tokens/T1").status_code == 404
    assert desk.gets("/tokens/T1", 404)["error"]


def test_a_transaction_that_nobody_stops_is_ended_by_the_operator(desk: Desk) -> None:
    desk.lab.run(desk.lab.starts())
    assert desk.asks("POST", "/transactions/1/end").json()["state"] == "ended"
    assert desk.asks("POST", "/transactions/1/end").status_code == 409
    assert desk.asks("POST", "/transactions/2/end").status_code == 404
    assert desk.lab.cpo.memory.used == {}
    assert desk.lab.run(desk.lab.stops(1)) == {}
    assert desk.gets("/transactions/1")["state"] == "stopped"


def test_data_transfers_are_routed_as_the_operator_says(desk: Desk) -> None:
    desk.puts("/vendors/org.Example", {"ping": {"status": "Accepted", "data": "pong"}})
    answer = desk.lab.run(desk.lab.asks("A", "DataTransfer", vendorId="ORG.example", messageId="ping"))
    assert answer == {"status": "Accepted", "data": "pong"}
    assert desk.gets("/vendors") == {"org.example": {"ping": {"status": "Accepted", "data": "pong"}}}


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("POST", "/stations/A/commands/Reset", '{"type": "Gentle"}', 400),
        ("POST", "/stations/A/commands/Reset", '{"type": "Soft"', 400),
        ("POST", "/stations/A/commands/Reset", "[]", 400),
        ("POST", "/stations/A/commands/Reset", '{"type": NaN}', 400),
        ("POST", "/stations/A/commands/Reset", "[" * 100_000, 400),
        ("POST", "/stations/A/commands/Reset", "", 400),
        ("POST", "/stations/A/commands/Heartbeat", "{}", 400),
        ("POST", "/stations/NOBODY/commands/Reset", '{"type": "Soft"}', 404),
        ("POST", "/stations/A/commands/ClearCache", b"\xff\xfe", 400),
        ("POST", "/stations/A/commands/ClearCache", b" " * (17 * 2**20), 413),
        ("GET", "/stations/A/commands/Reset", "", 405),
        ("GET", "/stations/A%00", "", 404),
        ("GET", "/stations/NOBODY/connectors", "", 404),
        ("GET", "/transactions/x", "", 400),
        ("GET", "/transactions/99999999999999999999999", "", 400),
        ("GET", "/transactions/7", "", 404),
        ("GET", "/transactions/7/meter-values", "", 404),
        ("GET", "/commands/x", "", 404),
        ("GET", "/commands/%00", "", 400),
        ("GET", "/commands/%ff%fe", "", 404),
        ("GET", "/stations?limit=-1", "", 400),
        ("GET", "/stations?limit=1001", "", 400),
        ("GET", "/stations?offset=9999999999999999999999", "", 400),
        ("GET", "/stations?limit=²", "", 400),
        ("GET", "/nothing", "", 404),
        ("PUT", "/stations/A", '{"registration": "Maybe"}', 400),
        ("PUT", "/stations/A", "{}", 400),
        ("PUT", "/stations/A", '{"registration": "Accepted", "x": 1}', 400),
        ("PUT", "/stations/" + "x" * 300, '{"registration": "Accepted"}', 400),
        ("PUT", "/stations/a%00b", '{"registration": "Accepted"}', 400),
        ("PUT", "/tokens/" + "x" * 21, "{}", 400),
        ("PUT", "/tokens/%C3%A4", "{}", 400),
        ("PUT", "/tokens/T", '{"expiryDate": "tomorrow"}', 400),
        ("PUT", "/tokens/T", '{"concurrent": -1}', 400),
        ("PUT", "/tokens/T", '{"concurrent": 1e999}', 400),
        ("PUT", "/vendors/v", '{"m": {"status": "Fine"}}', 400),
        ("DELETE", "/stations/A", "", 405),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_one_line(desk: Desk, method: str, path: str, content: str | bytes, status: int) -> None:
    answer = desk.asks(method, path, content=content)
    assert answer.status_code == status, answer.text
    line = answer.json()["error"]
    assert line
    assert "\n" not in line
    assert "Traceback" not in line
    assert len(line) < 600


@pytest.mark.parametrize("token", [None, "", "wrong", "operato", "Operator"])
def test_without_the_token_nothing_is_told(desk: Desk, token: str | None) -> None:
    for path in ("/", "/wire", "/stations", "/stations/A", "/nothing"):
        answer = desk.asks("GET", path, token=token)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert desk.asks("POST", "/stations/A/commands/ClearCache", token=token).status_code == 401


def test_a_browser_shows_the_token_as_password(desk: Desk) -> None:
    async def ask(password: str) -> int:
        transport = httpx.ASGITransport(desk.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://cpo", auth=("any", password)) as client:
            return (await client.get("/stations")).status_code

    assert [desk.lab.run(ask(password)) for password in (TOKEN, "wrong")] == [200, 401]


def test_a_bug_of_ours_shows_no_trace(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.lab.cpo.reservations, "active", lambda: 1 / 0)
    answer = desk.asks("GET", "/stations/A/connectors")
    assert (answer.status_code, answer.json()) == (500, {"error": "internal error"})


def test_the_document_describes_every_route_and_no_other(desk: Desk) -> None:
    document = desk.asks("GET", "/openapi.json", token=None).json()
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    table = {(each.method, each.path) for each in operations(desk.lab.cpo)}
    assert described == table
    for method, path in described:
        filled = path.replace("{identity}", "NOBODY").replace("{id}", "1").replace("{idTag}", "N").replace("{vendorId}", "v")
        status = desk.asks(method, filled.replace("{action}", "ClearCache"), content="[]").status_code
        assert status in (200, 400, 404), f"{method} {path}: {status}"
    names = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))
    assert [route for route in desk.app.routes if isinstance(route, Route) and route.path != "/openapi.json"] == []


def test_the_document_is_openapi(desk: Desk) -> None:
    """Every reference resolves, and every schema is one."""
    document = desk.asks("GET", "/openapi.json", token=None).json()
    text = json.dumps(document)
    schemas = document["components"]["schemas"]
    assert all(name in schemas for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]})
    for shape in schemas.values():
        jsonschema.Draft202012Validator.check_schema(shape)
    assert set(SENDABLE) <= set(schemas)


def test_the_page_shows_stations_sessions_and_the_wire(desk: Desk) -> None:
    lab = desk.lab

    async def charges() -> None:
        point = await lab.dials("A")
        assert point.channel
        await point.channel.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging"})
        await point.channel.call("DataTransfer", {"vendorId": "<script>alert(1)</script>"})
        await lab.starts(tag="<b>")
        await lab.cpo.commands.ask("A", "ChangeConfiguration", {"key": "AuthorizationKey", "value": "0123456789abcdef"})
        await lab.clock.wait(1)
        await point.disconnect()

    lab.run(charges())
    page = desk.asks("GET", "/").text
    assert all(each in page for each in ("1: Charging", "StatusNotification", "&lt;b&gt;", "/openapi.json"))
    assert "<script>alert" not in page
    assert "0123456789abcdef" not in page
