"""What fits the schemas and makes no sense is answered, and survived."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.ocpp.channel import NoAnswer
from evconform.ocpp.json import CallError
from evconform.ocpp.schemas import violations

from .inch_bench import CARD, LATER, PAST, REFUSED, Scene, play, profile

pytestmark = pytest.mark.usefixtures("column")

# ── nonsense that fits the schemas ──

LONG = "Ω" * 20
NUMBERS = (0, -1, 2, 10**9, -(10**9), 10**400)
NONSENSE: list[tuple[str, dict[str, Any]]] = [
    *(("ChangeAvailability", {"connectorId": n, "type": t}) for n in NUMBERS for t in ("Inoperative", "Operative")),
    *(("UnlockConnector", {"connectorId": n}) for n in NUMBERS),
    *(("RemoteStartTransaction", {"connectorId": n, "idTag": LONG}) for n in NUMBERS),
    ("RemoteStartTransaction", {"idTag": ""}),
    *(("RemoteStopTransaction", {"transactionId": n}) for n in NUMBERS),
    *(("CancelReservation", {"reservationId": n}) for n in NUMBERS),
    *(("ReserveNow", {"connectorId": n, "expiryDate": LATER, "idTag": "", "reservationId": n}) for n in NUMBERS),
    *(("ReserveNow", {"connectorId": 1, "expiryDate": d, "idTag": "X", "reservationId": 1}) for d in (PAST, "", "0", LONG)),
    ("ReserveNow", {"connectorId": 1, "expiryDate": "9999-12-31T23:59:59.999-14:00", "idTag": "X", "reservationId": 2}),
    *(("GetCompositeSchedule", {"connectorId": n, "duration": d}) for n in NUMBERS for d in NUMBERS),
    *(("ClearChargingProfile", {"connectorId": n, "stackLevel": n}) for n in NUMBERS),
    *(("ClearChargingProfile", {"id": n}) for n in NUMBERS),
    *(("SetChargingProfile", {"connectorId": n, "csChargingProfiles": profile(8)}) for n in NUMBERS),
    *(("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(n)}) for n in (-1, 0.1, 1e9, 10**30)),
    *(("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(8, stackLevel=n)}) for n in NUMBERS if n >= 0),
    *(("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(8, 9, every=n)}) for n in NUMBERS),
    *(("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(8, validFrom=d)}) for d in ("", PAST, LATER)),
    (
        "SetChargingProfile",
        {"connectorId": 1, "csChargingProfiles": profile(8, chargingProfileKind="Recurring", recurrencyKind="Daily")},
    ),
    ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile()}),
    *(("SendLocalList", {"listVersion": n, "updateType": t}) for n in NUMBERS for t in ("Full", "Differential")),
    ("SendLocalList", {"listVersion": 5, "updateType": "Full", "localAuthorizationList": [{"idTag": ""}]}),
    *(("GetConfiguration", {"key": k}) for k in ([], [""], ["heartbeatINTERVAL"] * 100, [LONG])),
    *(("DataTransfer", {"vendorId": v, "messageId": LONG, "data": LONG * 1000}) for v in ("", "Etrel", LONG)),
    *(("GetDiagnostics", {"location": x, "retries": -1, "retryInterval": -1}) for x in ("", "http://", "ftp:///", LONG)),
    ("GetDiagnostics", {"location": "http://", "startTime": LATER, "stopTime": PAST}),
    *(("UpdateFirmware", {"location": x, "retrieveDate": LONG, "retries": -1}) for x in ("", "http://", "ftp:///", LONG)),
    *(
        ("TriggerMessage", {"requestedMessage": m, "connectorId": n})
        for m in ("StatusNotification", "Heartbeat")
        for n in (1, 10**9)
    ),
]


@pytest.mark.parametrize("name", ["etrel-inch", "two-connector"])
@pytest.mark.parametrize("charging", [False, True])
def test_nonsense_is_answered_and_survived(name: str, charging: bool) -> None:
    async def story(scene: Scene) -> None:
        if charging:
            await scene.charges()
        for action, payload in NONSENSE:
            if scene.cp.pics[action] and not list(violations(action, payload)):
                try:
                    await scene.asks(action, **payload)
                except CallError as refused:
                    if refused.code not in REFUSED:
                        raise AssertionError(f"{action} {payload}: {refused.code}") from refused
                await scene.passes(0.1)
        await scene.passes(1000)
        assert scene.cp.online
        await scene.cp.power_cycle()
        await scene.passes(1000)
        assert scene.cp.online

    play(story, name)


VALUES = (
    "",
    " ",
    "0",
    "-1",
    "1",
    "999999999",
    "9999999999",
    "1e9",
    "1.5",
    "true",
    "TRUE",
    "nan",
    "٣",
    "²",
    LONG,
    "x" * 500,
    ",",
    "A,,B",
)


@pytest.mark.parametrize("value", VALUES, ids=[ascii(v)[:20] for v in VALUES])
def test_every_key_set_to_anything(value: str) -> None:
    """What it accepts it shows, and lives with, offline and on, charging and not."""

    async def story(scene: Scene) -> None:
        keys = [k["key"] for k in (await scene.asks("GetConfiguration"))["configurationKey"]]
        for key in keys:
            status = await scene.status("ChangeConfiguration", key=key, value=value)
            shown = (await scene.asks("GetConfiguration", key=[key]))["configurationKey"][0]
            assert status == "Rejected" or (status == "Accepted" and shown["value"] == value and not shown["readonly"])
        scene.cp.plug_in()
        scene.cp.present_card(CARD)
        await scene.passes(100)
        scene.cp.unplug_at_ev()
        await scene.passes(30)
        await scene.cp.power_cycle()
        await scene.passes(100)
        try:
            await scene.asks("GetConfiguration")
        except NoAnswer:
            raise AssertionError("it is gone") from None

    play(story)
