"""Legal variants of back offices in what a second reading of OCPI 2.2.1 allows: refusals, limits, dates of a pull, names."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import available_timezones

from mocks.legal_ocpi import legal
from mocks.legal_ocpi_pages import Headers, edits_lists, links_with_a_cursor

from evconform.ids import EvseId
from evconform.ocpi.moments import stamp
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.reply import not_allowed
from suites.ocpi221.countries import is_alpha_3
from suites.ocpi221.spoilt import edits_answers, edits_calls, path

CPO, EMSP = ("cpo",), ("emsp",)


@legal("RFC 9110, 15.6.2: 501 for a method that a server does not have", "TRN-09", "LOC-10", "TAR-02")
def implements_no_such_method(party: Any) -> None:
    def edit(_: Any, answer: Any) -> Any:
        answer.http = 501 if answer.http == 405 else answer.http
        return answer

    edits_answers(party, edit, lambda request: "/credentials" not in request.url.path or request.method == "PATCH")


@legal("status_codes: no HTTP error; any of the others", "TRN-08", "TRN-09", "LOC-06", "LOC-07", "ROB-02", "PAG-07", "CRE-08")
def accepts_what_it_refuses(party: Any) -> None:
    """HTTP 202 with a status code that is no success."""

    def edit(_: Any, answer: Any) -> Any:
        refuses = json.loads(answer.body)["status_code"] >= 2000
        answer.http = 202 if answer.http == 200 and refuses else answer.http
        return answer

    edits_answers(party, edit)


@legal("GET Method: what it says to who is not registered yet is not said", "CRE-02", "CRE-05")
def has_no_credentials_before_the_registration(party: Any) -> None:
    handlers = party.platform.handlers["credentials", "", 0]
    plain = handlers["GET"]

    async def get(asked: Any) -> Any:
        if asked.caller.standing == "registered":
            return await plain(asked)
        return not_allowed("register first", {"POST"})

    handlers["GET"] = get


@legal("Endpoint structure: many hosts may share an address (RFC 9110, 7.2)", "ROB-01", "TRN-01")
def goes_by_its_name(party: Any) -> None:
    def edit(request: Any, answer: Any) -> Any:
        if request.headers.get("host") != urlsplit(party.platform.url).netloc:
            answer.http, answer.body, answer.headers = 200, b"<html>It works!</html>", [("Content-Type", "text/html")]
        return answer

    edits_answers(party, edit)


# ── a CPO ──


@legal("Paginated Response: how many are returned to who names no limit is not said", "PAG-01", "PAG-03", roles=CPO)
def returns_twenty_where_none_are_asked_for(cpo: Any) -> None:
    """X-Limit is what the limit comes to: 20 without one, 100 at most."""

    def edit(query: dict[str, str], headers: Headers, _: Any) -> Headers:
        limit = str(min(int(query.get("limit", "20")), 100))
        return [(name, limit if name == "X-Limit" else value) for name, value in headers]

    edits_lists(cpo, edit)


@legal("Paginated Response: the Link should contain the filters", "PAG-01", roles=CPO, warns=("OCPI221-PAG-06",))
def follows_the_limit_with_a_cursor(cpo: Any) -> None:
    links_with_a_cursor(cpo)

    def edit(query: dict[str, str], headers: Headers, _: Any) -> Headers:
        asked = dict(parse_qsl(query["cursor"])) if "cursor" in query else query
        limit = str(min(int(asked.get("limit", "100")), 100))
        return [(name, limit if name == "X-Limit" else value) for name, value in headers]

    edits_lists(cpo, edit)


@legal("PATCH Method: the date of the parent may be told too", "LOC-09", roles=CPO)
def patches_the_parent_first(cpo: Any) -> None:
    push = cpo.office.push
    tells = push.tells

    def told(message: Any, audience: str = "") -> None:
        if message.method == "PATCH" and len(message.parts) == 2:
            date = {"last_updated": message.whole.value["last_updated"]}
            tells(replace(message, parts=message.parts[:1], body=date), audience)
        tells(message, audience)

    push.tells = told


@legal("GET Method (Receiver): where a discrepancy is found, an update might be pushed by PATCH", "TRN-12", roles=CPO)
def makes_good_what_differs(cpo: Any) -> None:
    """Looks after a PATCH that failed, and patches again what is not as it said."""
    push = cpo.office.push
    sends = push._sends

    async def sent(partner: Any, message: Any) -> None:
        if message.method != "PATCH":
            return await sends(partner, message)
        try:
            await push.asks(partner, message)
        except Failed:
            held = (await push.asks(partner, replace(message, method="GET", body=None))).data
            if held["status"] != message.body["status"]:
                await push.asks(partner, message)
        return None

    push._sends = sent


# ── an eMSP ──


@legal("Location object, types: countries, languages, time zones and EVSE ids are no free texts", "ROB-08", roles=EMSP)
def knows_its_lists(emsp: Any) -> None:
    plain = emsp.emsp.receiver.wrong

    def wrong(name: str, value: Any, partial: bool) -> str:
        says = str(plain(name, value, partial))
        if says or name != "Location":
            return says
        languages = {each["language"] for each in value.get("directions", [])}
        try:
            for evse in value.get("evses", []):
                EvseId.of(evse["evse_id"])
        except ValueError as error:
            return str(error)
        known = is_alpha_3(value["country"]) and value["time_zone"] in available_timezones() and languages <= {"en", "sl"}
        return "" if known else "a country, time zone or language that there is not"

    emsp.emsp.receiver.wrong = wrong


@legal("Pagination: no time is given between two pages", "PAG-01", "PAG-02", "LOC-13", roles=EMSP)
def reads_each_page_slowly(emsp: Any) -> None:
    request = emsp.platform.calls.request

    async def slow(*asked: Any) -> Any:
        answered = await request(*asked)
        await emsp.site.clock.wait(4)
        return answered

    emsp.platform.calls.request = slow


@legal(
    "Paginated Request: date_from is a client's choice; what did not change since is not in the list",
    *("LOC-14", "TAR-04"),
    roles=EMSP,
    unseen=("OCPI221-LOC-55", "OCPI221-TAR-53"),
)
def asks_for_what_changed_lately(emsp: Any) -> None:
    """Pulls what changed in the last minute, and keeps the rest."""

    def edit(call: Any) -> Any:
        if call.method == "GET" and call.url.endswith(("/locations", "/tariffs")):
            since = stamp(emsp.platform.clock.date().replace(second=0, microsecond=0))
            call.url = f"{call.url}?date_from={since}"
        return call

    edits_calls(emsp, edit)
    emsp.emsp.pulling.drops = False


@legal("Location object: where there is no operator, that of the credentials counts", "LOC-01", "LOC-03", roles=EMSP)
def fills_the_operator_in(emsp: Any) -> None:
    def edit(_: Any, answer: Any) -> Any:
        told = json.loads(answer.body)
        if isinstance(told.get("data"), dict) and "time_zone" in told["data"]:
            told["data"].setdefault("operator", {"name": "evconform"})
            answer.body = json.dumps(told).encode()
        return answer

    edits_answers(emsp, edit, path("/receiver/locations", "GET"))


@legal("Status: UNKNOWN may be told of what is not heard of", "LOC-04", roles=CPO)
def hears_nothing_of_the_other(cpo: Any) -> None:
    """Updates another EVSE of its own accord, once one has changed."""
    reports = cpo.reports
    published: list[str] = []
    publishes = cpo.publishes

    async def noted(location: dict[str, Any]) -> None:
        published.extend(each["uid"] for each in location["evses"])
        await publishes(location)

    async def told(evse: str, status: str) -> None:
        await reports(evse, status)
        await reports(next(each for each in published if each != evse), "UNKNOWN")

    cpo.publishes, cpo.reports = noted, told
