"""Legal variants of a CPO in its lists: transport_and_format, pagination."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote

from mocks.legal_ocpi import legal

from suites.ocpi221 import made
from suites.ocpi221.spoilt import edits_answers, edits_headers, path

LISTS = path("/sender/")
PAGES = ("PAG-01", "PAG-02", "PAG-03", "PAG-04", "PAG-05", "PAG-08", "PAG-09", "LOC-04")
CPO = ("cpo",)
Headers = list[tuple[str, str]]


def edits_lists(cpo: Any, edit: Callable[[Any, Headers, Any], Headers]) -> None:
    """``edit`` makes other headers of those of a page, from the query, the headers and the data."""

    def edited(request: Any, answer: Any) -> Any:
        told = json.loads(answer.body)
        if isinstance(told.get("data"), list):
            answer.headers = edit(dict(parse_qsl(request.url.query)), answer.headers, told["data"])
        return answer

    edits_answers(cpo, edited, LISTS)


def edits_links(cpo: Any, edit: Callable[[str], str]) -> None:
    """``edit`` makes another Link of the URL of each."""
    edits_headers(cpo, lambda name, value: edit(value[1 : value.index(">")]) if name == "Link" else value, LISTS)


@legal("Paginated Request: the server may limit the number of objects", *PAGES, roles=CPO)
def has_pages_of_one(cpo: Any) -> None:
    cpo.platform.settings.page_at_most = 1


@legal("Paginated Request: the server may return fewer objects", *PAGES, roles=CPO)
def returns_fewer_than_asked(cpo: Any) -> None:
    """Pages of one object, whatever the limit is, which is 100."""
    cpo.platform.settings.page_at_most = 1
    edits_headers(cpo, lambda name, value: "100" if name == "X-Limit" else value, LISTS)


@legal("Paginated Response: what the server can return to a request with a limit is not said", *PAGES, roles=CPO)
def limits_to_what_is_asked(cpo: Any) -> None:
    def edit(query: dict[str, str], headers: Headers, _: Any) -> Headers:
        asked = min(int(query.get("limit", "100")), 100)
        return [(name, str(asked) if name == "X-Limit" else value) for name, value in headers]

    edits_lists(cpo, edit)


@legal("RFC 8288: parameters in any order, and other links", *PAGES, roles=CPO)
def links_to_more(cpo: Any) -> None:
    edits_links(cpo, lambda url: f'<{url.partition("?")[0]}>; rel=first, <{url}>; title="next, page"; REL="next"; type="a/b"')


@legal("Paginated Response: Link is a URL; RFC 8288: it may be relative", *PAGES, roles=CPO)
def links_relatively(cpo: Any) -> None:
    edits_links(cpo, lambda url: f'</{url.split("/", 3)[3]}>; rel="next"')


@legal("Paginated Response: the Link should contain the filters", *PAGES, roles=CPO, warns=("OCPI221-PAG-06",))
def links_with_a_cursor(cpo: Any) -> None:
    """The Link holds all in one word."""
    edits_links(cpo, lambda url: f'<{url.partition("?")[0]}?cursor={quote(url.partition("?")[2], safe="")}>; rel="next"')
    page = cpo.platform.documents.page

    async def resumed(asked: Any, module: str) -> Any:
        cursor = dict(parse_qsl(asked.query)).get("cursor")
        asked.query = cursor if cursor else asked.query
        return await page(asked, module)

    cpo.platform.documents.page = resumed


@legal("Paginated Response: a Link where it is not the last page, which may be empty", *PAGES, roles=CPO)
def ends_with_an_empty_page(cpo: Any) -> None:
    def edit(request: Any, answer: Any) -> Any:
        query, data = dict(parse_qsl(request.url.query)), json.loads(answer.body).get("data")
        if data and "limit" in query and "Link" not in dict(answer.headers):
            kept = "".join(f"{name}={quote(value, safe=':')}&" for name, value in query.items() if name != "offset")
            url = f"{str(request.url).partition('?')[0]}?{kept}offset={int(query.get('offset', 0)) + len(data)}"
            answer.headers.append(("Link", f'<{url}>; rel="next"'))
        return answer

    edits_answers(cpo, edit, LISTS)


@legal("terminology, Cardinality: an empty list may be left out", "PAG-04", "PAG-06", "LOC-03", "TRN-01", "TRN-14", roles=CPO)
def leaves_empty_lists_out(cpo: Any) -> None:
    without_empty(cpo, lambda told: {name: each for name, each in told.items() if name != "data"})


@legal("terminology, Cardinality: an empty list may be null", "PAG-04", "PAG-06", "LOC-03", "TRN-01", "TRN-14", roles=CPO)
def has_null_for_empty_lists(cpo: Any) -> None:
    without_empty(cpo, lambda told: told | {"data": None})


def without_empty(cpo: Any, edit: Callable[[Any], Any]) -> None:
    def edited(_: Any, answer: Any) -> Any:
        told = json.loads(answer.body)
        if told.get("data") == []:
            answer.body = json.dumps(edit(told)).encode()
        return answer

    edits_answers(cpo, edited, LISTS)


@legal("Paginated Response: oldest first is best practice", *PAGES, roles=CPO, warns=("OCPI221-PAG-15",))
def lists_the_newest_first(cpo: Any) -> None:
    backwards(cpo)


@legal("Paginated Response: oldest first is best practice", "PAG-04", "PAG-05", "LOC-04", roles=CPO)
def lists_the_newest_first_one_by_one(cpo: Any) -> None:
    backwards(cpo)
    cpo.platform.settings.page_at_most = 1


def backwards(cpo: Any) -> None:
    from dataclasses import replace

    documents = cpo.platform.documents
    some = documents.some

    async def reversed_(module: str, partners: Any, window: Any, owner: Any = None) -> Any:
        found = await some(module, partners, replace(window, offset=0, limit=10_000), owner)
        return found[::-1][window.offset : window.offset + window.limit]

    documents.some = reversed_


@legal("Paginated Response: a new object might be created meanwhile", "PAG-01", "PAG-09", "LOC-01", roles=CPO)
def grows_while_it_is_read(cpo: Any) -> None:
    """After each of the first pages there is a location more."""
    page, left = cpo.platform.documents.page, list(range(4))

    async def growing(asked: Any, module: str) -> Any:
        reply = await page(asked, module)
        if module == "locations" and left and asked.query:
            await cpo.publishes(made.location(f"EVC-G{left.pop()}", ("SI", "EVC")))
        return reply

    cpo.platform.documents.page = growing


@legal("a platform has locations of its own", *PAGES, "LOC-01", "LOC-06", "TRN-14", "TRN-09", "CRE-19", roles=CPO)
def has_locations_already(cpo: Any) -> None:
    start = cpo.start

    async def starts() -> Any:
        url = await start()
        for n in range(3):
            await cpo.publishes(made.location(f"SI-{n}", ("SI", "EVC")))
        return url

    cpo.start = starts
