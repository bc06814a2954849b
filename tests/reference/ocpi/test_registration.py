"""Registration from both sides (OCPI 2.2.1, credentials): its rules, its refusals, and that nothing is left half done."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from evconform.http import taming
from evconform.ocpi.authorization import authorization
from evconform.reference.ocpi import schema
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.platform import Platform
from evconform.reference.ocpi.records import Partner
from evconform.reference.ocpi.secrets import digest
from evconform.reference.ocpi.visit import Unfit
from evconform.reference.store import NotStored
from tests.reference.ocpi.bench import Scene, cpo, emsp

ROLE = {"role": "EMSP", "party_id": "DRV", "country_code": "NL", "business_details": {"name": "Driver"}}


class Stranger:
    """A platform that is whatever a test makes it: path to what is answered, with what it was asked."""

    def __init__(self, lab: Scene) -> None:
        self.lab = lab
        self.url = ""
        self.versions: Any = None
        self.details: Any = None
        self.status = 200
        self.asked: list[tuple[str, str]] = []

    async def listens(self) -> Stranger:
        served = await taming.serve(self._answer, self.lab.clock, self.lab.tasks, "http://127.0.0.1:0")
        self.lab.served.append(served)
        self.url = served.url
        self.versions = [{"version": "2.2.1", "url": f"{self.url}/2.2.1"}]
        self.details = {"version": "2.2.1", "endpoints": [self.endpoint("credentials", "SENDER")]}
        return self

    def endpoint(self, module: str, role: str) -> dict[str, str]:
        return {"identifier": module, "role": role, "url": f"{self.url}/2.2.1/{role.lower()}/{module}"}

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        self.asked.append((request.url.path, request.headers["authorization"]))
        data = self.versions if request.url.path == "/versions" else self.details
        made: Response = JSONResponse({"data": data, "status_code": 1000, "timestamp": "2026-01-05T12:00:00Z"}, self.status)
        await made(scope, receive, send)

    def credentials(self, token: str = "token-b", **more: Any) -> dict[str, Any]:
        return {"token": token, "url": f"{self.url}/versions", "roles": [ROLE]} | more


async def on_disk(platform: Platform) -> list[Partner]:
    await platform.store.durable()
    return [Partner(**row) for row in await platform.store.read(select(schema.PARTNERS))]


async def meets(lab: Scene, **settings: Any) -> tuple[Platform, Stranger, str]:
    """A CPO that has invited a stranger, with the URL of its credentials endpoint."""
    platform = await lab.platform(cpo(), **settings)
    await platform.partners.invite("token-a", name="the stranger")
    return platform, await Stranger(lab).listens(), platform.endpoint("credentials", "")


def test_two_platforms_register_and_talk(lab: Scene) -> None:
    async def story() -> None:
        ours, theirs = await lab.platform(cpo()), await lab.platform(emsp())
        _, token = await theirs.partners.invite(name="a CPO")
        told: list[str] = []
        theirs.watchers.append(lambda what, partner: told.append(f"{what} {partner.parties}"))
        partner = await ours.joining.registers(theirs.versions_url, token, name="an eMSP")
        [seen] = theirs.partners.registered
        assert told == ["registered [('SI', 'EVC')]"]
        assert (seen.name, seen.parties, seen.invitation) == ("a CPO", [("SI", "EVC")], "")
        assert (partner.parties, partner.version) == ([("NL", "DRV")], "2.2.1")
        assert partner.token == digest(seen.their_token)
        assert seen.token == digest(partner.their_token)
        assert len({token, seen.their_token, partner.their_token}) == 3
        assert await on_disk(ours) == [partner]
        assert await on_disk(theirs) == [seen]
        renewed = await ours.joining.renews(partner)
        assert renewed.their_token != partner.their_token
        assert renewed.token != partner.token
        assert (await lab.asks("GET", theirs.versions_url, partner.their_token))[0] == 401
        assert (await lab.asks("GET", theirs.versions_url, renewed.their_token))[0] == 200
        left = await ours.joining.leaves(renewed)
        assert (left.state, theirs.partners.all[seen.id].state) == ("left", "left")
        assert told[-1].startswith("left")
        assert (await lab.asks("GET", theirs.versions_url, renewed.their_token))[0] == 401

    lab.run(story())


def test_the_answer_to_a_post_holds_a_new_token_and_the_invitation_is_dead(lab: Scene) -> None:
    async def story() -> None:
        platform, stranger, url = await meets(lab)
        http, envelope, _ = await lab.asks("POST", url, "token-a", stranger.credentials())
        assert (http, envelope["status_code"]) == (200, 1000)
        assert platform.wrong("Credentials", envelope["data"]) == ""
        given = envelope["data"]["token"]
        assert given not in ("token-a", "token-b")
        assert envelope["data"]["url"] == platform.versions_url
        expected = authorization("token-b")
        assert stranger.asked == [("/versions", expected), ("/2.2.1", expected)]
        assert (await lab.asks("GET", platform.versions_url, "token-a"))[0] == 401
        assert (await lab.asks("GET", url, given))[1]["data"]["token"] == given
        assert (await lab.asks("POST", url, given, stranger.credentials()))[0] == 405
        [kept] = await on_disk(platform)
        assert given not in str(kept), "what they show us is kept as a digest"

    lab.run(story())


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_what_only_a_registered_platform_may_is_405_before(lab: Scene, method: str) -> None:
    async def story() -> None:
        _, stranger, url = await meets(lab)
        http, envelope, headers = await lab.asks(method, url, "token-a", stranger.credentials() if method == "PUT" else None)
        assert (http, headers["allow"]) == (405, "GET, POST")
        assert envelope["status_code"] == 2000
        assert stranger.asked == []

    lab.run(story())


def test_a_put_rotates_the_token_and_looks_again(lab: Scene) -> None:
    async def story() -> None:
        platform, stranger, url = await meets(lab)
        first = (await lab.asks("POST", url, "token-a", stranger.credentials()))[1]["data"]["token"]
        stranger.details["endpoints"].append(stranger.endpoint("locations", "RECEIVER"))
        stranger.asked.clear()
        second = (await lab.asks("PUT", url, first, stranger.credentials("token-b2")))[1]["data"]["token"]
        assert [path for path, _ in stranger.asked] == ["/versions", "/2.2.1"]
        assert second != first
        assert (await lab.asks("GET", url, first))[0] == 401
        [partner] = platform.partners.registered
        assert partner.their_token == "token-b2"
        assert partner.endpoint("locations", "RECEIVER") == f"{stranger.url}/2.2.1/receiver/locations"
        http, envelope, _ = await lab.asks("DELETE", url, second)
        assert (http, envelope["status_code"], "data" in envelope) == (200, 1000, False)
        assert (await lab.asks("DELETE", url, second))[0] == 401

    lab.run(story())


def breaks(stranger: Stranger, how: str) -> dict[str, Any]:
    """Makes the stranger unfit in one way; gives the credentials that it sends."""
    if how == "status 500":
        stranger.status = 500
    elif how == "no versions":
        stranger.versions = "none"
    elif how == "details of another version":
        stranger.details["version"] = "2.2"
    elif how == "nobody there":
        return stranger.credentials(url="http://127.0.0.1:1/versions")
    elif how == "a file":
        return stranger.credentials(url="file:///etc/passwd")
    elif how == "other version":
        stranger.versions = [{"version": "2.1.1", "url": f"{stranger.url}/2.1.1"}]
    elif how == "no endpoints":
        stranger.details["endpoints"] = []
    elif how == "no receiver":
        stranger.details["endpoints"].append(stranger.endpoint("tariffs", "RECEIVER"))
    elif how == "token with a space":
        return stranger.credentials("to ken")
    elif how == "no roles":
        return stranger.credentials(roles=[])
    elif how == "a role twice":
        return stranger.credentials(roles=[ROLE, ROLE | {"country_code": "nl"}])
    return stranger.credentials()


BROKEN = {
    "status 500": 3001,
    "no versions": 3001,
    "details of another version": 3001,
    "nobody there": 3001,
    "a file": 3001,
    "other version": 3002,
    "no endpoints": 3003,
    "no receiver": 3003,
    "token with a space": 2001,
    "no roles": 2001,
    "a role twice": 2001,
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_post_that_comes_to_nothing_leaves_nothing(lab: Scene, how: str) -> None:
    async def story() -> None:
        needs = (("locations", "RECEIVER"),) if how == "no receiver" else ()
        platform, stranger, url = await meets(lab, needs=needs)
        before = await on_disk(platform)
        http, envelope, _ = await lab.asks("POST", url, "token-a", breaks(stranger, how))
        assert (http, envelope["status_code"]) == (200, BROKEN[how]), envelope
        assert "data" not in envelope
        assert await on_disk(platform) == before
        assert platform.partners.registered == []
        stranger = await Stranger(lab).listens()
        platform.settings.needs = ()
        assert (await lab.asks("POST", url, "token-a", stranger.credentials()))[1]["status_code"] == 1000

    lab.run(story())


@pytest.mark.parametrize("how", ["status 500", "other version", "no endpoints", "a role twice"])
def test_a_put_that_comes_to_nothing_leaves_all_as_it_was(lab: Scene, how: str) -> None:
    async def story() -> None:
        platform, stranger, url = await meets(lab)
        token = (await lab.asks("POST", url, "token-a", stranger.credentials()))[1]["data"]["token"]
        before = await on_disk(platform)
        assert (await lab.asks("PUT", url, token, breaks(stranger, how)))[1]["status_code"] == BROKEN[how]
        assert await on_disk(platform) == before
        assert (await lab.asks("GET", url, token))[0] == 200

    lab.run(story())


def test_two_posts_at_once_are_one_registration(lab: Scene) -> None:
    async def story() -> None:
        platform, stranger, url = await meets(lab)
        both = await asyncio.gather(*(lab.asks("POST", url, "token-a", stranger.credentials()) for _ in range(2)))
        assert sorted(http for http, _, _ in both) == [200, 405]
        assert len(platform.partners.registered) == 1

    lab.run(story())


def test_what_cannot_be_stored_is_not_answered_with_success(lab: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        platform, stranger, url = await meets(lab)

        async def fails() -> None:
            raise NotStored("the disk is full")

        with monkeypatch.context() as patched:
            patched.setattr(platform.store, "durable", fails)
            http, envelope, _ = await lab.asks("POST", url, "token-a", stranger.credentials())
        assert (http, envelope["status_code"]) == (200, 3000)
        assert platform.partners.registered == []
        assert (await lab.asks("GET", url, "token-a"))[0] == 200

    lab.run(story())


@pytest.mark.parametrize(("how", "raised"), [("status 500", Failed), ("other version", Unfit), ("no endpoints", Unfit)])
def test_we_do_not_register_where_nothing_fits(lab: Scene, how: str, raised: type[Exception]) -> None:
    async def story() -> None:
        platform, stranger, _ = await meets(lab)
        breaks(stranger, how)
        with pytest.raises(raised):
            await platform.joining.registers(f"{stranger.url}/versions", "their-a")
        assert platform.partners.registered == []
        assert all(path != "/2.2.1/sender/credentials" for path, _ in stranger.asked), "no POST was sent"

    lab.run(story())


def test_we_do_not_stay_half_registered_when_the_answer_is_improper(lab: Scene) -> None:
    async def story() -> None:
        platform, stranger, _ = await meets(lab)
        with pytest.raises(Failed, match="credentials"):
            await platform.joining.registers(f"{stranger.url}/versions", "their-a")  # it answers the POST with its details
        assert stranger.asked[-1][0] == "/2.2.1/sender/credentials"
        assert platform.partners.registered == []
        assert not platform.partners._joining

    lab.run(story())


def test_a_partner_that_sends_its_token_raw_has_to_be_known_for_it(lab: Scene) -> None:
    async def story() -> None:
        platform = await lab.platform(cpo())
        await platform.partners.invite("plain-token", encoding="raw")
        await platform.partners.invite("other-token")
        works = {("plain-token", "raw"), ("other-token", "base64")}
        for token, encoding in itertools.product(("plain-token", "other-token"), ("raw", "base64")):
            http = 200 if (token, encoding) in works else 401
            headers = {"Authorization": authorization(token, encoding)}  # type: ignore[arg-type]
            assert (await lab.asks("GET", platform.versions_url, headers=headers))[0] == http

    lab.run(story())


def test_an_invitation_can_be_renewed_and_then_nothing_older_works(lab: Scene) -> None:
    async def story() -> None:
        platform, stranger, url = await meets(lab)
        token = (await lab.asks("POST", url, "token-a", stranger.credentials()))[1]["data"]["token"]
        [partner] = platform.partners.registered
        with pytest.raises(ValueError, match="1 to 64"):
            await platform.partners.invite("to ken")
        with pytest.raises(KeyError):
            await platform.partners.invite(id="nobody")
        await platform.partners.invite("token-a2", id=partner.id)
        assert (await lab.asks("GET", url, token))[0] == 401
        assert (await lab.asks("POST", url, "token-a2", stranger.credentials()))[1]["status_code"] == 1000
        assert [each.id for each in platform.partners.registered] == [partner.id]

    lab.run(story())
