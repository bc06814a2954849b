"""Fifty partners at once: none ever sees another's token or private tariff, in anything that it is sent or can ask for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from evconform.ocpi.authorization import authorization
from evconform.reference.ocpi.platform import Platform
from tests.reference.ocpi.bench import emsp
from tests.reference.ocpi.office import CONNECTOR, Office, evse, location, office, tariff

PARTNERS = 50


@pytest.fixture
def lab() -> Iterator[Office]:
    with office() as made:
        yield made


class Ear:
    """What one partner hears: every answer to it and every request to it, as they are on the wire but for TLS."""

    def __init__(self, lab: Office, number: int) -> None:
        self.lab = lab
        self.number = number
        self.platform: Platform
        self.token_a = f"invitation-of-{number:02}"
        self.heard: list[str] = []

    async def joins(self) -> None:
        lab = self.lab
        self.platform = await lab.platform(emsp(f"E{self.number:02}"))
        for method, module in (("PUT", "tariffs"), ("DELETE", "tariffs"), ("PUT", "locations"), ("PATCH", "locations")):
            for depth in (3, 4):
                self.platform.handles(module, "RECEIVER", method, depth, lab._receives)
        self.platform.app.edit = self.hears  # type: ignore[assignment]
        await lab.office.platform.partners.invite(self.token_a, name=f"partner {self.number}")
        await self.platform.joining.registers(lab.office.platform.versions_url, self.token_a)
        [self.partner] = self.platform.partners.registered
        self.id = next(p.id for p in lab.office.platform.partners.registered if p.name == f"partner {self.number}")

    def hears(self, request: object, answer: object) -> object:
        self.heard.append(str(request.scope["headers"]) + request.scope["path"])  # type: ignore[attr-defined]
        return answer

    @property
    def secrets(self) -> list[str]:
        """What nobody else may see: its tokens of both directions, raw and as they are sent, and its tariff's id."""
        theirs = next(p.their_token for p in self.lab.office.platform.partners.registered if p.id == self.id)
        tokens = [self.token_a, self.partner.their_token, theirs]
        return [*tokens, *(authorization(token) for token in tokens), f"PRIVATE-{self.number:02}"]

    async def asks_all(self) -> None:
        """Everything that it can ask for, and what it can guess."""
        ours, other = self.lab.office.platform, (self.number + 1) % PARTNERS
        urls = [ours.versions_url, ours.version_url, ours.endpoint("credentials", "")]
        urls += [ours.endpoint(module, "SENDER") for module in ("locations", "tariffs")]
        urls += [
            f"{ours.endpoint('tariffs', 'SENDER')}/PRIVATE-{other:02}",
            f"{ours.endpoint('tariffs', 'SENDER')}?limit=1&offset=1",
        ]
        urls += [f"{ours.endpoint('locations', 'SENDER')}/L/E", f"{ours.endpoint('locations', 'SENDER')}/L"]
        for url in urls:
            _, envelope, headers = await self.lab.asks("GET", url, self.partner.their_token)
            own = {self.partner.their_token}
            self.heard.append(str(envelope) + str(headers) if url != urls[2] else str(envelope | {"own": own}))


def test_fifty_partners_are_strictly_apart(lab: Office) -> None:
    async def story() -> None:
        lab.office.platform.settings.page_at_most = 100
        ears = [Ear(lab, number) for number in range(PARTNERS)]
        await asyncio.gather(*(ear.joins() for ear in ears))
        assert len(lab.office.platform.partners.registered) == PARTNERS
        await asyncio.gather(
            *(lab.office.tariffs.offers(tariff(f"PRIVATE-{ear.number:02}"), ear.id) for ear in ears),
            lab.office.tariffs.offers(tariff("PUBLIC")),
        )
        everything = ["PUBLIC", *(f"PRIVATE-{ear.number:02}" for ear in ears)]
        known = evse("E") | {"connectors": [CONNECTOR | {"tariff_ids": everything}]}
        await lab.office.locations.publishes(location("L", known), {"E": ("INCH-1", 1)})
        await lab.told("Charging")
        await asyncio.gather(*(ear.asks_all() for ear in ears))
        await asyncio.gather(*(ear.platform.joining.renews(ear.partner) for ear in ears[:10]))
        await asyncio.gather(*(lab.office.tariffs.withdraws(f"PRIVATE-{ear.number:02}") for ear in ears[:10]))
        await lab.settles()
        pushed = [f"{method} {path} {body}" for method, path, body in lab.pushed]
        assert sum(f"PUT SI/EVC/PRIVATE-{n:02}" in line for line in pushed for n in range(PARTNERS)) == PARTNERS
        for ear in ears:
            mine = "\n".join(ear.heard)
            assert f"PRIVATE-{ear.number:02}" in mine
            others = [secret for other in ears if other is not ear for secret in other.secrets]
            assert [secret for secret in others if secret in mine] == []
        tokens = [secret for ear in ears for secret in ear.secrets]
        assert len(set(tokens)) == len(tokens)

    lab.run(story())
