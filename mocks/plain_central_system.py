"""A plain central system: lets in the charge points that it knows, registers them, answers them, and sends what its
operator asks, as far as the protocol allows. What a fault may change stands as attributes, each with its clause."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from evconform.harness.party import Site, party
from evconform.ocpp import scripts
from evconform.ocpp.central_system import Knock
from evconform.ocpp.channel import Answer, Channel, NoAnswer, Payload
from evconform.ocpp.endpoints import endpoint_of
from evconform.ocpp.json import CallError
from evconform.ocpp.proper import refuse_undated
from evconform.ocpp.schemas import violations

AGAINST_PENDING = ("RemoteStartTransaction", "RemoteStopTransaction")
"""What a central system does not send to a charge point that is pending (4.2)."""

AT_MOST = {
    "GetConfiguration": ("key", "getconfigurationmaxkeys"),
    "SendLocalList": ("localAuthorizationList", "sendlocallistmaxlength"),
}
"""Action to its list, and the key, in lower case, that says how many items that may have (9.1.9, 9.2.3)."""


@party("plain-central-system", role="central-system")
class PlainCentralSystem:
    """A central system that knows one charge point."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.clock = site.clock
        self.endpoint, self.listens_at = endpoint_of(site.speaks, site.clock, site.tasks, site.wire)
        self.endpoint.admit = self.admits
        self.endpoint.refuses = lambda message, _: refuse_undated(message)  # 3.15
        self.known = {site.identity: site.password}
        self.stated = {site.identity: "Accepted"}
        """Identity to the registration status that the operator wants."""
        self.answered: dict[str, str] = {}
        """Identity to the status of its last BootNotification.conf."""
        # what a fault may change
        self.may_send: Callable[[str, str, Payload], bool] = self.allowed  # 4.2, erratum 3.40
        self.unaccepted_may_call = False  # J erratum 3.10
        self.current_time: Callable[[], str] = lambda: scripts.iso(self.clock.date())  # 4.6
        self.resends = True  # 5.15
        self.on_registered: Callable[[Channel, str], None] = lambda channel, status: None
        for action in scripts.CHARGE_POINT_INITIATED:
            self.endpoint.handlers[action] = self.handler(action)
        self.endpoint.handlers["BootNotification"] = self.boot_notification
        self.tokens = {token.id_tag.lower(): token for token in site.provision.tokens}
        self.settings: dict[str, Payload] = {}
        """What charge points told of their configuration: keys in lower case to values, by identity."""
        self._begun: dict[str, int] = {}

    async def start(self) -> str:
        return await self.endpoint.listen(self.listens_at)

    async def stop(self) -> None:
        await self.endpoint.stop()

    # ── its operator ──

    async def registers(self, identity: str, status: str) -> None:
        """Sets the status that the next BootNotification is answered with."""
        self.stated[identity] = status

    async def sends(self, identity: str, action: str, **payload: Any) -> None:
        """Sends a CALL, unless the protocol forbids it now."""
        channel = self.endpoint.channels.get(identity)
        if channel and self.may_send(identity, action, payload):
            self.site.tasks.spawn(self._call(channel, action, payload))

    async def _call(self, channel: Channel, action: str, payload: Payload) -> None:
        settings = self.settings.setdefault(channel.identity, {})
        if is_too_much(action, payload, settings):
            return
        try:
            answer = await channel.call(action, payload)
        except (CallError, NoAnswer):
            return  # the operator would read it on a screen; the wire log has it
        if action == "GetConfiguration" and not violations("GetConfigurationResponse", answer):
            settings |= {each["key"].lower(): each.get("value", "") for each in answer.get("configurationKey", ())}
        failed = action == "SendLocalList" and answer.get("status") in ("Failed", "VersionMismatch")
        if failed and payload["updateType"] == "Differential" and self.resends:
            await self._call(channel, action, payload | {"updateType": "Full", "localAuthorizationList": self.whole_list()})

    def whole_list(self) -> list[Payload]:
        return [{"idTag": token.id_tag, "idTagInfo": self.id_tag_info(token.id_tag)} for token in self.tokens.values()]

    def allowed(self, identity: str, action: str, payload: Payload) -> bool:
        status = self.answered.get(identity)
        if status == "Rejected" or (status == "Pending" and action in AGAINST_PENDING):
            return False
        boot_trigger = action == "TriggerMessage" and payload.get("requestedMessage") == "BootNotification"
        return not (status == "Accepted" and boot_trigger)

    # ── its charge points ──

    def admits(self, knock: Knock) -> HTTPStatus | None:
        """J 3.2: an identity that it does not know gets a 404; J 6.2.2: a wrong password a 401."""
        if knock.identity not in self.known:
            return HTTPStatus.NOT_FOUND
        password = self.known[knock.identity]
        if password is not None and (knock.user, knock.password) != (knock.identity, password):
            return HTTPStatus.UNAUTHORIZED
        return None

    def boot_notification(self, _: Payload, channel: Channel) -> Answer:
        status = self.stated[channel.identity]
        self.answered[channel.identity] = status
        self.on_registered(channel, status)
        return {"status": status, "currentTime": self.current_time(), "interval": 300}

    def id_tag_info(self, id_tag: str) -> Payload:
        """What it says of an idTag (7.2, 3.10), which it compares without case (7.28)."""
        token = self.tokens.get(id_tag.lower())
        if token is None:
            return {"status": "Invalid"}
        return {"status": token.status} | ({"parentIdTag": token.parent} if token.parent else {})

    def transaction_of(self, asked: Payload) -> int:
        """The transactionId of a StartTransaction; the same for one that is sent again (3.7.1)."""
        return self._begun.setdefault(json.dumps(asked, sort_keys=True), len(self._begun) + 1)

    def of_operation(self, action: str, asked: Payload) -> Payload:
        """What the plain answer does not know."""
        if action in ("Authorize", "StartTransaction"):
            info = {"idTagInfo": self.id_tag_info(asked["idTag"])}
            return info if action == "Authorize" else info | {"transactionId": self.transaction_of(asked)}
        return {"currentTime": self.current_time()} if action == "Heartbeat" else {}

    def handler(self, action: str) -> Callable[[Payload, Channel], Answer]:
        def handle(asked: Payload, channel: Channel) -> Answer:
            if self.answered.get(channel.identity) != "Accepted" and not self.unaccepted_may_call:
                return CallError("SecurityError", "BootNotification first")
            return scripts.of_central_system(action, self._now) | self.of_operation(action, asked)

        return handle

    def _now(self) -> datetime:
        return self.clock.date()


def is_too_much(action: str, payload: Payload, settings: Payload) -> bool:
    """Whether a list has more items than the charge point told that it takes."""
    member, key = AT_MOST.get(action, ("", ""))
    most = settings.get(key, "")
    return bool(most.isdecimal() and len(payload.get(member, ())) > int(most))
