"""What a Sender may get wrong with its pages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from evconform.harness.law import fault
from suites.ocpi221.spoilt import edits_answers, edits_data, edits_headers, path

LISTS = path("/sender/")


def query(request: Any) -> dict[str, str]:
    return dict(parse_qsl(request.url.query))


def edits_links(party: Any, edit: Any) -> None:
    """``edit`` makes another Link of each."""
    edits_headers(party, lambda name, value: edit(value) if name == "Link" else value, LISTS)


def edits_windows(party: Any, edit: Any) -> None:
    """The documents are looked for in another window than was asked for."""
    documents = party.platform.documents
    some, total = documents.some, documents.total

    async def others(module: str, partners: Any, window: Any, owner: Any = None) -> Any:
        return await some(module, partners, edit(window), owner)

    async def other(module: str, partners: Any, window: Any, owner: Any = None) -> Any:
        return await total(module, partners, edit(window), owner)

    documents.some, documents.total = others, other


def shifted(window: Any, member: str, **by: float) -> Any:
    at = getattr(window, member)
    return window if at is None else replace(window, **{member: at + timedelta(**by)})


@fault(kills="OCPI221-PAG-01")
def does_not_count(party: Any) -> None:
    """Leaves X-Total-Count out."""
    edits_headers(party, lambda name, value: None if name == "X-Total-Count" else value)


@fault(kills="OCPI221-PAG-01")
def has_no_limit(party: Any) -> None:
    """Writes X-Limit as a word."""
    edits_headers(party, lambda name, value: "none" if name == "X-Limit" else value)


def counts_the_objects_in(party: Any, header: str) -> None:
    """Says in this header how many objects an answer has."""

    def edit(_: Any, answer: Any) -> Any:
        count = len(json.loads(answer.body).get("data") or [])
        answer.headers = [(name, str(count) if name == header else value) for name, value in answer.headers]
        return answer

    edits_answers(party, edit, LISTS)


@fault(kills="OCPI221-PAG-02")
def limits_to_what_there_is(party: Any) -> None:
    """Says in X-Limit how many objects it returned."""
    counts_the_objects_in(party, "X-Limit")


@fault(kills="OCPI221-PAG-03")
def takes_any_limit(party: Any) -> None:
    """Returns as many objects as it is asked for."""

    def edit(request: Any, answer: Any) -> Any:
        asked = query(request).get("limit")
        answer.headers = [(name, asked or value if name == "X-Limit" else value) for name, value in answer.headers]
        return answer

    edits_answers(party, edit, LISTS)


@fault(kills="OCPI221-PAG-03")
def overlooks_limits(party: Any) -> None:
    """Returns as many objects as it always does."""
    documents = party.platform.documents
    page = documents.page

    async def whole(asked: Any, module: str) -> Any:
        asked.query = "&".join(each for each in asked.query.split("&") if not each.startswith("limit="))
        return await page(asked, module)

    documents.page = whole


@fault(kills="OCPI221-PAG-04", also=["OCPI221-PAG-07"])
def stops_after_a_page(party: Any) -> None:
    """Gives no Link to the next page."""
    edits_links(party, lambda link: None)


@fault(kills="OCPI221-PAG-04")
def never_stops(party: Any) -> None:
    """Gives a Link on the last page too: back to the first."""

    def edit(request: Any, answer: Any) -> Any:
        if answer.http == 200 and "Link" not in dict(answer.headers) and query(request):
            first = str(request.url).partition("?")[0]
            answer.headers.append(("Link", f'<{first}?{request.url.query}>; rel="next"'))
        return answer

    edits_answers(party, edit, LISTS)


@fault(kills="OCPI221-PAG-05")
def leads_nowhere(party: Any) -> None:
    """Gives Links to where nothing is."""
    edits_links(party, lambda link: link.replace("/sender/", "/pages/"))


@fault(kills="OCPI221-PAG-06")
def forgets_the_filters(party: Any) -> None:
    """Leaves date_from out of its Links."""
    edits_links(party, lambda link: link.replace("date_from=", "since="))


@fault(kills="OCPI221-PAG-06")
def forgets_the_end(party: Any) -> None:
    """Leaves date_to out of its Links."""
    edits_links(party, lambda link: link.replace("date_to=", "until="))


@fault(kills="OCPI221-PAG-06")
def forgets_the_limit(party: Any) -> None:
    """Leaves the limit out of its Links."""
    edits_links(party, lambda link: link.replace("limit=", "most="))


@fault(kills="OCPI221-PAG-07")
def repeats_itself(party: Any) -> None:
    """Gives the first object of a page twice, in place of the second."""
    edits_data(party, lambda data: [data[0], data[0], *data[2:]] if isinstance(data, list) and len(data) > 1 else data, LISTS)


@fault(kills="OCPI221-PAG-08")
def from_is_exclusive(party: Any) -> None:
    """Leaves out what was last updated at date_from."""
    edits_windows(party, lambda window: shifted(window, "date_from", milliseconds=1))


@fault(kills="OCPI221-PAG-09")
def to_is_inclusive(party: Any) -> None:
    """Returns what was last updated at date_to."""
    edits_windows(party, lambda window: shifted(window, "date_to", milliseconds=1))


@fault(kills="OCPI221-PAG-10")
def returns_what_came_before(party: Any) -> None:
    """Takes date_from for an hour earlier."""
    edits_windows(party, lambda window: shifted(window, "date_from", hours=-1))


@fault(kills="OCPI221-PAG-11")
def takes_no_zone_for_local_time(party: Any) -> None:
    """Takes a date without Z for the time of its own zone."""
    documents = party.platform.documents
    page, plain = documents.page, (documents.some, documents.total)

    async def compared(asked: Any, module: str) -> Any:
        documents.some, documents.total = plain
        if any(name.startswith("date_") and not text.endswith("Z") for name, text in parse_qsl(asked.query)):
            edits_windows(party, lambda window: shifted(shifted(window, "date_from", hours=1), "date_to", hours=1))
        return await page(asked, module)

    documents.page = compared


@fault(kills="OCPI221-PAG-12", also=["OCPI221-PAG-04"])
def counts_the_page(party: Any) -> None:
    """Says in X-Total-Count how many objects the page has."""
    counts_the_objects_in(party, "X-Total-Count")


@fault(kills="OCPI221-PAG-13")
def misses_what_is_behind_the_end(party: Any) -> None:
    """Answers an offset behind the end with 404."""

    def edit(_: Any, answer: Any) -> Any:
        answer.http = 404
        return answer

    edits_answers(party, edit, lambda request: int(query(request).get("offset", "0")) > 1000)


@fault(kills="OCPI221-PAG-14")
def overlooks_bad_parameters(party: Any) -> None:
    """Answers a limit that is none as if there were none."""
    documents = party.platform.documents
    page = documents.page

    async def lenient(asked: Any, module: str) -> Any:
        reply = await page(asked, module)
        if reply.code == 2001:
            asked.query = ""
            reply = await page(asked, module)
        return reply

    documents.page = lenient


@fault(kills="OCPI221-PAG-15")
def newest_first(party: Any) -> None:
    """Gives the newest objects first."""
    documents = party.platform.documents
    some = documents.some

    async def reversed_(module: str, partners: Any, window: Any, owner: Any = None) -> Any:
        found = await some(module, partners, replace(window, offset=0, limit=10_000), owner)
        return found[::-1][window.offset : window.offset + window.limit]

    documents.some = reversed_


@fault(kills="OCPI221-ROB-09")
def tires_of_pages(party: Any) -> None:
    """Breaks after ten pages."""

    def edit(_: Any, answer: Any) -> Any:
        answer.http = 500
        return answer

    edits_answers(party, edit, lambda request: int(query(request).get("offset", "0")) > 10)
