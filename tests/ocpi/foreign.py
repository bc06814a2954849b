"""The control of a dummy that lives through a campaign, as a user's Python control would be."""

from __future__ import annotations

from typing import Any

here: Any = None
"""The dummy; the test puts it here."""


def control(_: Any) -> Any:
    return here
