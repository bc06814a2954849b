"""A case for each way in which a central system can be hostile: a charge point boots there, and sends one Heartbeat."""

from __future__ import annotations

from answers import ACTS
from central_systems import CLOCKS, PORTS, RESPONSES

from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint


def declare(name: str, port: str = "plain", identity: str = "") -> None:
    async def scenario(charge_point: ScriptedChargePoint) -> None:
        campaign = charge_point.campaign
        campaign.url = f"{'ws' if port == 'plain' else 'wss'}://127.0.0.1:{campaign.sut.control.options['ports'][port]}/ocpp"
        await charge_point.connects(identity=identity or name, deviates="an identity that names what the other side is to do")
        await charge_point.boots(status="Accepted")
        await charge_point.reports_status()
        await charge_point.asks()

    scenario.__doc__ = f"A central system answers a Heartbeat; this one is hostile: {name}."
    globals()[f"test_{name}"] = testcase(f"HOSTILE-CS-{name}", verifies=["OCPP16J-4.2-01"])(scenario)


for _name in (*ACTS, *RESPONSES, *CLOCKS, "proper-again"):
    declare(_name)
for _port in PORTS:
    if _port != "plain":
        declare(_port, _port, "HOSTILE-1")
declare("tls-no-close-notify", "tls-good", "no-close-notify")
