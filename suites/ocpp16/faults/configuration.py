"""Faults of a charge point in GetConfiguration and ChangeConfiguration (5.3, 5.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Answer, Payload
from suites.ocpp16.faults.answers import ACCEPTED, REJECTED, edits_answer
from suites.ocpp16.faults.framing import without

Rows = list[dict[str, Any]]


def _changes(charge_point: Any, change: Callable[[Payload, Any], Answer]) -> None:
    """``change`` gets what was asked and the answer to a ChangeConfiguration."""
    edits_answer(charge_point, "ChangeConfiguration", change)


def _gets(charge_point: Any, edit: Callable[[Payload, Any], Answer]) -> None:
    """``edit`` gets what was asked and the answer to a GetConfiguration."""
    edits_answer(charge_point, "GetConfiguration", edit)


def _gets_rows(charge_point: Any, edit: Callable[[Payload, Rows], Rows]) -> None:
    """``edit`` gets what was asked and the settings in the answer to a GetConfiguration."""
    _gets(charge_point, lambda asked, answer: answer | {"configurationKey": edit(asked, answer["configurationKey"])})


@fault(kills="OCPP16-5.3-01")
def forgets_what_it_was_set_to(charge_point: Any) -> None:
    """Accepts a change and does not make it."""
    charge_point.configuration.put = lambda key, value: None


@fault(kills="OCPP16-5.3-02")
def rejects_what_it_does_not_have(charge_point: Any) -> None:
    """Answers a change of a key that it does not have with Rejected."""
    _changes(charge_point, lambda asked, answer: REJECTED if answer["status"] == "NotSupported" else answer)


@fault(kills="OCPP16-5.3-03")
def accepts_any_value(charge_point: Any) -> None:
    """Says Accepted to a value that a key cannot have, and keeps the one it had."""

    def accepts(asked: Payload, answer: Payload) -> Answer:
        bad = answer["status"] == "Rejected" and asked["key"] == "MeterValueSampleInterval"
        return ACCEPTED if bad else answer

    _changes(charge_point, accepts)


@fault(kills="OCPP16-5.3-04")
def says_that_it_changed_what_it_cannot(charge_point: Any) -> None:
    """Says Accepted to a change of a read-only key."""
    _changes(charge_point, lambda asked, answer: ACCEPTED if asked["key"] == "NumberOfConnectors" else answer)


def _takes_refused(charge_point: Any, of: Callable[[str], bool]) -> None:
    """A change that was refused is made all the same."""

    def takes(asked: Payload, answer: Payload) -> Answer:
        if answer["status"] == "Rejected" and of(asked["key"]):
            charge_point.memory.configuration[asked["key"]] = asked["value"] or "0"
        return answer

    _changes(charge_point, takes)


@fault(kills="OCPP16-5.3-05", also=["OCPP16-9.1.21-01"])
def takes_what_it_refused(charge_point: Any) -> None:
    """Rejects a change and makes it."""
    _takes_refused(charge_point, lambda key: not key.startswith("MeterValuesS"))


@fault(kills="OCPP16-3.16.4-02")
def takes_the_measurands_that_it_refused(charge_point: Any) -> None:
    """Rejects a list of measurands and keeps it."""
    _takes_refused(charge_point, lambda key: key.startswith("MeterValuesS"))


@fault(kills="OCPP16-3.16.4-01")
def takes_any_measurand(charge_point: Any) -> None:
    """Accepts a list with a measurand that it does not have."""
    charge_point.configuration.keys["MeterValuesSampledData"].check = lambda value: True


@fault(kills="OCPP16-5.8-01")
def keeps_a_required_key_to_itself(charge_point: Any) -> None:
    """Leaves a required key out when it is asked for all."""
    _gets_rows(charge_point, lambda asked, rows: [row for row in rows if asked.get("key") or row["key"] != "ResetRetries"])


@fault(kills="OCPP16-5.8-02")
def gives_more_than_it_was_asked(charge_point: Any) -> None:
    """Gives one setting more than it is asked for."""

    def gives(asked: Payload, rows: Rows) -> Rows:
        return [*rows, charge_point.configuration.describe("ResetRetries")] if asked.get("key") else rows

    _gets_rows(charge_point, gives)


@fault(kills="OCPP16-5.8-02")
def keys_without_values(charge_point: Any) -> None:
    """Gives its settings without their values."""
    _gets_rows(charge_point, lambda asked, rows: [without(row, "value") for row in rows])


@fault(kills="OCPP16-5.8-03")
def says_nothing_of_unknown_keys(charge_point: Any) -> None:
    """Leaves keys that it does not know out of its answer."""
    _gets(charge_point, lambda asked, answer: {"configurationKey": answer["configurationKey"]})


@fault(kills="OCPP16-5.8-03")
def calls_a_known_key_unknown(charge_point: Any) -> None:
    """Calls SupportedFeatureProfiles a key that it does not know when it is asked for that alone."""
    key = ["SupportedFeatureProfiles"]
    _gets(charge_point, lambda asked, answer: answer | ({"unknownKey": key} if asked.get("key") == key else {}))


@fault(kills="OCPP16-5.8-04")
def its_connectors_can_be_set(charge_point: Any) -> None:
    """Says that NumberOfConnectors can be written."""

    def opens(asked: Payload, rows: Rows) -> Rows:
        return [row | {"readonly": row["readonly"] and row["key"] != "NumberOfConnectors"} for row in rows]

    _gets_rows(charge_point, opens)


@fault(kills="OCPP16-5.8-05", also=["OCPP16-5.8-02"])
def gives_ten_keys_at_most(charge_point: Any) -> None:
    """Gives no more than ten keys at once, and says that it can give fifty."""
    _gets_rows(charge_point, lambda asked, rows: rows[: 10 if asked.get("key") else None])


@fault(kills="OCPP16-5.3-01")
def asks_for_a_reboot(charge_point: Any) -> None:
    """Says RebootRequired of a change that it made at once."""
    _changes(charge_point, lambda asked, answer: {"status": "RebootRequired"} if answer["status"] == "Accepted" else answer)


@fault(kills="OCPP16-5.8-02")
def keeps_its_limit_to_itself(charge_point: Any) -> None:
    """Gives GetConfigurationMaxKeys without its value when it is asked for that alone."""
    key = "GetConfigurationMaxKeys"
    stripped = {"configurationKey": [{"key": key, "readonly": True}]}
    _gets(charge_point, lambda asked, answer: stripped if asked.get("key") == [key] else answer)


@fault(kills="OCPP16-5.8-05", also=["OCPP16-5.8-03"])
def calls_the_last_of_many_unknown(charge_point: Any) -> None:
    """Gives all the settings that it is asked for, and calls the last of them unknown as well, if they are many."""

    def calls(asked: Payload, answer: Payload) -> Payload:
        keys = asked.get("key") or []
        return answer | ({"unknownKey": keys[-1:]} if len(keys) > 10 else {})

    _gets(charge_point, calls)
