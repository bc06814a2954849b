"""Commits that fail: no command is half done, no outcome is lost, nothing is billed twice, and memory is what the disk has."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from evconform.ocpp.charge_point import ChargePointEndpoint
from evconform.reference.cpo.commands import ATTEMPTS_WHOLE
from evconform.reference.cpo.records import (
    ChargingProfile,
    Command,
    Job,
    LocalList,
    MeterValue,
    Reservation,
    Setting,
    Transaction,
    UnmatchedStop,
)
from evconform.reference.cpo.registration import fits
from evconform.reference.store import NotStored
from tests.reference.bench import CARD, Scene, scene
from tests.reference.failing import Failing, at, memory_is_what_the_disk_has
from tests.reference.test_commands import ACCEPTED, RESERVE, full, profile

OLD, NEW = "0123456789abcdef", "fedcba9876543210"
ASKS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "ReserveNow": (RESERVE, ACCEPTED),
    "GetDiagnostics": ({"location": "ftp://127.0.0.1/"}, {"fileName": "log.txt"}),
    "UpdateFirmware": ({"location": "ftp://127.0.0.1/f", "retrieveDate": "2026-01-05T18:00:00Z"}, {}),
    "SendLocalList": (full({"idTag": CARD, "idTagInfo": ACCEPTED}), ACCEPTED),
    "SetChargingProfile": ({"connectorId": 1, "csChargingProfiles": profile()}, ACCEPTED),
    "GetConfiguration": ({}, {"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "60"}]}),
    "ChangeConfiguration": ({"key": "AuthorizationKey", "value": NEW}, ACCEPTED),
}
"""Each command whose outcome changes something: its payload, and the answer."""


async def connected(lab: Scene) -> ChargePointEndpoint:
    """A charge point that the CPO knows, and that has a password."""
    await lab.knows("A", **{CARD: {}})
    lab.cpo.registration.new_password("A", OLD)
    await lab.cpo.store.durable()
    return await lab.dials(password=OLD)


@pytest.fixture(params=["memory", "file"])
def asked(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Scene]:
    """A CPO with a charge point that accepts what it is asked."""
    with scene(**{"database": f"sqlite:///{tmp_path / 'cpo.db'}"} if request.param == "file" else {}) as made:
        made.answers |= {action: answer for action, (_, answer) in ASKS.items()}
        point = made.run(connected(made))
        yield made
        made.run(point.disconnect())


async def done(lab: Scene, action: str, payload: dict[str, Any]) -> tuple[str, Any]:
    """A command, done, however often the store fails while somebody asks for it."""
    asked = await lab.cpo.commands.ask("A", action, payload)
    for _ in range(300):
        await lab.clock.wait(1.0)
        with suppress(NotStored):
            found = await lab.cpo.commands.find(asked.id)
            if found and found.state not in ("asked", "sent"):
                return found.state, json.loads(found.outcome)
    raise AssertionError(f"{action} is never done")


async def changed(lab: Scene) -> dict[str, Any]:
    """What the commands changed, without times and ids that differ from run to run."""
    password = lab.cpo.memory.stations["A"].password
    return {
        "reserved": [(row["identity"], row["id"], row["state"]) for row in await lab.rows(Reservation)],
        "jobs": [(row["kind"], row["status"], row["file_name"]) for row in await lab.rows(Job)],
        "lists": [(row["version"], row["entries"]) for row in await lab.rows(LocalList)],
        "profiles": [(row["profile_id"], row["profile"]) for row in await lab.rows(ChargingProfile)],
        "settings": [(row["name"], row["value"]) for row in await lab.rows(Setting)],
        "passwords": [word for word in (OLD, NEW) if fits(password, word)],
    }


async def what_comes_of(lab: Scene, action: str) -> dict[str, Any]:
    """The same command on a CPO whose store is well."""
    assert await done(lab, action, ASKS[action][0]) == ("answered", ASKS[action][1])
    return await changed(lab)


@pytest.mark.parametrize("how", ["lost", "kept"])
@pytest.mark.parametrize("action", sorted(ASKS))
def test_a_command_that_could_not_be_kept_is_not_sent(asked: Scene, action: str, how: str) -> None:
    async def story() -> None:
        Failing(asked, at(1, how=how))
        with pytest.raises(NotStored):
            await asked.cpo.commands.ask("A", action, ASKS[action][0])
        await asked.clock.wait(10)
        assert asked.heard == []
        assert await asked.rows(Command) == []
        await memory_is_what_the_disk_has(asked)

    asked.run(story())


@pytest.mark.parametrize("how", ["lost", "kept"])
@pytest.mark.parametrize("action", sorted(ASKS))
def test_a_command_whose_sending_could_not_be_kept_is_not_sent(asked: Scene, action: str, how: str) -> None:
    """And what was to be there for its answer stands for nothing."""

    async def story() -> None:
        before = await changed(asked)
        Failing(asked, at(2, how=how))
        assert await asked.command(action, **ASKS[action][0]) == ("not-sent", {"reason": "it could not be stored"})
        assert asked.heard == []
        assert asked.cpo.memory.jobs == {}
        assert asked.cpo.reservations.active() == []
        after = await changed(asked)
        assert {row[2] for row in after.pop("reserved")} <= {"refused"}
        assert {row[1] for row in after.pop("jobs")} <= {"Refused"}
        assert after.items() <= before.items()
        await memory_is_what_the_disk_has(asked)

    asked.run(story())


@pytest.mark.parametrize("action", sorted(ASKS))
def test_a_connection_that_goes_before_the_sending_is_kept_is_sent_nothing(asked: Scene, action: str) -> None:
    async def story() -> None:
        before = await changed(asked)

        def goes(number: int) -> str:
            if number == 2:
                asked.cpo.endpoint.channels["A"].connection.abort()
            return ""

        Failing(asked, goes)
        assert await done(asked, action, ASKS[action][0]) == ("not-sent", {"reason": "the charge point is not connected"})
        assert asked.heard == []
        assert (await changed(asked))["passwords"] == before["passwords"]
        assert asked.cpo.reservations.active() == []

    asked.run(story())


@pytest.mark.parametrize("how", ["lost", "kept"])
@pytest.mark.parametrize("failures", [1, 5])
@pytest.mark.parametrize("action", sorted(ASKS))
def test_an_outcome_that_could_not_be_kept_is_put_again(asked: Scene, action: str, failures: int, how: str) -> None:
    async def story(lab: Scene) -> dict[str, Any]:
        failing = Failing(lab, at(*range(3, 3 + failures), how=how))
        assert await done(lab, action, ASKS[action][0]) == ("answered", ASKS[action][1])
        await lab.clock.wait(10)  # the database may have it, and nobody know
        found = await changed(lab)
        assert (failing.failed, len(lab.heard)) == (failures, 1), "it was sent once"
        await memory_is_what_the_disk_has(lab)
        return found

    found = asked.run(story(asked))
    with scene() as other:
        other.answers |= asked.answers
        point = other.run(connected(other))
        assert found == other.run(what_comes_of(other, action))
        other.run(point.disconnect())


@pytest.mark.parametrize("action", sorted(ASKS))
def test_a_commit_that_fails_while_the_answer_is_awaited_takes_nothing_with_it(asked: Scene, action: str) -> None:
    """Somebody else's commit: memory is read again, and what the answer is about is still there."""

    async def story() -> None:
        failing = Failing(asked, at())

        async def answers(payload: Any) -> Any:
            failing.chosen = at(failing.seen + 1)
            assert await asked.starts() == "InternalError"
            return ASKS[action][1]

        asked.answers[action] = answers
        assert await asked.command(action, **ASKS[action][0]) == ("answered", ASKS[action][1])
        assert failing.failed == 1
        if action == "ReserveNow":
            assert [each.state for each in asked.cpo.reservations.active()] == ["active"]
        if action in ("GetDiagnostics", "UpdateFirmware"):
            [job] = asked.cpo.memory.jobs.values()
            assert job.file_name == ASKS[action][1].get("fileName", "")
        await memory_is_what_the_disk_has(asked)

    asked.run(story())


