"""The SUT file: the one thing that a user writes. Product, endpoint, control, PIXIT."""

from __future__ import annotations

import ssl
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator

from evconform.harness.control_file import Control, Strict
from evconform.harness.roles import HTTP, ROLES, pixit_of_others
from evconform.harness.user_file import expected, read_toml
from evconform.harness.verdict import UsageError

SCHEMES = {scheme for each in ROLES.values() for scheme in each.schemes}


class Product(Strict):
    """``[sut]``: what is under test, in the vendor's words."""

    product: str
    version: str
    role: Literal["charge-point", "central-system", "cpo", "emsp", "chain"]
    speaks: list[Literal["ocpp1.6-json", "ocpp1.6-soap", "ocpp1.5-soap", "ocpi2.2.1", "roaming"]] = Field(min_length=1)
    """Its columns, in the order in which they are tested; a foreign charge point is set to the first when the run begins."""
    pics: str
    tested_by: str = ""
    """Who tests: a person, an organisation; printed in the report."""

    @field_validator("speaks")
    @classmethod
    def each_once(cls, names: list[str]) -> list[str]:
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"{twice[0]} stands there twice")
        return names


class OwnParty(Strict):
    """``[endpoint.party]``: who we are to a back office (OCPI, CredentialsRole)."""

    country_code: str = Field("XE", pattern="^[A-Z]{2}$")
    party_id: str = Field("EVC", pattern="^[A-Z0-9]{3}$")


class Address(Strict):
    """``[endpoint.soap]``, ``[endpoint.soap15]``: where the SUT finds us (``listen``: our central system; facing a central
    system, the service of our charge point), and where we find a central system (``url``). Where the service of a charge
    point under test is, it says itself (wsa:From)."""

    schemes: ClassVar[Collection[str]] = HTTP
    named: ClassVar[Collection[str]] = HTTP
    """Those that a user is told of who wrote another."""
    listen: str = ""
    url: str = ""

    @field_validator("listen", "url")
    @classmethod
    def is_a_url(cls, text: str) -> str:
        if text and not is_url(text, cls.schemes):
            raise ValueError(f"expected {' or '.join(f'{name}://host:port/path' for name in cls.named)}, not {text!r}")
        return text


PLACES = {"ocpp1.6-soap": ("soap",), "ocpp1.5-soap": ("soap15", "soap")}
"""What is spoken, to the tables of ``[endpoint]`` that say where, the first that is there; anything else: itself."""


class Endpoint(Address):
    """``[endpoint]``: where the SUT finds us (``listen``) or we find it (``url``; a back office: its versions URL). Absent for an
    embedded SUT. SOAP has addresses of its own."""

    schemes = SCHEMES
    named = ROLES["charge-point"].schemes
    soap: Address | None = None
    soap15: Address | None = None
    """Where 1.5 has another address than 1.6."""
    identity: str = Field("EVCONFORM-1", min_length=1)
    password: SecretStr | None = None
    certificate: str = ""
    """PEM file: our certificate chain with its key where we listen with ``wss``."""
    trust: str = ""
    """PEM file: the authorities to trust where we dial with ``wss`` or ``https``."""
    token: SecretStr | None = None
    """Of a back office: the credentials token A that it gave us."""
    party: OwnParty = Field(default_factory=lambda: OwnParty.model_validate({}))

    def at(self, speaks: str) -> Address:
        """Where both find each other, for what is spoken."""
        names = PLACES.get(speaks)
        return next((place for name in names if (place := getattr(self, name))), Address()) if names else self

    @property
    def listens(self) -> list[str]:
        """Every address that the SUT finds us at."""
        return [place.listen for place in (self, self.soap, self.soap15) if place and place.listen]

    def check_scheme(self, role: str) -> None:
        """Raises ValueError for a URL of another protocol than the role speaks."""
        schemes = ROLES[role].schemes
        for member, url in (("listen", self.listen), ("url", self.url)):
            if url and urlsplit(url).scheme not in schemes:
                raise ValueError(f"endpoint.{member}: a {role} has {' or '.join(f'{s}://' for s in schemes)}, not {url!r}")

    def check_files(self, sut_file: Path) -> None:
        """Raises UsageError for a certificate or an authority that cannot be read."""
        for listen in self.listens:
            if listen.startswith(("wss", "https")) and not self.certificate:
                raise UsageError(f"{sut_file}: endpoint.certificate: is missing, and {listen} needs one")
        for member, name in (("certificate", self.certificate), ("trust", self.trust)):
            if name:
                try:
                    load_pem(sut_file.parent / name, with_key=member == "certificate")
                except (OSError, ValueError) as error:  # also what ssl raises
                    why = getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)
                    raise UsageError(f"{sut_file}: endpoint.{member}: {name}: expected a PEM file: {why}") from error


def is_url(text: str, schemes: Collection[str]) -> bool:
    """Whether it is a URL of one of the schemes, with a host."""
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != -1
    except ValueError:  # a port that is none
        return False


