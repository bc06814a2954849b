"""The provision file: what a CPO holds before the first charge point comes. TOML, read as a person wrote it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from evconform.harness.control_file import Strict
from evconform.harness.user_file import expected, read_toml
from evconform.harness.verdict import UsageError
from evconform.reference.cpo.records import Token
from evconform.reference.moments import told
from evconform.reference.ocpi.platform import OcpiSettings
from evconform.reference.ocpi.records import OwnParty

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo, Settings
    from evconform.reference.cpo.ocpi.back_office import BackOffice

IdTag = Annotated[str, Field(min_length=1, max_length=20, pattern="^[ -~]+$")]
Moment = Annotated[str, AfterValidator(told)]


class StationEntry(Strict):
    """``[[station]]``."""

    identity: str = Field(min_length=1, max_length=255)
    registration: Literal["Accepted", "Pending", "Rejected"] = "Accepted"
    password: str = ""


class TokenEntry(Strict):
    """``[[token]]``. ``concurrent``: transactions at a time; 0: any number."""

    id_tag: IdTag
    parent_id_tag: IdTag | None = None
    expiry_date: Moment = ""
    blocked: bool = False
    concurrent: int = Field(1, ge=0, le=1000)


class Route(Strict):
    """What a DataTransfer is answered."""

    status: Literal["Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId"]
    data: str | None = None


class SettingsEntry(Strict):
    """``[settings]``: see ``central_system.Settings``."""

    strangers: Literal["refused", "Rejected", "Pending", "Accepted"] | None = None
    interval: int | None = Field(None, ge=0, le=10**6)
    retry_interval: int | None = Field(None, ge=0, le=10**6)
    concurrent: Literal["token", "group"] | None = None


class PartyEntry(Strict):
    """``[[party]]``: a CPO of ours in OCPI."""

    country_code: str = Field(pattern="^[A-Za-z]{2}$")
    party_id: str = Field(pattern="^[A-Za-z0-9]{3}$")
    name: str = Field(min_length=1, max_length=100)


class PlaceEntry(Strict):
    """Which connector an EVSE is."""

    identity: str = Field(min_length=1, max_length=255)
    connector: int = Field(1, ge=1)


class LocationEntry(Strict):
    """``[[location]]``: a Location of OCPI as ``object``, and ``stations``, by uid of an EVSE."""

    object: dict[str, Any]
    stations: dict[str, PlaceEntry] = Field(default_factory=dict)


class OcpiEntry(Strict):
    """``[ocpi]``: see ``platform.OcpiSettings``. ``url``: as partners see it, where that is not where we listen."""

    url: str = ""
    allowed: list[Literal["loopback", "link-local", "private"]] = Field(default_factory=list)
    page_at_most: int = Field(100, ge=1, le=1000)
    patience: float = Field(20.0, gt=0, le=600)
    encoding: Literal["base64", "raw"] = "base64"


class SoapEntry(Strict):
    """``[soap]``. ``url``: as charge points reach us, where that is not as we listen; it is the From of our requests."""

    url: str = Field("", pattern="^(https?://.+)?$")


class Provision(Strict):
    """A provision file, read."""

    settings: SettingsEntry = Field(default_factory=SettingsEntry.model_construct)
    station: list[StationEntry] = Field(default_factory=list)
    token: list[TokenEntry] = Field(default_factory=list)
    vendor: dict[str, dict[str, Route]] = Field(default_factory=dict)
    soap: SoapEntry = Field(default_factory=SoapEntry.model_construct)
    ocpi: OcpiEntry = Field(default_factory=OcpiEntry.model_construct)
    party: list[PartyEntry] = Field(default_factory=list)
    tariff: list[dict[str, Any]] = Field(default_factory=list)
    location: list[LocationEntry] = Field(default_factory=list)


def read(file: Path) -> Provision:
    """Raises UsageError: file, place, what was expected."""
    try:
        return Provision.model_validate(read_toml(file))
    except ValidationError as error:
        raise UsageError(f"{file}: {expected(error)}") from error


def apply_settings(provision: Provision, settings: Settings) -> None:
    """What the file says of how the CPO is run."""
    for name, value in provision.settings.model_dump(exclude_none=True).items():
        setattr(settings, name, value)
    for vendor, messages in provision.vendor.items():
        settings.vendors[vendor.lower()] = {name: route.model_dump(exclude_none=True) for name, route in messages.items()}


async def apply(provision: Provision, cpo: Cpo) -> None:
    """Stations and tokens of the file, over what is known of them. Raises NotStored."""
    for station in provision.station:
        cpo.registration.registers(station.identity, station.registration)
        cpo.registration.new_password(station.identity, station.password)
    for token in provision.token:
        given = token.model_dump() | {"parent_id_tag": token.parent_id_tag or ""}
        cpo.tokens.put(Token(key=token.id_tag.casefold(), **given))
    await cpo.store.durable()


async def apply_ocpi(provision: Provision, office: BackOffice) -> None:
    """Parties, tariffs and locations of the file, over what is known of them. Raises UsageError, NotStored."""
    named = [json.dumps({"name": party.name}) for party in provision.party]
    await office.platform.has(
        *(
            OwnParty(party.country_code.upper(), party.party_id.upper(), "CPO", details)
            for party, details in zip(provision.party, named, strict=True)
        )
    )
    try:
        for tariff in provision.tariff:
            await office.tariffs.offers(tariff)
        for location in provision.location:
            stations = {uid: (place.identity, place.connector) for uid, place in location.stations.items()}
            await office.locations.publishes(location.object, stations)
    except ValueError as error:
        raise UsageError(f"--provision: {error}") from error


def ocpi_settings(provision: Provision) -> OcpiSettings:
    """What the file says of how OCPI is run."""
    said = provision.ocpi
    return OcpiSettings(frozenset(said.allowed), said.page_at_most, said.patience, said.encoding)
