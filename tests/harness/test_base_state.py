"""The base state of a foreign charge point: a virtual INCH in its own process, whose bench is a python control that writes
its commands."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evconform.harness import wire
from tests.harness.person import SUT, Charger, over_soap, report_in, reserved_port, verdicts

Run = Callable[..., "subprocess.CompletedProcess[str]"]

BENCH = """
import os
from evconform.mock import COMMANDS

TYPED = {action: word for word, action in COMMANDS.items()}

class Bench:
    def __init__(self, sut):
        self.pipe = os.open(sut.control.options["commands"], os.O_WRONLY)
        self.without = sut.control.options.get("without", [])
    def __getattr__(self, action):
        if action == "power_cycle":
            return lambda: os.write(self.pipe, b"dark\\nlight\\n")
        if action.startswith("_") or action not in TYPED or action in self.without:
            raise AttributeError(action)
        return lambda connector="", uid="": self.does(action, uid, connector)
    def does(self, action, uid, connector):
        os.write(self.pipe, " ".join(f"{TYPED[action]} {uid} {connector}".split()).encode() + b"\\n")
"""

CASES = '''
from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions


@testcase("MINE-01", verifies=["OCPP16-4.9-04"])
async def test_leaves_a_mess(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction runs, a key is changed, the EV pauses, and the network is cut."""
    await central_system.sets("ConnectionTimeOut", 21)
    await sessions.charges(central_system, bench)
    await bench.suspend_ev(connector=1)
    await central_system.hears_status("SuspendedEV", proves="OCPP16-4.9-04")
    await bench.cut_network()
    assert await central_system.comes(lambda: not central_system.here, 3.0)  # else the base state would meet it half open


