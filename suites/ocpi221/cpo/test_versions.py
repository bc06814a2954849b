"""OCPI 2.2.1, version_information_endpoint, with a CPO under test."""

from evconform.harness.law import testcase
from evconform.ocpi.scripted_emsp import ScriptedEmsp
from suites.ocpi221 import announced

TOLD = [
    *("OCPI221-VER-01", "OCPI221-VER-02", "OCPI221-VER-03", "OCPI221-VER-04", "OCPI221-VER-07", "OCPI221-VER-08"),
    *("OCPI221-VER-09", "OCPI221-VER-51"),
]


@testcase("OCPI221-CPO-VER-01", verifies=TOLD)
async def test_versions_and_details(emsp: ScriptedEmsp) -> None:
    """A CPO lists its versions, and for each the endpoints that it has."""
    await announced.is_read(emsp)


@testcase("OCPI221-CPO-VER-02", verifies=["OCPI221-VER-05"])
async def test_what_is_announced_is_served(emsp: ScriptedEmsp) -> None:
    """Every endpoint that a CPO announces answers."""
    await announced.is_served(emsp)


@testcase("OCPI221-CPO-VER-03", verifies=["OCPI221-VER-06"], applies="locations_sender_get")
async def test_what_is_served_is_announced(emsp: ScriptedEmsp) -> None:
    """Where a module would be that a CPO does not announce, nothing answers."""
    await announced.hides_nothing(emsp, "locations")


@testcase("OCPI221-CPO-VER-04", verifies=["OCPI221-TRN-29"], applies="https")
async def test_what_is_announced_is_https(emsp: ScriptedEmsp) -> None:
    """A CPO that is reached over HTTPS announces no URL of another kind."""
    await announced.is_read_over_tls(emsp)
