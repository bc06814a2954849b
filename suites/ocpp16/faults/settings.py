"""Faults of a charge point in what single keys of its configuration say (chapter 9)."""

from __future__ import annotations

from typing import Any

from evconform.harness.law import fault
from suites.ocpp16.faults.answers import ACCEPTED, edits_answer


def _says(charge_point: Any, key: str, value: str) -> None:
    charge_point.configuration.keys[key].value = value


def _accepts(charge_point: Any, key: str) -> None:
    """Says Accepted to any change of a key, and makes it only if it could anyway."""
    edits_answer(charge_point, "ChangeConfiguration", lambda asked, answer: ACCEPTED if asked["key"] == key else answer)


@fault(kills="OCPP16-9.1.7-01")
def rotates_its_phases_in_words_of_its_own(charge_point: Any) -> None:
    """Gives a phase rotation that is none of the eight."""
    _says(charge_point, "ConnectorPhaseRotation", "1.L1L2L3")


@fault(kills="OCPP16-9.1.21-01")
def has_one_connector_more(charge_point: Any) -> None:
    """Says that it has one connector more than it has."""
    _says(charge_point, "NumberOfConnectors", str(len(charge_point.connectors) + 1))


@fault(kills="OCPP16-9.1.29-01")
def has_only_core(charge_point: Any) -> None:
    """Says that it supports Core and no other of the profiles that it claims."""
    _says(charge_point, "SupportedFeatureProfiles", "Core")


@fault(kills="OCPP16-9.1.33-01")
def unlocks_its_fixed_cable(charge_point: Any) -> None:
    """Says that it unlocks its cable, which is fixed."""
    _says(charge_point, "UnlockConnectorOnEVSideDisconnect", "true")


@fault(kills="OCPP16-9.1.33-02")
def may_be_set_to_unlock_its_fixed_cable(charge_point: Any) -> None:
    """Accepts that its fixed cable shall be unlocked."""
    _accepts(charge_point, "UnlockConnectorOnEVSideDisconnect")


@fault(kills="OCPP16-9.1.34-01")
def pings_backwards(charge_point: Any) -> None:
    """Accepts a negative WebSocketPingInterval."""
    _accepts(charge_point, "WebSocketPingInterval")


@fault(kills="OCPP16-9.1.34-02")
def pings_half_as_often(charge_point: Any) -> None:
    """Pings after twice the interval that it is set to."""
    interval = charge_point.pings.interval
    charge_point.pings.interval = lambda: 2 * interval()


@fault(kills="OCPP16-9.1.34-02")
def pings_twice_as_often(charge_point: Any) -> None:
    """Pings after half the interval that it is set to."""
    interval = charge_point.pings.interval
    charge_point.pings.interval = lambda: interval() / 2
