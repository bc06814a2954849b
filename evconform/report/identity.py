"""Who the product says it is on the wire, beside who the vendor says it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from evconform.harness.campaign import Plan

Sections = dict[str, Any]
"""The questionnaire as it was answered."""


@dataclass(frozen=True)
class Claim:
    """What a product tells of itself (a key of a frame's ``tells``), and where its questionnaire declares it."""

    name: str
    item: str = ""
    """Shown to the reader; empty where the form does not ask."""
    declared: Callable[[Sections], str] = lambda _: ""


def model(name: str, item: str) -> Claim:
    """An item of the section ``model``."""
    return Claim(name, item, lambda sections: str(sections.get("model", {}).get(item, "")))


def parties(sections: Sections) -> str:
    rows = sections.get("party", ())
    told = (f"{row.get('country_code', '')}*{row.get('party_id', '')} {row.get('role', '')}" for row in rows)
    return ", ".join(sorted(each.upper() for each in told))


BACK_OFFICE = {
    "roles": Claim("parties", "party", parties),
    "business": Claim("businesses", "party.name", lambda s: ", ".join(sorted(row.get("name", "") for row in s.get("party", ())))),
    "versions": Claim("versions", "versions", lambda s: ", ".join(sorted(s.get("versions", {}).get("versions", ())))),
}
CLAIMS: dict[str, dict[str, Claim]] = {
    "charge-point": {
        "chargePointVendor": model("vendor", "vendor"),
        "chargePointModel": model("model", "model"),
        "firmwareVersion": model("firmware version", "firmware"),
        "chargePointSerialNumber": Claim("serial number"),
        "chargeBoxSerialNumber": Claim("charge box serial number"),
        "meterType": Claim("meter type"),
        "meterSerialNumber": Claim("meter serial number"),
        "iccid": Claim("ICCID"),
        "imsi": Claim("IMSI"),
    },
    "cpo": BACK_OFFICE,
    "emsp": BACK_OFFICE,
}
"""Role to what its products tell of themselves."""
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
    if frame.by != "sut" or plan.sut.sut.role not in CLAIMS:
        return
    said = frame.tells
    for member in CLAIMS[plan.sut.sut.role] if said else ():
        if member not in said:
            continue
        text, seen = str(said[member])[:LONGEST], told.setdefault(member, Told())
        if text not in seen.frames:
            if len(seen.frames) < VALUES_AT_MOST:
                seen.frames[text] = frame.n
            else:
                seen.more += 1


def identity(plan: Plan, told: Identity) -> list[dict[str, Any]]:
    """A row for each thing that the product or its vendor names: declared, seen, and whether the first seen agrees."""
    rows = []
    for member, claim in CLAIMS.get(plan.sut.sut.role, {}).items():
        declared, seen = claim.declared(plan.pics.sections), told.get(member, Told())
        if declared or seen.frames:
            first = next(iter(seen.frames), None)
            agrees = first == declared[:LONGEST] if declared and first is not None else None
            values = [{"value": value, "frame": frame} for value, frame in seen.frames.items()]
            about = {"name": claim.name, "member": member, "item": claim.item, "declared": declared}
            rows.append({**about, "seen": values, "more": seen.more, "agrees": agrees})
    return rows
