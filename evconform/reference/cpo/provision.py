"""The provision file: what a CPO holds before the first charge point comes. TOML, read as a person wrote it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError

from evconform.harness.catalogue import read_toml
from evconform.harness.control_file import Strict
from evconform.harness.verdict import UsageError
from evconform.reference.cpo.records import Token
from evconform.reference.moments import told

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo, Settings

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


class Provision(Strict):
    """A provision file, read."""

    settings: SettingsEntry = Field(default_factory=SettingsEntry.model_construct)
    station: list[StationEntry] = Field(default_factory=list)
    token: list[TokenEntry] = Field(default_factory=list)
    vendor: dict[str, dict[str, Route]] = Field(default_factory=dict)


def read(file: Path) -> Provision:
    """Raises UsageError: file, place, what was expected."""
    try:
        return Provision.model_validate(read_toml(file))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"]) or "file"
        raise UsageError(f"{file}: {place}: {first['msg']}") from error


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
