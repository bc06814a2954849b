"""What --redact takes out of a check: identities, idTags, serial numbers, addresses, keys, and what a DataTransfer carries. The
same value has the same name everywhere, so that one still sees which card it was."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from html import unescape
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

MEMBERS = {
    **dict.fromkeys(("idTag", "parentIdTag"), "idTag"),
    **dict.fromkeys(("chargePointSerialNumber", "chargeBoxSerialNumber", "meterSerialNumber"), "serial"),
    "iccid": "iccid",
    "imsi": "imsi",
    "location": "location",
    "data": "data",
    "fileName": "file",
}
"""Member of a message to what its value is called."""
MEMBER = re.compile(rf'("({"|".join(MEMBERS)})"\s*:\s*)"((?:[^"\\]|\\.)*)"')
KEY = re.compile(r'("value"\s*:\s*)"(?:[^"\\]|\\.)*"')
KEY_ENTRY = re.compile(
    r'\{[^{}]*"key"\s*:\s*"(?:AuthorizationKey|[^"]*(?:password|secret|token|apn)[^"]*)"[^{}]*\}', re.IGNORECASE
)
ELEMENT = re.compile(rf"(<(?:[\w.-]+:)?({'|'.join([*MEMBERS, 'chargeBoxIdentity'])})(?:\s[^<>]*)?>)([^<>]*)(?=</)")
"""The same in XML. A value there is known as it reads, and as it is escaped."""
PLACE = re.compile(r"(<(?:[\w.-]+:)?(?:To|Address)(?:\s[^<>]*)?>)(?!\s*http://www\.w3\.org/)([^<>]+)(?=</)")
"""The addresses of WS-Addressing, but for the anonymous one."""
SECRET = re.compile(r"<(?:[\w.-]+:)?key>[^<>]*(?:AuthorizationKey|password|secret|token|apn)", re.IGNORECASE)
KEY_ELEMENTS = re.compile(
    r"<(?:[\w.-]+:)?(configurationKey|changeConfigurationRequest)[\s>].{0,4000}?</(?:[\w.-]+:)?\1>", re.DOTALL
)
VALUE = re.compile(r"(<(?:[\w.-]+:)?value>)[^<>]*")
HEADERS = re.compile(r"(?im)^((?:Authorization|Proxy-Authorization|Cookie|Set-Cookie|Host|Origin|Referer|X-Forwarded-For):).*$")
ADDRESS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|(?<![\w:])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![\w:])")
PLAIN_AT_LEAST = 4
"""Characters that a value must have to be looked for in any words; a shorter one only where it stands in quotes."""


class Redactor:
    """Gives values names, and puts the names in their places."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._count: Counter[str] = Counter()
        self.paths: dict[str, str] = {}
        """A file to its name without the folders."""

    def learn(self, value: str, kind: str) -> str:
        """The name of a value; it has one from now on."""
        if value not in self._names:
            self._count[kind] += 1
            self._names[value] = f"⟪{kind} {self._count[kind]}⟫"
        return self._names[value]

    def read(self, text: str) -> None:
        """Learns what a message holds."""
        for found in (*MEMBER.finditer(text), *ELEMENT.finditer(text)):
            if found[3].strip():
                self._of(found)
        for found in PLACE.finditer(text):
            self.learn(found[2].strip(), "address")

    def _of(self, found: re.Match[str]) -> str:
        """The name of the value of a member or an element."""
        value = found[3].strip() if found[1].startswith("<") else found[3]
        name = self.learn(unescape(value), MEMBERS.get(found[2], "charge point")) if value else ""
        if value:
            self._names[value] = name
        return name

    def clean(self, text: str) -> str:
        """The text with names for what is nobody's business."""
        for path, name in self.paths.items():
            text = text.replace(path, name)
        text = MEMBER.sub(lambda m: f'{m[1]}"{self.learn(m[3], MEMBERS[m[2]]) if m[3] else ""}"', text)
        text = ELEMENT.sub(lambda m: m[1] + self._of(m), text)
        text = PLACE.sub(lambda m: m[1] + self.learn(m[2].strip(), "address"), text)
        text = KEY_ELEMENTS.sub(lambda m: VALUE.sub(r"\1⟪secret⟫", m[0]) if SECRET.search(m[0]) else m[0], text)
        text = KEY_ENTRY.sub(lambda entry: KEY.sub(r'\1"⟪secret⟫"', entry[0]), text)
        text = HEADERS.sub(r"\1 ⟪hidden⟫", text)
        for value in sorted(self._names, key=len, reverse=True):
            name = self._names[value]
            if len(value) >= PLAIN_AT_LEAST:
                text = name.join(re.split(rf"(?<!\w){re.escape(value)}(?!\w)", text, flags=re.IGNORECASE))
                if (encoded := quote(value, safe="")) != value:
                    text = text.replace(encoded, name)
            else:
                text = text.replace(f"'{value}'", f"'{name}'").replace(f'"{value}"', f'"{name}"')
        return ADDRESS.sub(lambda found: self.learn(found[0], "address"), text)

    def whole(self, value: Any) -> Any:
        """A value of JSON, all of its texts cleaned."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, dict):
            return {key: self.whole(member) for key, member in value.items()}
        return [self.whole(member) for member in value] if isinstance(value, list) else value


def redacted(check: dict[str, Any], stations: Iterable[str], texts: Iterable[str]) -> dict[str, Any]:
    """A check without what would tell whose it is. ``texts``: the messages that it shows, in full."""
    redactor = Redactor()
    for name in stations:
        redactor.learn(name, "charge point")
    for text in texts:
        redactor.read(text)
    for log in check["logs"]:
        redactor.paths[log["name"]] = PurePath(log["name"]).name
    for station in check["stations"]:
        redactor.read(json.dumps(station["told"]))
        station["name"] = redactor.learn(station["name"], "charge point")
    for finding in check["findings"]:
        finding["station"] = redactor.learn(finding["station"], "charge point")
    told: dict[str, Any] = redactor.whole(check)
    return told | {"redacted": True}
