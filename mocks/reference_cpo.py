"""The reference CPO as an embedded SUT: its store in memory, one charge point known, and the cards of the bench."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evconform.harness.party import Site, party
from evconform.harness.verdict import CannotAct
from evconform.ocpp.endpoints import endpoint_of
from evconform.reference.cpo.central_system import Cpo, Settings
from evconform.reference.cpo.records import Station, Token
from evconform.reference.cpo.registration import salted
from evconform.reference.guard import ALLOWABLE
from evconform.reference.moments import stamp

ID_TAGS = ("77FD2AFA", "FA2AFD77", "04A1B2C3D4E5F6", "F6E5D4C3B2A104")
"""The cards that a bench presents when the SUT file names no others, in both byte orders."""


class Answered(Mapping[str, str]):
    """Identity to the status of its last BootNotification.conf."""

    def __init__(self, cpo: Cpo) -> None:
        self.cpo = cpo

    def _told(self) -> dict[str, str]:
        return {each.identity: each.answered for each in self.cpo.memory.stations.values() if each.answered}

    def __getitem__(self, identity: str) -> str:
        return self._told()[identity]

    def __iter__(self) -> Iterator[str]:
        return iter(self._told())

    def __len__(self) -> int:
        return len(self._told())


@party("reference-cpo", role="central-system")
class ReferenceCpo(Cpo):
    """The reference CPO of one charge point."""

    def __init__(self, site: Site) -> None:
        endpoint, self.listens_at = endpoint_of(site.speaks, site.clock, site.tasks, site.wire)
        super().__init__(site.clock, site.tasks, Settings(callbacks=frozenset(ALLOWABLE)), endpoint)
        self.site = site
        self.answered = Answered(self)
        self.boot_notification = self.endpoint.handlers["BootNotification"]
        self.known = {site.identity: site.password}

    async def start(self) -> str:
        await self.open()
        for identity, password in self.known.items():
            self.memory.stations[identity] = Station(identity, password=salted(password) if password else "")
            self.store.put(self.memory.stations[identity])
        for id_tag in ID_TAGS:
            self.tokens.put(Token(id_tag.casefold(), id_tag))
        for each in self.site.provision.tokens:
            expiry = stamp(self.clock.date()) if each.status == "Expired" else ""
            self.tokens.put(Token(each.id_tag.casefold(), each.id_tag, each.parent, expiry, each.status == "Blocked"))
        return await self.endpoint.listen(self.listens_at)

    async def stop(self) -> None:
        await self.close()

    # ── its operator ──

    async def registers(self, identity: str, status: str) -> None:
        """Sets the status that the next BootNotification is answered with."""
        self.registration.registers(identity, status)

    async def sends(self, identity: str, action: str, **payload: Any) -> None:
        """Sends a CALL, unless the protocol forbids it now. What became of it is a command of the store. Raises CannotAct."""
        try:
            await self.commands.ask(identity, action, payload)
        except ValueError as why:
            raise CannotAct(str(why)) from None
