"""The rules about what a PICS claims (that of the INCH), over hand-made logs: what holds, what is red, what is excused."""

from __future__ import annotations

import pytest

from evconform.harness.pics import Pics
from tests.ocpp.metered_log import (
    ENERGY,
    HOLDS,
    MOOT,
    POWER,
    Lines,
    asks,
    boots,
    by_phase,
    check,
    gets,
    inch,
    measured,
    stops,
    value,
)  # fmt: skip
from tests.ocpp.transports import TRANSPORTS

L123 = ("L1", "L2", "L3")
THREE = [*by_phase("Current.Import", 16, "A", *L123), *by_phase("Voltage", 230, "V", "L1-N", "L2-N", "L3-N")]


def presents(t: float, uid: str = "77FD2AFA") -> Lines:
    return [(t, "<", "act", ("present_card", {"uid": uid, "connector": 1}))]


def authorizes(t: float, tag: str) -> Lines:
    return asks(t, ">", "Authorize", {"idTagInfo": {"status": "Accepted"}}, idTag=tag)


CASES: dict[str, tuple[str, str, Lines]] = {
    "claimed": ("PICS-01", HOLDS, measured(5, value(ENERGY, "1.0", "kWh"), value("Power.Factor", 1), *THREE)),
    "not claimed": ("PICS-01", "/meterValue/0/sampledValue/0/measurand", measured(5, value("SoC", 50, "Percent"))),
    "not claimed, in a stop": (
        "PICS-01", "/transactionData/0",
        stops(5, transactionData=[{"timestamp": "2024-01-01T00:00:00Z", "sampledValue": [value("SoC", 1)]}]),
    ),
    "nothing measured": ("PICS-01", MOOT, stops(5)),
    "units": ("PICS-02", HOLDS, measured(5, value(ENERGY, 1, "kWh"), value(POWER, 1, "kW"))),
    "another unit": ("PICS-02", "/sampledValue/1/unit", measured(5, value(ENERGY, 1, "kWh"), value(POWER, 1, "W"))),
    "the unit that is implied": ("PICS-02", "'Wh'", measured(5, value(ENERGY, 1))),
    "a unit that is not said": ("PICS-02", MOOT, measured(5, value(POWER, 1))),
    "a claim that OCPP does not have": ("PICS-02", MOOT, measured(5, value("Frequency", 50))),
    "every phase": ("PICS-03", HOLDS, measured(5, *THREE)),
    "a phase less": ("PICS-03", "lacks Current.Import of L3", measured(5, *THREE[:2])),
    "no phase": ("PICS-03", "lacks Voltage of L1, L2, L3", measured(5, value("Voltage", 230, "V"))),
    "phases in two messages": ("PICS-03", HOLDS, [*measured(5, *THREE[:2]), *measured(5, THREE[2], late=0.4)]),
    "one phase, as it was set": (
        "PICS-03", MOOT, [*gets(1, [], ("MeterValuesSampledData", "Voltage.L1")), *measured(5, THREE[3])],
    ),
    "the card": ("PICS-04", HOLDS, [*presents(4), *authorizes(5, "fa2afd77")]),
    "the card from its first byte": ("PICS-04", "/idTag", [*presents(4), *authorizes(5, "77FD2AFA")]),
    "the card with a delimiter": ("PICS-04", "'FA2AFD77'", [*presents(4), *authorizes(5, "FA:2A:FD:77")]),
    "another card": ("PICS-04", MOOT, [*presents(4), *authorizes(5, "VISITOR-1")]),
    "no card": ("PICS-04", MOOT, authorizes(5, "77FD2AFA")),
    "a tag of the central system": (
        "PICS-04", MOOT,
        [*presents(3), *asks(4, "<", "RemoteStartTransaction", idTag="77FD2AFA"), *authorizes(5, "77FD2AFA")],
    ),
    "below the maximum": ("PICS-05", HOLDS, measured(5, value(POWER, "22.9", "kW"))),
    "beyond the maximum": ("PICS-05", "is 24000 W", measured(5, value(POWER, 24, "kW"))),
    "three phases beyond": ("PICS-05", "is 30000 W", measured(5, *by_phase(POWER, 10, "kW", *L123))),
    "of the charge point": ("PICS-05", MOOT, measured(5, value(POWER, 24, "kW"), connector=0, id=None)),
}  # fmt: skip


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("name", CASES)
def test_claims(name: str, transport: str) -> None:
    row, expected, lines = CASES[name]
    check("claims", (row, expected, [*boots(), *lines]), transport=transport)


NAMES = {
    "named": (HOLDS, {"firmwareVersion": "1.12"}),
    "named in another case": (HOLDS, {"chargePointVendor": "Etrel"}),
    "another vendor": ("/chargePointVendor is 'ACME'", {"chargePointVendor": "ACME"}),
    "another firmware": ("claims '1.12'", {"firmwareVersion": "2.0"}),
}


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("name", NAMES)
def test_names(name: str, transport: str) -> None:
    expected, payload = NAMES[name]
    check("claims", ("PICS-06", expected, boots(0, **payload)), transport=transport)


def test_what_nobody_claims_is_not_judged() -> None:
    nothing = Pics({"connectors": 1, "fixed_cable": False})
    lines = [*boots(), *presents(4), *authorizes(5, "77FD2AFA"), *measured(6, *THREE)]
    for row in ("PICS-01", "PICS-02", "PICS-03", "PICS-04", "PICS-05", "PICS-06"):
        check("claims", (row, MOOT, lines), nothing)


def test_a_level_that_is_not_claimed_is_red_where_there_are_several_connectors() -> None:
    main_meter = measured(5, value(ENERGY, 1, "kWh"), connector=0, id=None)
    check("claims", ("PICS-01", "of the charge point", [*boots(), *main_meter]), inch(connectors=2))
    check("claims", ("PICS-01", HOLDS, [*boots(), *main_meter]), inch(connectors=1))
