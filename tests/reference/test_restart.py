"""What was acknowledged outlives the program, in SQLite and in PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evconform.ocpp.charge_point import Handshake
from evconform.ocpp.soap.charge_point import SoapChargePoint
from evconform.ocpp.speaks import SOAP
from evconform.reference.cpo.central_system import Cpo, Settings
from evconform.reference.cpo.records import Command, Transaction
from evconform.reference.sole import InUse
from tests.reference.bench import ACCEPTED, CARD, OTHER, Scene, scene


def test_the_next_program_knows_what_the_last_one_did(database: str) -> None:
    async def before(lab: Any) -> None:
        await lab.knows("A", "B", **{CARD: {}, OTHER: {"parent_id_tag": "FLEET"}})
        await lab.starts("A")
        await lab.starts("B", tag=OTHER)
        await lab.stops(1)
        await lab.asks("A", "StatusNotification", connectorId=1, errorCode="NoError", status="Available")

    async def after(lab: Any) -> None:
        memory = lab.cpo.memory
        assert set(memory.stations) == {"A", "B"}
        assert list(memory.transactions) == [2]
        assert memory.used == {OTHER.casefold(): {2}, "group:fleet": {2}}
        assert memory.connectors["A", 1].status == "Available"
        assert (await lab.starts("B", tag=OTHER))["transactionId"] == 2, "heard again"
        assert (await lab.starts("A", at="2026-01-05T11:40:00Z"))["transactionId"] == 3
        assert await lab.stops(2, "B") == {}
        assert {row["id"]: row["state"] for row in await lab.rows(Transaction)} == {1: "stopped", 2: "stopped", 3: "open"}

    with scene(database=database) as lab:
        lab.run(before(lab))
    with scene(database=database) as lab:
        lab.run(after(lab))


def test_a_charge_point_that_only_reconnects_is_still_accepted(database: str) -> None:
    """J 5.4: it does not boot again because the central system did."""

    async def boots(lab: Any) -> None:
        lab.cpo.registration.registers("A", "Accepted")
        assert (await lab.asks("A", "BootNotification", chargePointVendor="v", chargePointModel="m"))["status"] == "Accepted"

    async def goes_on(lab: Any) -> None:
        assert (await lab.starts("A", tag="X"))["transactionId"] == 1

    with scene(database=database) as lab:
        lab.run(boots(lab))
    with scene(database=database) as lab:
        lab.run(goes_on(lab))


def test_a_command_whose_answer_was_not_awaited_is_unknown(database: str) -> None:
    async def asks(lab: Any) -> None:
        await lab.knows("A")
        lab.cpo.store.put(Command("1", "A", "Reset", '{"type": "Soft"}', "sent", "{}", "2026-01-05T12:00:00.000000Z"))

    async def reads(lab: Any) -> None:
        found = await lab.cpo.commands.find("1")
        assert (found.state, "restarted" in found.outcome) == ("unknown", True)

    with scene(database=database) as lab:
        lab.run(asks(lab))
    with scene(database=database) as lab:
        lab.run(reads(lab))


def test_a_database_has_one_program_at_a_time(database: str) -> None:
    """Two would give the same transactionId twice."""
    with scene(database=database) as lab:
        lab.run(lab.knows("A"))
        second = Cpo(lab.clock, lab.tasks, Settings(database=database))
        with pytest.raises(InUse, match="another program uses"):
            lab.run(second.open())
        assert lab.run(lab.starts("A"))["transactionId"] == 1
    with scene(database=database) as lab:
        assert list(lab.cpo.memory.transactions) == [1]


def test_a_charge_point_by_soap_is_called_where_it_was(tmp_path: Path) -> None:
    """4.2; OCPP-S 1.6, 3.7: the address that a station told is on disk before it is answered."""
    database = f"sqlite:///{tmp_path / 'cpo.db'}"
    told: list[SoapChargePoint] = []

    async def before(lab: Scene) -> None:
        await lab.knows("A")
        lab.answers["Reset"] = ACCEPTED
        told.append(await lab.dials("A", SOAP))
        assert await lab.reached("A") == (SOAP, told[0].address)

    with scene(database=database) as lab:
        lab.speaks = SOAP
        lab.run(before(lab))
        # the charge point lives on while the central system dies, so the next one dials its address
        address = told[0].address
        lab.run(told[0].disconnect())

    async def after(lab: Scene) -> None:
        lab.answers["Reset"] = ACCEPTED
        point = SoapChargePoint(lab.clock, lab.tasks)
        point.handlers["Reset"] = lambda payload, _: ACCEPTED
        await point.connect(Handshake(lab.urls[SOAP], "A", service=address))
        assert await lab.command("Reset", type="Soft") == ("answered", ACCEPTED)
        await point.disconnect()

    with scene(database=database) as lab:
        lab.speaks = SOAP
        lab.run(after(lab))
