"""What a CALL must be to be taken in; what it says about charging is no reason to refuse it."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.ocpp.speaks import JSON, SOAP
from evconform.reference.cpo.records import Transaction
from evconform.reference.moments import moment, told
from tests.reference.bench import ONLY_JSON, Scene

REFUSED = {JSON: ("PropertyConstraintViolation", "TypeConstraintViolation"), SOAP: ("ProtocolError",)}
START = {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": "2026-01-05T11:00:00Z"}


@pytest.mark.parametrize(
    "change",
    [
        {"timestamp": "yesterday"}, {"timestamp": "2026-13-05T11:00:00Z"}, {"timestamp": "2026-02-30T11:00:00Z"},
        {"timestamp": ""}, {"connectorId": 0}, {"connectorId": -1}, {"connectorId": 2**63}, {"meterStart": 10**30},
        {"reservationId": -(2**70)}, {"timestamp": "0001-01-01T00:00:00+14:00"}, {"timestamp": "9999-12-31T24:00:00Z"},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_and_changes_nothing(lab: Scene, change: dict[str, Any]) -> None:
    async def story() -> None:
        assert await lab.asks("A", "StartTransaction", **(START | change)) in REFUSED[lab.speaks]
        assert await lab.rows(Transaction) == []

    lab.run(story())


@ONLY_JSON
@pytest.mark.parametrize("change", [{"meterStart": float("inf")}, {"idTag": "a\0b"}, {"idTag": "a\ud800b"}], ids=str)
def test_what_xml_cannot_even_say_is_refused_too(lab: Scene, change: dict[str, Any]) -> None:
    async def story() -> None:
        assert await lab.asks("A", "StartTransaction", **(START | change)) in REFUSED[JSON]
        assert await lab.rows(Transaction) == []

    lab.run(story())


@ONLY_JSON
def test_a_meter_may_have_64_bits(lab: Scene) -> None:
    """OCPP-J sets no bound to an integer; SOAP has 32 bits."""
    assert lab.run(lab.asks("A", "StartTransaction", **(START | {"meterStart": 2**62})))["transactionId"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"timestamp": "1999-01-01T00:00:00Z"}, {"timestamp": "2099-01-01T00:00:00Z"}, {"meterStart": -5},
        {"connectorId": 4000}, {"reservationId": 0}, {"reservationId": 12345}, {"idTag": "ä☃"}, {"idTag": ""},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_only_strange_is_believed(lab: Scene, change: dict[str, Any]) -> None:
    async def story() -> None:
        assert (await lab.asks("A", "StartTransaction", **(START | change)))["transactionId"] == 1
        assert len(await lab.rows(Transaction)) == 1

    lab.run(story())


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05T11:00:00Z", "2026-01-05T12:00:00+01:00", "2026-01-05T12:00:00+0100", "2026-01-05T12:00+01",
        "20260105T110000Z",
        "2026-01-05t11:00:00z", "2026-01-05T11:00:00", "2026-01-05T11:00:00.000Z", "2026-01-05T11:00:00,000000000Z",
        "2026-01-05T10:59:60Z", "2026-01-04T24:00:00-11:00", "2026-01-05T16:30:00+05:30",
    ],
)  # fmt: skip
def test_one_moment_in_many_spellings(text: str) -> None:
    assert told(text) == "2026-01-05T11:00:00.000000Z"


@pytest.mark.parametrize("text", ["2026-01-05", "2026-01-05T25:00:00Z", "2026-1-5T11:00:00Z", "2026-01-05T11:00:00 Z", "x", ""])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        moment(text)


def test_actions_of_the_other_side_are_not_supported(lab: Scene) -> None:
    async def story() -> None:
        point = await lab.dials()
        assert point.channel
        with pytest.raises(Exception, match="NotSupported"):
            await point.channel.call("Reset", {"type": "Soft"})
        await point.disconnect()

    lab.run(story())
