"""Identifiers of parties, EVSEs and contracts: ISO 15118 and eMI3, and the older DIN SPEC 91286.

What ``of`` reads it keeps as parts in upper case, since all of these are compared without regard to case; ``text`` writes them
with separators, ``compact`` without any. ``of`` raises ValueError, which says what is wrong. A check character that is there and
wrong is no error of the grammar: ``checks`` tells, for most registers only recommend it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from evconform import check_characters

Form = Literal["ISO", "DIN"]

_PARTY = re.compile(r"([A-Z]{2})([*-]?)([A-Z0-9]{3})")
_EVSE_ISO = re.compile(r"([A-Z]{2})\*?([A-Z0-9]{3})\*?E(?=\**[A-Z0-9])([A-Z0-9*]{1,30})")
_EVSE_DIN = re.compile(r"(\+[0-9]{1,3})\*([0-9]{3,6})\*(?=\**[0-9])([0-9*]{1,32})")
_CONTRACT_ISO = (
    re.compile(r"([A-Z]{2})([A-Z0-9]{3})([A-Z0-9]{9})([A-Z0-9])?"),
    re.compile(r"([A-Z]{2})-([A-Z0-9]{3})-([A-Z0-9]{9})(?:-?([A-Z0-9]))?"),
)
_CONTRACT_DIN = re.compile(r"([A-Z]{2})([*-]?)([A-Z0-9]{3})\2([A-Z0-9]{6})\2([0-9X])")


@dataclass(frozen=True)
class PartyId:
    """A country code (ISO 3166, alpha-2) and the three characters of an operator or provider in it."""

    country: str
    party: str

    @classmethod
    def of(cls, text: str) -> PartyId:
        """``NLTNM``, ``NL*TNM`` and ``NL-TNM`` are one."""
        found = _PARTY.fullmatch(_upper(text, "a party id"))
        if found is None:
            raise ValueError(f"{text!r} is no party id: two letters of a country and three letters or digits are expected")
        return cls(found[1], found[3])

    @property
    def compact(self) -> str:
        return self.country + self.party

    @property
    def text(self) -> str:
        return f"{self.country}*{self.party}"


@dataclass(frozen=True)
class EvseId:
    """An EVSE-ID; ``outlet`` is what follows the type letter E (ISO), or the operator (DIN), its stars kept."""

    country: str
    operator: str
    outlet: str
    form: Form = "ISO"

    @classmethod
    def of(cls, text: str) -> EvseId:
        upper = _upper(text, "an EVSE-ID")
        if found := _EVSE_ISO.fullmatch(upper):
            return cls(found[1], found[2], found[3])
        if found := _EVSE_DIN.fullmatch(upper):
            return cls(found[1], found[2], found[3], "DIN")
        raise ValueError(f"{text!r} is no EVSE-ID: {_wrong_with_evse_id(upper)}")

    @property
    def party(self) -> PartyId:
        """The party in whose name it was given. Raises ValueError for the DIN form, which knows no such parties."""
        if self.form == "DIN":
            raise ValueError(f"{self.text} is of the DIN form, whose operators are numbers")
        return PartyId(self.country, self.operator)

    @property
    def text(self) -> str:
        return f"{self.country}*{self.operator}*{'E' if self.form == 'ISO' else ''}{self.outlet}"

    @property
    def compact(self) -> str:
        """What two spellings of one EVSE have in common. In the DIN form stars part numbers of any length, so they stay."""
        return self.text.replace("*", "") if self.form == "ISO" else self.text


@dataclass(frozen=True)
class ContractId:
    """A contract id (EMAID). ``check`` is None where the ISO form leaves it out; the DIN form always has one."""

    country: str
    provider: str
    instance: str
    check: str | None
    form: Form = "ISO"

    @classmethod
    def of(cls, text: str) -> ContractId:
        upper = _upper(text, "a contract id")
        for pattern in _CONTRACT_ISO:
            if found := pattern.fullmatch(upper):
                return cls(found[1], found[2], found[3], found[4])
        if found := _CONTRACT_DIN.fullmatch(upper):
            return cls(found[1], found[3], found[4], found[5], "DIN")
        raise ValueError(
            f"{text!r} is no contract id: a country, a provider, and nine characters with or without a check character (ISO) or"
            " six with a check digit (DIN) are expected, with all hyphens or none"
        )

    @property
    def party(self) -> PartyId:
        return PartyId(self.country, self.provider)

    @property
    def wanted(self) -> str:
        """The check character that belongs to the other characters."""
        rest = self.country + self.provider + self.instance
        return check_characters.iso(rest) if self.form == "ISO" else check_characters.din(rest)

    @property
    def checks(self) -> bool:
        """Whether the check character, if there is one, belongs to the others."""
        return self.check is None or self.check == self.wanted

    @property
    def emi3(self) -> bool:
        """eMI3 has the instance of a contract begin with C; ISO 15118 alone does not ask for it."""
        return self.form == "ISO" and self.instance.startswith("C")

    @property
    def text(self) -> str:
        return "-".join(part for part in (self.country, self.provider, self.instance, self.check) if part is not None)

    @property
    def compact(self) -> str:
        return self.text.replace("-", "")

    def as_iso(self) -> ContractId:
        """The ISO form of a DIN one: C0, the six characters and the check digit are the instance; the check character is new."""
        if self.form == "ISO":
            return self
        iso = ContractId(self.country, self.provider, f"C0{self.instance}{self.check}", None)
        return ContractId(iso.country, iso.provider, iso.instance, iso.wanted)


def _upper(text: str, what: str) -> str:
    """In upper case. A letter beyond ASCII may become two by that, or one that is in ASCII, so it is refused before."""
    if not text.isascii():
        raise ValueError(f"{text!r} is no id: {what} has ASCII characters only")
    return text.upper()


def _wrong_with_evse_id(upper: str) -> str:
    for sign, name in ((" ", "a space"), ("_", "an underscore"), ("-", "a hyphen")):
        if sign in upper:
            meant = re.sub(r"[ _-]+", "*", upper.strip(" _-"))
            return f"{name} is never part of one" + (f"; {meant} would be" if _EVSE_ISO.fullmatch(meant) else "")
    if found := re.fullmatch(r"[A-Z]{2}\*?[A-Z0-9]{3}\*?([PS])[A-Z0-9*]+", upper):
        return f"the type letter {found[1]} is that of a {'pool' if found[1] == 'P' else 'station'}, an EVSE has E"
    return (
        "a country, three characters of the operator, E, and 1 to 30 letters, digits or stars are expected (DIN: +49*810*000*438)"
    )
