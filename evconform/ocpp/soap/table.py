"""The services of OCPP-S, from a table (``ocpp16.toml``, ``ocpp15.toml``) and the JSON message model."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from evconform.ocpp.schemas import schema
from evconform.ocpp.soap.model import Complex, Member, Service, Simple

VERSIONS = ("1.6", "1.5")
"""The newest first."""
DIRECT = {"integer": "xs:int", "boolean": "xs:boolean", "number": "DecimalOne"}
FORMATS = {"date-time": "xs:dateTime", "uri": "xs:anyURI"}
TOKEN = re.compile(r"(?P<json>\w+)(=(?P<name>\w+))?(:(?P<type>[\w:]+))?(?P<occurs>[?*+]?)")
"""An element of the table: the JSON member, its name in XML where that differs, its type and how often it occurs (once, ``?`` at
most once, ``*`` any number, ``+`` one at least), where these are not as the JSON schema has them."""


@cache
def services(version: str) -> tuple[Service, ...]:
    """The two services of an OCPP version, the central system's first. Raises FileNotFoundError for another version."""
    text = files("evconform.ocpp.soap").joinpath(f"ocpp{version.replace('.', '')}.toml").read_text("utf-8")
    table = tomllib.loads(text)
    return tuple(_service(table, entry) for entry in table["service"])


def service(version: str, role: str) -> Service:
    """The service that a role serves."""
    return next(each for each in services(version) if each.role == role)


@cache
def by_namespace() -> Mapping[str, Service]:
    return {each.namespace: each for version in VERSIONS for each in services(version)}


def _service(table: dict[str, Any], entry: dict[str, Any]) -> Service:
    build = _Build(table)
    operations = tuple(entry["operations"].split())
    for action in operations:
        build.add(f"{action}Request", schema(action))
        build.add(f"{action}Response", schema(f"{action}Response"))
    return Service(table["version"], entry["name"], entry["role"], entry["namespace"], operations, build.simple, build.complex)


@dataclass
class _Build:
    table: dict[str, Any]
    simple: dict[str, Simple] = field(default_factory=dict)
    complex: dict[str, Complex] = field(default_factory=dict)

    def add(self, name: str, node: dict[str, Any]) -> None:
        """A complex type and all that it holds."""
        if name in self.complex:
            return
        properties, required = node.get("properties", {}), node.get("required", ())
        in_attributes = name in self.table["attributes"]
        tokens = self.table["attributes" if in_attributes else "elements"].get(name, "").split()
        members = tuple(self._member(name, token, properties, required) for token in tokens)
        self.complex[name] = Complex(name, members, in_attributes)
        for member in members:
            if member.type in (*self.table["elements"], *self.table["attributes"]) and member.json in properties:
                self.add(member.type, properties[member.json].get("items", properties[member.json]))

    def _member(self, owner: str, token: str, properties: dict[str, Any], required: Any) -> Member:
        match = TOKEN.fullmatch(token)
        assert match, f"{owner}: {token!r} is no element of the table"
        json, occurs = match["json"], match["occurs"]
        node = properties.get(json, {})
        many = occurs in ("*", "+") if occurs else node.get("type") == "array"
        demanded = json in required
        needed = occurs == "+" if occurs else demanded or json not in properties
        kind = match["type"] or self._type(owner, json, node.get("items", node))
        return Member(json, match["name"] or json, kind, needed, many, holds_none=many and demanded and not needed)

    def _type(self, owner: str, json: str, node: dict[str, Any]) -> str:
        """The type of a member; a simple one that it names is taken up."""
        types = self.table["types"]
        name: str | None = types.get(f"{owner}.{json}", types.get(json))
        if name is None:
            name = DIRECT.get(node["type"]) or FORMATS.get(node.get("format", "")) or ""
            name = name or (f"CiString{node['maxLength']}Type" if "maxLength" in node else "xs:string")
        if not name.startswith("xs:") and node["type"] != "object":
            self.simple[name] = self._simple(name, node)
        return name

    def _simple(self, name: str, node: dict[str, Any]) -> Simple:
        if node["type"] == "number":
            return Simple(name, "xs:decimal", digits=1)  # JSON: a multiple of 0.1
        only_json = self.table["drop"].get(name, "").split()
        values = self.table["values"].get(name, "").split() or [v for v in node.get("enum", ()) if v not in only_json]
        return Simple(name, values=tuple(values), at_most=None if values else node.get("maxLength"))
