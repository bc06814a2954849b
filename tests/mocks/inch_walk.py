"""A random walk of the driver, the bench and the central system over a whole charge point, and what holds at each step.

A walk is a list of steps, which only the seed decides; one that breaks is cut down to its shortest and printed, to be
pasted into a test of its own.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from evconform.ocpp.channel import Answer, Channel, NoAnswer, Payload
from evconform.ocpp.json import CallError
from suites.ocpp16.states import MOVES

from .inch_bench import REFUSED, Scene, play

Step = tuple[str, dict[str, Any]]
UIDS = ("77FD2AFA", "0468C3D2", "AABBCCDD")
TAGS = ("77FD2AFA", "FA2AFD77", "77:FD:2A:FA", "D2C36804", "NOBODY")
BENCH = {
    **dict.fromkeys(("plug_in", "unplug", "present_card"), 8),
    **dict.fromkeys(("plug_in_halfway", "unplug_at_ev", "plug_in_at_ev", "suspend_ev", "resume_ev"), 3),
    **dict.fromkeys(("provoke_fault", "clear_fault", "jam_lock", "free_lock"), 2),
    **dict.fromkeys(("cut_power", "restore_power", "cut_network", "restore_network", "power_cycle"), 1),
}
"""Bench action to how often it is drawn."""
CALLS = {
    **dict.fromkeys(("RemoteStartTransaction", "RemoteStopTransaction", "ChangeAvailability", "ReserveNow"), 4),
    **dict.fromkeys(("UnlockConnector", "CancelReservation", "SetChargingProfile", "ChangeConfiguration"), 3),
    **dict.fromkeys(("TriggerMessage", "ClearChargingProfile", "SendLocalList", "GetCompositeSchedule", "DataTransfer"), 2),
    **dict.fromkeys(("Reset", "ClearCache", "GetConfiguration", "GetLocalListVersion"), 1),
}
ELSE = {"passes": 12, "says of tags": 3, "says of messages": 2}
SETTINGS = {
    "AuthorizeRemoteTxRequests": ("true", "false"),
    "StopTransactionOnEVSideDisconnect": ("true", "false"),
    "UnlockConnectorOnEVSideDisconnect": ("true", "false"),
    "StopTransactionOnInvalidId": ("true", "false"),
    "AllowOfflineTxForUnknownId": ("true", "false"),
    "LocalPreAuthorize": ("true", "false"),
    "AuthorizationCacheEnabled": ("true", "false"),
    "ConnectionTimeOut": ("5", "60"),
    "MeterValueSampleInterval": ("0", "10", "60"),
    "ClockAlignedDataInterval": ("0", "30", "900"),
    "TransactionMessageAttempts": ("1", "3"),
    "TransactionMessageRetryInterval": ("0", "10"),
    "StopTxnSampledData": ("", "Energy.Active.Import.Register"),
    "HeartbeatInterval": ("10", "300"),
}


def steps(seed: int, length: int, connectors: int) -> list[Step]:
    dice = random.Random(seed)
    weights = BENCH | CALLS | ELSE
    names = dice.choices(list(weights), list(weights.values()), k=length)
    return [(name, parameters(dice, name, connectors)) for name in names]


def parameters(dice: random.Random, name: str, connectors: int) -> dict[str, Any]:
    number, tag = dice.randint(1, connectors), dice.choice(TAGS)
    if name in BENCH:
        whole = name in ("cut_power", "restore_power", "cut_network", "restore_network", "power_cycle")
        return {} if whole else {"connector": number} | ({"uid": dice.choice(UIDS)} if name == "present_card" else {})
    key = dice.choice(list(SETTINGS))
    drawn: dict[str, dict[str, Any]] = {
        "passes": {"seconds": dice.choice((0.0, 0.01, 0.3, 2.0, 7.0, 61.0, 400.0))},
        "says of tags": {"status": dice.choice(("Accepted", "Accepted", "Blocked", "ConcurrentTx"))},
        "says of messages": {"fails": dice.choice((True, False, False))},
        "RemoteStartTransaction": {"idTag": tag} | dice.choice(({}, {"connectorId": number})),
        "RemoteStopTransaction": {"of": number},
        "ChangeAvailability": {
            "connectorId": dice.choice((0, number, number)),
            "type": dice.choice(("Operative", "Operative", "Inoperative")),
        },
        "ReserveNow": {
            "connectorId": dice.choice((0, number, number)),
            "idTag": tag,
            "reservationId": dice.randint(1, 3),
            "expires": dice.choice((5, 100, 2000)),
        },
        "UnlockConnector": {"connectorId": number},
        "CancelReservation": {"reservationId": dice.randint(1, 3)},
        "SetChargingProfile": {
            "connectorId": dice.choice((0, number)),
            "purpose": dice.choice(("TxDefaultProfile", "ChargePointMaxProfile", "TxProfile")),
            "limits": [dice.choice((0, 6, 8, 16, 32)) for _ in range(dice.randint(1, 3))],
            "every": dice.choice((1, 30, 300)),
            "level": dice.randint(0, 2),
        },
        "ChangeConfiguration": {"key": key, "value": dice.choice(SETTINGS[key])},
        "TriggerMessage": {
            "requestedMessage": dice.choice(("MeterValues", "StatusNotification", "Heartbeat", "BootNotification")),
        }
        | dice.choice(({}, {"connectorId": number})),
        "ClearChargingProfile": dice.choice(({}, {"connectorId": number})),
        "SendLocalList": {
            "listVersion": dice.randint(1, 5),
            "updateType": "Full",
            "localAuthorizationList": [
                {"idTag": t, "idTagInfo": {"status": dice.choice(("Accepted", "Blocked"))}} for t in TAGS[: dice.randint(0, 4)]
            ],
        },
        "GetCompositeSchedule": {"connectorId": dice.randint(0, connectors), "duration": 600},
        "DataTransfer": {
            "vendorId": "Etrel",
            "messageId": dice.choice(("TxLimit", "SetChargingMode")),
            "data": dice.choice(
                (
                    '{"energyLimit": 100}',
                    '{"energyLimit": 0}',
                    '{"chargingMode": "Fast"}',
                    '{"chargingMode": "Smart", "departureTime": "2030-01-01T00:00:00Z"}',
                )
            ),
        },
        "Reset": {"type": dice.choice(("Soft", "Hard"))},
    }
    return drawn.get(name, {})


class Walker:
    """Does the steps, and knows what may not be."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.cp = scene, scene.cp
        self.tag_status, self.failing = "Accepted", False
        self.told: dict[int, str] = {}
        self.shown: dict[int, str] = {n: seen.status for n, seen in scene.cp.status.seen.items()}
        self.read = 0
        self.connections = 0
        self.registers: dict[int, float] = {}
        self.started: dict[int, Payload] = {}
        """Transaction to the StartTransaction that was processed, until its StopTransaction was."""
        self.open: dict[int, int] = {}
        """Transaction to its connector, while it may run."""
        self.stopped: dict[int, Payload] = {}
        self.reservations: Counter[int] = Counter()
        self.energy: dict[int, float] = {}
        self.next_id = 100
        for action in ("Authorize", "StartTransaction", "StopTransaction", "MeterValues"):
            scene.answers[action] = self.answer(action)

        becomes = scene.cp.status._becomes

        def became(number: int, status: Any) -> None:
            if number not in scene.cp.status.seen:
                self.shown.pop(number, None)  # it booted
            becomes(number, status)
            self.moved(self.shown, number, status.status)

        scene.cp.status._becomes = became  # type: ignore[method-assign]

    # ── the central system ──

    def answer(self, action: str) -> Any:
        def answered(payload: Payload, _: Channel) -> Answer:
            if self.failing:
                if action == "StopTransaction":  # it may be given up (3.7.1), and another one may begin
                    self.open.pop(payload["transactionId"], None)
                if action == "StartTransaction":  # so may this one, whose answer was lost before
                    self.open = {id: n for id, n in self.open.items() if n != payload["connectorId"]}
                return CallError("InternalError", "out of order")
            if action == "MeterValues":
                return {}
            info = {"idTagInfo": {"status": self.tag_status}}
            return info | getattr(self, action.lower(), lambda _: {})(payload)

        return answered

    def starttransaction(self, payload: Payload) -> Payload:
        number = payload["connectorId"]
        for known, start in self.started.items():
            if start == payload:
                return {"transactionId": known}  # its answer was lost
        assert number not in self.open.values(), f"a second transaction on connector {number}"
        assert payload["meterStart"] >= self.energy.get(number, 0.0), "the register fell"
        self.energy[number] = payload["meterStart"]
        if "reservationId" in payload:
            self.reservations[payload["reservationId"]] -= 1
            assert self.reservations[payload["reservationId"]] >= 0, "a reservation was used twice"
        self.next_id += 1
        self.open[self.next_id], self.started[self.next_id] = number, payload
        return {"transactionId": self.next_id}

    def stoptransaction(self, payload: Payload) -> Payload:
        found = payload["transactionId"]
        if found == -1:
            return {}
        if found in self.stopped:
            assert self.stopped[found] == payload, f"transaction {found} stopped twice"
            return {}  # its answer was lost
        self.stopped[found] = payload
        assert found in self.started, f"transaction {found} was never started"
        start = self.started.pop(found)
        number = start["connectorId"]
        self.open.pop(found, None)
        assert payload["meterStop"] >= start["meterStart"], "the register fell"
        assert payload["timestamp"] >= start["timestamp"], f"stopped before it started: {start} {payload}"
        self.energy[number] = payload["meterStop"]
        return {}

    # ── a step ──

    async def does(self, step: Step) -> None:
        name, given = step
        if name in BENCH:
            done = getattr(self.cp, name)(**given)
            if done is not None:
                await done
        elif name == "passes":
            await self.scene.passes(given["seconds"])
        elif name == "says of tags":
            self.tag_status = given["status"]
        elif name == "says of messages":
            self.failing = given["fails"]
        else:
            await self.asks(name, dict(given))
        await self.scene.passes(0.0)

    async def asks(self, action: str, given: dict[str, Any]) -> None:
        if not self.cp.pics[action]:
            return
        payload = getattr(self, f"as_{action.lower()}", lambda given: given)(given)
        try:
            answer = await self.scene.asks(action, **payload)
        except NoAnswer:
            return
        except CallError as refused:
            if refused.code not in REFUSED:
                raise AssertionError(f"{action}: {refused.code}") from refused
            return
        if action == "ReserveNow" and answer["status"] == "Accepted":
            self.reservations[payload["reservationId"]] = 1

    def as_remotestoptransaction(self, given: dict[str, Any]) -> Payload:
        running = self.cp.transactions.running(given["of"])
        return {"transactionId": running.id if running and running.id is not None else 7}

    def as_reservenow(self, given: dict[str, Any]) -> Payload:
        expires = given.pop("expires")
        return given | {"expiryDate": date_in(self.cp, expires)}

    def as_setchargingprofile(self, given: dict[str, Any]) -> Payload:
        periods = [{"startPeriod": n * given["every"], "limit": limit} for n, limit in enumerate(given["limits"])]
        profile = {
            "chargingProfileId": 10 * given["level"] + given["connectorId"],
            "stackLevel": given["level"],
            "chargingProfilePurpose": given["purpose"],
            "chargingProfileKind": "Absolute" if given["purpose"] == "ChargePointMaxProfile" else "Relative",
            "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": periods},
        }
        return {"connectorId": given["connectorId"], "csChargingProfiles": profile}

    # ── what holds ──

    def moved(self, known: dict[int, str], number: int, status: str) -> None:
        before = known.get(number)
        known[number] = status
        if number and before and before != status:
            assert status in MOVES[before], f"connector {number}: {before} to {status}"

    def check(self) -> None:
        self.scene.tasks.check()
        if self.connections != self.scene.connections:
            self.connections = self.scene.connections
            self.told.clear()
        for _, action, payload in self.scene.heard[self.read :]:
            if action == "BootNotification":
                self.told.clear()
                self.shown = {}
            if action == "StatusNotification":
                self.moved(self.told, payload["connectorId"], payload["status"])
        self.read = len(self.scene.heard)
        for number, connector in self.cp.connectors.items():
            register, running = self.cp.memory.registers[number], self.cp.transactions.running(number)
            assert register >= self.registers.get(number, 0.0), "the register fell"
            self.registers[number] = register
            assert running or not connector.contactor, "it delivers without a transaction"
            assert not (running and connector.fault and self.cp.powered), "a transaction goes on at a broken connector"
            assert running or connector.offered == 0.0, "it offers without a transaction"
            assert not (running and self.cp.availability.is_inoperative(number)), "a transaction out of service"
        assert len(self.open) == len(set(self.open.values()))


