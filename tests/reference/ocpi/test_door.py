"""What a platform answers (OCPI 2.2.1, transport_and_format, status_codes): who may ask, errors, headers, pages."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from evconform.ocpi.authorization import authorization
from evconform.ocpi.moments import moment, stamp
from evconform.ocpi.paging import next_link
from tests.reference.ocpi.bench import Scene, cpo
from tests.reference.ocpi.office import Office, evse, location, office


@pytest.fixture
def lab() -> Iterator[Office]:
    with office() as made:
        yield made


async def token(lab: Office) -> str:
    theirs, _ = await lab.emsp()
    return theirs.partners.registered[0].their_token


def test_who_is_not_known_learns_nothing(lab: Office) -> None:
    async def story() -> None:
        good = await token(lab)
        encoded = base64.b64encode(good.encode()).decode()
        base = lab.office.platform.version_url
        wrong = (
            None, "", "Token", f"Bearer {encoded}", f"Token  {encoded}", f"token {encoded}", f"Token {good}", "Token %%%",
            "Basic e30=", authorization(f"{good}\n"), authorization("nobody"), f"Token {encoded}x", f"Token {'x' * 10_000}",
        )  # fmt: skip
        for header in wrong:
            for path in ("/sender/locations", "/nowhere", "/credentials"):
                http, envelope, _ = await lab.asks("GET", f"{base}{path}", headers={"Authorization": header} if header else {})
                assert (http, envelope["status_code"]) == (401, 2000), header
                assert good not in str(envelope)
        assert (await lab.asks("GET", f"{base}/sender/locations", good))[0] == 200

    lab.run(story())


def test_an_invitation_opens_versions_and_credentials_only(lab: Office) -> None:
    async def story() -> None:
        platform = lab.office.platform
        await platform.partners.invite("token-a")
        details = (await lab.asks("GET", platform.version_url, "token-a"))[1]["data"]
        assert platform.wrong("VersionDetails", details) == ""
        urls = {(each["identifier"], each["role"]): each["url"] for each in details["endpoints"]}
        assert set(urls) == {("credentials", "SENDER"), ("locations", "SENDER"), ("tariffs", "SENDER")}
        versions = (await lab.asks("GET", platform.versions_url, "token-a"))[1]["data"]
        assert versions == [{"version": "2.2.1", "url": platform.version_url}]
        assert (await lab.asks("GET", urls["credentials", "SENDER"], "token-a"))[0] == 200
        for url in (urls["locations", "SENDER"], urls["tariffs", "SENDER"], f"{platform.version_url}/nowhere"):
            assert (await lab.asks("GET", url, "token-a"))[0] == 401

    lab.run(story())


@pytest.mark.parametrize(
    ("method", "path", "http"),
    [
        ("GET", "nowhere", 404), ("GET", "sender/cdrs", 404), ("GET", "receiver/locations", 404),
        ("GET", "sender/locations/a/b/c/d", 404),
        ("POST", "sender/locations", 405), ("PUT", "sender/locations/L", 405), ("DELETE", "sender/tariffs", 405),
        ("PATCH", "credentials", 405), ("POST", "", 405), ("GET", "sender/locations/", 200), ("GET", "credentials/", 200),
    ],
)  # fmt: skip
def test_what_there_is_not(lab: Office, method: str, path: str, http: int) -> None:
    async def story() -> None:
        known = await token(lab)
        url = f"{lab.office.platform.version_url}/{path}"
        found, envelope, headers = await lab.asks(method, url, known, {} if method in ("POST", "PUT") else None)
        assert (found, envelope["status_code"]) == (http, 1000 if http == 200 else 2000)
        assert ("allow" in headers) == (http == 405)

    lab.run(story())


BODIES: tuple[tuple[bytes, dict[str, str], int], ...] = (
    (b"", {}, 400), (b"{", {}, 400), (b'{"a": NaN}', {}, 400), (b"\xff", {}, 400), (b"[" * 100_000, {}, 400), (b"{}x", {}, 400),
    (gzip.compress(b"{}"), {"Content-Encoding": "gzip"}, 415), (b" " * (9 * 2**20), {}, 413),
    (b"{}", {}, 200), (b"[]", {}, 200), (b'"x"', {}, 200), (b"null", {}, 200), (b'{"token": 3}', {}, 200),
    (b'{"token": "\\ud800", "url": "http://x", "roles": []}', {}, 200),
)  # fmt: skip


@pytest.mark.parametrize(("body", "headers", "http"), BODIES, ids=range(len(BODIES)))
def test_what_is_no_json_is_400_and_what_is_gets_a_code(lab: Scene, body: bytes, headers: dict[str, str], http: int) -> None:
    async def story() -> None:
        platform = await lab.platform(cpo())
        await platform.partners.invite("token-a")
        found, envelope, _ = await lab.asks(
            "POST", platform.endpoint("credentials", ""), "token-a", content=body, headers=headers
        )
        assert (found, envelope["status_code"]) == (http, 2001 if http == 200 else 2000), envelope
        assert len(envelope["status_message"]) <= 255

    lab.run(story())


def test_ids_are_echoed_and_routing_is_swapped(lab: Office) -> None:
    async def story() -> None:
        known = await token(lab)
        asked = {
            "X-Request-ID": "r-1", "X-Correlation-ID": "c-1", "OCPI-to-party-id": "EVC", "OCPI-to-country-code": "SI",
            "OCPI-from-party-id": "DRV", "OCPI-from-country-code": "NL",
        }  # fmt: skip
        url = lab.office.platform.endpoint("locations", "SENDER")
        http, _, headers = await lab.asks("GET", url, known, headers=asked)
        assert http == 200
        assert {name: headers[name] for name in asked} == asked | {
            "OCPI-to-party-id": "DRV", "OCPI-to-country-code": "NL", "OCPI-from-party-id": "EVC", "OCPI-from-country-code": "SI",
        }  # fmt: skip
        http, _, headers = await lab.asks("GET", lab.office.platform.versions_url, known, headers=asked)
        assert (headers["x-request-id"], [name for name in headers if name.startswith("ocpi")]) == ("r-1", [])
        _, _, headers = await lab.asks("GET", url, known)
        assert "x-request-id" not in headers
        for changed, whose in (({"OCPI-to-party-id": "XXX"}, "SI/XXX"), ({"OCPI-from-party-id": "YYY"}, "NL/YYY")):
            http, envelope, _ = await lab.asks("GET", url, known, headers=asked | changed)
            assert (http, envelope["status_code"]) == (200, 2001)
            assert whose in envelope["status_message"]

    lab.run(story())


async def crawl(lab: Office, url: str, known: str) -> tuple[list[str], list[tuple[int, int]]]:
    """The ids of all pages, and X-Total-Count and X-Limit of each."""
    ids: list[str] = []
    told: list[tuple[int, int]] = []
    at: str | None = url
    while at:
        _, envelope, headers = await lab.asks("GET", at, known)
        ids += [each["id"] for each in envelope["data"]]
        told.append((int(headers["x-total-count"]), int(headers["x-limit"])))
        at = next_link(headers.get("link"))
    return ids, told


def test_pages(lab: Office) -> None:
    async def story() -> None:
        known = await token(lab)
        lab.office.platform.settings.page_at_most = 4
        ids = [f"L{n}" for n in (7, 3, 9, 1, 8, 2, 6, 4, 0, 5)]
        at: dict[str, str] = {}
        for id in ids:
            document = await lab.office.locations.publishes(location(id, evse(f"E-{id}")))
            at[id] = document.value["last_updated"]
            await lab.clock.wait(1.5)
        url = lab.office.platform.endpoint("locations", "SENDER")
        assert await crawl(lab, url, known) == (ids, [(10, 4)] * 3)
        assert await crawl(lab, f"{url}?limit=3", known) == (ids, [(10, 4)] * 4)
        assert await crawl(lab, f"{url}?limit=5", known) == (ids, [(10, 4)] * 3)
        assert await crawl(lab, f"{url}?offset=8", known) == (ids[8:], [(10, 4)])
        assert await crawl(lab, f"{url}?offset=10", known) == ([], [(10, 4)])
        window = f"date_from={at[ids[2]]}&date_to={at[ids[7]]}"
        assert await crawl(lab, f"{url}?{window}&limit=2", known) == (ids[2:7], [(5, 4)] * 3)
        later = stamp(moment(at[ids[2]]) + timedelta(milliseconds=1))
        assert (await crawl(lab, f"{url}?date_from={later}&date_to={at[ids[4]]}", known))[0] == [ids[3]]
        without_zone = at[ids[5]].removesuffix("Z")
        assert (await crawl(lab, f"{url}?date_from={without_zone}", known))[0] == ids[5:]
        await lab.office.locations.says("E-L3", "BLOCKED")
        _, _, headers = await lab.asks("GET", f"{url}?{window}&limit=2&extra=a%20b", known)
        link = next_link(headers["link"])
        assert link
        assert link.startswith(f"{url}?date_from={at[ids[2]]}&date_to={at[ids[7]]}&extra=a+b&offset=2&limit=2")
        assert (await crawl(lab, url, known))[0] == ids, "a change moves nothing"

    lab.run(story())


@pytest.mark.parametrize(
    "query",
    ["offset=-1", "limit=x", "limit=0", "limit=-5", "limit=", "date_from=yesterday", "date_to=2026-01-01T00:00:00%2B02:00"],
)
def test_a_window_that_is_none_is_2001(lab: Office, query: str) -> None:
    async def story() -> None:
        url = lab.office.platform.endpoint("locations", "SENDER")
        http, envelope, headers = await lab.asks("GET", f"{url}?{query}", await token(lab))
        assert (http, envelope["status_code"]) == (200, 2001)
        assert query.partition("=")[0] in envelope["status_message"]
        assert "link" not in headers

    lab.run(story())


def test_an_id_may_hold_what_a_path_must_encode(lab: Office) -> None:
    async def story() -> None:
        known = await token(lab)
        odd = "a/b ?#%2F*+"
        await lab.office.locations.publishes(location(odd, evse("E/1")))
        for quoted in ("a%2Fb%20%3F%23%252F%2A%2B", "A%2Fb%20%3F%23%252f*+"):
            found: Any = await lab.gets(f"locations/{quoted}/E%2F1/1", known)
            assert found["id"] == "1"

    lab.run(story())


def test_the_store_is_not_asked_for_what_it_cannot_hold(lab: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL takes no NUL in a text, and nobody half of a surrogate pair."""

    async def story() -> None:
        known = await token(lab)
        monkeypatch.setattr(lab.cpo.store, "read", None)
        for path in ("a%00b", "%00/E/1", "%00%ED%A0%80"):
            url = f"{lab.office.platform.endpoint('locations', 'SENDER')}/{path}"
            http, envelope, _ = await lab.asks("GET", url, known)
            assert (http, envelope["status_code"]) == (404, 2000)
        for owner, id in ((None, "\ud800"), (None, "\0"), (("SI", "\udfff"), "L"), (("\0", "EVC"), "L")):
            assert await lab.office.platform.documents.one("locations", owner, id, ("",)) is None

    lab.run(story())