def test_an_outcome_that_no_database_takes_is_unknown_in_the_end(asked: Scene) -> None:
    """It does not fail others' commits for ever."""

    async def story() -> None:
        failing = Failing(asked, at(*range(3, 3 + ATTEMPTS_WHOLE)))
        state, outcome = await done(asked, "SendLocalList", full())
        assert (state, outcome) == ("unknown", {"reason": "the outcome could not be stored"})
        assert failing.failed == ATTEMPTS_WHOLE
        assert await asked.rows(LocalList) == []

    asked.run(story())


def test_a_command_waits_until_the_outcome_of_the_one_before_is_kept(asked: Scene) -> None:
    """Otherwise an older list, put again, would be over a newer one."""

    async def story() -> None:
        failing = Failing(asked, at())

        def answers(_: Any) -> Any:
            failing.chosen = at(*range(failing.seen + 1, failing.seen + 4)) if len(asked.heard) == 1 else at()
            return ACCEPTED

        asked.answers["SendLocalList"] = answers
        entries = [{"idTag": tag, "idTagInfo": ACCEPTED} for tag in ("ONE", "TWO")]
        asks = [done(asked, "SendLocalList", full(entry)) for entry in entries]
        assert [state for state, _ in await asyncio.gather(*asks)] == ["answered", "answered"]
        assert [payload["listVersion"] for _, payload in asked.heard] == [1, 2], "each its own, though none was answered yet"
        [kept] = await asked.rows(LocalList)
        assert (kept["version"], json.loads(kept["entries"])) == (2, {"two": entries[1]})
        assert failing.failed == 3

    asked.run(story())


