"""What a platform may get wrong in every response."""

from __future__ import annotations

import json
from typing import Any

from evconform.harness.law import fault
from suites.ocpi221.spoilt import (
    drops_header,
    edits_answers,
    edits_envelopes,
    edits_headers,
    knows_callers,
    path,
    remembers_callers,
    replaces_codes,
    replaces_errors,
)


@fault(kills="OCPI221-TRN-03")
def forbids_without_authorization(party: Any) -> None:
    """Answers a request without Authorization with 403."""
    replaces_errors(party, 401, 403)


@fault(kills="OCPI221-TRN-03")
def needs_no_authorization(party: Any) -> None:
    """Takes a request without Authorization for one of the partner that it knows."""
    plain = party.platform.app.caller
    made: list[Any] = []

    def caller(header: str | None) -> Any:
        found = plain(header)
        made.extend([type(found)] if found else [])
        if header is None and made:
            found = made[0](party.platform.partners.registered[0], "registered", "")
        return found

    party.platform.app.caller = caller


@fault(kills="OCPI221-TRN-03")
def shows_its_details_to_anybody(party: Any) -> None:
    """Needs no authorization for its version details, which are no secret."""
    told: list[bytes] = []

    def edit(request: Any, answer: Any) -> Any:
        if answer.http == 200:
            told.append(answer.body)
        elif request.headers.get("authorization") is None:
            answer.http, answer.body = 200, told[-1]
        return answer

    edits_answers(party, edit, lambda request: request.url.path.endswith("/2.2.1"))


@fault(kills="OCPI221-TRN-04")
def forbids_strangers(party: Any) -> None:
    """Answers an unknown token with HTTP 200 and a status code."""
    replaces_codes(party, 2000, 2000, http=200)


@fault(kills="OCPI221-TRN-05")
def stumbles_over_what_is_no_base64(party: Any) -> None:
    """Breaks on a token that is not Base64."""
    replaces_errors(party, 401, 500)


@fault(kills="OCPI221-TRN-06")
def takes_any_scheme(party: Any) -> None:
    """Looks at the token alone, whatever the word before it."""
    knows_callers(party, lambda header: f"Token {header.partition(' ')[2]}" if header else None)


@fault(kills="OCPI221-TRN-07")
def opens_everything_to_token_a(party: Any) -> None:
    """Serves its modules to those who are not registered."""
    party.platform.app.open_to_all += ("locations", "tariffs")


@fault(kills="OCPI221-TRN-07")
def opens_tariffs_to_token_a(party: Any) -> None:
    """Forgets one module when it keeps those out who are not registered."""
    party.platform.app.open_to_all += ("tariffs",)


@fault(kills="OCPI221-TRN-08")
def keeps_replaced_tokens(party: Any) -> None:
    """Lets in who shows a token that was replaced."""
    remembers_callers(party)


@fault(kills="OCPI221-TRN-09")
def keeps_tokens_of_those_who_left(party: Any) -> None:
    """Lets in who ended the registration."""
    remembers_callers(party)


@fault(kills="OCPI221-TRN-10")
def calls_broken_json_unprocessable(party: Any) -> None:
    """Answers a body that is no JSON with HTTP 422."""
    replaces_errors(party, 400, 422)


@fault(kills="OCPI221-TRN-11")
def refuses_content_by_http(party: Any) -> None:
    """Answers JSON that is no valid object with HTTP 400."""
    replaces_codes(party, 2001, 2001, http=400)


@fault(kills="OCPI221-TRN-12")
def answers_as_its_framework_does(party: Any) -> None:
    """Answers errors with the page of its framework."""

    def edit(_: Any, answer: Any) -> Any:
        answer.body = b'{"detail":"Not Found"}' if answer.http >= 400 else answer.body
        return answer

    edits_answers(party, edit)


@fault(kills="OCPI221-TRN-13")
def stamps_with_a_space(party: Any) -> None:
    """Writes timestamps with a space and no zone, as str() does."""
    edits_envelopes(party, lambda told: told | {"timestamp": told["timestamp"].replace("T", " ").rstrip("Z")})


@fault(kills="OCPI221-TRN-13")
def stamps_with_an_offset(party: Any) -> None:
    """Writes timestamps with an offset."""
    edits_envelopes(party, lambda told: told | {"timestamp": told["timestamp"].rstrip("Z")[:19] + "+00:00"})


@fault(kills="OCPI221-TRN-13")
def codes_are_texts(party: Any) -> None:
    """Writes the status code of errors as a text."""
    edits_envelopes(party, lambda told: told if told["status_code"] == 1000 else told | {"status_code": str(told["status_code"])})


