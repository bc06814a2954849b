"""The CPO's locations (OCPI 2.2.1, mod_locations): what is published, how statuses follow the stations, what is pushed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from evconform.harness.party import Site
from evconform.ocpi.moments import moment
from evconform.reference.cpo.ocpi.push import WAITING_AT_MOST
from evconform.reference.cpo.ocpi.statuses import STATUSES, status
from mocks.inch import Inch
from tests.mocks.inch_bench import CARD, pics
from tests.reference.ocpi.office import CONNECTOR, Office, evse, location, office, tariff


@pytest.fixture
def lab() -> Iterator[Office]:
    with office() as made:
        made.office.online = lambda identity: True
        yield made


INCH = {"INCH-1": ("INCH-1", 1)}


def test_what_is_published_is_pulled_at_all_depths(lab: Office) -> None:
    async def story() -> None:
        theirs, _ = await lab.emsp()
        await lab.office.locations.publishes(location("LOC1", evse("INCH-1"), evse("other", status="PLANNED")), INCH)
        token = theirs.partners.registered[0].their_token
        [found] = await lab.gets("locations", token)
        assert lab.office.platform.wrong("Location", found) == ""
        assert [(e["uid"], e["status"]) for e in found["evses"]] == [("INCH-1", "UNKNOWN"), ("other", "PLANNED")]
        assert await lab.gets("locations/loc1", token) == found
        assert await lab.gets("locations/LOC1/inch-1", token) == found["evses"][0]
        assert await lab.gets("locations/LOC1/INCH-1/1", token) == found["evses"][0]["connectors"][0]
        for path in ("locations/LOC2", "locations/LOC1/nobody", "locations/LOC1/INCH-1/9"):
            assert await lab.gets(path, token, 404) is None

    lab.run(story())


@pytest.mark.parametrize("told", STATUSES)
def test_a_status_of_the_station_is_one_of_the_evse(lab: Office, told: str) -> None:
    async def story() -> None:
        document = await lab.office.locations.publishes(location(), INCH)
        await lab.told(told)
        found = await lab.office.platform.documents.one("locations", ("SI", "EVC"), "LOC1", ("",))
        assert found
        [evse] = found.value["evses"]
        assert evse["status"] == STATUSES[told]
        assert evse["last_updated"] == found.value["last_updated"]
        assert moment(evse["last_updated"]) > moment(document.value["last_updated"])
        assert evse["connectors"] == document.value["evses"][0]["connectors"], "the connector has not changed"

    lab.run(story())


@pytest.mark.parametrize(
    ("station", "connector", "online", "expected"),
    [
        (None, "Available", True, "AVAILABLE"),
        ("Available", "Charging", True, "CHARGING"),
        ("Unavailable", "Available", True, "INOPERATIVE"),
        ("Faulted", "Charging", True, "OUTOFORDER"),
        (None, None, True, "UNKNOWN"),
        ("Available", "Charging", False, "UNKNOWN"),
    ],
)
def test_the_status_of_an_evse(station: str | None, connector: str | None, online: bool, expected: str) -> None:
    assert status(station, connector, online) == expected


def test_changes_are_pushed_to_who_listens(lab: Office) -> None:
    async def story() -> None:
        await lab.emsp("locations")
        await lab.office.locations.publishes(location(), INCH)
        await lab.settles()
        await lab.told("Available")
        await lab.told("Available")
        await lab.told("Charging")
        await lab.office.locations.removes("inch-1")
        await lab.settles()
        assert [(method, path) for method, path, _ in lab.pushed] == [
            ("PUT", "SI/EVC/LOC1"), *[("PATCH", "SI/EVC/LOC1/INCH-1")] * 3,
        ]  # fmt: skip
        assert [body["status"] for _, _, body in lab.pushed[1:]] == ["AVAILABLE", "CHARGING", "REMOVED"]
        times = [moment(body["last_updated"]) for _, _, body in lab.pushed]
        assert times == sorted(set(times))
        await lab.told("Available")
        assert len(lab.pushed) == 4, "what is removed stays so"

    lab.run(story())


def test_who_has_not_got_it_is_sent_the_whole(lab: Office) -> None:
    """transport_and_format, PATCH: GET, then PUT."""

    async def story() -> None:
        await lab.office.locations.publishes(location(), INCH)
        _, partner = await lab.emsp("locations")
        lab.has_it = False
        await lab.told("Charging")
        assert [method for method, _, _ in lab.pushed] == ["PATCH", "GET", "PUT"]
        assert lab.held["SI/EVC/LOC1"]["evses"][0]["status"] == "CHARGING"
        assert "PATCH" in lab.office.platform.partners.troubles[partner.id].says or "GET" in str(lab.pushed)

    lab.run(story())


def test_what_cannot_be_delivered_is_not_kept(lab: Office) -> None:
    async def story() -> None:
        theirs, partner = await lab.emsp("locations")
        await lab.office.locations.publishes(location(), INCH)
        await lab.settles()
        served = lab.served[-1]
        await served.close()
        await lab.told("Charging")
        trouble = lab.office.platform.partners.troubles[partner.id]
        assert "unreachable" in trouble.says
        await lab.serves(theirs)
        before = len(lab.pushed)
        await lab.clock.wait(600)
        assert len(lab.pushed) == before

    lab.run(story())


def test_a_partner_that_hangs_holds_nobody_and_gathers_no_heap(lab: Office) -> None:
    async def story() -> None:
        _, slow = await lab.emsp("locations", party="ONE")
        await lab.emsp("locations", party="TWO")
        await lab.office.locations.publishes(location("L", evse("A")))
        await lab.settles()
        lab.pushed.clear()
        asks = lab.office.push.asks

        async def hangs(partner: Any, message: Any) -> Any:
            return await (lab.clock.wait(10**5) if partner.id == slow.id else asks(partner, message))

        lab.office.push.asks = hangs  # type: ignore[method-assign]
        for number in range(WAITING_AT_MOST + 5):
            await lab.office.locations.says("A", ("BLOCKED", "PLANNED")[number % 2])
            await lab.settles()  # so that the other one's never wait: a store may be faster than its network
        assert len(lab.pushed) == WAITING_AT_MOST + 5, "the other one has them all"
        assert lab.office.push._waiting[slow.id] == WAITING_AT_MOST
        assert "was not sent" in lab.office.platform.partners.troubles[slow.id].says

    lab.run(story())


def test_publishing_again_changes_only_the_times_of_what_changed(lab: Office) -> None:
    async def story() -> None:
        first = (await lab.office.locations.publishes(location("L", evse("A"), evse("B")))).value
        await lab.clock.wait(10)
        assert (await lab.office.locations.publishes(location("L", evse("A"), evse("B")))).value == first
        faster = evse("B") | {"connectors": [CONNECTOR | {"max_amperage": 63}, CONNECTOR | {"id": "2"}]}
        second = (await lab.office.locations.publishes(location("L", evse("A"), faster))).value
        a, b = second["evses"]
        assert a == first["evses"][0]
        assert {b["last_updated"], *(c["last_updated"] for c in b["connectors"])} == {second["last_updated"]}
        assert moment(second["last_updated"]) > moment(first["last_updated"])
        third = (await lab.office.locations.publishes(location("L", evse("A")))).value
        assert [(e["uid"], e["status"]) for e in third["evses"]] == [("A", "UNKNOWN"), ("B", "REMOVED")]
        for said, expected in (({}, "REMOVED"), ({"status": "PLANNED"}, "PLANNED")):
            value = (await lab.office.locations.publishes(location("L", evse("A"), evse("B", **said)))).value
            assert value["evses"][1]["status"] == expected

    lab.run(story())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (location(country="SI", party_id="XYZ"), "no CPO of this platform"),
        (location(evses=[evse("A"), evse("a")]), "twice"),
        (location("L2", evse("TAKEN")), "alone: taken"),
        (location(address=3), "address"),
        (location(evses=[{"uid": "A", "connectors": []}]), "connectors"),
        (location(evses=["A"]), "evses"),
        (location(evses=[evse("A") | {"connectors": [CONNECTOR | {"tariff_ids": ["none"]}]}]), "no tariff"),
        ([], "object"),
    ],
)
def test_what_is_wrong_is_not_published(lab: Office, wrong: Any, says: str) -> None:
    async def story() -> None:
        await lab.office.locations.publishes(location("L1", evse("TAKEN")))
        with pytest.raises(ValueError, match=says) as caught:
            await lab.office.locations.publishes(wrong)
        assert len(str(caught.value).splitlines()) == 1

    lab.run(story())


def test_the_inch_is_seen_as_it_charges() -> None:
    """The first journey: plugged in, charging, unplugged, off the wire."""

    async def story(lab: Office) -> None:
        await lab.emsp("locations")
        await lab.office.locations.publishes(location(), INCH)
        inch = Inch(Site(lab.clock, lab.tasks, pics("etrel-inch"), "INCH-1", url=lab.charge_points))
        await inch.start()
        await lab.clock.wait(60)
        inch.plug_in()
        inch.present_card(CARD)
        await lab.clock.wait(60)
        inch.unplug()
        await lab.clock.wait(60)
        await inch.stop()
        await lab.settles()
        assert [body["status"] for method, _, body in lab.pushed if method == "PATCH"] == [
            "AVAILABLE", "CHARGING", "AVAILABLE", "UNKNOWN",
        ]  # fmt: skip

    with office() as made:
        made.run(story(made))


def test_a_tariff_is_offered_referred_to_and_withdrawn(lab: Office) -> None:
    async def story() -> None:
        theirs, _ = await lab.emsp("locations", "tariffs")
        token = theirs.partners.registered[0].their_token
        await lab.office.tariffs.offers(tariff())
        known = evse("A") | {"connectors": [CONNECTOR | {"tariff_ids": ["t1"]}]}
        await lab.office.locations.publishes(location("L", known))
        assert [each["id"] for each in await lab.gets("tariffs", token)] == ["T1"]
        await lab.settles()
        await lab.office.tariffs.withdraws("t1")
        await lab.settles()
        assert [(method, path) for method, path, _ in lab.pushed] == [
            ("PUT", "SI/EVC/T1"), ("PUT", "SI/EVC/L"), ("PUT", "SI/EVC/L"), ("DELETE", "SI/EVC/T1"),
        ]  # fmt: skip
        assert await lab.gets("tariffs", token) == []
        assert "tariff_ids" not in (await lab.gets("locations/L/A/1", token))
        with pytest.raises(KeyError):
            await lab.office.tariffs.withdraws("t1")

    lab.run(story())


def test_a_private_tariff_is_one_partners_alone(lab: Office) -> None:
    async def story() -> None:
        one, partner = await lab.emsp("tariffs", party="ONE")
        other, _ = await lab.emsp("tariffs", party="TWO")
        tokens = [each.partners.registered[0].their_token for each in (one, other)]
        await lab.office.tariffs.offers(tariff("PUBLIC"))
        await lab.office.tariffs.offers(tariff("SECRET"), partner.id)
        await lab.settles()
        assert [path for _, path, _ in lab.pushed].count("SI/EVC/SECRET") == 1
        assert [[each["id"] for each in await lab.gets("tariffs", token)] for token in tokens] == [
            ["PUBLIC", "SECRET"],
            ["PUBLIC"],
        ]
        known = evse("A") | {"connectors": [CONNECTOR | {"tariff_ids": ["SECRET", "PUBLIC"]}]}
        await lab.office.locations.publishes(location("L", known))
        for token, ids in zip(tokens, (["SECRET", "PUBLIC"], ["PUBLIC"]), strict=True):
            assert (await lab.gets("locations/L/A/1", token))["tariff_ids"] == ids
            assert (await lab.gets("locations", token))[0]["evses"][0]["connectors"][0]["tariff_ids"] == ids
        with pytest.raises(ValueError, match="offered to others"):
            await lab.office.tariffs.offers(tariff("SECRET"))

    lab.run(story())
