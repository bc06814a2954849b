"""Who is let in and registered: OCPP 1.6, 4.2; OCPP-J 1.6, 3.2, 5.6 and 6.2."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING

from evconform.ocpp import scripts
from evconform.ocpp.central_system import Knock
from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.reference.cpo.records import Station
from evconform.reference.moments import stamp

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo

AGAINST_PENDING = ("RemoteStartTransaction", "RemoteStopTransaction")
"""What a central system does not send to a charge point that is pending (4.2)."""

KEPT_PASSWORDS = 3
"""That a charge point was asked to take, and gave no answer: so many beside the one that it had."""

IDENTITY_AT_MOST = 255
"""Characters that the store has room for."""


class Registration:
    """Knows the stations; takes up strangers as the settings say."""

    def __init__(self, cpo: Cpo) -> None:
        self.cpo = cpo
        cpo.handles("BootNotification", self.boot_notification)
        cpo.handles("Heartbeat", self.heartbeat)

    def admits(self, knock: Knock) -> HTTPStatus | None:
        """J 3.2: an identity that nobody told us of gets a 404, unless strangers may register; J 6.2: a wrong password a 401."""
        station = self.cpo.memory.stations.get(knock.identity)
        if len(knock.identity) > IDENTITY_AT_MOST or "\0" in knock.identity:
            return HTTPStatus.NOT_FOUND
        if station is None:
            return HTTPStatus.NOT_FOUND if self.cpo.settings.strangers == "refused" else None
        if station.password and not (knock.user == knock.identity and fits(station.password, knock.password or "")):
            return HTTPStatus.UNAUTHORIZED
        return None

    def connected(self, channel: Channel) -> None:
        if station := self.cpo.memory.stations.get(channel.identity):
            station.seen_at = stamp(self.cpo.clock.date())
            self.cpo.store.put(station)

    async def boot_notification(self, payload: Payload, channel: Channel) -> Answer:
        """4.2. What was answered outlives a restart: a charge point that only reconnects does not boot again (J 5.4)."""
        cpo = self.cpo
        station = cpo.memory.stations.get(channel.identity)
        if station is None:
            station = Station(channel.identity, registration=cpo.settings.strangers)
            cpo.memory.stations[station.identity] = station
        station.boot, station.booted_at = json.dumps(payload), stamp(cpo.clock.date())
        station.answered = station.registration
        cpo.callbacks.registers(station, channel)
        cpo.store.put(station)
        cpo.on_registered(channel, station.answered)
        await cpo.store.durable()
        interval = cpo.settings.interval if station.answered == "Accepted" else cpo.settings.retry_interval
        return {"status": station.answered, "currentTime": cpo.current_time(), "interval": interval}

    def heartbeat(self, _: Payload, channel: Channel) -> Answer:
        """4.6."""
        return {"currentTime": self.cpo.current_time()}

    def may_send(self, identity: str, action: str, payload: Payload) -> bool:
        """4.2: nothing to a rejected charge point, no remote start or stop while pending; erratum 3.40: no BootNotification
        is triggered from an accepted one."""
        return not self.why_not(identity, action, payload)

    def why_not(self, identity: str, action: str, payload: Payload) -> str:
        """Why a CALL must not be sent now; empty if it may."""
        station = self.cpo.memory.stations.get(identity)
        status = station.answered if station else ""
        if status == "Rejected":
            return "the charge point is rejected (OCPP 1.6, 4.2)"
        if status != "Accepted" and action in AGAINST_PENDING:
            return "the charge point is not accepted yet (OCPP 1.6, 4.2)"
        if status == "Accepted" and action == "TriggerMessage" and payload.get("requestedMessage") == "BootNotification":
            return "the charge point is accepted, and boots by itself (OCPP 1.6, 5.17, erratum 3.40)"
        return ""

    def registers(self, identity: str, status: str) -> Station:
        """What the next BootNotification of a station is answered with."""
        station = self.cpo.memory.stations.setdefault(identity, Station(identity))
        station.registration = status
        self.cpo.store.put(station)
        return station

    def new_password(self, identity: str, password: str) -> None:
        """J 6.2: what the charge point shows from its next connection on."""
        station = self.cpo.memory.stations[identity]
        station.password = salted(password) if password else ""
        self.cpo.store.put(station)

    def may_show(self, identity: str, password: str) -> None:
        """A password that the charge point was asked to take, beside those that it may show already."""
        station = self.cpo.memory.stations[identity]
        first, *others = station.password.split() or [""]
        if first and not fits(station.password, password):
            station.password = " ".join((first, *others[1 - KEPT_PASSWORDS :], salted(password)))
            self.cpo.store.put(station)

    def shows_not(self, identity: str, password: str) -> None:
        """The charge point did not take it."""
        station = self.cpo.memory.stations[identity]
        first, *others = station.password.split() or [""]
        station.password = " ".join((first, *(each for each in others if not fits(each, password))))
        self.cpo.store.put(station)


def salted(password: str) -> str:
    """What is kept of a password. Plain SHA-256 with a salt: OCPP's passwords are long and random (J 6.2)."""
    salt = secrets.token_hex(8)
    return f"{salt}${digest(salt, password)}"


def fits(kept: str, password: str) -> bool:
    """Whether it is one of those that are kept, which a space separates."""
    each = (one.partition("$") for one in kept.split())
    return any(hmac.compare_digest(digest(salt, password), right) for salt, _, right in each)


def digest(salt: str, password: str) -> str:
    return hashlib.sha256(f"{salt}{password}".encode("utf-8", "surrogatepass")).hexdigest()


def now(cpo: Cpo) -> str:
    """``currentTime`` as OCPP writes it (3.15)."""
    return scripts.iso(cpo.clock.date())
