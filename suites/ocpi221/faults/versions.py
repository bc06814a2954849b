"""What a platform may get wrong in what it says of its versions and endpoints. It is right until it is registered with."""

from __future__ import annotations

from typing import Any

from evconform.harness.law import fault
from suites.ocpi221.spoilt import both, edits_calls, edits_data, is_registered, path

VERSIONS, DETAILS = path("/versions"), path("/2.2.1", "GET")


def edits_details(party: Any, edit: Any) -> None:
    """``edit`` changes version details in place."""

    def edited(data: Any) -> Any:
        if isinstance(data, dict) and "endpoints" in data:
            edit(data)
        return data

    edits_data(party, edited, both(DETAILS, is_registered(party)))


def edits_endpoints(party: Any, edit: Any) -> None:
    """``edit`` makes other endpoints of those that there are."""
    edits_details(party, lambda data: data.update(endpoints=edit(data["endpoints"])))


@fault(kills="OCPI221-VER-01")
def has_no_version(party: Any) -> None:
    """Lists no version."""
    edits_data(party, lambda data: [], both(VERSIONS, is_registered(party)))


@fault(kills="OCPI221-VER-02")
def tells_of_another_version(party: Any) -> None:
    """Gives the details of another version than it listed."""
    edits_details(party, lambda data: data.update(version="2.2"))


@fault(kills="OCPI221-VER-03")
def has_no_roles(party: Any) -> None:
    """Leaves the role out of its endpoints."""
    edits_endpoints(party, lambda rows: [{name: row[name] for name in ("identifier", "url")} for row in rows])


@fault(kills="OCPI221-VER-04")
def hides_its_credentials(party: Any) -> None:
    """Announces no endpoint of the module credentials."""
    edits_endpoints(party, lambda rows: [row for row in rows if row["identifier"] != "credentials"])


@fault(kills="OCPI221-VER-05")
def promises_too_much(party: Any) -> None:
    """Announces a module that it does not serve."""
    edits_endpoints(
        party, lambda rows: [*rows, {"identifier": "cdrs", "role": "SENDER", "url": f"{rows[0]['url'].rpartition('/')[0]}/cdrs"}]
    )


@fault(kills="OCPI221-VER-06")
def hides_tariffs(party: Any) -> None:
    """Serves tariffs, and announces only the rest."""
    edits_data(
        party,
        lambda data: (
            data | {"endpoints": [row for row in data["endpoints"] if row["identifier"] != "tariffs"]}
            if isinstance(data, dict) and "endpoints" in data
            else data
        ),
        DETAILS,
    )


@fault(kills="OCPI221-VER-07")
def announces_twice(party: Any) -> None:
    """Announces its first endpoint twice."""
    edits_endpoints(party, lambda rows: [*rows, rows[0] | {"url": f"{rows[0]['url']}/"}])


@fault(kills="OCPI221-VER-08")
def announces_relative_urls(party: Any) -> None:
    """Announces paths."""
    edits_endpoints(party, lambda rows: [row | {"url": "/" + row["url"].split("/", 3)[3]} for row in rows])


@fault(kills="OCPI221-VER-09")
def announces_its_own_module(party: Any) -> None:
    """Announces a custom module to everybody."""
    edits_endpoints(
        party,
        lambda rows: [*rows, {"identifier": "sievc-weather", "role": "SENDER", "url": f"{rows[0]['url']}/weather"}],
    )


@fault(kills="OCPI221-VER-10")
def mends_urls(party: Any) -> None:
    """Takes the slash from the end of an announced URL."""

    def edit(call: Any) -> Any:
        call.url = call.url.rstrip("/")
        return call

    edits_calls(party, edit)


@fault(kills="OCPI221-TRN-29")
def leads_out_of_tls(party: Any) -> None:
    """Is reached over HTTPS, and announces endpoints of HTTP."""
    edits_endpoints(party, lambda rows: [row | {"url": row["url"].replace("https:", "http:")} for row in rows])


@fault(kills="OCPI221-VER-51")
def still_has_2_2(party: Any) -> None:
    """Lists version 2.2 too."""
    edits_data(
        party,
        lambda rows: [{"version": "2.2", "url": f"{party.platform.url}/2.2"}, *rows],
        both(VERSIONS, is_registered(party)),
    )
