"""Who knocks at a central system's door and must not come in: OCPP-J 1.6, 3.1.1, 3.2, 6.2.2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from websockets.http11 import Request

from evconform.ocpp.json import SUBPROTOCOL

NOBODY = "evconform-nobody"
OURS = "(ours)"

IDENTITIES: dict[str, str] = {
    "nobody": NOBODY,
    "blank": "%20",
    "two-dots": "%2e%2e",
    "nul": f"{NOBODY}%00",
    "line-break": f"{NOBODY}%0d%0aX-Evconform:%201",
    "not-utf-8": "%ff%fe",
    "emoji": "%F0%9F%94%8C",
    "sql": "%27%20OR%201%3D1%3B%20--",
    "wildcard": "%25",
    "255-characters": "x" * 255,
    "4000-characters": "x" * 4000,
    "bad-percent": "%zz",
}
"""Identities that nobody has, as they stand in the connection URL."""
AROUND_OURS: dict[str, str] = {"ours-and-more": "{ours}x", "below-ours": "{ours}/evconform", "above-ours": "{ours}/../" + NOBODY}
"""Identities built from one that is known, which they are not."""
SUBPROTOCOLS: dict[str, tuple[str, ...]] = {
    "none": (),
    "ocpp1.5": ("ocpp1.5",),
    "ocpp2.0.1": ("ocpp2.0.1",),
    "upper-case": ("OCPP1.6",),
    "cut": ("ocpp1",),
    "longer": ("ocpp1.6.1",),
    "many": tuple(f"evconform{n}" for n in range(200)),
}
"""Offers without ocpp1.6."""
OTHER_VERSIONS = ("ocpp1.5", "ocpp2.0.1")
PASSWORDS: dict[str, str | None] = {
    "none": None,
    "wrong": "evconform-is-wrong",
    "empty": "",
    "with-colon": "a:b:c",
    "1000-characters": "x" * 1000,
}


@dataclass(frozen=True)
class Stranger:
    """One attempt to connect, with our own identity, password and subprotocol but for what is named. ``target``: what
    stands for the identity in the request target."""

    field: str
    mutation: str
    target: str = ""
    subprotocols: tuple[str, ...] = (SUBPROTOCOL,)
    password: str | None = OURS

    @property
    def other_versions(self) -> list[str]:
        """Other versions of OCPP that it offers: a central system may speak them too."""
        return [each for each in self.subprotocols if each in OTHER_VERSIONS]

    def edits(self, request: Request) -> None:
        if self.target:
            ours = request.path.rsplit("/", 1)[1]
            request.path = request.path[: -len(ours)] + self.target.replace("{ours}", ours)

    def facts(self) -> dict[str, Any]:
        """What the mark in the wire log says of it."""
        id = f"OCPP16-CS-HOSTILE/(connection)/{self.field}/{self.mutation}"
        what = {"field": self.field, "mutation": self.mutation, "group": "connection", "kind": "stranger"}
        return {"item": id, "action": "(connection)"} | what


def strangers(*, password: bool) -> Iterator[Stranger]:
    """All of them; those with another password only where there is one."""
    for name, target in (IDENTITIES | AROUND_OURS).items():
        yield Stranger("(identity)", name, target=target)
    for name, offer in SUBPROTOCOLS.items():
        yield Stranger("(subprotocol)", name, subprotocols=offer)
    for name, text in PASSWORDS.items() if password else ():
        yield Stranger("(password)", name, password=text)