@testcase("MINE-02", verifies=["OCPP16-4.9-04"])
async def test_finds_it_clean(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """All is as it was; the connector is left faulty and out of service."""
    await central_system.calls("GetConfiguration", key=["ConnectionTimeOut"], expects={"type": "CALLRESULT", "values": VALUE})
    await bench.plug_in(connector=1)
    await central_system.hears_status("Preparing", proves="OCPP16-4.9-04")
    await bench.provoke_fault(connector=1)
    await central_system.hears_status("Faulted", proves="OCPP16-4.9-04")
    await central_system.calls("ChangeAvailability", connectorId=1, type="Inoperative")


@testcase("MINE-03", verifies=["OCPP16-4.9-04"])
async def test_finds_it_clean_again(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """The fault is mended and the cable is out; a wrong time is told, and a Heartbeat waits for its answer."""
    await bench.plug_in(connector=1)
    await central_system.hears_status("Preparing", proves="OCPP16-4.9-04")
    central_system.is_ahead(3600)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    await central_system.hears_status("Preparing")
    central_system.withholds("Heartbeat")
    await central_system.calls("TriggerMessage", requestedMessage="Heartbeat")
    await central_system.hears("Heartbeat")


@testcase("MINE-04", verifies=["OCPP16-4.9-04"])
async def test_finds_its_clock_right(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """It speaks at once, and by the true time; then it is to boot, and takes its time."""
    await bench.plug_in(connector=1)
    await central_system.hears_unshifted_status(hours=1, proves="OCPP16-4.9-04")
    await central_system.calls("Reset", type="Hard")


@testcase("MINE-05", verifies=["OCPP16-4.9-04"])
async def test_finds_it_booted(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """The boot that was to come is over; a list and a reservation are left."""
    await bench.plug_in(connector=1)
    await central_system.hears_status("Preparing", proves="OCPP16-4.9-04")
    await central_system.hears_no("BootNotification", for_=central_system.patience)
    await bench.unplug(connector=1)
    await central_system.hears_status("Available")
    entry = {"idTag": "A", "idTagInfo": {"status": "Accepted"}}
    listed = {"listVersion": 7, "updateType": "Full", "localAuthorizationList": [entry]}
    await central_system.calls("SendLocalList", **listed, expects=ACCEPTED)
    its = {"connectorId": 1, "expiryDate": "2099-01-01T00:00:00Z", "idTag": "A", "reservationId": 9}
    await central_system.calls("ReserveNow", **its, expects=ACCEPTED)


@testcase("MINE-06", verifies=["OCPP16-4.9-04"])
async def test_finds_it_free(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Nobody is reserved for; an update that follows on an empty list is taken."""
    listed = {"listVersion": 2, "updateType": "Differential"}
    await central_system.calls("SendLocalList", **listed, expects=ACCEPTED)
    await bench.plug_in(connector=1)
    await central_system.hears_status("Preparing", proves="OCPP16-4.9-04")


VALUE = {"ConnectionTimeOut": "60"}
ACCEPTED = {"status": "Accepted"}
'''


IDS = ("MINE-01", "MINE-02", "MINE-03", "MINE-04", "MINE-05", "MINE-06")


class Setup:
    """A charger, its bench, and the cases of a user's."""

    def __init__(self, folder: Path, evconform: Run, port: int, soap: bool) -> None:
        self.folder, self.evconform, self.port, self.soap = folder, evconform, port, soap
        self.ids = dict.fromkeys(f"{case}.soap" if soap else case for case in IDS)
        self.charger = Charger(folder, port, "http" if soap else "ws")
        (folder / "stdin_bench.py").write_text(BENCH)
        mine = folder / "suites" / "ocpp16" / "charge_point"
        mine.mkdir(parents=True)
        (mine / "test_left_behind.py").write_text(CASES)

    def runs(self, **options: object) -> dict[str, str]:
        assert self.charger.process.stdin
        commands = f"/proc/{self.charger.process.pid}/fd/0"
        given = "\n".join(f"{name} = {json.dumps(value)}" for name, value in options.items())
        control = f'kind = "python"\nentry = "stdin_bench:Bench"\n[control.options]\ncommands = "{commands}"\n{given}'
        sut = SUT.format(port=self.port, control=control)
        (self.folder / "inch.toml").write_text(over_soap(sut) if self.soap else sut)
        words = [word for case in IDS for word in ("--case", case)]
        self.done = self.evconform(
            "run", "--sut", self.folder / "inch.toml", "--suites", self.folder / "suites", "--report", self.folder / "r", *words
        )
        self.report = report_in(self.folder / "r" / "inch")
        return verdicts(self.report)

    def restored(self) -> list[str]:
        """What was done on the wire to restore the base state."""
        said = [e.facts.get("says", "") for e in wire.read(self.folder / "r" / "inch" / "wire.jsonl") if e.mark == "script"]
        return [text.removeprefix("restores the base state: ") for text in said if "base state" in text]


@pytest.fixture(params=["json", "soap"])
def setup(tmp_path: Path, evconform: Run, request: pytest.FixtureRequest) -> Iterator[Setup]:
    with reserved_port() as port:
        setup = Setup(tmp_path, evconform, port, request.param == "soap")
        yield setup
        setup.charger.ends()


def test_what_a_case_leaves_behind_is_put_back(setup: Setup) -> None:
    assert setup.runs() == dict.fromkeys(setup.ids, "pass"), setup.done.stdout
    restored = setup.restored()
    for expected in (
        "RemoteStopTransaction transactionId=1",
        "ChangeAvailability connectorId=1 type=Operative",
        "ChangeConfiguration key=ConnectionTimeOut value=60",
        "CancelReservation reservationId=9",
        "SendLocalList listVersion=1 updateType=Full",
    ):
        assert restored.count(expected) == 1, restored
    assert restored.count("ClearCache") == 2, "at first, and after cards were authorized; not after the second case"


def test_what_cannot_be_put_back_makes_that_case_inconclusive_with_a_sentence(setup: Setup) -> None:
    """Nobody mends the fault: the case that made it is judged, the one after it says why it could not be."""
    ids = list(setup.ids)
    assert setup.runs(without=["clear_fault"]) == dict.fromkeys(ids[:2], "pass") | dict.fromkeys(ids[2:], "inconclusive")
    assert "the control of this SUT cannot mend the faulty connector" in setup.report["cases"][-1]["reason"]
