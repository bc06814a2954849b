"""Who may charge: Authorize (4.1), the authorization cache and the local list (3.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.view import instant

if TYPE_CHECKING:
    from mocks.inch import Inch

REFUSED: Payload = {"status": "Invalid"}
ACCEPTED: Payload = {"status": "Accepted"}


class Authorization:
    """Decides by idTagInfo (7.27)."""

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        cp.handles("ClearCache", self.clear_cache)

    @property
    def has_cache(self) -> bool:
        return self.cp.configuration.flag("AuthorizationCacheEnabled")

    def known(self, id_tag: str) -> Payload | None:
        """What the local list (3.5.3: first) or the cache says of an idTag."""
        listed = self.cp.local_list.find(id_tag) if self.cp.configuration.flag("LocalAuthListEnabled") else None
        return listed or (self.cached(id_tag) if self.has_cache else None)

    def cached(self, id_tag: str) -> Payload | None:
        info = self.cp.memory.cache.get(id_tag.lower())
        expiry = instant(info.get("expiryDate")) if info else None
        return info | {"status": "Expired"} if info and expiry and expiry < self.cp.now() else info

    def learns(self, id_tag: str, info: Payload | None) -> None:
        """Every idTagInfo goes into the cache (3.5.1), but not what the list has (3.5.3)."""
        if info and self.has_cache and not self.cp.local_list.find(id_tag):
            self.cp.memory.cache[id_tag.lower()] = info

    def clear_cache(self, payload: Payload, _: Channel) -> Answer:
        """5.4; Rejected without a cache (erratum 3.23)."""
        if not self.has_cache:
            return {"status": "Rejected"}
        self.cp.memory.cache.clear()
        return {"status": "Accepted"}

    def suffices(self, known: Payload | None) -> bool:
        """Whether what is known locally is enough to start without asking (9.1.13)."""
        return known is not None and known["status"] == "Accepted" and self.pre_authorizes

    @property
    def pre_authorizes(self) -> bool:
        return self.cp.configuration.flag("LocalPreAuthorize")

    async def authorize(self, id_tag: str) -> Payload:
        """The idTagInfo of an idTag that somebody presented."""
        known = self.known(id_tag)
        if not self.cp.pics["Authorize"] or self.suffices(known):
            return known or ACCEPTED
        if self.cp.online:
            answer = await self.cp.tell("Authorize", {"idTag": id_tag})
            if answer is not None:
                info: Payload = answer["idTagInfo"]
                self.learns(id_tag, info)
                return info
            if self.cp.online:
                return REFUSED  # a CALLERROR, or no answer
        return self.offline(known)

    def offline(self, known: Payload | None) -> Payload:
        """3.5: what is known and accepted may charge; what is not known, if AllowOfflineTxForUnknownId says so (3.5.4)."""
        if not self.cp.pics["offline_authorization"]:
            return REFUSED
        if known:
            return known if self.cp.configuration.flag("LocalAuthorizeOffline") else REFUSED
        return ACCEPTED if self.cp.configuration.flag("AllowOfflineTxForUnknownId") else REFUSED
