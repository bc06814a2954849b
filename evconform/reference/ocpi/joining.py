"""We register with another platform, renew that, and leave: OCPI 2.2.1, credentials, as the Sender."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from evconform.ocpi.authorization import Encoding
from evconform.reference.ocpi.calls import Key
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.records import Partner
from evconform.reference.ocpi.registration import registered, wrong
from evconform.reference.ocpi.secrets import new_token
from evconform.reference.ocpi.visit import visit

if TYPE_CHECKING:
    from evconform.reference.ocpi.platform import Platform

GONE = (401, 404, 405)
"""HTTP statuses by which a partner says that it does not know our registration."""


class Joining:
    """What we ask of another platform's credentials endpoint. What a fault may change stands as attributes."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.new_token = new_token

    async def registers(self, url: str, token: str, name: str = "", encoding: Encoding | None = None) -> Partner:
        """Registers at a versions URL with a token A. Raises Failed, Unfit, NotStored: nothing is kept then."""
        stranger = Partner(str(uuid.uuid4()), name, encoding=encoding or self.platform.settings.encoding)
        try:
            return await self.exchanges("POST", stranger, url, Key(token, stranger.encoding))
        finally:
            self.platform.registration.turns.pop(stranger.id, None)

    async def renews(self, partner: Partner) -> Partner:
        """New tokens both ways, the highest version, and the endpoints anew. Raises Failed, Unfit, NotStored: all is as before
        then."""
        return await self.exchanges("PUT", partner, partner.versions_url, Key(partner.their_token, partner.encoding))

    async def exchanges(self, method: str, partner: Partner, url: str, key: Key) -> Partner:
        """Looks at their endpoints, gives a token and takes one. Theirs works from the request on, for they call back."""
        platform = self.platform
        async with platform.registration.turns[partner.id]:
            visited = await visit(platform, url, key)
            ours = self.new_token()
            endpoint = visited.endpoint("credentials")
            assert endpoint is not None
            with platform.partners.joins(partner, ours):
                answer = await platform.calls.request(method, endpoint, key, platform.registration.credentials(ours))
                theirs = answer.data
                if says := wrong(platform, theirs):
                    raise Failed("improper", f"the credentials: {says}", answer.http)
                partner = await platform.partners.becomes(registered(partner, theirs, visited, ours))
        platform.on_registered(partner)
        return partner

    async def leaves(self, partner: Partner) -> Partner:
        """Ends the registration, at both ends; if the partner cannot be told, it goes on. Raises Failed, NotStored."""
        endpoint = partner.endpoint("credentials", "") or ""
        async with self.platform.registration.turns[partner.id]:
            try:
                await self.platform.calls.partner(partner, "DELETE", endpoint)
            except Failed as failed:
                if failed.http not in GONE:
                    raise
            left = await self.platform.partners.leaves(partner)
        self.platform.on_left(left)
        return left
