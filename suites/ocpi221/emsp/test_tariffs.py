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


@testcase("OCPI221-EMSP-TAR-01", verifies=["OCPI221-TAR-13"], applies=WRITES)
async def test_a_tariff_is_kept_and_replaced(cpo: ScriptedCpo) -> None:
    """A tariff that was put is got back the same; a second PUT replaces it, and what it leaves out is gone."""
    tariff = await written.tariff(cpo)
    await cpo.gets("tariffs", tariff["id"], expects=written.whole(tariff), proves="OCPI221-TAR-13")
    free = made.free_tariff(tariff["id"], cpo.party.owner, written.later(cpo, 0))
    await cpo.puts("tariffs", tariff["id"], body=free, expects=ok())
    await cpo.gets(
        "tariffs",
        tariff["id"],
        expects=written.whole(free, absent=["tariff_alt_text", "start_date_time", "elements/1"]),
        proves="OCPI221-TAR-13",
    )


@testcase("OCPI221-EMSP-TAR-02", verifies=["OCPI221-TAR-14"], applies=WRITES)
async def test_no_post_and_no_patch(cpo: ScriptedCpo) -> None:
    """A tariff is neither posted nor patched."""
    tariff = await written.tariff(cpo)
    how: dict[str, Any] = {"proves": "OCPI221-TAR-14", "expects": not_a_method(cpo)}
    how["deviates"] = "a method that a Receiver of tariffs does not have"
    await cpo.patches("tariffs", tariff["id"], body={"currency": "CHF", "last_updated": cpo.now}, **how)
    await cpo.posts("tariffs", tariff["id"], body=tariff | {"currency": "CHF"}, **how)
    await written.is_unchanged(cpo, tariff, "OCPI221-TAR-14", "tariffs")


@testcase("OCPI221-EMSP-TAR-03", verifies=["OCPI221-TAR-15"], applies=DELETES)
async def test_a_tariff_is_deleted(cpo: ScriptedCpo) -> None:
    """A tariff that was deleted is not there any more, and nobody deletes that of another party."""
    tariff = await written.tariff(cpo)
    proves = "OCPI221-TAR-15"
    await cpo.deletes("tariffs", tariff["id"], owner=("XZ", "EVX"), deviates="a party that is none of ours")
    await written.is_unchanged(cpo, tariff, proves, "tariffs")
    await cpo.deletes("tariffs", tariff["id"], expects=ok(), proves=proves)
    await cpo.gets("tariffs", tariff["id"], expects=NOT_TAKEN, proves=proves)


@testcase("OCPI221-EMSP-TAR-04", verifies=["OCPI221-TAR-53"], applies=PULLS)
async def test_a_pull_replaces(cpo: ScriptedCpo, operations: Control) -> None:
    """What a pull of tariffs brings is kept, and what it does not bring is gone."""
    tariff = await written.tariff(cpo)
    other = made.free_tariff(made.name(cpo, "T2"), cpo.party.owner, cpo.now)
    cpo.offers("tariffs", other)
    first = await written.is_pulled(cpo, operations, "tariffs")
    await cpo.gets("tariffs", other["id"], expects=written.whole(other), proves="OCPI221-TAR-53")
    written.is_asked_for(first, tariff)
    await cpo.gets("tariffs", tariff["id"], expects=NOT_TAKEN, proves="OCPI221-TAR-53")
