"""Waivers: reasoned, expiring exceptions. They change the standing of a verdict, never the verdict."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from evconform.harness.catalogue import Law
from evconform.harness.user_file import expected, read_toml
from evconform.harness.verdict import UsageError, on_a_line

Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Waiver(BaseModel):
    """``[[waiver]]``: a test case, perhaps one requirement of it, why, where it is written, whose it is, until when."""

    model_config = ConfigDict(extra="forbid", strict=True)
    testcase: Filled
    requirement: str = ""
    reason: Filled
    link: Filled
    owner: Filled
    expires: date

    def expired(self, today: date) -> bool:
        return today > self.expires


def read(file: Path, law: Law, planned: set[str]) -> dict[str, Waiver]:
    """The waivers of a file by test case. Raises UsageError for a file, case or requirement that is not there."""
    waivers: dict[str, Waiver] = {}
    source = read_toml(file)
    rows = source.get("waiver", [])
    if strange := [name for name in source if name != "waiver"]:
        raise UsageError(f"{file}: {strange[0]}: expected [[waiver]]")
    if not isinstance(rows, list):
        raise UsageError(f"{file}: waiver: expected [[waiver]], once for each")
    for number, row in enumerate(rows, 1):
        place = f"{file}: waiver {number}"
        try:
            waiver = Waiver.model_validate(row)
        except ValidationError as error:
            raise UsageError(f"{place}: {expected(error)}") from error
        if waiver.testcase not in law.cases:
            raise UsageError(f"{place}: {on_a_line(waiver.testcase)} is no test case")
        if waiver.testcase not in planned:
            raise UsageError(f"{place}: {waiver.testcase} is not applicable to this SUT")
        if waiver.requirement and waiver.requirement not in law.requirements:
            raise UsageError(f"{place}: {on_a_line(waiver.requirement)} is no requirement")
        if waiver.testcase in waivers:
            raise UsageError(f"{place}: {waiver.testcase} has a waiver already")
        waivers[waiver.testcase] = waiver
    return waivers
