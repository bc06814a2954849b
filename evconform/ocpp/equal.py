"""When two values of a payload say the same: an idTag is an IdToken, and that is a CiString (OCPP 1.6, 7.15, 7.28)."""

from __future__ import annotations

from typing import Any

ID_TOKENS = frozenset(("idTag", "parentIdTag"))
"""The members that are the same in capitals and in small letters."""


def same(got: Any, wanted: Any, member: str = "") -> bool:
    """Whether the value of a member is the one that is wanted, whatever the case of the idTags in it."""
    if got == wanted:
        return True
    if isinstance(got, str):
        return member in ID_TOKENS and isinstance(wanted, str) and got.casefold() == wanted.casefold()
    if isinstance(got, dict) and isinstance(wanted, dict):
        return got.keys() == wanted.keys() and all(same(got[name], wanted[name], name) for name in got)
    if isinstance(got, list) and isinstance(wanted, list):
        return len(got) == len(wanted) and all(same(one, other, member) for one, other in zip(got, wanted, strict=True))
    return False


def among(got: Any, wanted: Any, member: str = "") -> bool:
    """Whether a value is the one that is wanted, or one of several."""
    return any(same(got, each, member) for each in wanted) if isinstance(wanted, list) else same(got, wanted, member)
