"""A charge point in a process of its own that ends at once, for good, when it has answered three CALLs.

Arguments: endpoint URL, identity. It is written on websockets alone.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
import uuid
from datetime import UTC, datetime
from typing import Any

import websockets

CALLS = (
    ("BootNotification", {"chargePointVendor": "evconform", "chargePointModel": "dying"}),
    *(("StatusNotification", {"connectorId": c, "errorCode": "NoError", "status": "Available"}) for c in (0, 1)),
)
ANSWERED_AT_MOST = 3


async def main(url: str, identity: str) -> None:
    print("up", flush=True)
    async with websockets.connect(f"{url}/{identity}", subprotocols=["ocpp1.6"]) as websocket:
        to_say = iter(CALLS)
        answered = itertools.count(1)
        await say(websocket, to_say)
        async for text in websocket:
            kind, message_id, *_ = json.loads(text)
            if kind == 3:
                await say(websocket, to_say)
            if kind != 2:
                continue
            await websocket.send(json.dumps([3, message_id, {"configurationKey": [], "unknownKey": ["HeartbeatInterval"]}]))
            if next(answered) == ANSWERED_AT_MOST:
                os._exit(0)  # no close frame: that would be a hang-up, if a CALL of ours came before it


async def say(websocket: websockets.ClientConnection, to_say: Any) -> None:
    if (following := next(to_say, None)) is not None:
        action, payload = following
        stamp = {"timestamp": datetime.now(UTC).isoformat()} if action == "StatusNotification" else {}
        await websocket.send(json.dumps([2, str(uuid.uuid4()), action, payload | stamp]))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
