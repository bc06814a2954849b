"""What the scripted central system knows, asks and hears of the charge point that it faces: verbs that say no more than that."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from evconform.ocpp import cards, scripts
from evconform.ocpp.frame import settings
from evconform.ocpp.soap.scripted import Enveloping
from evconform.ocpp.view import Frame


class SeesChargePoint(Enveloping):
    """``clock_ahead``: seconds that our clock is ahead of true time, in what we answer."""

    clock_ahead = 0.0

    @property
    def card(self) -> str:
        """The UID of the card that the bench presents."""
        return self.campaign.sut.pixit.card

    @property
    def other_card(self) -> str:
        """The UID of a second card."""
        return self.campaign.sut.pixit.other_card

    def id_tag(self, uid: str) -> str:
        """The idTag that the PICS makes of a card (3.9)."""
        return cards.id_tag_of(uid, self.campaign.pics)

    @property
    def now(self) -> str:
        """The present time, as OCPP writes it."""
        return scripts.iso(self._now())

    @property
    def tolerance(self) -> float:
        """Seconds by which a time rule may be off."""
        return self.campaign.plan.terms.tolerance

    @property
    def time(self) -> float:
        """The present time, in POSIX seconds."""
        return self._now().timestamp()

    async def reads(self, key: str) -> str | None:
        """The value of a configuration key; None if there is no such key."""
        answer = await self.calls("GetConfiguration", key=[key], expects={})
        value = settings(answer).get(key.lower(), {}).get("value")
        return value if isinstance(value, str) else None

    async def sets(self, key: str, value: Any, *, if_there: bool = False) -> None:
        """Sets a configuration key that the case depends on; ``if_there``: one that a charge point need not have."""
        if if_there and await self.reads(key) is None:
            return
        text = str(value).lower() if isinstance(value, bool) else ",".join(value) if isinstance(value, list) else str(value)
        await self.calls("ChangeConfiguration", key=key, value=text, expects={"status": "Accepted"})

    async def hears_status(self, status: str | list[str], connector: int = 1, **how: Any) -> Frame:
        """Waits for a StatusNotification that tells this status of a connector."""
        return await self.hears("StatusNotification", connectorId=connector, status=status, **how)

    async def hears_values(self, context: str, *, proves: str | None = None, within: float | None = None, **what: Any) -> Frame:
        """Waits for a MeterValues with a value of this context (7.37)."""
        return await self.hears_frame(type="CALL", action="MeterValues", context=context, proves=proves, within=within, **what)

    def offset_time(self, hours: float) -> str:
        """The present time with a fraction of a second and the offset of a time zone (3.15)."""
        zone = timezone(timedelta(hours=hours))
        return self._now().astimezone(zone).isoformat(timespec="microseconds")

    async def hears_all_status(self, proves: str) -> None:
        """Waits for a StatusNotification of every connector, with patience after each of them."""
        missing = list(self.connectors)
        while missing:
            frame = await self.hears("StatusNotification", connectorId=missing.copy(), proves=proves)
            missing.remove(frame.get("connectorId"))

    async def hears_unshifted_status(self, hours: float, proves: str) -> Frame:
        """Waits for a StatusNotification, and expects that its time stamp is not off by the offset that we gave."""
        shifted = [self._now().timestamp() + hours * 3600, self.campaign.sut.pixit.clock_tolerance]
        what = {"type": "CALL", "action": "StatusNotification"}
        frame = await self.campaign.expectations.hears(what, self.patience, {"time_not_near": shifted}, proves)
        assert isinstance(frame, Frame)
        return frame

    @property
    def reconnect_patience(self) -> float:
        """Seconds that the charge point may take to dial again."""
        return self.campaign.sut.pixit.reconnect_within

    @property
    def connectors(self) -> range:
        """Connector 0 and those that the PICS claims."""
        return range(self.campaign.pics["connectors"] + 1)

    def _now(self) -> datetime:
        return self.clock.date() + timedelta(seconds=self.clock_ahead)
