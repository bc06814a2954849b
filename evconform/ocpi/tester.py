"""A back office that faces the SUT, spoken by a test case: how it stands in the campaign. Its verbs: ``asking.py``,
``hearing.py``, ``registering.py``."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from evconform.harness.campaign import Campaign
from evconform.harness.verdict import NotReached
from evconform.ocpi.endpoint import Asked, OcpiEndpoint, Party
from evconform.ocpi.frame import Frame
from evconform.ocpi.headers import Routing
from evconform.ocpi.json import read
from evconform.ocpi.keyring import Keyring
from evconform.ocpi.moments import stamp
from evconform.ocpi.registration import Registration
from evconform.ocpi.script import Scripts


@dataclass(eq=False)
class Saying:
    """A request of ours that is under way; without a method, whatever a case made of it. ``deviates``: why it is none of ours to
    make."""

    method: str
    target: str
    deviates: str
    item: dict[str, Any] | None = None
    """What the mark of a hostile request says of it."""
    said: asyncio.Future[Frame] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """The frame, once it is on the wire."""

    def is_it(self, frame: Frame) -> bool:
        return not self.method or (frame.kind == "request" and (frame.method, frame.target) == (self.method, self.target))

    @property
    def answer(self) -> dict[str, Any]:
        """The predicate for its answer; of what is no request, whatever comes on its connection, the end too."""
        frame = self.said.result()
        if frame.kind == "request" and self.method:
            return {"answer_to": frame.id}
        return {"kind": ["response", "garbage", "too-long", "eof", "lost"], "conn": frame.conn}


class Tester:
    """One platform with one party. ``serves``: module and interface of what it serves; ``asks_of``: the interface of the SUT that
    its requests are for."""

    role: str
    opposite_role: str
    serves: tuple[tuple[str, str], ...]
    asks_of: str

    def __init__(self, campaign: Campaign, partner: str = "") -> None:
        self.campaign = campaign
        self.clock = campaign.clock
        self.wire = campaign.wire
        own = campaign.sut.endpoint.party
        self.party = Party(self.role, own.country_code, own.party_id)
        self.keyring = Keyring(campaign.wire, partner)
        self.others: list[Tester] = []
        """Further platforms of ours, which a case brought in."""
        if not partner:
            campaign.wire.finds = self.keyring.reads
        self.endpoint = OcpiEndpoint(campaign.clock, campaign.tasks, campaign.wire, self.party, list(self.serves))
        if self.policy("token-encoding") == "raw":
            self.endpoint.encoding = "raw"
        self.scripts = Scripts(campaign.clock.wait)
        self.endpoint.through = self.scripts.through
        self.scripts.on_deviation = self._will_deviate
        self.registration = Registration(self.endpoint, self.keyring, self.versions_of_sut)
        self.said_something = asyncio.Event()
        """A frame of ours was logged."""
        self._deviating: dict[int, str] = {}
        """Requests of the SUT whose answer is none of ours to give, and why."""
        self._saying: list[Saying] = []
        self._unanswered = ""
        """What the last request of ours came to that had no answer."""
        self.handles()

    def handles(self) -> None:
        """Fills the table of handlers."""
        self.registration.handles()

    # ── what the campaign asks (Opposite) ──

    async def start(self) -> str:
        """Goes on the wire; our versions URL."""
        endpoint = self.campaign.sut.endpoint
        folder = self.campaign.sut.file.parent
        tls = None
        if endpoint.certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(folder / endpoint.certificate)
        if self.versions_of_sut().startswith("https"):
            self.endpoint.client.tls = ssl.create_default_context(cafile=folder / endpoint.trust if endpoint.trust else None)
        asked = endpoint.listen or "http://127.0.0.1:0/ocpi"
        url = await self.endpoint.listen(with_any_port(asked) if self.keyring.partner else asked, tls, self.versions_of_sut())
        self.wire.mark("versions-url", side="tester", url=url, partner=self.keyring.partner)
        self.wire.mark("versions-url", side="sut", url=self.versions_of_sut(), partner=self.keyring.partner)
        return url

    def spoke(self, frame: Frame) -> None:
        """A frame of ours was logged: what is none of ours to say is marked at once."""
        why = ""
        if frame.kind == "response" and frame.request is not None:
            why = self._deviating.pop(frame.request.n, "")
        elif frame.kind in ("request", "garbage", "too-long"):
            saying = next((each for each in self._saying if each.is_it(frame)), None)
            if saying:
                why = saying.deviates
                if saying.item is not None:
                    self.wire.mark("hostile", **saying.item, frames=[frame.n])
                if not saying.said.done():
                    saying.said.set_result(frame)
        if why:
            self.wire.mark("deviation", why=why, frames=[frame.n])
        self.said_something.set()
        for other in self.others:
            other.spoke(frame)

    def _will_deviate(self, asked: Asked, why: str) -> None:
        self._deviating[asked.request.n] = why

    def acted(self, action: str) -> None:
        """The control is about to perform an action."""

    async def end(self) -> None:
        self.scripts.clear()
        self._deviating.clear()
        self._saying.clear()
        self.endpoint.slash = ""
        await self._dismisses()

    async def stop(self) -> None:
        await self._dismisses()
        self.scripts.clear()
        await self.endpoint.stop()
        self.keyring.forgets()
        if not self.keyring.partner:
            self.wire.finds = None

    async def _dismisses(self) -> None:
        others, self.others = self.others, []
        for other in others:
            await other.stop()

    # ── what a case may ask of us ──

    @property
    def patience(self) -> float:
        """Seconds that we wait for what should come at once."""
        return self.campaign.patience

    @property
    def push_patience(self) -> float:
        """Seconds that the SUT may take from a change to its push."""
        return self.campaign.sut.pixit.push_within

    @property
    def url(self) -> str:
        """Our versions URL."""
        return self.endpoint.versions_url

    def versions_of_sut(self) -> str:
        return self.campaign.url

    @property
    def now(self) -> str:
        """The present time, as OCPI writes it."""
        return stamp(self.clock.date())

    def ago(self, seconds: float) -> str:
        """A time in the past, as OCPI writes it; in the future, if less than 0."""
        return stamp(self.clock.date() - timedelta(seconds=seconds))

    def policy(self, rule: str) -> str:
        """The reading of a contested rule that is in force."""
        return self.campaign.plan.policy.get(rule, "")

    @property
    def owner(self) -> tuple[str, str]:
        """Country code and party id of the SUT's party that faces us. Raises NotReached."""
        found = self.registration.party_of_sut(self.opposite_role)
        if found is None:
            raise NotReached(f"the SUT told of no role {self.opposite_role} in its credentials")
        return found

    @property
    def routing(self) -> Routing:
        """The routing headers of a request of ours."""
        country, party = self.registration.party_of_sut(self.opposite_role) or (None, None)
        return Routing(party, country, self.party.party_id, self.party.country_code)

    def _script(self, says: str) -> None:
        self.campaign.expectations.acts()
        self.wire.mark("script", says=says)

    async def passes(self, seconds: float) -> None:
        """Lets time pass, whatever comes."""
        self._script(f"lets {seconds:g} s pass")
        await self.clock.wait(seconds)

    @property
    def heard_body(self) -> Any:
        """The JSON of the last response, with its secrets in the open; never to be logged."""
        heard = self.registration.heard
        return read(heard.body)[0] if heard else None


def with_any_port(url: str) -> str:
    """The same host with a port that the system chooses."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition(':')[0] or parts.netloc}:0"))