def date_in(cp: Any, seconds: float) -> str:
    from datetime import timedelta

    return str(cp.time_stamp(cp.clock.date() + timedelta(seconds=seconds)))


async def walk(scene: Scene, way: list[Step]) -> None:
    walker = Walker(scene)
    for n, step in enumerate(way):
        try:
            await walker.does(step)
            walker.check()
        except BaseException as broke:
            broke.add_note(f"at step {n}, {step}")
            raise
    await arrives(scene, walker)


async def arrives(scene: Scene, walker: Walker) -> None:
    """In the end all is well again: everything was delivered, and whoever comes can charge."""
    walker.failing, walker.tag_status = False, "Accepted"
    await walker.does(("cut_power", {}))
    for action in ("restore_network", "restore_power"):
        await walker.does((action, {}))
    await scene.passes(4000.0)
    walker.check()
    assert scene.cp.online
    assert scene.cp.memory.queue == []
    assert walker.open == {}


def breaks(way: list[Step], name: str) -> BaseException | None:
    try:
        play(lambda scene: walk(scene, way), name)
    except (Exception, TimeoutError) as broke:  # noqa: BLE001 - it is what is looked for
        return broke
    return None


def shortest(way: list[Step], name: str, tries: int = 200) -> list[Step]:
    """The walk with all left out that can be, while it still breaks with the same words."""
    words, size = str(breaks(way, name)), len(way)
    while size >= 1 and tries > 0:
        size = min(size, len(way)) // 2 or 1
        start = 0
        while start < len(way) and tries > 0:
            tries -= 1
            shorter = way[:start] + way[start + size :]
            if str(breaks(shorter, name)) == words:
                way = shorter
            else:
                start += size
        if size == 1:
            break
    return way