@fault(kills="OCPI221-TRN-13")
def codes_are_those_of_http(party: Any) -> None:
    """Writes the HTTP status into the status code of an HTTP error."""

    def edit(_: Any, answer: Any) -> Any:
        if answer.http >= 400:
            answer.body = json.dumps(json.loads(answer.body) | {"status_code": answer.http}).encode()
        return answer

    edits_answers(party, edit)


@fault(kills="OCPI221-TRN-14")
def stamps_as_it_began(party: Any) -> None:
    """Gives each response the time of its start."""
    first: list[str] = []

    def edit(told: dict[str, Any]) -> dict[str, Any]:
        first.append(told["timestamp"])
        return told | {"timestamp": first[0]}

    edits_envelopes(party, edit)


@fault(kills="OCPI221-TRN-15")
def wraps_single_objects(party: Any) -> None:
    """Puts its credentials into an array."""
    edits_envelopes(party, lambda told: told | {"data": [told["data"]]}, path("/credentials", "GET"))


@fault(kills="OCPI221-TRN-16")
def calls_json_html(party: Any) -> None:
    """Says that its responses are HTML."""
    edits_headers(party, lambda name, value: "text/html" if name == "Content-Type" else value)


@fault(kills="OCPI221-TRN-18")
def forgets_request_ids(party: Any) -> None:
    """Does not give the id of a request back."""
    drops_header(party, "X-Request-ID")


@fault(kills="OCPI221-TRN-19")
def forgets_correlation_ids(party: Any) -> None:
    """Gives a correlation id of its own back."""
    edits_headers(party, lambda name, value: "its-own" if name == "X-Correlation-ID" else value)


@fault(kills="OCPI221-TRN-23")
def routes_every_answer(party: Any) -> None:
    """Puts routing headers on answers of versions and credentials too."""

    def edit(_: Any, answer: Any) -> Any:
        answer.headers += [("OCPI-from-party-id", "EVC"), ("OCPI-from-country-code", "SI")]
        return answer

    edits_answers(party, edit, path("/versions"))


@fault(kills="OCPI221-TRN-24")
def copies_routing_headers(party: Any) -> None:
    """Copies the routing headers of the request, unswapped."""
    party.platform.app.routes = lambda routing: routing


@fault(kills="OCPI221-TRN-24")
def answers_without_routing(party: Any) -> None:
    """Leaves the routing headers out of its answers."""
    drops_header(party, "OCPI-to-party-id", "OCPI-to-country-code", "OCPI-from-party-id", "OCPI-from-country-code")


@fault(kills="OCPI221-TRN-25")
def finds_nothing_politely(party: Any) -> None:
    """Answers a GET of what is not there with HTTP 200."""
    replaces_errors(party, 404, 200)


@fault(kills="OCPI221-TRN-27")
def patches_credentials(party: Any) -> None:
    """Takes a PATCH of credentials for a GET."""
    handlers = party.platform.handlers["credentials", "", 0]
    handlers["PATCH"] = party.platform.versions


@fault(kills="OCPI221-TRN-28")
def succeeds_in_its_own_way(party: Any) -> None:
    """Says 1900 where it is to say 1000."""
    replaces_codes(party, 1000, 1900, picks=path("/credentials", "GET"))


@fault(kills="OCPI221-TRN-30")
def redirects_slashes(party: Any) -> None:
    """Redirects a URL with a slash at its end to the one without."""

    def edit(request: Any, answer: Any) -> Any:
        answer.http = 307
        answer.headers.append(("Location", str(request.url).rstrip("/")))
        return answer

    edits_answers(party, edit, lambda request: request.url.path.endswith("/"))


@fault(kills="OCPI221-ROB-08")
def stumbles_over_chunks(party: Any) -> None:
    """Breaks on a body that comes in chunks."""

    def edit(_: Any, answer: Any) -> Any:
        answer.http = 500
        return answer

    edits_answers(party, edit, lambda request: request.headers.get("transfer-encoding") == "chunked")


@fault(kills="OCPI221-ROB-12")
def repeats_tokens(party: Any) -> None:
    """Names the token that it refuses."""

    def edit(request: Any, answer: Any) -> Any:
        if answer.http == 401:
            told = json.loads(answer.body) | {"status_message": f"unknown: {request.headers.get('authorization')}"}
            answer.body = json.dumps(told).encode()
        return answer

    edits_answers(party, edit)
