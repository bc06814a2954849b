"""OCPI 2.2.1, transport_and_format, pagination: what a Sender says with each page of a list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from evconform.harness.law import monitor
from evconform.ocpi.headers import LIMIT, LINK, TOTAL_COUNT
from evconform.ocpi.held import Pull, pulls_of
from evconform.ocpi.moments import moment
from evconform.ocpi.paging import Window, next_link
from evconform.ocpi.places import target_of
from evconform.ocpi.view import Frame, Log

Offences = Iterator[tuple[Any, str]]
FILTERS = ("date_from", "date_to")


def pages(log: Log) -> Iterator[Frame]:
    """Pages that the subject served, each a situation."""
    for frame in log.answers(by=log.subject, ok=True, method="GET", interface="SENDER"):
        if frame.operation is not None and frame.operation.paged:
            yield frame
        else:
            log.moot(frame)


def number(frame: Frame, name: str) -> int | None:
    """The whole number that a header holds; None if it holds none."""
    text = (frame.header(name) or "").strip()
    return int(text) if text.isdecimal() and text.isascii() else None


def window(query: dict[str, str]) -> Window | None:
    """What a query asks for; None if it cannot be read."""
    try:
        return Window.of(query)
    except ValueError:
        return None


@monitor("OCPI221-PAG-01")
def pages_have_their_headers(log: Log) -> Offences:
    for frame in pages(log):
        if window(frame.query) is None:
            log.moot(frame)  # what is to be said to parameters that are none is another rule
            continue
        for name in (TOTAL_COUNT, LIMIT):
            if number(frame, name) is None:
                yield frame, f"{frame}: {name} is {frame.header(name)!r}, not a whole number"


def changed(pull: Pull) -> bool:
    """Whether X-Total-Count changed while a pull was under way: then pages may have moved, and an object been missed."""
    return len({number(page, TOTAL_COUNT) for page in pull.pages}) > 1


def first_pages(log: Log) -> dict[int, Frame]:
    """Each page of a pull, by its number, to the first of them: what was asked stands there, for a Link may say it otherwise."""
    return {page.n: pull.first for pull in pulls(log) for page in pull.pages}


def pulls(log: Log) -> list[Pull]:
    """Of either side; no situations by themselves."""
    return log.conversation.index("pulls", lambda: pulls_of(log.conversation.frames))


@monitor("OCPI221-PAG-02")
def x_limit_is_the_maximum(log: Log) -> Offences:
    asked = first_pages(log)
    first: dict[Any, Frame] = {}
    for frame in pages(log):
        limit = number(frame, LIMIT)
        if limit is None or window(frame.query) is None:
            log.moot(frame)
            continue
        before = first.setdefault((frame.module, asked.get(frame.n, frame).query.get("limit")), frame)
        if number(before, LIMIT) != limit:
            yield (before, frame), f"{frame}: X-Limit is {limit}, and was {number(before, LIMIT)} in frame {before.n}"
        elif isinstance(frame.data, list) and len(frame.data) > limit:
            yield frame, f"{frame}: {len(frame.data)} objects, and X-Limit is {limit}"


@monitor("OCPI221-PAG-04")
def links_lead_on_until_the_end(log: Log) -> Offences:
    for pull in log.pages(by=log.subject):
        asked = window(pull.first.query)
        came = asked.offset if asked else 0
        for n, page in enumerate(pull.pages):
            total = number(page, TOTAL_COUNT)
            if asked is None or not total or not page.ok or not isinstance(page.data, list):
                log.moot(pull.last)  # an empty list shows nothing
                break
            came += len(page.data)
            leads = next_link(page.header(LINK))
            ends_early = came < total and leads is None
            goes_on = came >= total and leads is not None and not may_end(pull, n, leads)
            if (ends_early or goes_on) and n and changed(pull) and not loops(pull, n):
                log.moot(pull.last)  # what was added or taken away meanwhile is on pages of before
                break
            if ends_early:
                yield page, f"{page}: no Link with the relation next, and {total - came} of {total} objects are still to come"
            elif goes_on:
                yield page, f"{page}: a Link with the relation next, and all {total} objects are there"


def loops(pull: Pull, n: int) -> bool:
    """Whether a page leads to one of before."""
    leads = next_link(pull.pages[n].header(LINK))
    return leads is not None and target_of(leads, pull.pages[n].target) in {page.target for page in pull.pages[: n + 1]}


def may_end(pull: Pull, n: int, link: str) -> bool:
    """Whether a Link where all objects are there may yet lead to the last page, an empty one: it does, or nobody looked."""
    after = pull.pages[n + 1 :]
    if not after:
        return target_of(link, pull.pages[n].target) not in {page.target for page in pull.pages}
    return len(after) == 1 and pull.complete and not after[0].data


@monitor("OCPI221-PAG-06")
def links_keep_what_was_asked(log: Log) -> Offences:
    for frame in pages(log):
        url = next_link(frame.header(LINK))
        asked = window(frame.query)
        if url is None or asked is None or not ({*FILTERS, "limit"} & frame.query.keys()):
            log.moot(frame)
            continue
        leads = window(dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)))
        kept = leads is not None and (leads.date_from, leads.date_to) == (asked.date_from, asked.date_to)
        if not kept:
            names = ", ".join(name for name in FILTERS if name in frame.query) or "that there is no filter"
            yield frame, f"{frame}: the Link does not keep {names}: {url}"
        elif asked.limit is not None and leads is not None and leads.limit is None:
            yield frame, f"{frame}: the Link does not keep the limit {asked.limit}: {url}"


@monitor("OCPI221-PAG-07")
def pages_hold_each_object_once(log: Log) -> Offences:
    for pull in log.pages(by=log.subject):
        asked = window(pull.first.query)
        if asked is None or asked.offset or not pull.complete:
            log.moot(pull.last)
            continue
        count, twice, moved = twice_in(pull)
        total = number(pull.last, TOTAL_COUNT)
        if (not count and not total) or moved or (changed(pull) and (twice or count != total)):
            log.moot(pull.last)
        elif twice:
            yield tuple(pull.pages), f"the pages hold {', '.join(sorted(twice)[:5])} more than once"
        elif total is not None and count != total:
            yield tuple(pull.pages), f"the pages hold {count} objects, and X-Total-Count is {total}"


def twice_in(pull: Pull) -> tuple[int, set[str], bool]:
    """How many objects a pull holds, those that it holds more than once as they were, and whether one came again because it
    changed meanwhile. An id is that of a party."""
    count, dates, twice, moved = 0, dict[str, str](), set[str](), False
    for _, _, value in pull.objects():
        count += 1
        if not isinstance(value, dict):
            continue
        name = "*".join(str(value.get(member)).upper() for member in ("country_code", "party_id", "id"))
        date = str(value.get("last_updated"))
        if name not in dates:
            dates[name] = date
        elif dates[name] == date:
            twice.add(str(value.get("id")))
        else:
            moved = True
    return count, twice, moved


@monitor("OCPI221-PAG-10")
def only_what_lies_in_the_window(log: Log) -> Offences:
    for frame in pages(log):
        asked = window(frame.query)
        if asked is None or not (set(FILTERS) & frame.query.keys()):
            log.moot(frame)
            continue
        for value in frame.data if isinstance(frame.data, list) else ():
            updated = last_updated(value)
            # that the bounds are inclusive and exclusive has rows of its own
            if updated is not None and updated != asked.date_to and not asked.holds(updated) and not is_cut(updated, asked):
                yield frame, f"{frame}: {value.get('id')} was last updated {value['last_updated']}, outside of the window"


def is_cut(updated: datetime, asked: Window) -> bool:
    """Whether a date that is told in whole seconds may be that of a moment within the window."""
    return not updated.microsecond and asked.holds(updated + timedelta(seconds=1, microseconds=-1))


def last_updated(value: Any) -> datetime | None:
    """The moment of an object; None if it has none that can be read."""
    try:
        return moment(value.get("last_updated")) if isinstance(value, dict) else None
    except ValueError:
        return None


@monitor("OCPI221-PAG-12")
def the_total_is_of_the_filters(log: Log) -> Offences:
    known: dict[Any, Frame] = {}
    acts = {frame.n for frame in log.conversation.frames if frame.kind == "act"}
    for frame in pages(log):
        asked, total = window(frame.query), number(frame, TOTAL_COUNT)
        if asked is None or total is None:
            log.moot(frame)
            continue
        key = (frame.module, asked.date_from, asked.date_to)
        before = known.get(key)
        known[key] = frame
        was = (number(before, TOTAL_COUNT) or 0) if before else 0
        if before is None or not (total or was) or any(before.n < n < frame.n for n in acts):
            log.moot(frame)  # nothing to compare with, nothing there, or something may have been added in between
        elif was > total and asked.date_to is not None:
            log.moot(frame)  # what is updated is not before date_to any more
        elif was > total:  # it may grow at any time
            words = f"X-Total-Count is {total}, and was {was} in frame {before.n} with the same filters"
            yield (before, frame), f"{frame}: {words}"
