"""What is one rule's matter hides nothing from others: an array where one object is due, ids in other letters, a Link astray."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.harness.verdict import Verdict
from evconform.ocpi.endpoint import Reply
from evconform.ocpi.expected import ok
from evconform.ocpi.paging import link
from evconform.ocpi.predicates import same, says
from tests.ocpi.conftest import ROW, Bench
from tests.ocpi.entries import Written, said
from tests.ocpi.test_verbs import LATER, THEN, location, run


def gives(data: Any, **headers: str) -> Any:
    async def handler(asked: Any) -> Reply:
        return Reply(data, headers=headers)

    return handler


def test_one_object_is_read_through_an_array_of_one(bench: Bench) -> None:
    async def case(emsp: Any) -> None:
        bench.target.endpoint.handlers["locations", "SENDER", "GET"] = gives([location()])
        expects = ok(data={"name": "one"}, not_before={"last_updated": THEN}, absent=["images"], is_list=True)
        frame = await emsp.gets("locations", "L1", expects=expects, proves=ROW)
        await emsp.gets("locations", "L1", expects=ok(equals=location()), proves=ROW)
        assert frame.get("id") == "L1"

    run(bench, "cpo", case)


@pytest.mark.parametrize(("data", "expects"), [([], {"data": {"id": "L1"}}), ([location(), location()], {"equals": location()})])
def test_an_array_of_none_or_two_is_no_object(bench: Bench, data: Any, expects: dict[str, Any]) -> None:
    async def case(emsp: Any) -> None:
        bench.target.endpoint.handlers["locations", "SENDER", "GET"] = gives(data)
        await emsp.gets("locations", "L1", expects=ok(**expects), proves=ROW)

    run(bench, "cpo", case, Verdict.FAIL)


def test_a_list_of_one_stays_a_list(bench: Bench) -> None:
    async def case(emsp: Any) -> None:
        bench.target.endpoint.handlers["locations", "SENDER", "GET"] = gives([location()])
        await emsp.gets("locations", expects=ok(data={"0/id": "L1"}, lists=["l1"], objects=["l1"]), proves=ROW)

    run(bench, "cpo", case)


def test_the_object_in_an_array_has_its_pointer() -> None:
    written = Written()
    written.announces()
    written.asks("tester", "GET", "/cpo/locations/L1")
    frame = written.answers("sut", said([location()]))
    [held] = [each for each in written.log().objects("Location", by="cpo") if each.frame is frame]
    assert (held.pointer, held.value["id"]) == ("/data/0", "L1")


@pytest.mark.parametrize(
    ("value", "wanted", "equal"),
    [
        ({"id": "evc-l1"}, {"id": "EVC-L1"}, True),
        ({"evses": [{"uid": "a"}]}, {"evses": [{"uid": "A"}]}, True),
        ({"tariff_ids": ["t1"]}, {"tariff_ids": ["T1"]}, True),
        ({"tariff_ids": ["t2"]}, {"tariff_ids": ["T1"]}, False),
        ({"name": "evc"}, {"name": "EVC"}, False),
        ({"status": "charging"}, {"status": "CHARGING"}, False),
        ({"last_updated": "2026-01-01T00:00:00"}, {"last_updated": THEN}, True),
        ({"last_updated": LATER}, {"last_updated": THEN}, False),
        ({"publish": 1}, {"publish": True}, False),
    ],
)
def test_ids_are_the_same_in_any_letters_and_nothing_else_is(value: Any, wanted: Any, equal: bool) -> None:
    assert same(value, wanted) is equal
    assert says(value, {"/".join(path): leaf for path, leaf in leaves(wanted)}) is equal


def leaves(value: Any, *path: str) -> Any:
    """Path and value of everything that holds nothing else."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        yield path, value
    else:
        for step, each in inner:
            yield from leaves(each, *path, str(step))


def test_a_spelling_is_compared_letter_by_letter(bench: Bench) -> None:
    async def case(emsp: Any) -> None:
        bench.target.endpoint.handlers["locations", "SENDER", "GET"] = gives(location("l1"))
        await emsp.gets("locations", "L1", expects=ok(data={"id": "L1"}, spelt={"id": "l1"}))
        await emsp.gets("locations", "L1", expects=ok(spelt={"id": "L1"}), proves=ROW)

    run(bench, "cpo", case, Verdict.FAIL)


def test_a_pull_proves_nothing_by_the_page_that_no_link_led_to(bench: Bench) -> None:
    async def case(emsp: Any) -> None:
        astray = link("https://127.0.0.1:1/somewhere?offset=1")
        bench.target.endpoint.handlers["locations", "SENDER", "GET"] = gives([location()], Link=astray)
        await emsp.pulls("locations", proves=ROW)

    result = run(bench, "cpo", case, Verdict.INCONCLUSIVE)
    assert "leads to another origin" in result.reason
    assert [each for each in result.findings if each.requirement == ROW and each.verdict is Verdict.PASS] == []


ONE, OTHER = ({"country_code": "NL", "party_id": "DUM", "role": role} for role in ("CPO", "EMSP"))
PLATFORMS = [([OTHER], [ONE], True), ([OTHER], [ONE, OTHER], False), ([], [ONE], False)]


@pytest.mark.parametrize(("ours", "theirs", "alone"), PLATFORMS)
def test_two_single_parties_need_no_routing(ours: Any, theirs: Any, alone: bool) -> None:
    written = Written()
    written.announces()
    written.asks("tester", "POST", "/cpo/cred", {"url": "http://emsp/emsp/versions", "roles": ours})
    written.answers("sut", said({"url": "http://cpo/cpo/versions", "roles": theirs}))
    assert written.log().is_between_two_parties is alone


def test_who_is_not_registered_may_be_anybody() -> None:
    written = Written()
    written.announces()
    assert not written.log().is_between_two_parties
