"""OCPI 2.2.1, mod_tariffs, with an eMSP under test: what is written is read back."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpi.expected import ok
from evconform.ocpi.scripted_cpo import ScriptedCpo
from suites.ocpi221 import made, written
from suites.ocpi221.transport import NOT_TAKEN, not_a_method

WRITES = "tariffs_receiver_put and tariffs_receiver_get"
DELETES = f"{WRITES} and tariffs_receiver_delete"
PULLS = f"{WRITES} and tariffs_sender_get"
ID = "EVC-T1"


@testcase("OCPI221-EMSP-TAR-01", verifies=["OCPI221-TAR-13"], applies=WRITES)
async def test_a_tariff_is_kept_and_replaced(cpo: ScriptedCpo) -> None:
    """A tariff that was put is got back the same; a second PUT replaces it, and what it leaves out is gone."""
    tariff = await written.tariff(cpo)
    await cpo.gets("tariffs", ID, expects=ok(equals=tariff), proves="OCPI221-TAR-13")
    free = made.free_tariff(ID, cpo.party.owner, cpo.now)
    await cpo.puts("tariffs", ID, body=free, expects=ok())
    await cpo.gets("tariffs", ID, expects=ok(equals=free), proves="OCPI221-TAR-13")


@testcase("OCPI221-EMSP-TAR-02", verifies=["OCPI221-TAR-14"], applies=WRITES)
async def test_no_post_and_no_patch(cpo: ScriptedCpo) -> None:
    """A tariff is neither posted nor patched."""
    tariff = await written.tariff(cpo)
    how: dict[str, Any] = {"proves": "OCPI221-TAR-14", "expects": not_a_method(cpo)}
    how["deviates"] = "a method that a Receiver of tariffs does not have"
    await cpo.patches("tariffs", ID, body={"currency": "CHF", "last_updated": cpo.now}, **how)
    await cpo.posts("tariffs", ID, body=tariff | {"currency": "CHF"}, **how)
    await written.is_unchanged(cpo, tariff, "OCPI221-TAR-14", "tariffs")


@testcase("OCPI221-EMSP-TAR-03", verifies=["OCPI221-TAR-15"], applies=DELETES)
async def test_a_tariff_is_deleted(cpo: ScriptedCpo) -> None:
    """A tariff that was deleted is not there any more, and nobody deletes that of another party."""
    tariff = await written.tariff(cpo)
    proves = "OCPI221-TAR-15"
    await cpo.deletes("tariffs", ID, owner=("XZ", "EVX"), deviates="a party that is none of ours")
    await written.is_unchanged(cpo, tariff, proves, "tariffs")
    await cpo.deletes("tariffs", ID, expects=ok(), proves=proves)
    await cpo.gets("tariffs", ID, expects=NOT_TAKEN, proves=proves)


@testcase("OCPI221-EMSP-TAR-04", verifies=["OCPI221-TAR-53"], applies=PULLS)
async def test_a_pull_replaces(cpo: ScriptedCpo, operations: Control) -> None:
    """What a pull of tariffs brings is kept, and what it does not bring is gone."""
    await written.tariff(cpo)
    other = made.free_tariff("EVC-T2", cpo.party.owner, cpo.now)
    cpo.offers("tariffs", other)
    await operations.pulls(module="tariffs")
    await cpo.hears("GET", "tariffs")
    await cpo.gets("tariffs", "EVC-T2", expects=ok(equals=other), proves="OCPI221-TAR-53")
    await cpo.gets("tariffs", ID, expects=NOT_TAKEN, proves="OCPI221-TAR-53")
