"""Odd values in every member of every CALL: a legal answer each time, no bug of ours, and a store that goes on."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from evconform.ocpp.json import ERROR_CODES
from evconform.reference.cpo.records import Transaction
from tests.reference.bench import CARD, Scene, scene

AT = "2026-01-05T11:00:00Z"
SAMPLE = {
    "value": "1",
    "measurand": "Voltage",
    "unit": "V",
    "phase": "L1",
    "context": "Sample.Clock",
    "location": "EV",
    "format": "Raw",
}
METER = [{"timestamp": AT, "sampledValue": [SAMPLE]}]
CALLS: dict[str, dict[str, Any]] = {
    "Authorize": {"idTag": "T"},
    "BootNotification": {"chargePointVendor": "v", "chargePointModel": "m", "iccid": "1", "meterType": "t"},
    "DataTransfer": {"vendorId": "v", "messageId": "m", "data": "d"},
    "DiagnosticsStatusNotification": {"status": "Uploaded"},
    "FirmwareStatusNotification": {"status": "Installed"},
    "Heartbeat": {},
    "MeterValues": {"connectorId": 1, "transactionId": 1, "meterValue": METER},
    "StartTransaction": {"connectorId": 1, "idTag": "T", "meterStart": 1, "timestamp": AT, "reservationId": 1},
    "StatusNotification": {"connectorId": 1, "errorCode": "NoError", "status": "Faulted", "timestamp": AT, "info": "i"},
    "StopTransaction": {"transactionId": 1, "meterStop": 1, "timestamp": AT, "idTag": "T", "transactionData": METER},
}  # fmt: skip
ODD: tuple[Any, ...] = (
    None, "", " ", "x" * 10_000, "\0", "a\ud800", "ä☃😀", "'; DROP TABLE tokens; --", -1, 0, 2**31, 2**63, -(2**64), 1.5,
    1e308, float("inf"),
    True, [], {}, [[]], {"x": {"y": 1}}, "2026-02-31T00:00:00Z", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59-14:00",
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each member, inner ones too."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield (*path, name)
        yield from places(member, (*path, name))


def changed(payload: dict[str, Any], path: tuple[Any, ...], odd: Any) -> dict[str, Any]:
    made = copy.deepcopy(payload)
    inner: Any = made
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = odd
    return made


def odd_calls() -> Iterator[tuple[str, dict[str, Any]]]:
    for action, payload in CALLS.items():
        for path in places(payload):
            yield from ((action, changed(payload, path, odd)) for odd in ODD)
        yield action, {**payload, "surplus": 1}
        yield from ((action, {name: payload[name] for name in payload if name != left_out}) for left_out in payload)


def test_odd_values_are_answered_and_the_store_goes_on(database: str) -> None:
    async def story(lab: Scene) -> int:
        await lab.knows("A", **{CARD: {}})
        asked = 0
        for action, payload in odd_calls():
            answer = await lab.asks("A", action, **payload)
            assert isinstance(answer, dict) or (answer in ERROR_CODES and answer != "InternalError"), (action, payload, answer)
            asked += 1
        await lab.cpo.store.durable()
        assert (await lab.starts(connectorId=77, at="2026-03-01T00:00:00Z", tag=CARD))["idTagInfo"]["status"] == "Accepted"
        assert len(await lab.rows(Transaction)) > 1
        return asked

    with scene(database=database) as lab:
        assert lab.run(story(lab)) > 1200
    with scene(database=database) as lab:
        assert lab.cpo.memory.transactions, "what came of it is read again"
