"""OCPI 2.2.1, version_information_endpoint, with an eMSP under test."""

from evconform.harness.law import testcase
from evconform.ocpi.scripted_cpo import ScriptedCpo
from suites.ocpi221 import announced

TOLD = [
    *("OCPI221-VER-01", "OCPI221-VER-02", "OCPI221-VER-03", "OCPI221-VER-04", "OCPI221-VER-07", "OCPI221-VER-08"),
    *("OCPI221-VER-09", "OCPI221-VER-51"),
]


@testcase("OCPI221-EMSP-VER-01", verifies=TOLD)
async def test_versions_and_details(cpo: ScriptedCpo) -> None:
    """An eMSP lists its versions, and for each the endpoints that it has."""
    await announced.is_read(cpo)


@testcase("OCPI221-EMSP-VER-02", verifies=["OCPI221-VER-05"])
async def test_what_is_announced_is_served(cpo: ScriptedCpo) -> None:
    """Every endpoint that an eMSP announces answers."""
    await announced.is_served(cpo)


@testcase("OCPI221-EMSP-VER-03", verifies=["OCPI221-VER-06"], applies="locations_receiver_put")
async def test_what_is_served_is_announced(cpo: ScriptedCpo) -> None:
    """Where a module would be that an eMSP does not announce, nothing answers."""
    await announced.hides_nothing(cpo, "locations")


@testcase("OCPI221-EMSP-VER-04", verifies=["OCPI221-TRN-29"], applies="https")
async def test_what_is_announced_is_https(cpo: ScriptedCpo) -> None:
    """An eMSP that is reached over HTTPS announces no URL of another kind."""
    await announced.is_read_over_tls(cpo)
