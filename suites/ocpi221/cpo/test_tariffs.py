"""OCPI 2.2.1, mod_tariffs, with a CPO under test: what it offers, and what it pushes."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpi.scripted_emsp import ScriptedEmsp
from suites.ocpi221 import made, offered

SHAPES = [
    *("OCPI221-TAR-01", "OCPI221-TAR-06", "OCPI221-TAR-08", "OCPI221-TAR-10", "OCPI221-TAR-11", "OCPI221-TAR-12"),
]
HELD = "tariffs_sender_get and holds_tariffs"
PUSHED = "tariffs_receiver_put and holds_tariffs"


@testcase("OCPI221-CPO-TAR-01", verifies=SHAPES, applies=HELD)
async def test_what_tariffs_are_like(emsp: ScriptedEmsp, operations: Control) -> None:
    """Every tariff in a list is whole, and fits together: one by energy with a reservation fee, and one that is free."""
    tariffs = (made.tariff(made.name(emsp, "T1"), emsp.owner), made.free_tariff(made.name(emsp, "T2"), emsp.owner))
    await offered.tariffs(emsp, operations, *tariffs)
    await emsp.pulls("tariffs")


@testcase("OCPI221-CPO-TAR-02", verifies=["OCPI221-TAR-51", "OCPI221-TAR-01"], applies=PUSHED)
async def test_a_new_tariff_is_pushed(emsp: ScriptedEmsp, operations: Control) -> None:
    """A new tariff is put, whole, under the CPO's country code, party id and its own id."""
    id = made.name(emsp, "T1")
    await operations.offers(tariff=made.tariff(id, emsp.owner))
    await emsp.hears("PUT", "tariffs", id, data={"id": id}, proves="OCPI221-TAR-51")


@testcase("OCPI221-CPO-TAR-03", verifies=["OCPI221-TAR-52"], applies=f"{PUSHED} and tariffs_receiver_delete")
async def test_a_tariff_that_is_taken_back(emsp: ScriptedEmsp, operations: Control) -> None:
    """A tariff that is taken back is deleted at the eMSP."""
    id = made.name(emsp, "T1")
    await operations.offers(tariff=made.tariff(id, emsp.owner))
    await emsp.hears("PUT", "tariffs", id)
    await operations.withdraws(tariff=id)
    await emsp.hears("DELETE", "tariffs", id, proves="OCPI221-TAR-52")


@testcase(
    "OCPI221-CPO-TAR-04",
    verifies=["OCPI221-TAR-16"],
    applies=f"{HELD} and {PUSHED} and tariffs_receiver_delete and locations_sender_get and holds_locations",
)
async def test_a_tariff_in_use_is_not_deleted(emsp: ScriptedEmsp, operations: Control) -> None:
    """A tariff that is deleted is named by no connector any more."""
    tariff = await offered.priced_location(emsp, operations)
    await operations.withdraws(tariff=tariff)
    await emsp.passes(emsp.push_patience)
    await emsp.pulls("locations")


@testcase("OCPI221-CPO-TAR-05", verifies=["OCPI221-LOC-60", "OCPI221-TRN-53"], applies=HELD)
async def test_what_a_tariff_tells_besides(emsp: ScriptedEmsp, operations: Control) -> None:
    """The text of a tariff is plain, and the sources of its energy add up."""
    await offered.tariffs(emsp, operations, made.tariff(made.name(emsp, "T1"), emsp.owner, energy_mix=made.ENERGY_MIX))
    await emsp.pulls("tariffs")
