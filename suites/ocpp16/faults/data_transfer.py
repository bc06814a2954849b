"""Faults of a charge point in DataTransfer: OCPP 1.6, 4.3 and 5.6."""

from __future__ import annotations

from typing import Any

from evconform.harness.law import fault
from suites.ocpp16.faults.answers import ACCEPTED, answers_if


@fault(kills="OCPP16-4.3-01")
def says_its_brand(charge_point: Any) -> None:
    """Sends a DataTransfer whose vendorId is a brand, and no domain name."""
    charge_point.data_transfer.vendor = "ACME"


@fault(kills="OCPP16-4.3-02")
def takes_any_message_of_its_vendor(charge_point: Any) -> None:
    """Accepts every messageId of the vendor that it knows."""
    known = charge_point.data_transfer.messages
    answers_if(charge_point, "DataTransfer", lambda asked: asked["vendorId"].lower() in known, ACCEPTED)