def test_what_timed_out_stays_as_it_was_asked_for(asked: Scene) -> None:
    """Nobody knows whether the charge point took it; what it tells later is believed."""

    async def story() -> None:
        asked.answers |= dict.fromkeys(("ReserveNow", "GetDiagnostics", "ChangeConfiguration"), None)
        for action in ("ReserveNow", "GetDiagnostics", "ChangeConfiguration"):
            assert (await asked.command(action, **ASKS[action][0]))[0] == "timed-out"
        assert [each.state for each in asked.cpo.reservations.active()] == ["asked"]
        assert (await changed(asked))["passwords"] == [OLD, NEW], "with either it is let in"
        await asked.asks("A", "DiagnosticsStatusNotification", status="Uploaded")
        await asked.starts(reservationId=1)
        assert [row["status"] for row in await asked.rows(Job)] == ["Uploaded"]
        assert [row["state"] for row in await asked.rows(Reservation)] == ["used"]
        await memory_is_what_the_disk_has(asked)

    asked.run(story())


@pytest.mark.parametrize(("answer", "fitting"), [(ACCEPTED, [NEW]), ({"status": "Rejected"}, [OLD]), (None, [OLD, NEW])])
def test_the_password_of_the_next_connection(asked: Scene, answer: Any, fitting: list[str]) -> None:
    async def story() -> None:
        asked.answers["ChangeConfiguration"] = answer
        for _ in range(5):
            await asked.command("ChangeConfiguration", key="AuthorizationKey", value=NEW)
        assert (await changed(asked))["passwords"] == fitting
        assert len(asked.cpo.memory.stations["A"].password.split()) == len(fitting)
        for word in fitting:
            point = await asked.dials(password=word)
            await point.disconnect()

    asked.run(story())


def test_a_program_that_ends_before_the_answer_lets_in_who_took_the_new_password(tmp_path: Any) -> None:
    """J 6.2: the charge point has it, and we had no time to write that down."""
    database = f"sqlite:///{tmp_path / 'cpo.db'}"

    async def asks(lab: Scene) -> None:
        taken = asyncio.Event()

        async def takes(_: Any) -> Any:
            taken.set()
            await asyncio.get_running_loop().create_future()

        lab.answers["ChangeConfiguration"] = takes
        await connected(lab)
        await lab.cpo.commands.ask("A", "ChangeConfiguration", ASKS["ChangeConfiguration"][0])
        await taken.wait()

    async def knocks(lab: Scene) -> None:
        for word in (OLD, NEW):
            await (await lab.dials(password=word)).disconnect()

    with scene(database=database) as lab:
        lab.run(asks(lab))
    with scene(database=database) as lab:
        lab.run(knocks(lab))


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"}),
        ("FirmwareStatusNotification", {"status": "Installed"}),
        ("DiagnosticsStatusNotification", {"status": "Uploaded"}),
        ("DataTransfer", {"vendorId": "v"}),
        ("BootNotification", {"chargePointVendor": "v", "chargePointModel": "m"}),
    ],
)
def test_what_could_not_be_kept_is_not_acknowledged(lab: Scene, action: str, payload: dict[str, Any]) -> None:
    async def story() -> None:
        Failing(lab, at(1))
        assert await lab.asks("A", action, **payload) == "InternalError"
        assert isinstance(await lab.asks("A", action, **payload), dict)
        await memory_is_what_the_disk_has(lab)

    lab.run(story())


