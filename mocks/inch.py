"""The virtual Etrel INCH: a whole charge point, built from a PICS; from any PICS it becomes the model that claims it.

The hardware and each feature are parts of their own in ``mocks/charge_point/``; here they are put together, and here stand
the bench actions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

from evconform.harness.clock import Tasks
from evconform.harness.party import Site, party
from evconform.ocpp import scripts
from evconform.ocpp.channel import Answer, Channel, Handler, NoAnswer, Payload
from evconform.ocpp.charge_point import ChargePointEndpoint
from evconform.ocpp.json import Message
from evconform.ocpp.proper import is_answer, refuse_undated
from evconform.ocpp.soap import fifteen
from evconform.ocpp.soap.charge_point import SoapChargePoint
from mocks.charge_point import web_page
from mocks.charge_point.authorization import Authorization
from mocks.charge_point.availability import Availability
from mocks.charge_point.configuration import Configuration
from mocks.charge_point.connector import LEAST_CURRENT, Connector
from mocks.charge_point.data_transfer import DataTransfer
from mocks.charge_point.diagnostics import Diagnostics
from mocks.charge_point.etrel import Etrel
from mocks.charge_point.firmware import Firmware
from mocks.charge_point.link import Link
from mocks.charge_point.local_list import LocalList
from mocks.charge_point.memory import Memory
from mocks.charge_point.meter import Meter
from mocks.charge_point.metering import Metering
from mocks.charge_point.pings import Pings
from mocks.charge_point.queue import TransactionQueue
from mocks.charge_point.registration import BOOT_TIME, Registration
from mocks.charge_point.remote import Remote
from mocks.charge_point.reservation import Reservations
from mocks.charge_point.sessions import Sessions
from mocks.charge_point.smart_charging import SmartCharging
from mocks.charge_point.status import StatusPart
from mocks.charge_point.transactions import Transactions
from mocks.charge_point.trigger import Trigger

SOAP = {"ocpp1.6-soap": "1.6", "ocpp1.5-soap": "1.5"}
"""Column of a SUT file to the version that is spoken over SOAP."""
GOING_DOWN = 10.0
"""Seconds that backup power lasts."""


@party("inch", role="charge-point")
class Inch:
    """One charge point with the connectors of its PICS."""

    def __init__(self, site: Site) -> None:
        self.site, self.clock, self.pics = site, site.clock, site.pics
        self.lives = Tasks(site.tasks.fails)
        """What dies when the power goes."""
        self.memory = Memory(configuration=dict(site.settings))
        self.endpoint = endpoint_of(site)
        self.endpoint.call_timeout = 8.0
        self.endpoint.after_answer = self._answered
        self.endpoint.refuses = lambda message, _: refuse_undated(message)  # 3.15
        self.endpoint.believes = is_answer  # J 4.2.2
        if isinstance(self.endpoint, SoapChargePoint):
            self.endpoint.page = lambda request: web_page.visited(self, request)
        self._afterwards: list[Coroutine[Any, Any, None]] = []
        self._next_offer: dict[int, asyncio.Task[Any]] = {}
        """Connector to what waits for the next change of its limit."""
        self.powered = False
        self.network = asyncio.Event()
        self.network.set()
        self.time_stamp = scripts.iso  # 3.15
        self.connectors = {c.id: c for c in connectors_of(site)}
        self.meters = {n: Meter(c, self.pics, self.memory.registers, self.clock) for n, c in self.connectors.items()}
        self.local_list = LocalList(self)
        self.reservations = Reservations(self)
        self.smart_charging = SmartCharging(self)
        self.diagnostics = Diagnostics(self)
        self.configuration = Configuration(self)
        self.metering = Metering(self)
        self.authorization = Authorization(self)
        self.transactions = Transactions(self)
        self.queue = TransactionQueue(self)
        self.pings = Pings(self)
        self.sessions = Sessions(self)
        self.availability = Availability(self)
        self.status = StatusPart(self)
        self.remote = Remote(self)
        self.firmware = Firmware(self)
        self.trigger = Trigger(self)
        self.data_transfer = DataTransfer(self)
        self.etrel = Etrel(self)
        self.link = Link(self)
        self.registration = Registration(self)

    def boot_payload(self) -> Payload:
        model = self.pics.sections["model"]
        serial = f"{model['model']}-0001"
        names = {"chargePointVendor": model["vendor"], "chargePointModel": model["model"]}
        return names | {
            "firmwareVersion": self.memory.firmware or model["firmware"],
            "chargePointSerialNumber": serial,
            "meterType": "IntegratedAfe",
        }

    # ── what the parts use ──

    @property
    def soap(self) -> bool:
        return self.site.speaks in SOAP

    def handles(self, action: str, handler: Handler) -> None:
        """What is not claimed has no handler, and is refused."""
        if self.pics[action]:
            self.endpoint.handlers[action] = handler

    def can_say(self, action: str, payload: Payload) -> bool:
        """Whether the message is claimed, and the version that it speaks has words for it."""
        return bool(self.pics[action]) and (self.site.speaks != "ocpp1.5-soap" or fifteen.can_say(action, payload))

    @property
    def online(self) -> bool:
        """Connected and accepted."""
        return self.endpoint.connected and self.registration.status == "Accepted"

    def now(self) -> datetime:
        """What the clock of the charge point shows."""
        return self.clock.date() + self.registration.clock_offset

    def stamp(self) -> str:
        return self.time_stamp(self.now())

    async def tell(self, action: str, payload: Payload) -> Payload | None:
        """A CALL that does not go through the queue; None for a CALLERROR, no answer, or no connection."""
        channel = self.endpoint.channel
        if channel is None or not self.can_say(action, payload):
            return None
        try:
            return await self.registration.call(channel, action, payload)
        except NoAnswer:
            return None

    def afterwards(self, saying: Coroutine[Any, Any, None]) -> None:
        """Within a handler: what follows once the answer has gone out."""
        self._afterwards.append(saying)

    def _answered(self, message: Message, answer: Answer, channel: Channel) -> None:
        follows, self._afterwards = self._afterwards, []
        for saying in follows:
            self.lives.spawn(saying)

    async def waits(self, seconds: float | None, *events: asyncio.Event) -> bool:
        """Lets time pass (for ever, with None) until one of the events comes; whether one did."""
        waits = [asyncio.ensure_future(event.wait()) for event in events]
        try:
            timeout = None if seconds is None else max(0.0, seconds)
            done, _ = await asyncio.wait(waits, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return bool(done)

    async def accepted(self) -> None:
        await self.registration.accepted.wait()

    def status_may_have_changed(self, number: int) -> None:
        self.status.look(number)

    def out_of_service(self, out: bool) -> None:
        self.availability.out_of_service(out)

    def offer_may_have_changed(self, number: int) -> None:
        """What a connector offers: its power, or the limit of its profiles; nothing below what a pilot can say."""
        connector, transaction = self.connectors[number], self.transactions.running(number)
        self.meters[number].integrate()
        limits = [connector.most_power, self.smart_charging.limit(number, self.now()), self.etrel.watts]
        offered = min(limit for limit in limits if limit is not None)
        least = LEAST_CURRENT * connector.voltage * max(1, connector.phases) if connector.phases else 1.0
        connector.offered = offered if transaction and not transaction.refused and offered >= least else 0.0
        self.status.look(number)
        change = self.smart_charging.next_change(number, self.now()) if transaction else None
        if earlier := self._next_offer.pop(number, None):
            earlier.cancel()
        if change:
            self._next_offer[number] = self.lives.spawn(self._offers_again(number, (change - self.now()).total_seconds()))

    async def _offers_again(self, number: int, seconds: float) -> None:
        await self.clock.wait(seconds)
        if self.transactions.running(number):
            self._next_offer.pop(number, None)
            self.offer_may_have_changed(number)

    def clock_was_set(self, by: timedelta) -> None:
        """Whatever waits for an instant looks at the clock again; what runs began when the clock as it is now says."""
        for transaction in self.memory.running.values():
            transaction.started += by
        self.metering.interval_changed()
        self.reservations.wakes()
        for number in self.connectors:
            self.offer_may_have_changed(number)

    # ── power and network ──

    async def start(self) -> str:
        self.registration.handshake.url, self.registration.handshake.service = self.site.url, self.site.service
        self._wakes(0.0)
        return ""

    async def stop(self) -> None:
        self.powered = False
        await self.lives.cancel()
        await asyncio.shield(self.endpoint.disconnect())

    async def power_cycle(self) -> None:
        """Cuts the power and restores it at once."""
        await self.cut_power()
        await self.restore_power()

    async def cut_power(self) -> None:
        """With backup power it ends its transactions and says so first; then all is dark."""
        if self.powered and self.pics["backup_power"]:
            for number in list(self.memory.running):
                self.transactions.stop(number, "PowerLoss")
            await self.queue.emptied(GOING_DOWN)
        await self._goes_dark(abruptly=True)

    async def restore_power(self) -> None:
        if not self.powered:
            self._wakes(BOOT_TIME)

    async def reboot(self) -> None:
        """Restarts, as a Reset or new firmware does; not if the power went meanwhile."""
        if self.powered:
            await self._goes_dark(abruptly=False)
            await self.restore_power()

    async def _goes_dark(self, abruptly: bool) -> None:
        """At once; then waits until nothing of it lives any more."""
        if self.powered:
            for meter in self.meters.values():
                meter.integrate()
            self.memory.went_dark = self.now()
        self.powered = False
        for connector in self.connectors.values():
            connector.contactor, connector.offered, connector.locked = False, 0.0, False
        self.sessions.forget()
        await self.lives.cancel()
        await asyncio.shield(self.endpoint.disconnect(abruptly))  # whoever is cancelled here must not cancel its closing

    def _wakes(self, delay: float) -> None:
        self.powered = True
        for meter in self.meters.values():
            meter.wakes()
        self.registration.forget()
        self.registration.boot_payload = self.boot_payload()
        self.status.forget()
        self.availability.wakes()
        self.reservations.wakes()
        self.transactions.lost_power()
        self.lives.spawn(self.registration.live(delay))
        self.lives.spawn(self.metering.aligned())

    async def cut_network(self) -> None:
        self.network.clear()
        await asyncio.shield(self.endpoint.disconnect(abruptly=True))

    async def restore_network(self) -> None:
        self.network.set()

    async def change_address(self) -> None:
        await self.link.moves()

    # ── the driver, and what breaks ──

    def plug_in(self, connector: int = 1) -> None:
        self.sessions.plug_in(connector)

    def plug_in_halfway(self, connector: int = 1) -> None:
        self.sessions.plug_in(connector, fully=False)

    def unplug(self, connector: int = 1) -> None:
        self.sessions.unplug(connector)

    def unplug_at_ev(self, connector: int = 1) -> None:
        self.sessions.unplug_at_ev(connector)

    def plug_in_at_ev(self, connector: int = 1) -> None:
        self.sessions.plug_in_at_ev(connector)

    def present_card(self, uid: str, connector: int = 1) -> None:
        """The driver does not wait for the charge point."""
        self.lives.spawn(self.sessions.present_card(uid, connector))

    def suspend_ev(self, connector: int = 1) -> None:
        self.sessions.ev_wants(connector, wants=False)

    def resume_ev(self, connector: int = 1) -> None:
        self.sessions.ev_wants(connector, wants=True)

    def provoke_fault(self, connector: int = 1) -> None:
        self.sessions.breaks(connector)

    def clear_fault(self, connector: int = 1) -> None:
        self.sessions.mended(connector)

    def jam_lock(self, connector: int = 1) -> None:
        self.connectors[connector].jammed = True

    def free_lock(self, connector: int = 1) -> None:
        self.connectors[connector].jammed = False


def endpoint_of(site: Site) -> ChargePointEndpoint | SoapChargePoint:
    """What it speaks with: over SOAP it serves, too."""
    if site.speaks in SOAP:
        return SoapChargePoint(site.clock, site.tasks, site.wire, SOAP[site.speaks])
    return ChargePointEndpoint(site.clock, site.tasks, site.wire)


def connectors_of(site: Site) -> list[Connector]:
    """The connectors that the PICS claims, numbered in the order of their codes (3.8)."""
    rows = sorted(site.pics.sections.get("connector", [{}]), key=lambda row: (row.get("evse", 1), row.get("code", 1)))
    fixed = bool(site.pics["fixed_cable"])
    return [
        Connector(number, int(row.get("phases", 0)), float(row.get("max_power", 22)) * 1000, fixed)
        for number, row in enumerate(rows, 1)
    ]
