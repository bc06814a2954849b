"""What a driver does at a connector: identify, plug in, unplug; and when that starts or stops a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evconform.ocpp.cards import id_tag_of
from evconform.ocpp.channel import Payload

if TYPE_CHECKING:
    from mocks.inch import Inch

OTHER_FAULT = "OtherError"
LOCK_FAILURE = "ConnectorLockFailure"


@dataclass
class Identified:
    """Somebody whose idTag was accepted, and who has not plugged in yet."""

    id_tag: str
    parent_id_tag: str | None
    profile: Payload | None = None
    """The charging profile of a RemoteStartTransaction (5.16.2)."""


class Sessions:
    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self._identified: dict[int, Identified] = {}

    def forget(self) -> None:
        """The power went, or the charge point goes out of service."""
        self._identified.clear()

    def is_identified(self, number: int) -> bool:
        return number in self._identified

    def id_tag(self, uid: str) -> str:
        """How the reader writes the UID of a card."""
        return id_tag_of(uid, self.cp.pics)

    def is_ready(self, number: int) -> bool:
        """Whether a transaction could begin: nothing runs, nothing is broken (4.9, A9), it is operative (5.2)."""
        free = not self.cp.transactions.running(number) and not self.cp.availability.is_inoperative(number)
        return free and not self.cp.connectors[number].fault

    # ── identification ──

    async def present_card(self, uid: str, number: int) -> None:
        id_tag = self.id_tag(uid)
        if not self.cp.powered:
            return
        if self.cp.transactions.running(number):
            await self.stop_by_card(number, id_tag)
            return
        waiting = self._identified.get(number)
        if waiting and waiting.id_tag.lower() == id_tag.lower():
            self.give_up(number)  # the second presentation ends it (4.9, B1)
        elif self.is_ready(number):
            info = await self.cp.authorization.authorize(id_tag)
            if self.accepts(info) and self.is_ready(number):
                self.identified(number, Identified(id_tag, info.get("parentIdTag")))

    def accepts(self, info: Payload) -> bool:
        """4.1: only who was accepted."""
        return bool(info["status"] == "Accepted")

    def identified(self, number: int, who: Identified) -> None:
        """Somebody may charge here: at once if the cable is in, else within ConnectionTimeOut (9.1.6)."""
        if self.cp.reservations.blocks(number, who.id_tag, who.parent_id_tag):
            return
        self._identified[number] = who
        self.cp.memory.finishing.discard(number)  # 4.9, F2
        self.cp.status.look(number)
        if self.cp.connectors[number].plugged:
            self.begin(number)
        else:
            self.cp.lives.spawn(self.times_out(number, who))

    async def times_out(self, number: int, who: Identified) -> None:
        await self.cp.clock.wait(self.cp.configuration.number("ConnectionTimeOut"))
        if self._identified.get(number) is who:
            self.give_up(number)

    def give_up(self, number: int) -> None:
        self._identified.pop(number, None)
        self.cp.availability.settle(number)
        self.cp.status.look(number)

    def begin(self, number: int) -> None:
        """All is there: lock, and start."""
        who = self._identified.pop(number)
        if not self.cp.connectors[number].lock():
            self.breaks(number, LOCK_FAILURE)
            return
        self.cp.memory.finishing.discard(number)
        self.cp.transactions.start(number, who.id_tag, who.parent_id_tag, who.profile)

    async def stop_by_card(self, number: int, id_tag: str) -> None:
        """The same idTag stops without an Authorize (4.1); another one if it is of the same group (3.10)."""
        transaction = self.cp.transactions.running(number)
        if not transaction or not self.cp.pics["local_stop"]:
            return
        if id_tag.lower() != transaction.id_tag.lower():
            if not transaction.parent_id_tag:
                return  # nobody else can be of its group
            info = await self.cp.authorization.authorize(id_tag)
            if not self.accepts(info) or not self.same_group(info.get("parentIdTag"), transaction.parent_id_tag):
                return
        self.cp.transactions.stop(number, "Local", id_tag)

    def same_group(self, parent: str | None, other: str | None) -> bool:
        return bool(parent and other and parent.lower() == other.lower())

    # ── the cable ──

    def plug_in(self, number: int, fully: bool = True) -> None:
        connector = self.cp.connectors[number]
        self.cp.meters[number].integrate()
        connector.plug(fully)
        self.cp.status.ev_left.discard(number)
        self.cp.status.look(number)
        if number in self._identified:
            self.begin(number)

    def unplug(self, number: int) -> None:
        """Takes out what is not locked; then the user's part is over (4.9, F1)."""
        self.unplug_at_ev(number)
        connector = self.cp.connectors[number]
        connector.unplug()
        if not connector.occupied:
            self.cp.memory.finishing.discard(number)
            self.cp.status.ev_left.discard(number)
            self.cp.availability.settle(number)
        self.cp.status.look(number)

    def unplug_at_ev(self, number: int) -> None:
        """4.10: stops the transaction, or only suspends it."""
        connector = self.cp.connectors[number]
        self.cp.meters[number].integrate()
        was_plugged, connector.ev_plugged = connector.ev_plugged, False
        if was_plugged and self.cp.powered and self.cp.transactions.running(number):
            self.cp.status.ev_left.add(number)
            if self.cp.configuration.flag("StopTransactionOnEVSideDisconnect"):
                self.cp.transactions.stop(number, "EVDisconnected", unlocks=self.unlocks_on_ev_side_disconnect())
        if not connector.occupied:
            self.cp.memory.finishing.discard(number)
            self.cp.status.ev_left.discard(number)
            self.cp.availability.settle(number)
        self.cp.status.look(number)

    def unlocks_on_ev_side_disconnect(self) -> bool:
        return self.cp.configuration.flag("UnlockConnectorOnEVSideDisconnect")

    def plug_in_at_ev(self, number: int) -> None:
        self.cp.meters[number].integrate()
        self.cp.connectors[number].ev_plugged = True
        self.cp.status.ev_left.discard(number)
        self.cp.status.look(number)

    def ev_wants(self, number: int, wants: bool) -> None:
        """The EV opens or closes S2."""
        self.cp.meters[number].integrate()
        self.cp.connectors[number].ev.wants = wants
        self.cp.status.look(number)

    def breaks(self, number: int, error_code: str = OTHER_FAULT) -> None:
        """A fault: no charging any more (4.9, A9)."""
        self._identified.pop(number, None)
        if self.cp.powered and self.cp.transactions.running(number):
            self.cp.transactions.stop(number, "Other")
        self.cp.reservations.connector_lost(number)
        self.cp.connectors[number].fault = error_code
        self.cp.status.look(number)

    def mended(self, number: int) -> None:
        self.cp.connectors[number].fault = ""
        self.cp.status.look(number)
