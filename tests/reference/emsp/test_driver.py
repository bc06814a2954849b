"""What a driver sees, and the operator's API of the eMSP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from evconform.reference.emsp import words
from evconform.reference.emsp.http.api import app
from tests.reference.emsp.bench import Cpo, Lab, connector, evse, location, tariff
from tests.reference.ocpi.bench import cpo as party
from tests.reference.ocpi.bench import emsp

TOKEN = "operator-token"


async def asks(lab: Lab, method: str, path: str, status: int = 200, token: str = TOKEN, body: Any = None) -> Any:
    transport = httpx.ASGITransport(app(lab.emsp, TOKEN), raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://emsp", headers=headers) as client:
        answer = await client.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.headers["content-type"] == "application/json" else answer.text


async def with_prices(lab: Lab) -> Cpo:
    """A CPO with two locations and what is not for everybody's eyes."""
    cpo = await lab.cpo()
    priced = evse("E1", connectors=[connector("1", tariff_ids=["t1", "later"]), connector("2", tariff_ids=["gone"])])
    await cpo.puts("tariffs", "T1", body=tariff())
    await cpo.puts("tariffs", "later", body=tariff("later", start_date_time="2036-01-01T00:00:00Z"))
    await cpo.puts("locations", "A", body=location("A", evses=[priced, evse("E2", status="CHARGING")]))
    await cpo.puts("locations", "B", body=location("B", evses=[evse("E3", status="REMOVED")]))
    await cpo.puts("locations", "C", body=location("C", publish=False))
    await cpo.puts("locations", "D", body=location("D", evses=[evse("E4", status="OUTOFORDER")]) | {"name": None})
    return cpo


def test_what_is_free_where(lab: Lab) -> None:
    async def story() -> None:
        cpo = await with_prices(lab)
        seen = (await asks(lab, "GET", "/driver/evses", token=""))["items"]
        assert [(each["location"], each["evse"], each["status"]) for each in seen] == [
            ("At A", "E1", "AVAILABLE"), ("At A", "E2", "CHARGING"), ("Trg 1", "E4", "OUTOFORDER"),
        ]  # fmt: skip
        assert seen[0]["tariffs"] == ["0.35 EUR per kWh", "tariff gone, which is not known"]
        assert seen[1]["tariffs"] == []
        free = (await asks(lab, "GET", "/driver/evses?free=true", token=""))["items"]
        assert [each["evse"] for each in free] == ["E1"]
        await cpo.patches("locations", "A", "E1", body={"status": "CHARGING", "last_updated": "2026-01-05T11:00:00Z"})
        assert (await asks(lab, "GET", "/driver/evses?free=true", token=""))["items"] == []

    lab.run(story())


def test_the_page(lab: Lab) -> None:
    async def story() -> None:
        assert "Nothing is known yet" in await asks(lab, "GET", "/driver", token="")
        cpo = await with_prices(lab)
        await cpo.puts("locations", "E", body=location("E", name="<script>alert(1)</script>"))
        page = await asks(lab, "GET", "/driver", token="")
        assert "2 of 4 on this page are free" in page
        assert "0.35 EUR per kWh" in page
        assert "○ out of order" in page
        assert "<script>" not in page
        assert "E2" not in await asks(lab, "GET", "/driver?free=true", token="")
        first = await asks(lab, "GET", "/driver?limit=1", token="")
        assert "offset=1" in first
        assert "E4" not in first

    lab.run(story())


def test_pages_and_parties(lab: Lab) -> None:
    async def story() -> None:
        await lab.emsp.platform.has(emsp("TWO", "BE"))
        cpo = await lab.cpo(party())
        for id in ("A", "B", "C"):
            await cpo.puts("locations", id, body=location(id))
        await cpo.puts("locations", "D", body=location("D"), to=("BE", "TWO"))
        first = await asks(lab, "GET", "/driver/evses?limit=2", token="")
        assert ([each["locationId"] for each in first["items"]], first["next"]) == (["A", "B"], 2)
        last = await asks(lab, "GET", "/driver/evses?limit=2&offset=2&party=nl*drv", token="")
        assert ([each["locationId"] for each in last["items"]], last["next"]) == (["C"], None)
        other = await asks(lab, "GET", "/driver/evses?party=BE*TWO", token="")
        assert [each["locationId"] for each in other["items"]] == ["D"]
        for query in ("party=XX*XXX", "free=perhaps", "limit=-1"):
            assert "expected" in (await asks(lab, "GET", f"/driver/evses?{query}", 400, token=""))["error"]
        await asks(lab, "GET", "/driver?party=XX*XXX", 400, token="")

    lab.run(story())


