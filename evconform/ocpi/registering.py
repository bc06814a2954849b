"""The verbs of a registration, from both sides (OCPI 2.2.1, credentials; version_information_endpoint)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, Self

from evconform.harness.campaign import Campaign
from evconform.harness.law import TestCase
from evconform.harness.verdict import NotReached
from evconform.ocpi.base_state import BaseState
from evconform.ocpi.expected import ok
from evconform.ocpi.frame import Frame
from evconform.ocpi.hearing import Hearing
from evconform.ocpi.json import at
from evconform.ocpi.registration import VERSION


class Registering(Hearing):
    """What it does, and hears, to be registered."""

    def __init__(self, campaign: Campaign, partner: str = "") -> None:
        super().__init__(campaign, partner)
        self._base = BaseState(self)

    async def base(self, case: TestCase) -> None:
        """Registered with the SUT, or not, if the case says so. Raises NotReached."""
        await self._base.reaches(case)

    # ── we are the Sender ──

    async def gets_versions(self, *, token: str | None = None, expects: dict[str, Any] | None = None, **how: Any) -> Frame:
        """GET of the SUT's versions; with token A, unless we are registered or another is named."""
        key = await self._door_key() if token is None else token
        frame = await self.asks(
            "GET", self.versions_of_sut(), token=key, expects=expects or ok(is_list=True), routed=False, **how
        )
        self.registration.lists_versions(frame.data)
        return frame

    async def gets_details(
        self, version: str = VERSION, *, token: str | None = None, expects: dict[str, Any] | None = None, **how: Any
    ) -> Frame:
        """GET of the details of a version that the SUT lists. Raises NotReached if it lists none such."""
        url = self.registration.details_urls.get(version)
        if url is None:
            raise NotReached(f"the SUT lists no version {version}")
        key = await self._door_key() if token is None else token
        demand = expects or ok(is_object=True, data={"version": version})
        frame = await self.asks("GET", url, token=key, expects=demand, routed=False, **how)
        self.registration.has_details(version, frame.data)
        return frame

    async def posts_credentials(self, **how: Any) -> Frame:
        """POST of our credentials: the SUT calls back, and gives us its token C. ``how`` as of ``asks``; ``over``: members of our
        credentials that are not as usual."""
        return await self._gives_credentials("POST", **how)

    async def renews(self, **how: Any) -> Frame:
        """PUT of our credentials with a new token."""
        return await self._gives_credentials("PUT", **how)

    async def _gives_credentials(
        self,
        method: str,
        *,
        token: str | None = None,
        over: dict[str, Any] | None = None,
        expects: dict[str, Any] | None = None,
        **how: Any,
    ) -> Frame:
        key = await self._door_key() if token is None else token
        own = self.registration.offers()
        body = self.endpoint.credentials(own) | (over or {})
        try:
            url = self.of("credentials")
            frame = await self.asks(method, url, body=body, token=key, expects=expects or ok(), routed=False, **how)
        except BaseException:
            self.registration.takes_back(own)
            raise
        given = at(self.heard_body, "data/token")
        if not frame.ok:
            self.registration.takes_back(own)
        elif isinstance(given, str) and given:
            self.registration.is_agreed(own, at(self.heard_body, "data"))
        elif expects is None:
            raise NotReached("the SUT accepted our credentials, and gave us no token")
        return frame

    async def registers(
        self, version: str = VERSION, *, token: str | None = None, proves: str | None = None, **how: Any
    ) -> Frame:
        """Versions, details, credentials: the whole registration with us as the Sender; ``proves``: what its last step does."""
        key = await self._door_key() if token is None else token
        await self.gets_versions(token=key)
        await self.gets_details(version, token=key)
        return await self.posts_credentials(token=key, proves=proves, **how)

    async def leaves(self, *, expects: dict[str, Any] | None = None, **how: Any) -> Frame:
        """DELETE of our credentials at the SUT. Raises NotReached where nobody could register us again."""
        self._base.may_leave()
        frame = await self.asks("DELETE", self.of("credentials"), expects=expects or ok(), routed=False, **how)
        if frame.ok:
            self.registration.is_over()
        return frame

    async def is_invited(self) -> str:
        """A token A of the SUT's: from its SUT file, or its operator makes it accept one. Raises NotReached."""
        return await self._base.is_invited()

    async def _door_key(self) -> str:
        return self.registration.key or await self.is_invited()

    async def another(self, party_id: str = "EV2") -> Self:
        """A further platform of ours, of another party, with a door and tokens of its own; not registered. It is there while the
        case lasts."""
        other = type(self)(self.campaign, party_id)
        other.party = other.endpoint.party = replace(self.party, party_id=party_id)
        self.others.append(other)
        self._script(f"another partner comes, {other.party.country_code}*{party_id}")
        await other.start()
        return other

    def recalls(self, frame: Frame) -> None:
        """Tokens are never on the disk: a session that goes on registers anew, with a new token A."""
        self._base.recalls(frame)

    # ── the SUT is the Sender ──

    def invites(self) -> str:
        """A token A of ours, for the SUT to begin a registration with."""
        return self.registration.invites()

    async def is_registered(self, *, proves: str | None = None, within: float | None = None) -> Frame:
        """Waits until the SUT has sent its credentials by POST and we, having called back, gave it ours."""
        frame = await self.hears("POST", "credentials", within=within, proves=proves)
        await self._settles(lambda: self.registration.stands and self._answered(frame), "it was not registered")
        return frame

    async def is_renewed(self, *, proves: str | None = None, within: float | None = None) -> Frame:
        """Waits until the SUT has sent new credentials by PUT and we gave it ours."""
        frame = await self.hears("PUT", "credentials", within=within, proves=proves)
        await self._settles(lambda: self._answered(frame), "its credentials were not renewed")
        return frame

    async def is_left(self, *, proves: str | None = None, within: float | None = None) -> Frame:
        """Waits until the SUT has ended the registration by DELETE."""
        frame = await self.hears("DELETE", "credentials", within=within, proves=proves)
        await self._settles(lambda: self._answered(frame), "the registration was not ended")
        return frame

    def _answered(self, asked: Frame) -> bool:
        return asked.answer is not None

    async def _settles(self, holds: Any, otherwise: str) -> None:
        """Waits until our own part is done. Raises NotReached."""
        try:
            async with asyncio.timeout(self.patience):
                while not holds():
                    self.said_something.clear()
                    await self.said_something.wait()
        except TimeoutError:
            raise NotReached(otherwise) from None