def test_what_is_told_while_memory_is_read_again_is_kept_or_refused(lab: Scene) -> None:
    """And what follows from what was read is put once nobody can refuse it any more."""

    async def story() -> None:
        store, remember = lab.cpo.store, lab.cpo.store.failed
        assert remember
        told: list[asyncio.Task[Any]] = []

        async def reads_at_length() -> None:
            await remember()
            if not told:
                told.append(asyncio.create_task(lab.starts("B")))
            await remember_others()

        async def remember_others() -> None:
            for kind in (Job, LocalList, Setting):
                await store.read_within(kind.TABLE.select())

        store.failed = reads_at_length
        store.recovered.append(lambda: lab.cpo.registration.registers("B", "Pending") and None)
        Failing(lab, at(1))
        assert await lab.starts("A") == "InternalError"
        assert await told[0] == "InternalError"
        assert lab.cpo.memory.transactions == {}
        await memory_is_what_the_disk_has(lab)
        assert lab.cpo.memory.stations["B"].registration == "Pending"

    lab.run(story())


@pytest.mark.parametrize("seed", range(8))
def test_sessions_over_a_store_that_keeps_failing(database: str, seed: int) -> None:
    """Messages again until answered, some on two connections at once: each session is one transaction, each value once."""
    chance = random.Random(seed)
    stations = [f"CP{n}" for n in range(12)]
    at_a_time = asyncio.Semaphore(3)

    async def tells(lab: Scene, identity: str, action: str, **payload: Any) -> dict[str, Any]:
        while True:
            async with at_a_time:
                twice = range(chance.choice((1, 1, 2)))
                answers = await asyncio.gather(*(lab.asks(identity, action, **payload) for _ in twice))
            good = [answer for answer in answers if isinstance(answer, dict)]
            assert all(answer == "InternalError" or answer == good[0] for answer in answers if answer not in good[:1])
            if good:
                return good[0]

    async def charges(lab: Scene, identity: str) -> None:
        for session in range(4):
            moment = f"2026-01-05T1{session // 2}:00:00Z"  # two of them begin in the same second
            start = {"connectorId": 1, "idTag": identity, "meterStart": 0, "timestamp": moment}
            number = (await tells(lab, identity, "StartTransaction", **start))["transactionId"]
            for n in range(3):
                value = [{"timestamp": f"2026-01-05T1{session}:0{n}:30Z", "sampledValue": [{"value": str(n)}]}]
                await tells(lab, identity, "MeterValues", connectorId=1, transactionId=number, meterValue=value)
            await tells(lab, identity, "StopTransaction", transactionId=number, meterStop=9, timestamp=moment)

    async def story(lab: Scene) -> None:
        await lab.knows(*stations, **{identity: {} for identity in stations})
        failing = Failing(lab, lambda _: chance.choice(("", "", "", "lost", "kept")))
        await asyncio.gather(*(charges(lab, identity) for identity in stations))
        failing.stops()
        rows = await lab.rows(Transaction)
        assert [(row["state"], row["meter_stop"]) for row in rows] == [("stopped", 9)] * 4 * len(stations)
        assert len({row["id"] for row in rows}) == len(rows)
        values = await lab.rows(MeterValue)
        assert len(values) == 3 * len(rows)
        assert await lab.rows(UnmatchedStop) == []
        assert failing.failed > 30
        await memory_is_what_the_disk_has(lab)

    with scene(database=database) as lab:
        lab.run(story(lab))


def test_a_connection_that_goes_leaves_a_command_timed_out(asked: Scene) -> None:
    async def story() -> None:
        def goes(_: Any) -> None:
            asked.cpo.endpoint.channels["A"].connection.abort()

        asked.answers["ReserveNow"] = goes
        assert (await asked.command("ReserveNow", **RESERVE))[0] == "timed-out"
        assert [each.state for each in asked.cpo.reservations.active()] == ["asked"]

    asked.run(story())
