"""Who the product says it is on the wire, beside who the vendor says it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from evconform.harness.campaign import Plan

TOLD_IN = {
    "ocpp16": (
        "BootNotification",
        {
            "chargePointVendor": ("vendor", "vendor"),
            "chargePointModel": ("model", "model"),
            "firmwareVersion": ("firmware version", "firmware"),
            "chargePointSerialNumber": ("serial number", ""),
            "chargeBoxSerialNumber": ("charge box serial number", ""),
            "meterType": ("meter type", ""),
            "meterSerialNumber": ("meter serial number", ""),
            "iccid": ("ICCID", ""),
            "imsi": ("IMSI", ""),
        },
    )
}
"""Law to the CALL in which the SUT names itself: member to what it is, and the item of ``[model]`` that claims it."""
VALUES_AT_MOST = 5
LONGEST = 100


@dataclass
class Told:
    """What one member was seen to say: value to the first frame with it, and how many values there were."""

    frames: dict[str, int] = field(default_factory=dict)
    more: int = 0


Identity = dict[str, Told]


def tells(plan: Plan, frame: Any, told: Identity) -> None:
    """Takes what a frame says about who sent it."""
    action, members = TOLD_IN.get(plan.law.name, ("", {}))
    if frame.by != "sut" or frame.type != "CALL" or frame.action != action or not isinstance(frame.payload, dict):
        return
    for member in members:
        if member not in frame.payload:
            continue
        text, seen = str(frame.payload[member])[:LONGEST], told.setdefault(member, Told())
        if text not in seen.frames:
            if len(seen.frames) < VALUES_AT_MOST:
                seen.frames[text] = frame.n
            else:
                seen.more += 1


def identity(plan: Plan, told: Identity) -> list[dict[str, Any]]:
    """A row for each thing that the product or its vendor names: declared, seen, and whether the first seen agrees."""
    if plan.sut.sut.role != "charge-point":
        return []
    model = plan.pics.sections.get("model", {})
    rows = []
    for member, (name, item) in TOLD_IN.get(plan.law.name, ("", {}))[1].items():
        declared, seen = str(model.get(item, "")) if item else "", told.get(member, Told())
        if declared or seen.frames:
            first = next(iter(seen.frames), None)
            agrees = first == declared if declared and first is not None else None
            values = [{"value": value, "frame": frame} for value, frame in seen.frames.items()]
            about = {"name": name, "member": member, "item": item, "declared": declared}
            rows.append({**about, "seen": values, "more": seen.more, "agrees": agrees})
    return rows