def load_pem(file: Path, with_key: bool) -> None:
    """Raises OSError for a file that is no PEM with a chain and its key, or with authorities. Nobody is asked for a password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if with_key else ssl.PROTOCOL_TLS_CLIENT)
    if with_key:
        context.load_cert_chain(file, password=lambda: "")
    else:
        context.load_verify_locations(file)


IdTag = Annotated[str, Field(min_length=1, max_length=20)]
"""CiString20Type."""


class Pixit(Strict):
    """``[pixit]``: what the tester must know. Seconds throughout."""

    patience: float = Field(10.0, gt=0)
    """How long we wait for a thing that should come at once."""
    tolerance: float = Field(1.0, ge=0)
    """How far a time rule may be off: networks and clocks."""
    clock_tolerance: float = Field(60.0, gt=0)
    """How far a synchronized clock may be off."""
    reconnect_within: float = Field(120.0, gt=0)
    """How long the SUT may take to dial again after it lost the connection."""
    own_boot_interval: float = Field(600.0, gt=0)
    """The longest interval between BootNotifications that it chooses by itself (OCPP 1.6, 4.2)."""
    boot_within: float = Field(120.0, gt=0)
    """How long the SUT may take from power-on or reset to its first message."""
    longest_wait: float | None = Field(None, gt=0)
    """How long a case may wait for one thing; what takes longer is not waited for, and inconclusive. None: without end."""
    away: float = Field(0.0, ge=0)
    """How long our charge point stays away between two cases, where a central system clears up slowly after a connection."""
    card: str = Field("77FD2AFA", pattern="^([0-9A-F]{2})+$")
    """The UID of the card that the bench presents, in hexadecimal digits, byte 0 first (ISO 14443-3)."""
    other_card: str = Field("04A1B2C3D4E5F6", pattern="^([0-9A-F]{2})+$")
    """The UID of a second card."""
    id_tag: IdTag = "EC000001"
    """The idTags that a central system under test holds: one that it accepts,"""
    group_id_tag: IdTag = "EC000002"
    """another one of the same group,"""
    parent_id_tag: IdTag = "EC00000A"
    """the parentIdTag of that group (3.10),"""
    other_id_tag: IdTag = "EC000003"
    """one that it accepts, of no group,"""
    blocked_id_tag: IdTag = "EC0000B1"
    expired_id_tag: IdTag = "EC0000E1"
    unknown_id_tag: IdTag = "EC0000FF"
    """and one that it does not hold."""
    firmware_location: str = "http://127.0.0.1:9/firmware.zip"
    diagnostics_location: str = "http://127.0.0.1:9/diagnostics"
    """The locations that its operator names."""
    connector: int = Field(1, ge=1)
    """The connector that the operations of a central system under test are about."""
    service: str = "http://127.0.0.1:0/"
    """Where the service of an embedded charge point listens, for a central system over SOAP (its form says port 80)."""
    push_within: float = Field(30.0, gt=0)
    """How long a back office may take from a change to its push, and we to see it (OCPI: as agreed)."""


class Sut(Strict):
    """A SUT file, read."""

    sut: Product
    endpoint: Endpoint = Field(default_factory=lambda: Endpoint.model_validate({}))
    control: Control
    pixit: Pixit = Field(default_factory=lambda: Pixit.model_validate({}))
    file: Path = Path()

    @model_validator(mode="after")
    def reachable(self) -> Sut:
        self.control.check_actions(self.sut.role)
        self.endpoint.check_scheme(self.sut.role)
        if self.control.kind != "embedded" and ROLES[self.sut.role].tapped:
            raise ValueError(
                f"control.kind: a {self.sut.role} is embedded, or nobody would see what its parties say to each other"
            )
        if self.control.kind != "embedded":
            needs = "listen" if ROLES[self.sut.role].dials else "url"
            for speaks in self.sut.speaks:
                if not getattr(self.endpoint.at(speaks), needs):
                    place = ".".join(("endpoint", *PLACES.get(speaks, ())[-1:], needs))
                    over = f" and speaks {speaks}" if speaks in PLACES else ""
                    raise ValueError(f"{place} is needed for a {self.sut.role} that is not embedded{over}")
        return self

    @property
    def service(self) -> str:
        """Where a charge point over SOAP listens: that under test, or ours that faces a central system."""
        ours = self.endpoint.at("ocpp1.6-soap").listen
        return self.pixit.service if ROLES[self.sut.role].dials or not ours else ours

    @property
    def told_pixit(self) -> dict[str, Any]:
        """What of the PIXIT concerns a product of this role."""
        foreign = pixit_of_others(self.sut.role) | (set() if PLACES.keys() & set(self.sut.speaks) else {"service"})
        return {name: value for name, value in self.pixit.model_dump(exclude_none=True).items() if name not in foreign}

    @property
    def told_endpoint(self) -> dict[str, Any]:
        """The endpoint as it may be shown: without secrets, and without what a product of this role has no use for."""
        hidden = {"password", "token", *(() if ROLES[self.sut.role].schemes == HTTP else ("party",))}
        return {name: value for name, value in self.endpoint.model_dump(mode="json").items() if value and name not in hidden}

    @property
    def secrets(self) -> list[str]:
        """What of this file must not reach the disk again."""
        own = (self.endpoint.password, self.endpoint.token)
        return [*(secret.get_secret_value() for secret in own if secret), *self.control.secrets]


def read(file: Path) -> Sut:
    """Reads a SUT file. Raises UsageError: file, place, what was expected."""
    source = read_toml(file)
    try:
        # numbers may be written 10 or 10.0; everything else is meant as it is written
        sut = Sut.model_validate(source, strict=None)
    except ValidationError as error:
        raise UsageError(f"{file}: {expected(error)}") from error
    sut = sut.model_copy(update={"file": file.resolve()})
    if sut.control.kind != "embedded":
        sut.endpoint.check_files(file)
    return sut
