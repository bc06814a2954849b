"""A case for each way in which a charge point can be hostile: it is asked one harmless thing, and then made proper again."""

from __future__ import annotations

from typing import Any

from answers import ACTS
from charge_points import OPENINGS, TLS

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem

CLOCKS = [f"clock {year}-01-01T00:00:00Z" for year in ("1970", "2000", "2099", "9999", "0000")]

STILL = ("tls-silent", "tls-half-hello")
"""What does not end by itself."""


def declare(name: str) -> Any:
    async def scenario(central_system: ScriptedCentralSystem, bench: Control) -> None:
        try:
            await bench.present_card(uid=name)
            if name in TLS and name not in STILL:
                await central_system.hears_frame(kind="tls")
            await central_system.asks()
        finally:
            await bench.power_cycle()

    scenario.__doc__ = f"A charge point answers a GetConfiguration; this one is hostile: {name}."
    return testcase(f"HOSTILE-CP-{name}", verifies=["OCPP16J-4.2-01"])(scenario)


for _name in (*ACTS, *OPENINGS, *TLS, *CLOCKS, "twin", "proper-again"):
    globals()[f"test_{_name}"] = declare(_name)
