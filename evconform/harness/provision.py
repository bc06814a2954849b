"""What a central system must hold before the first case: the tester's charge point, and the idTags of the PIXIT."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evconform.harness.campaign import Plan
    from evconform.harness.sut import Sut


@dataclass(frozen=True)
class Token:
    """An idTag, and what the central system has to say of it (OCPP 1.6, 7.2)."""

    id_tag: str
    status: str = "Accepted"
    parent: str = ""
    note: str = ""


@dataclass
class Provision:
    """``stations``: identity to password; ``unknown``: idTags that must not be held."""

    stations: dict[str, str | None] = field(default_factory=dict)
    connectors: int = 1
    tokens: list[Token] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    profiles: list[dict[str, Any]] = field(default_factory=list)
    """Charging profiles, without their dates."""

    @classmethod
    def of(cls, sut: Sut, connectors: int = 1) -> Provision:
        """What the PIXIT of a SUT file asks for."""
        password = sut.endpoint.password
        pixit = sut.pixit
        return cls(
            {sut.endpoint.identity: password.get_secret_value() if password else None},
            connectors,
            [
                Token(pixit.id_tag, parent=pixit.parent_id_tag, note="starts and stops"),
                Token(pixit.group_id_tag, parent=pixit.parent_id_tag, note="of the same group"),
                Token(pixit.other_id_tag, note="of no group"),
                Token(pixit.blocked_id_tag, "Blocked"),
                Token(pixit.expired_id_tag, "Expired", note="its expiry date is past"),
            ],
            [pixit.unknown_id_tag],
        )

    def as_json(self) -> dict[str, Any]:
        """Without passwords: only whether there is one."""
        stations = [{"identity": i, "connectors": self.connectors, "password": p is not None} for i, p in self.stations.items()]
        tokens = [
            {"idTag": t.id_tag, "status": t.status}
            | ({"parentIdTag": t.parent} if t.parent else {})
            | ({"note": t.note} if t.note else {})
            for t in self.tokens
        ]
        return {"stations": stations, "tokens": tokens, "unknown_tokens": self.unknown, "charging_profiles": self.profiles}

    def toml(self) -> Iterator[str]:
        """The same as the provision file of `evconform serve cpo`; a password is left to be filled in."""
        for identity, password in self.stations.items():
            yield f"[[station]]\nidentity = {json.dumps(identity, ensure_ascii=False)}"
            yield from ['password = ""  # that of the SUT file'] if password is not None else []
        for token in self.tokens:
            yield f"\n[[token]]\nid_tag = {json.dumps(token.id_tag)}"
            yield from [f"parent_id_tag = {json.dumps(token.parent)}"] if token.parent else []
            yield from ["blocked = true"] if token.status == "Blocked" else []
            yield from ['expiry_date = "2020-01-01T00:00:00Z"'] if token.status == "Expired" else []

    def lines(self) -> Iterator[str]:
        """The same for people."""
        yield "Charge points that the central system must know and accept:"
        for identity, password in self.stations.items():
            secret = ", with the password of the SUT file" if password is not None else ""
            yield f"  {identity}{secret}; connectors: {self.connectors}"
        yield "idTags that it must hold:"
        for token in self.tokens:
            parent = f", parentIdTag {token.parent}" if token.parent else ""
            yield f"  {token.id_tag:20} {token.status}{parent}" + (f"  ({token.note})" if token.note else "")
        yield "idTags that it must not hold:"
        yield from (f"  {id_tag}" for id_tag in self.unknown)
        if self.profiles:
            yield "Charging profiles, where it keeps them by itself (absolute ones begin a minute before they are sent):"
        yield from (f"  {json.dumps(each)}" for each in self.profiles)


def needs_of(plan: Plan) -> dict[str, int]:
    """Operation of the control to the number of applicable cases that ask for it, as far as their conditions say."""
    from evconform.harness.named import import_string
    from evconform.harness.plan import applicable

    cases = [case for case in applicable(plan)[0] if "operations" in inspect.signature(case.function).parameters]
    initiated = import_string(plan.law.initiated)[plan.sut.sut.role] if plan.law.initiated else ()
    sent = [message for message in plan.pics.form.messages if plan.pics[message] and message in initiated]
    counts = {message: sum(message in case.applies.split() for case in cases) for message in sent}
    return {message: count for message, count in counts.items() if count}
