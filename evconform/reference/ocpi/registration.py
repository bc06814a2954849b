"""The credentials endpoint: OCPI 2.2.1, credentials. Another platform registers with us, changes that, and leaves.

A registration is one record: either all of it is on disk when the answer goes out, or nothing of it happened.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evconform.ocpi import status
from evconform.ocpi.authorization import is_proper
from evconform.reference.ocpi.calls import Key
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.records import Partner
from evconform.reference.ocpi.reply import Asked, Reply, invalid, not_allowed, one_line
from evconform.reference.ocpi.secrets import digest, new_token
from evconform.reference.ocpi.visit import Unfit, Visited, visit

if TYPE_CHECKING:
    from evconform.reference.ocpi.platform import Platform

METHODS = {"invited": {"GET", "POST"}, "joining": {"GET"}, "registered": {"GET", "PUT", "DELETE"}, "left": {"GET"}}
"""Standing to what is allowed: POST only before a registration, PUT and DELETE only after it (405)."""


class Registration:
    """Answers at the credentials endpoint. What a fault may change stands as attributes."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.new_token = new_token
        self.methods = {standing: set(allowed) for standing, allowed in METHODS.items()}
        self.calls_back = True

    def credentials(self, token: str) -> dict[str, Any]:
        """Our Credentials object for the partner that shows ``token``."""
        roles = [party.shown() for party in self.platform.parties]
        return {"token": token, "url": self.platform.versions_url, "roles": roles}

    async def answers(self, asked: Asked) -> Reply:
        """Each method of the endpoint."""
        if asked.method not in self.methods[self.standing(asked)]:
            return self.refuses(asked)
        if asked.method == "GET":
            return Reply(self.credentials(asked.caller.token))
        async with self.turns[asked.partner.id]:
            if asked.method not in self.methods[self.standing(asked)]:  # another request came first
                return self.refuses(asked)
            return await (self.leaves(asked) if asked.method == "DELETE" else self.takes(asked))

    def standing(self, asked: Asked) -> str:
        """How the caller stands now, for another request may have come first."""
        known = self.platform.partners.all.get(asked.partner.id)
        return asked.caller.standing if known is None or asked.caller.standing == "joining" else known.state

    def refuses(self, asked: Asked) -> Reply:
        standing = self.standing(asked)
        says = "is registered already" if standing == "registered" else "is not registered"
        return not_allowed(f"{asked.method}: this platform {says}", self.methods[standing])

    async def takes(self, asked: Asked) -> Reply:
        """POST and PUT: their credentials, our look at their endpoints, and a new token for them. Raises NotStored."""
        if says := wrong(self.platform, asked.body):
            return invalid(says)
        theirs = asked.body
        try:
            visited = await self.visits(theirs, asked)
        except Failed as failed:
            self.platform.partners.troubled(asked.partner, f"{asked.method} credentials: {failed}")
            return Reply(code=status.CLIENT_API_UNUSABLE, message=one_line(str(failed)))
        except Unfit as unfit:
            return Reply(code=unfit.code, message=one_line(str(unfit)))
        ours = self.new_token()
        partner = await self.platform.partners.becomes(registered(asked.partner, theirs, visited, ours))
        self.platform.on_registered(partner)
        return Reply(self.credentials(ours))

    async def visits(self, theirs: dict[str, Any], asked: Asked) -> Visited:
        """Our call back, with the token that they gave, before anything is answered. Raises Failed, Unfit."""
        if not self.calls_back:
            return Visited("2.2.1", json.loads(asked.partner.endpoints))
        key = Key(theirs["token"], asked.partner.encoding)
        return await visit(self.platform, theirs["url"], key, self.platform.version)

    async def leaves(self, asked: Asked) -> Reply:
        """DELETE: neither side's token works any longer. Raises NotStored."""
        partner = await self.platform.partners.leaves(asked.partner)
        self.platform.on_left(partner)
        return Reply()


def registered(partner: Partner, theirs: dict[str, Any], visited: Visited, ours: str) -> Partner:
    """The partner once it is registered: it shows ``ours``, we show what it gave; token A is dead."""
    return replace(
        partner,
        state="registered",
        invitation="",
        token=digest(ours),
        their_token=theirs["token"],
        versions_url=theirs["url"],
        version=visited.version,
        endpoints=json.dumps(visited.endpoints),
        roles=json.dumps(theirs["roles"]),
    )


def wrong(platform: Platform, theirs: Any) -> str:
    """What is wrong with a Credentials object, in one line; empty if nothing."""
    if says := platform.wrong("Credentials", theirs):
        return says
    if not is_proper(theirs["token"]):
        return "token: expected 1 to 64 printable ASCII characters without spaces"
    roles = [(r["role"], r["country_code"].upper(), r["party_id"].upper()) for r in theirs["roles"]]
    if len(set(roles)) != len(roles):
        return "roles: two of them have the same role, country_code and party_id"
    return ""
