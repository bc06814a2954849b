"""OCPP 1.6, 4.3: whose a DataTransfer is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Log

REVERSED = re.compile(r"[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9](\.[A-Za-z0-9_-]+)+")
"""A top-level domain, and what is below it: com.example."""


@monitor("OCPP16-4.3-01")
def vendor_is_a_reversed_domain_name(log: Log) -> Iterator[tuple[Any, str]]:
    for call in log.calls("DataTransfer", by="charge-point"):
        vendor = call.get("vendorId")
        if not isinstance(vendor, str) or not REVERSED.fullmatch(vendor):
            yield call, f"/vendorId is {vendor!r}, which is no domain name in reverse order"
