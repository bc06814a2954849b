"""The partners of a platform, by id and by what they show. What is seen here is on disk.

A partner is invited (it may use token A on versions and credentials), registered, or has left. A change is a new record that
takes the old one's place once it is durable, so nobody is ever half registered.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from evconform.ocpi.authorization import Encoding, is_proper
from evconform.reference.moments import stamp
from evconform.reference.ocpi import schema
from evconform.reference.ocpi.records import Partner, Trouble
from evconform.reference.ocpi.reply import Caller, Standing
from evconform.reference.ocpi.secrets import digest, new_token, shown

if TYPE_CHECKING:
    from evconform.reference.ocpi.platform import Platform


class Partners:
    """``accepts``: whether a header in that encoding may be the partner's."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.all: dict[str, Partner] = {}
        self.troubles: dict[str, Trouble] = {}
        """By id of the partner."""
        self._shown: dict[str, tuple[str, Standing]] = {}
        """Digest to the id of the partner, and how it stands."""
        self._joining: dict[str, Partner] = {}
        """Digests of tokens B that we have sent and that are not answered yet."""

    async def load(self) -> None:
        """Reads them, for who has the store's turn."""
        read = self.platform.store.read_within
        self.all = {row["id"]: Partner(**row) for row in await read(select(schema.PARTNERS))}
        self.troubles = {row["partner"]: Trouble(**row) for row in await read(select(schema.TROUBLES))}
        self._index()

    def _index(self) -> None:
        self._shown = {}
        for partner in self.all.values():
            for kept, standing in ((partner.invitation, "invited"), (partner.token, "registered")):
                if kept:
                    self._shown[kept] = (partner.id, standing)  # type: ignore[assignment]

    @property
    def registered(self) -> list[Partner]:
        return [partner for partner in self.all.values() if partner.state == "registered"]

    @property
    def latest(self) -> Partner | None:
        """The one that registered last."""
        return max(self.registered, key=lambda partner: partner.at, default=None)

    # ── who asks ──

    def caller(self, header: str | None) -> Caller | None:
        """Who shows this Authorization header; None if nobody that we know (transport_and_format: 401)."""
        for token, encoding in shown(header):
            kept = digest(token)
            if joining := self._joining.get(kept):
                if self.accepts(joining, encoding):
                    return Caller(joining, "joining", token)
            elif found := self._shown.get(kept):
                partner = self.all[found[0]]
                if self.accepts(partner, encoding):
                    return Caller(partner, found[1], token)
        return None

    def accepts(self, partner: Partner, encoding: Encoding) -> bool:
        """Base64 since 2.2-d2; raw only from a partner that is known to send it."""
        return partner.encoding == encoding

    @contextmanager
    def joins(self, partner: Partner, token: str) -> Iterator[None]:
        """Lets a partner show ``token`` on versions and credentials while we register with it."""
        self._joining[digest(token)] = partner
        try:
            yield
        finally:
            del self._joining[digest(token)]

    # ── changes ──

    async def invite(
        self, token: str = "", name: str = "", encoding: Encoding | None = None, id: str = ""
    ) -> tuple[Partner, str]:
        """A new partner, or the one of that id anew, may register with this token A; one is made up if none is given. Raises
        ValueError: the token cannot be one, or is in use; KeyError: there is no such partner; NotStored."""
        token = token or new_token()
        if not is_proper(token):
            raise ValueError("token: expected 1 to 64 printable ASCII characters without spaces (OCPI 2.2.1, credentials)")
        if digest(token) in self._shown:
            raise ValueError("token: it is in use")
        old = self.all[id] if id else Partner(str(uuid.uuid4()), encoding=self.platform.settings.encoding)
        invited = replace(
            old, name=name or old.name, state="invited", encoding=encoding or old.encoding, invitation=digest(token),
            token="", their_token="",
        )  # fmt: skip
        return await self.becomes(invited), token

    async def becomes(self, partner: Partner) -> Partner:
        """``partner`` takes the place of what was known of it, once that is durable. Raises NotStored."""
        changed = replace(partner, at=stamp(self.platform.clock.date()))
        self.platform.store.put(changed)
        await self.platform.store.durable()
        self.all[changed.id] = changed
        self._index()
        return changed

    async def leaves(self, partner: Partner) -> Partner:
        """No token of it works any longer, ours with it neither (credentials, DELETE). Raises NotStored."""
        return await self.becomes(replace(partner, state="left", invitation="", token="", their_token="", endpoints="[]"))

    def troubled(self, partner: Partner, says: str) -> None:
        """Keeps what last went wrong with a partner, for its operator."""
        if partner.id in self.all:
            self.troubles[partner.id] = Trouble(partner.id, says, stamp(self.platform.clock.date()))
            self.platform.store.put(self.troubles[partner.id])