def test_the_operators_rows(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo(registers=False)
        cpo.lists = {"locations": [location("A"), {"id": "broken"}], "tariffs": [tariff()]}
        await asks(lab, "GET", "/ocpi/partners", 401, token="wrong")
        invited = await asks(lab, "POST", "/ocpi/invitations", 201, body={"name": "a CPO"})
        await cpo.platform.joining.registers(invited["url"], invited["token"])
        partner = f"/ocpi/partners/{invited['id']}"
        outcome = await asks(lab, "POST", f"{partner}/pulls/locations")
        assert (outcome["full"], outcome["taken"], outcome["broken"]) == (True, 1, 1)
        assert (await asks(lab, "POST", f"{partner}/pulls/locations?how=delta"))["full"] is False
        assert (await asks(lab, "POST", f"{partner}/pulls/tariffs"))["taken"] == 1
        await asks(lab, "POST", f"{partner}/pulls/sessions", 404)
        await asks(lab, "POST", "/ocpi/partners/nobody/pulls/tariffs", 404)
        [held] = (await asks(lab, "GET", "/ocpi/locations"))["items"]
        assert (held["document"], held["for"], held["partner"]) == (location("A"), "NL*DRV", invited["id"])
        assert [each["document"]["id"] for each in (await asks(lab, "GET", "/ocpi/tariffs"))["items"]] == ["T1"]
        assert "left out" in (await asks(lab, "GET", partner))["trouble"]
        cpo.serves = None  # type: ignore[assignment, method-assign]
        await lab.served[-1].close()
        assert (await asks(lab, "POST", f"{partner}/pulls/tariffs", 502))["error"].startswith("unreachable")
        assert (await asks(lab, "DELETE", partner))["state"] == "left"
        await asks(lab, "POST", f"{partner}/pulls/tariffs", 409)
        paths = (await asks(lab, "GET", "/openapi.json", token=""))["paths"]
        assert {"/driver/evses", "/ocpi/partners/{id}/pulls/{module}", "/ocpi/invitations"} <= paths.keys()
        put = await asks(lab, "PUT", "/ocpi/parties/be/two", body={"name": "Second"})
        assert (put["role"], lab.emsp.owners[-1]) == ("EMSP", ("BE", "TWO"))

    lab.run(story())


def part(kind: str, price: float, step: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": kind, "price": price, "step_size": step} | more


def element(*components: dict[str, Any], **restrictions: Any) -> dict[str, Any]:
    return {"price_components": list(components)} | ({"restrictions": restrictions} if restrictions else {})


NIGHT = element(part("ENERGY", 0.25, vat=22.0), start_time="22:00", end_time="06:00")
WORDS: list[tuple[dict[str, Any], str]] = [
    ({"elements": [element(part("FLAT", 0))]}, "free of charge"),
    (
        {"elements": [NIGHT, element(part("ENERGY", 0.355))]},
        "0.25 EUR per kWh + 22 % VAT (22:00 to 06:00); 0.355 EUR per kWh",
    ),
    (
        {"elements": [element(part("FLAT", 2.5), part("TIME", 2, 300))], "type": "AD_HOC_PAYMENT"},
        "ad hoc: 2.50 EUR once and 2.00 EUR per hour of charging in steps of 300 s",
    ),
    (
        {"elements": [element(part("PARKING_TIME", 5), day_of_week=["MONDAY", "FRIDAY"], min_duration=1800, max_power=11.0)]},
        "5.00 EUR per hour of parking (Mon, Fri, below 11 kW, after 30 min)",
    ),
    (
        {"elements": [element(part("FLAT", 4), reservation="RESERVATION_EXPIRES")], "min_price": {"excl_vat": 0.5}},
        "4.00 EUR once (if a reservation expires), at least 0.50 EUR",
    ),
    ({"elements": [element(part("ENERGY", 1e-7), start_time="08:00")]}, "0.0000001 EUR per kWh (08:00 to 24:00)"),
    (
        {"elements": [element(part("ENERGY", 1), max_duration=90, end_date="2026-02-01")]},
        "1.00 EUR per kWh (before 2026-02-01, in the first 1.5 min)",
    ),
]


@pytest.mark.parametrize(("more", "expected"), WORDS, ids=[expected[:30] for _, expected in WORDS])
def test_a_tariff_in_words(more: dict[str, Any], expected: str) -> None:
    assert words.words(tariff(**more)) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, True),
        ("2026-01-05T12:00:00Z", None, True),
        ("2026-01-05T12:00:01Z", None, False),
        (None, "2026-01-05T12:00:00Z", False),
    ],
)
def test_when_a_tariff_is_in_force(start: str | None, end: str | None, expected: bool) -> None:
    given = {"start_date_time": start, "end_date_time": end}
    value = tariff(**{name: at for name, at in given.items() if at})
    assert words.holds(value, datetime(2026, 1, 5, 12, tzinfo=UTC)) is expected
