"""Legal variants of an eMSP in what it keeps of what is pushed and pulled: mod_locations and mod_tariffs, Receiver."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from mocks.legal_ocpi import legal

from evconform.reference.ocpi.reply import Reply
from suites.ocpi221.faults.receiver import gives, wraps
from suites.ocpi221.spoilt import edits_answers, path

EMSP = ("emsp",)
BACK = ("LOC-01", "LOC-02", "LOC-03", "LOC-04", "LOC-05", "LOC-10", "LOC-11", "LOC-13", "ROB-12", "ROB-02")
Object = dict[str, Any]


def gives_tariffs(emsp: Any, edit: Callable[[Object], Any]) -> None:
    gives(emsp, edit, "/receiver/tariffs")


@legal("status_codes: 201 for a new object should be said", *BACK[:4], "TRN-12", "TAR-01", roles=EMSP, warns=("OCPI221-TRN-26",))
def says_200_to_what_is_new(emsp: Any) -> None:
    emsp.emsp.receiver.created = HTTPStatus.OK


@legal("Location object: charging_when_closed is true where it is left out", *BACK, "TRN-09", roles=EMSP)
def fills_defaults_in(emsp: Any) -> None:
    def filled(value: Object) -> None:
        if "coordinates" in value and "country" in value:
            value.setdefault("charging_when_closed", True)

    gives(emsp, filled)


@legal("terminology, Cardinality: what is not set may be null or []", *BACK, "TAR-01", roles=EMSP)
def gives_back_nulls(emsp: Any) -> None:
    def filled(value: Object) -> None:
        if "country" in value:
            for name in ("state", "owner", "energy_mix"):
                value.setdefault(name, None)
            for name in ("images", "related_locations", "facilities"):
                value.setdefault(name, [])
            for evse in value.get("evses", []):
                evse.setdefault("floor_level", None)

    gives(emsp, filled)
    gives_tariffs(emsp, lambda value: value.setdefault("energy_mix", None))


def members(value: Any) -> list[Object]:
    """All objects in a value, itself among them."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*([value] if isinstance(value, dict) else []), *(each for one in inner for each in members(one))]


@legal("types, DateTime: the same moment in another spelling", *BACK, "TAR-01", roles=EMSP)
def respells_dates(emsp: Any) -> None:
    def spelt(value: Object) -> None:
        for each in members(value):
            at = each.get("last_updated")
            if isinstance(at, str) and at.endswith("Z"):
                each["last_updated"] = at[:-1] if "." in at else f"{at[:-1]}.000"

    gives(emsp, spelt)
    gives_tariffs(emsp, spelt)


@legal("EVSE object: capabilities are a set", *BACK, roles=EMSP)
def sorts_capabilities(emsp: Any) -> None:
    def ordered(value: Object) -> None:
        for each in members(value):
            for name in ("capabilities", "facilities"):
                if name in each:
                    each[name] = sorted(each[name], reverse=True)

    gives(emsp, ordered)


@legal("Location object: no order of EVSEs is said", *BACK, roles=EMSP)
def gives_evses_backwards(emsp: Any) -> None:
    gives(emsp, lambda value: value.update(evses=value["evses"][::-1]) if "evses" in value else None)


@legal("types, CiString", *BACK, "ROB-07", "TAR-01", roles=EMSP, warns=("OCPI221-LOC-59",))
def keeps_ids_in_capitals(emsp: Any) -> None:
    def raised(value: Object) -> None:
        for each in members(value):
            for name in ("id", "uid", "country_code", "party_id"):
                if isinstance(each.get(name), str):
                    each[name] = each[name].upper()

    gives(emsp, raised)
    gives_tariffs(emsp, raised)


