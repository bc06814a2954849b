"""OCPI 2.2.1, status_codes: the codes of the envelope, their ranges and the part of each that is left to custom modules."""

from __future__ import annotations

from typing import Any

CODES = {
    1000: "Generic success code",
    2000: "Generic client error",
    2001: "Invalid or missing parameters",
    2002: "Not enough information",
    2003: "Unknown Location",
    2004: "Unknown Token",
    3000: "Generic server error",
    3001: "Unable to use the client's API",
    3002: "Unsupported version",
    3003: "No matching endpoints or expected endpoints missing",
    4000: "Generic hub error",
    4001: "Unknown receiver",
    4002: "Timeout on forwarded request",
    4003: "Connection problem",
}
RANGES = {1: "success", 2: "client error", 3: "server error", 4: "hub error"}

SUCCESS = 1000
INVALID_PARAMETERS = 2001
NOT_ENOUGH_INFORMATION = 2002
UNKNOWN_LOCATION = 2003
UNKNOWN_TOKEN = 2004
SERVER_ERROR = 3000
CLIENT_API_UNUSABLE = 3001
UNSUPPORTED_VERSION = 3002
NO_MATCHING_ENDPOINTS = 3003


def is_code(value: Any) -> bool:
    """Whether it is an integer at all; JSON's true and 1000.0 are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def range_of(code: Any) -> str:
    """``success``, ``client error``, ``server error``, ``hub error``, or an empty text."""
    return RANGES.get(code // 1000, "") if is_code(code) else ""


def is_success(code: Any) -> bool:
    return range_of(code) == "success"


def is_custom(code: Any) -> bool:
    """x900 to x999: for custom modules, never for one of the specification's own."""
    return bool(range_of(code)) and code % 1000 >= 900
