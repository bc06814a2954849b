"""What a service of OCPP-S is made of: simple types, complex types and their members, messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Simple:
    """A named restriction of ``xs:string`` or ``xs:decimal``."""

    name: str
    base: str = "xs:string"
    values: tuple[str, ...] = ()
    at_most: int | None = None
    digits: int | None = None


@dataclass(frozen=True)
class Member:
    """A member of the JSON model and the element (or attribute) that carries it. ``type``: ``xs:int`` and such, or a name."""

    json: str
    name: str
    type: str
    required: bool
    many: bool
    holds_none: bool = False
    """The JSON schema demands the array, SOAP does not: without an element it is empty."""

    @property
    def occurs(self) -> tuple[str, str]:
        return "1" if self.required else "0", "unbounded" if self.many else "1"


@dataclass(frozen=True)
class Complex:
    """A sequence of elements; or, ``in_attributes``, a text (the first member) with attributes."""

    name: str
    members: tuple[Member, ...]
    in_attributes: bool = False

    def member(self, name: str) -> Member | None:
        """The member that an element or attribute of that name carries."""
        return next((each for each in self.members if each.name == name), None)


@dataclass(frozen=True, eq=False)
class Service:
    """One WSDL. ``role`` is who serves it."""

    version: str
    name: str
    role: str
    namespace: str
    operations: tuple[str, ...]
    simple: Mapping[str, Simple]
    complex: Mapping[str, Complex]

    @property
    def file(self) -> str:
        return f"OCPP_{self.name}_{self.version}.wsdl"

    @cached_property
    def elements(self) -> Mapping[str, str]:
        """Body element to its complex type: ``bootNotificationRequest`` to ``BootNotificationRequest``."""
        return {element(action, kind): action + kind.title() for action in self.operations for kind in ("request", "response")}


def element(action: str, kind: str) -> str:
    """The body element of a message; ``kind`` is ``request`` or ``response``."""
    return action[0].lower() + action[1:] + kind.title()


def addressed(action: str, kind: str) -> str:
    """Its wsa:Action (OCPP-S 1.6, 3.4)."""
    return f"/{action}{'Response' if kind == 'response' else ''}"
