"""What breaks in the field, with a CPO under test."""

from evconform.harness.law import testcase
from evconform.ocpi.scripted_emsp import ScriptedEmsp
from suites.ocpi221 import transport


@testcase("OCPI221-CPO-ROB-01", verifies=["OCPI221-ROB-08"], applies="locations_sender_get")
async def test_one_connection(emsp: ScriptedEmsp) -> None:
    """Several requests over one connection are answered, and so is a body in chunks."""
    await transport.keeps_a_connection(emsp, emsp.of("locations"))
