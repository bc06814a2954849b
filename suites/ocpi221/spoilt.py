"""How a fault takes hold of a back office of ours: what it answers, what it asks, and whom it knows. Faults of both roles act on
the ``platform`` that both reference parties have."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Data = Any
Picks = Callable[[Any], bool]
"""Of a request, with ``method``, ``url`` and ``headers``."""

SUCCESS = range(1000, 2000)


def always(_: Any) -> bool:
    return True


def path(part: str, method: str = "") -> Picks:
    """Requests whose path holds that part."""
    return lambda request: part in request.url.path and method in ("", request.method)


def edits_answers(party: Any, edit: Callable[[Any, Any], Any], picks: Picks = always) -> None:
    """``edit`` changes each answer (``http``, ``headers``, ``body``) to the requests that are picked, and gives it back."""
    plain = party.platform.app.edit

    def edited(request: Any, answer: Any) -> Any:
        answer = plain(request, answer)
        return edit(request, answer) if picks(request) else answer

    party.platform.app.edit = edited


def edits_envelopes(party: Any, edit: Callable[[dict[str, Any]], dict[str, Any]], picks: Picks = always) -> None:
    """The same for the envelope of an answer."""

    def edited(_: Any, answer: Any) -> Any:
        answer.body = json.dumps(edit(json.loads(answer.body))).encode()
        return answer

    edits_answers(party, edited, picks)


def edits_data(party: Any, edit: Callable[[Data], Data], picks: Picks = always) -> None:
    """The same for the data of a success."""

    def edited(envelope: dict[str, Any]) -> dict[str, Any]:
        if envelope.get("status_code") in SUCCESS and "data" in envelope:
            envelope["data"] = edit(envelope["data"])
        return envelope

    edits_envelopes(party, edited, picks)


def edits_headers(party: Any, edit: Callable[[str, str], str | None], picks: Picks = always) -> None:
    """``edit`` gives another value for each header of an answer, or None for none."""

    def edited(_: Any, answer: Any) -> Any:
        changed = [(name, edit(name, value)) for name, value in answer.headers]
        answer.headers = [(name, value) for name, value in changed if value is not None]
        return answer

    edits_answers(party, edited, picks)


def drops_header(party: Any, *names: str) -> None:
    edits_headers(party, lambda name, value: None if name in names else value)


def replaces_errors(party: Any, was: int, http: int) -> None:
    """Another HTTP status where one was to be said."""

    def edited(_: Any, answer: Any) -> Any:
        answer.http = http if answer.http == was else answer.http
        return answer

    edits_answers(party, edited)


def replaces_codes(party: Any, was: int, code: int, http: int = 200, picks: Picks = always) -> None:
    """Another status code, and HTTP status, where a status code was to be said."""

    def edited(_: Any, answer: Any) -> Any:
        envelope = json.loads(answer.body)
        if envelope.get("status_code") == was:
            answer.http, answer.body = http, json.dumps(envelope | {"status_code": code}).encode()
        return answer

    edits_answers(party, edited, picks)


def edits_objects(party: Any, module: str, edit: Callable[[dict[str, Any]], Any]) -> None:
    """``edit`` changes, in place, every whole object of a module that is given in a list, by itself, or pushed."""

    def edited(data: Data) -> Data:
        for each in data if isinstance(data, list) else [data]:
            if "id" in each and "country_code" in each:
                edit(each)
        return data

    edits_data(party, edited, path(f"/sender/{module}"))

    def asked(call: Any) -> Any:
        body = json.loads(call.body) if call.method == "PUT" and call.body and f"/{module}" in call.url else None
        if isinstance(body, dict) and "country_code" in body:
            edit(body)
            call.body = json.dumps(body).encode()
        return call

    edits_calls(party, asked)


def edits_calls(party: Any, edit: Callable[[Any], Any]) -> None:
    """``edit`` changes each request (``method``, ``url``, ``headers``, ``body``) before it is sent."""
    plain = party.platform.calls.edit
    party.platform.calls.edit = lambda call: edit(plain(call))


def edits_bodies(party: Any, method: str, edit: Callable[[dict[str, Any]], Any], part: str = "") -> None:
    """``edit`` changes, in place, the object in each request of that method."""

    def asked(call: Any) -> Any:
        if call.method == method and call.body and part in call.url:
            body = json.loads(call.body)
            edit(body)
            call.body = json.dumps(body).encode()
        return call

    edits_calls(party, asked)


def edits_call_headers(party: Any, edit: Callable[[str, str], str | None], method: str = "", part: str = "") -> None:
    """``edit`` gives another value for each header of a request, or None for none."""

    def asked(call: Any) -> Any:
        if method in ("", call.method) and part in call.url:
            changed = [(name, edit(name, value)) for name, value in call.headers]
            call.headers = [(name, value) for name, value in changed if value is not None]
        return call

    edits_calls(party, asked)


def knows_callers(party: Any, other: Callable[[str | None], str | None]) -> None:
    """The party takes the Authorization header that ``other`` makes of one that it does not know."""
    plain = party.platform.app.caller

    def caller(header: str | None) -> Any:
        return plain(header) or (plain(changed) if (changed := other(header)) else None)

    party.platform.app.caller = caller


def remembers_callers(party: Any) -> None:
    """Whoever was let in once is let in for ever, as one who is registered."""
    plain = party.platform.app.caller
    known: dict[str, Any] = {}

    def caller(header: str | None) -> Any:
        found = plain(header)
        if found is not None:
            known[str(header)] = found
        elif header in known:
            old = known[str(header)]
            found = type(old)(party.platform.partners.all[old.partner.id], "registered", old.token)
        return found

    party.platform.app.caller = caller


def is_registered(party: Any) -> Picks:
    """Requests while somebody is registered."""
    return lambda _: bool(party.platform.partners.registered)


def both(*picks: Picks) -> Picks:
    return lambda request: all(each(request) for each in picks)
