"""Legal variants of back offices in how they answer and ask: transport_and_format, status_codes."""

from __future__ import annotations

import itertools
import json
from typing import Any

from mocks.legal_ocpi import legal

from suites.ocpi221.spoilt import edits_answers, edits_call_headers, edits_calls, edits_envelopes, edits_headers

ANSWERS = ("TRN-01", "TRN-02", "TRN-03", "CRE-01")
REQUESTS = ("TRN-10", "TRN-11", "CRE-13")
ROUTING = "ocpi-"


@legal("Response format: status_message is optional", *ANSWERS, "TRN-08")
def says_no_message(party: Any) -> None:
    edits_envelopes(party, lambda told: {name: each for name, each in told.items() if name != "status_message"})


@legal("Response format: status_message is a text", *ANSWERS)
def says_much(party: Any) -> None:
    edits_envelopes(party, lambda told: told | {"status_message": "Uspešno, 充電 🔌 " * 12})


@legal("types, DateTime: fractions are free", *ANSWERS)
def stamps_in_milliseconds(party: Any) -> None:
    edits_envelopes(party, lambda told: told | {"timestamp": f"{told['timestamp'][:19]}.123Z"})


@legal("types, DateTime: no zone is UTC", *ANSWERS)
def stamps_without_zone(party: Any) -> None:
    edits_envelopes(party, lambda told: told | {"timestamp": told["timestamp"][:19]})


@legal("Response format: no member is forbidden", *ANSWERS)
def adds_members(party: Any) -> None:
    edits_envelopes(party, lambda told: told | {"trace_id": "8d1e", "warnings": []})


@legal("status_codes: the data of an error may be null", *ANSWERS, "TRN-11", "TRN-07")
def has_null_for_data(party: Any) -> None:
    edits_envelopes(party, lambda told: {"data": None} | told)


@legal("status_codes: the data of an error are anything that helps", *ANSWERS, "TRN-11", "TRN-07", "PAG-07", "LOC-06")
def explains_errors(party: Any) -> None:
    edits_envelopes(party, lambda told: told if told["status_code"] < 2000 else told | {"data": {"errors": ["so it is"]}})


@legal("Response format: where no data are named, any may be there", *ANSWERS, "CRE-07", "LOC-04", "TAR-01", "TRN-12")
def gives_data_unasked(party: Any) -> None:
    edits_envelopes(party, lambda told: told if "data" in told or told["status_code"] > 1000 else told | {"data": {}})


@legal("RFC 9110, 8.3.1: parameters, and any case", *ANSWERS, *REQUESTS)
def names_the_charset(party: Any) -> None:
    def spelt(name: str, value: str) -> str:
        return "Application/JSON; charset=UTF-8" if name.lower() == "content-type" else value

    edits_headers(party, spelt)
    edits_call_headers(party, spelt)


@legal("HTTP header names are case-insensitive", *REQUESTS, "LOC-08", "LOC-09")
def writes_headers_small(party: Any) -> None:
    def edit(call: Any) -> Any:
        call.headers = [(name.lower(), value) for name, value in call.headers]
        return call

    edits_calls(party, edit)


@legal("Message Routing Headers: CiString", "TRN-02", "TRN-11", "LOC-08")
def writes_parties_small(party: Any) -> None:
    def spelt(name: str, value: str) -> str:
        return value.lower() if name.lower().startswith(ROUTING) else value

    edits_headers(party, spelt)
    edits_call_headers(party, spelt)


@legal("Message Routing Headers: two parties with one role each need none", "TRN-01", "TRN-02", several_parties=False)
def routes_nothing(party: Any) -> None:
    def dropped(name: str, value: str) -> str | None:
        return None if name.lower().startswith(ROUTING) else value

    edits_headers(party, dropped)
    edits_call_headers(party, dropped)
    credentials = party.platform.registration.credentials
    party.platform.registration.credentials = lambda token: (said := credentials(token)) | {"roles": said["roles"][:1]}


@legal("Unique message IDs: UUIDs are advised only", *REQUESTS)
def counts_requests(party: Any) -> None:
    numbers = itertools.count(1)
    party.platform.calls.new_id = lambda: f"req/{next(numbers):04} of today"


@legal("Unique message IDs: nothing says that the two differ", *REQUESTS)
def has_one_id_a_request(party: Any) -> None:
    def edit(call: Any) -> Any:
        [name] = [value for header, value in call.headers if header == "X-Request-ID"]
        call.headers = [(header, name if header == "X-Correlation-ID" else value) for header, value in call.headers]
        return call

    edits_calls(party, edit)


@legal("RFC 9112, 9.6: a server may close", *ANSWERS, "ROB-01", "CRE-06")
def closes_after_each_answer(party: Any) -> None:
    def edit(_: Any, answer: Any) -> Any:
        answer.headers.append(("Connection", "close"))
        return answer

    edits_answers(party, edit)


@legal("no clause has a time for answers", *ANSWERS, "CRE-06", "CRE-13")
def thinks_it_over(party: Any) -> None:
    plain = party.platform.app.replies

    async def replies(request: Any, place: Any) -> Any:
        await party.site.clock.wait(2)
        return await plain(request, place)

    party.platform.app.replies = replies


def as_gateways_do(party: Any, http: int, body: bytes, kind: str) -> None:
    """Another body with an HTTP error."""

    def edit(_: Any, answer: Any) -> Any:
        if answer.http == http:
            answer.body = body
            answer.headers = [(name, kind if name == "Content-Type" else value) for name, value in answer.headers]
        return answer

    edits_answers(party, edit)


@legal("HTTP errors have the response format: warned of", "TRN-01", "TRN-03", "TRN-04", warns=("OCPI221-TRN-12",))
def refuses_without_words(party: Any) -> None:
    as_gateways_do(party, 401, b"", "application/json")


@legal("HTTP errors have the response format: warned of", "TRN-01", "CRE-02", warns=("OCPI221-TRN-12",))
def misses_with_a_page(party: Any) -> None:
    as_gateways_do(party, 404, b"<html><h1>Not Found</h1></html>", "text/html")


@legal("HTTP errors have the response format: warned of", "TRN-09", "CRE-03", "CRE-04", warns=("OCPI221-TRN-12",))
def allows_no_method_in_its_frameworks_words(party: Any) -> None:
    as_gateways_do(party, 405, b'{"detail":"Method Not Allowed"}', "application/problem+json")


@legal("status_codes: any code of its range says that a client is wrong", "TRN-08", "TRN-09", "LOC-09", "ROB-09", "CRE-11")
def says_2000_to_everything(party: Any) -> None:
    edits_envelopes(party, lambda told: told | {"status_code": 2000} if told["status_code"] == 2001 else told)


@legal("status_codes: a GET of what is not there should get 404", "TRN-01", "LOC-09", "TAR-03", warns=("OCPI221-TRN-25",))
def misses_politely(party: Any) -> None:
    """HTTP 200 with 2003 for what is not there."""

    def edit(_: Any, answer: Any) -> Any:
        told = json.loads(answer.body)
        if answer.http == 404:
            answer.http, answer.body = 200, json.dumps(told | {"status_code": 2003}).encode()
        return answer

    edits_answers(party, edit)
