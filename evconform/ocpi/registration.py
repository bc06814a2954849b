"""Our side of a registration (OCPI 2.2.1, credentials): the tokens of both sides, what the SUT announced, and our credentials
endpoint, which calls back before it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from evconform.http.client import NoAnswer
from evconform.http.message import Response
from evconform.ocpi import status
from evconform.ocpi.authorization import is_proper
from evconform.ocpi.endpoint import Asked, Handler, OcpiEndpoint, Reply
from evconform.ocpi.json import at, read
from evconform.ocpi.keyring import Keyring
from evconform.ocpi.places import Announced

CALL_BACK_WITHIN = 10.0
"""Seconds that the SUT has to answer a call-back of ours while its own request waits."""
VERSION = "2.2.1"


class Registration:
    """``key``: the token that opens the SUT's door to us; ``own``: the one that opens ours to it."""

    def __init__(self, endpoint: OcpiEndpoint, keyring: Keyring, versions_url: Callable[[], str]) -> None:
        self.endpoint = endpoint
        self.keyring = keyring
        self.versions_url = versions_url
        self.key = ""
        self.own = ""
        self.stands = False
        """Both sides hold a token of the other."""
        self.changed = asyncio.Event()
        self.announced = Announced()
        self.details_urls: dict[str, str] = {}
        """Version to the URL of its details, as the SUT lists them."""
        self.roles: list[dict[str, Any]] = []
        """Of the SUT, as it told them in its credentials."""
        self.heard: Response | None = None
        """The last response, with its secrets in the open."""

    def handles(self) -> None:
        table: dict[str, Handler] = {"GET": self._get, "POST": self._post, "PUT": self._put, "DELETE": self._delete}
        for method, handler in table.items():
            self.endpoint.handlers["credentials", "", method] = handler

    def party_of_sut(self, role: str) -> tuple[str, str] | None:
        """Country code and party id of its first party with this role."""
        return next(
            ((str(each.get("country_code")), str(each.get("party_id"))) for each in self.roles if each.get("role") == role), None
        )

    # ── states ──

    def invites(self) -> str:
        """A token A of ours, for the SUT to begin a registration with."""
        token = self.keyring.makes("A")
        self.endpoint.accepts[token] = False
        return token

    def offers(self) -> str:
        """A token of ours, for a POST or PUT; it opens our door at once, for the SUT calls back before it answers."""
        token = self.keyring.makes("B")
        self.endpoint.accepts[token] = True
        return token

    def takes_back(self, token: str) -> None:
        """The SUT did not accept our credentials."""
        self.endpoint.accepts.pop(token, None)

    def is_agreed(self, own: str, credentials: Any) -> None:
        """Both sides have each other's credentials."""
        self.own, self.key, self.stands = own, str(at(credentials, "token")), True
        self.endpoint.accepts = {own: True}
        self._notes_roles(credentials)
        self.changed.set()

    def is_over(self) -> None:
        self.key = self.own = ""
        self.stands = False
        self.endpoint.accepts = {}
        self.roles = []
        self.changed.set()

    def _notes_roles(self, credentials: Any) -> None:
        roles = at(credentials, "roles")
        self.roles = [each for each in roles if isinstance(each, dict)] if isinstance(roles, list) else []

    # ── what the SUT announces ──

    def lists_versions(self, data: Any) -> None:
        rows = [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []
        self.details_urls = {str(each.get("version")): each["url"] for each in rows if isinstance(each.get("url"), str)}

    def has_details(self, version: str, data: Any) -> None:
        self.announced.details_version(version, data)

    # ── our credentials endpoint ──

    def _get(self, asked: Asked) -> Reply:
        return Reply(self.endpoint.credentials(asked.token))

    async def _post(self, asked: Asked) -> Reply:
        return _not_allowed("registered already") if self.stands else await self._agrees(asked)

    async def _put(self, asked: Asked) -> Reply:
        return await self._agrees(asked) if self.stands else _not_allowed("not registered")

    def _delete(self, asked: Asked) -> Reply:
        if not self.stands:
            return _not_allowed("not registered")
        self.is_over()
        return Reply()

    async def _agrees(self, asked: Asked) -> Reply:
        """Calls back with the token that was given, then gives one of ours."""
        given, url = at(asked.body, "token"), at(asked.body, "url")
        if not (
            isinstance(given, str) and is_proper(given) and isinstance(url, str) and isinstance(at(asked.body, "roles"), list)
        ):
            return Reply(status_code=status.INVALID_PARAMETERS, message="no credentials: token, url and roles are required")
        version = asked.place.version or VERSION
        try:
            self.lists_versions(await self._fetches(url, given))
            if version not in self.details_urls:
                return Reply(
                    status_code=status.UNSUPPORTED_VERSION, message=f"{version} is not among the versions at {url}"[:200]
                )
            self.has_details(version, await self._fetches(self.details_urls[version], given))
        except NoAnswer as why:
            return Reply(status_code=status.CLIENT_API_UNUSABLE, message=f"the call back failed: {why}"[:200])
        if self.announced.url("credentials", "", version) is None:
            return Reply(status_code=status.NO_MATCHING_ENDPOINTS, message="no credentials endpoint among those announced")
        token = self.keyring.makes("C")
        self.is_agreed(token, asked.body)
        return Reply(self.endpoint.credentials(token))

    async def _fetches(self, url: str, token: str) -> Any:
        """The data at a URL of the SUT. Raises NoAnswer."""
        try:
            asked = self.endpoint.request("GET", url, token=token)
            response = await self.endpoint.client.request(url, asked, CALL_BACK_WITHIN)
        except ValueError as why:  # a URL of the SUT's that cannot stand in a request
            raise NoAnswer("no-url", str(why)) from why
        value, problem = read(response.body)
        if response.status != 200 or problem or not status.is_success(at(value, "status_code")):
            raise NoAnswer("broken", f"HTTP {response.status}, {problem or 'no success'}")
        return at(value, "data")


def _not_allowed(why: str) -> Reply:
    """OCPI 2.2.1, credentials: POST, PUT and DELETE method."""
    return Reply(http=405, status_code=2000, message=why, headers={"Allow": "GET"})