@legal("PUT, PATCH: the parent is given the new date; that it is not later is not said", "LOC-02", "LOC-05", roles=EMSP)
def dates_parents_now(emsp: Any) -> None:
    def dated(value: Object) -> None:
        if "country" in value:
            value["last_updated"] = (emsp.platform.clock.date() + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

    gives(emsp, dated)


@legal("Errors: it is allowed to refuse what is of another party", "LOC-08", roles=EMSP, warns=("OCPI221-LOC-25",))
def takes_objects_of_anybody(emsp: Any) -> None:
    emsp.emsp.receiver.owns = lambda *_: True


@legal("Errors: 2001 for another id is advised", "LOC-07", roles=EMSP, warns=("OCPI221-LOC-24",))
def goes_by_the_url(emsp: Any) -> None:
    emsp.emsp.receiver.same = lambda *_: True


LENIENT = ("OCPI221-LOC-57", "OCPI221-TAR-54", *(f"OCPI221-ROB-{n}" for n in ("05", "06", "51", "52", "53")))


@legal(
    "PUT: when not all required fields are there, the object may be discarded",
    *("ROB-02", "ROB-03", "ROB-06", "ROB-07", "ROB-08", "ROB-09", "ROB-10"),
    roles=EMSP,
    warns=LENIENT,
)
def takes_what_it_can_read(emsp: Any) -> None:
    """Takes any JSON object that has an id and a date."""
    plain = emsp.emsp.receiver.wrong

    def wrong(name: str, value: Any, partial: bool) -> str:
        readable = isinstance(value, dict) and isinstance(value.get("last_updated"), str)
        says = str(plain(name, value, partial))
        return (
            says
            if not readable or "evses" in says or "elements" in says or "last_updated" in says or "connectors" in says
            else ""
        )

    emsp.emsp.receiver.wrong = wrong


@legal("DELETE Method: that there was none is no error by any clause", "TAR-02", "TAR-03", roles=EMSP)
def deletes_what_is_not_there(emsp: Any) -> None:
    def edit(_: Any, answer: Any) -> Any:
        if answer.http == 404:
            told = json.loads(answer.body)
            answer.http, answer.body = 200, json.dumps(told | {"status_code": 1000}).encode()
        return answer

    edits_answers(emsp, edit, path("/receiver/tariffs", "DELETE"))


@legal("PATCH: an error of which the code is free", "LOC-09", "LOC-02", "LOC-04", roles=EMSP)
def knows_no_such_location(emsp: Any) -> None:
    """HTTP 200 with 2003 for a PATCH of what is not there."""

    def edit(_: Any, answer: Any) -> Any:
        if answer.http == 404:
            answer.http = 200
        return answer

    edits_answers(emsp, edit, path("/receiver/locations", "PATCH"))


@legal("Response format: what is in data for a PUT is not said", *BACK[:6], "TAR-01", "TRN-12", roles=EMSP)
def gives_back_what_was_put(emsp: Any) -> None:
    async def around(asked: Any, plain: Any) -> Any:
        reply: Reply = await plain(asked)
        if reply.code == 1000:
            reply.data = asked.body
        return reply

    for module in ("locations", "tariffs"):
        wraps(emsp, module, "PUT", around)
    wraps(emsp, "locations", "PATCH", around)


@legal("2.2.1 is silent on fields that it does not know", "ROB-05", *BACK[:4], roles=EMSP)
def keeps_unknown_fields(emsp: Any) -> None:
    gives(emsp, lambda value: None)


@legal("types, number: 4 decimals", "TAR-01", "TAR-03", roles=EMSP)
def writes_numbers_out(emsp: Any) -> None:
    """1.0 for 1."""

    def floats(value: Object) -> None:
        for each in members(value):
            if isinstance(each.get("price"), int | float):
                each["price"] = float(each["price"])

    gives_tariffs(emsp, floats)


@legal("Pagination: a client may ask for as many as it likes", "PAG-01", "PAG-02", "LOC-13", "LOC-14", "TAR-04", roles=EMSP)
def asks_for_pages_of_50(emsp: Any) -> None:
    edits_urls(emsp, "limit=50&offset=0")


@legal("Pagination: date_from is a client's choice", "PAG-01", "LOC-13", "TAR-04", "CRE-01", roles=EMSP)
def asks_since_long_ago(emsp: Any) -> None:
    edits_urls(emsp, "date_from=2020-01-01T00:00:00")


def edits_urls(emsp: Any, query: str) -> None:
    """The first page is asked for with this query."""
    pages = emsp.emsp.pulling.pages

    async def asked(partner: Any, url: str, *more: Any) -> Any:
        first = url if "?" in url else f"{url}?{query}"
        async for page in pages(partner, first, *more):
            yield page

    emsp.emsp.pulling.pages = asked


@legal("Pull: when, and how often, is a client's choice", "PAG-01", "LOC-13", "TAR-04", "CRE-01", "CRE-12", "TRN-10", roles=EMSP)
def pulls_everything_twice(emsp: Any) -> None:
    pulls = emsp.pulls

    async def twice(module: str) -> None:
        await pulls(module)
        await pulls("tariffs" if module == "locations" else "locations")
        await pulls(module)

    emsp.pulls = twice
