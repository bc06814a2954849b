"""The base state of OCPI: registered with the SUT, on the wire. A fresh SUT is registered anew in every case; a foreign one once,
and again where that was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evconform.harness.law import TestCase
from evconform.harness.verdict import NotReached
from evconform.ocpi.frame import Frame

if TYPE_CHECKING:
    from evconform.ocpi.registering import Registering

UNREGISTERED = "unregistered"


class BaseState:
    """Brings the SUT to it, with the verbs of a case, none of which proves anything here."""

    def __init__(self, party: Registering) -> None:
        self._party = party
        self._spent = False
        """The token A of the SUT file was used; it may open nothing any more."""

    async def reaches(self, case: TestCase) -> None:
        """Raises NotReached."""
        foreign = not self._party.campaign.plan.embedded
        if case.base == UNREGISTERED:
            await self._is_unregistered()
        elif not await self._still_stands():
            await self._party.registers()
        if foreign and not case.smoke:  # what the case before set off, and what we put back, is nothing that this case shows
            self._party.wire.mark("base-state")

    async def _still_stands(self) -> bool:
        """Whether the registration of the cases before is there."""
        party = self._party
        if not party.registration.stands:
            return False
        try:
            frame = await party.gets("credentials")
        except NotReached:
            frame = None
        if frame is not None and frame.ok:
            return True
        party.registration.is_over()
        return False

    async def _is_unregistered(self) -> None:
        if self._party.registration.stands and await self._still_stands():
            await self._party.leaves()

    def recalls(self, frame: Frame) -> None:
        """A frame of the session before this one, which may have used the token A of the SUT file."""
        if frame.ok and frame.module == "credentials" and frame.method == "POST" and frame.by == "sut":
            self._spent = True

    def may_leave(self) -> None:
        """Raises NotReached where a registration that is ended could not be had again."""
        campaign = self._party.campaign
        if not campaign.plan.embedded and not campaign.control.can("invites"):
            raise NotReached("the registration is not ended: the control of this SUT cannot make it accept a new token A")

    async def is_invited(self) -> str:
        """A token A that the SUT accepts from us. Raises NotReached."""
        party = self._party
        control, configured = party.campaign.control, party.campaign.sut.endpoint.token
        if configured is not None and not self._spent:
            self._spent = True
            token = str(configured.get_secret_value())
            party.keyring.learns(token, "A", "sut")
            if party.campaign.plan.embedded and control.can("invites"):  # a fresh product has heard of nobody
                await control.invites(token=token)
            return token
        if control is None or not control.can("invites"):
            raise NotReached(
                "the SUT has to accept a new token A from us: its control cannot do that, and the one in the SUT file was used"
                if configured
                else "no token A of the SUT: the SUT file has none ([endpoint] token), and its control cannot make it accept one"
            )
        token = party.keyring.makes("A", "sut")
        await control.invites(token=token)
        return token