def test_a_store_that_is_gone_is_3000(lab: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        known = await token(lab)

        async def gone(_: object) -> Any:
            raise OSError("the disk is gone")

        with monkeypatch.context() as patched:
            patched.setattr(lab.cpo.store, "read", gone)
            http, envelope, _ = await lab.asks("GET", lab.office.platform.endpoint("tariffs", "SENDER"), known)
        assert (http, envelope["status_code"]) == (200, 3000)

    lab.run(story())


def test_a_platform_of_two_parties_lists_those_of_whom_is_asked(lab: Office) -> None:
    async def story() -> None:
        known = await token(lab)
        await lab.office.platform.has(cpo("OTH"))
        await lab.office.locations.publishes(location("SAME", evse("A")))
        await lab.office.locations.publishes(location("SAME", evse("B"), party_id="OTH"))
        url = lab.office.platform.endpoint("locations", "SENDER")
        for party, uids in (("EVC", ["A"]), ("oth", ["B"]), ("", ["A", "B"])):
            to = {"OCPI-to-party-id": party, "OCPI-to-country-code": "si"} if party else {}
            _, envelope, headers = await lab.asks("GET", url, known, headers=to)
            assert [each["evses"][0]["uid"] for each in envelope["data"]] == uids
            assert headers["x-total-count"] == str(len(uids))
        credentials = (await lab.asks("GET", lab.office.platform.endpoint("credentials", ""), known))[1]["data"]
        assert [role["party_id"] for role in credentials["roles"]] == ["EVC", "OTH"]

    lab.run(story())


def test_a_bug_of_ours_is_told_and_answered_with_an_envelope(lab: Scene) -> None:
    async def story() -> None:
        platform = await lab.platform(cpo())
        await platform.partners.invite("token-a")

        async def breaks(_: object) -> Any:
            raise ZeroDivisionError

        platform.handles("versions", "", "GET", 0, breaks)
        http, envelope, _ = await lab.asks("GET", platform.versions_url, "token-a")
        assert (http, envelope["status_code"]) == (500, 3000)
        with pytest.raises(ZeroDivisionError):
            lab.tasks.check()

    lab.run(story())
