"""What a back office may do otherwise than our own do: each changes a party in a way that OCPI 2.2.1 allows."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from suites.ocpi221.spoilt import edits_answers, edits_data, edits_envelopes, edits_headers, edits_objects, path


def stamps_without_z(party: Any) -> None:
    edits_envelopes(party, lambda told: told | {"timestamp": f"{told['timestamp'][:19]}.1234"})


def decorates_envelopes(party: Any) -> None:
    """A message and a member of its own in each, null for data in errors, other spellings of headers."""

    def edit(_: Any, answer: Any) -> Any:
        told = {"status_message": "as asked", "server": "x"} | json.loads(answer.body)
        told |= {"data": None} if told["status_code"] != 1000 else {}
        answer.body = json.dumps(told, indent=1).encode()
        answer.headers = [(n.upper(), f"{v}; charset=utf-8" if n == "Content-Type" else v) for n, v in answer.headers]
        return answer

    edits_answers(party, edit)


def answers_writes_with_data(party: Any) -> None:
    """Where no data are specified, something may stand there."""

    def edit(_: Any, answer: Any) -> Any:
        if answer.http in (200, 201):
            answer.body = json.dumps(json.loads(answer.body) | {"data": {}}).encode()
        return answer

    for part, method in (("/receiver/", "PUT"), ("/receiver/", "PATCH"), ("/credentials", "DELETE")):
        edits_answers(party, edit, path(part, method))


def has_an_older_version_too(party: Any) -> None:
    def edit(data: Any) -> Any:
        return [{"version": "2.1.1", "url": data[0]["url"].replace("2.2.1", "2.1.1")}, *data] if isinstance(data, list) else data

    edits_data(party, edit, path("/versions"))


def calls_its_credentials_receiver(party: Any) -> None:
    """The role of the credentials endpoint has no meaning."""

    def edit(data: Any) -> Any:
        rows = data.get("endpoints", []) if isinstance(data, dict) else []
        rows[:] = [row | {"role": "RECEIVER"} if row["identifier"] == "credentials" else row for row in rows]
        return data

    edits_data(party, edit, path("/2.2.1", "GET"))


def says_null_and_more(party: Any) -> None:
    """null and empty lists for what is not there, and a member that the specification does not know."""

    def edit(value: dict[str, Any]) -> None:
        value.update({"images": None, "related_locations": []} if "coordinates" in value else {"tariff_alt_url": None})
        value["evconform_more"] = {"a": 1}

    for module in ("locations", "tariffs"):
        edits_objects(party, module, edit)


def takes_defaults(party: Any) -> None:
    """An optional field that was left out is read back with its default."""

    def edit(data: Any) -> Any:
        return {"charging_when_closed": True} | data if isinstance(data, dict) and "coordinates" in data else data

    edits_data(party, edit, path("/receiver/", "GET"))


def gives_one_object_a_page(party: Any) -> None:
    party.platform.settings = replace(party.platform.settings, page_at_most=1)


def gives_relative_links(party: Any) -> None:
    edits_headers(
        party, lambda name, value: value.replace(party.platform.url.rpartition("/ocpi")[0], "") if name == "Link" else value
    )


def is_slow(party: Any) -> None:
    """Each request of its own takes two seconds more."""
    plain = party.platform.calls.request

    async def slow(*args: Any, **how: Any) -> Any:
        await party.site.clock.wait(2)
        return await plain(*args, **how)

    party.platform.calls.request = slow


def writes_countries_small(party: Any) -> None:
    """A country code is a CiString."""
    plain = party.platform.registration.credentials

    def credentials(token: str) -> dict[str, Any]:
        told: dict[str, Any] = plain(token)
        return told | {"roles": [role | {"country_code": role["country_code"].lower()} for role in told["roles"]]}

    party.platform.registration.credentials = credentials


def hides_methods(party: Any) -> None:
    """404 where a method is not there."""

    def edit(_: Any, answer: Any) -> Any:
        answer.http = 404 if answer.http == 405 else answer.http
        return answer

    edits_answers(party, edit, lambda request: "/credentials" not in request.url.path or request.method == "PATCH")


def pushes_whole_locations(party: Any) -> None:
    """PUT of the location in the place of a PATCH of its EVSE."""

    def edit(message: Any) -> Any:
        if message.method != "PATCH":
            return message
        return replace(message, method="PUT", parts=message.parts[:1], body=message.whole.document, whole=None)

    party.office.push.edit = edit


def puts_evses(party: Any) -> None:
    """PUT of the EVSE in the place of a PATCH."""

    def edit(message: Any) -> Any:
        if message.method != "PATCH":
            return message
        evses = json.loads(message.whole.document)["evses"]
        return replace(message, method="PUT", body=next(e for e in evses if e["uid"] == message.parts[1]), whole=None)

    party.office.push.edit = edit


BOTH: dict[Any, tuple[str, ...]] = {
    stamps_without_z: ("TRN-01", "CRE-01"),
    decorates_envelopes: ("TRN-0", "CRE-0", "LOC-01", "PAG-01"),
    answers_writes_with_data: ("LOC-0", "CRE-07", "TAR-0"),
    has_an_older_version_too: ("VER", "CRE-01", "CRE-13"),
    calls_its_credentials_receiver: ("VER", "CRE-13"),
    says_null_and_more: ("LOC-0", "TAR-0", "PAG-01"),
    is_slow: ("CRE", "TRN-1", "LOC-08"),
    writes_countries_small: ("CRE-01", "CRE-13", "LOC-08"),
    hides_methods: ("TRN-09", "LOC-10", "TAR-02"),
}
"""Variant to the cases that it may touch, as parts of their ids."""
CPO: dict[Any, tuple[str, ...]] = {
    gives_one_object_a_page: ("PAG", "LOC-01"),
    gives_relative_links: ("PAG-0",),
    pushes_whole_locations: ("LOC-09", "TRN-10"),
    puts_evses: ("LOC-09", "TRN-10"),
}
EMSP: dict[Any, tuple[str, ...]] = {takes_defaults: ("LOC-0", "ROB-02", "ROB-12")}
WITHOUT_PATCH = (pushes_whole_locations, puts_evses)
"""Those that do not claim locations_receiver_patch."""
