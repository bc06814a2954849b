"""A dummy back office as the SUT: plain, whole, in memory, and moved by operations as any other."""

from __future__ import annotations

from itertools import count
from typing import Any

from evconform.harness.party import Site
from evconform.ocpi.endpoint import OcpiEndpoint, Party
from evconform.ocpi.operations import RECEIVER, SENDER
from evconform.ocpi.receiver import Receiver
from evconform.ocpi.registration import VERSION, Registration
from evconform.ocpi.sender import Sender
from evconform.ocpi.urls import join

MODULES = ("locations", "tariffs")


class Tokens:
    """A keyring without a log."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def makes(self, part: str, side: str = "sut") -> str:
        return f"the-dummy's-token-{part}-{next(self._numbers)}"


class Dummy:
    """``role``: CPO, which serves and pushes, or EMSP, which takes and pulls."""

    role = "CPO"
    serves = SENDER

    def __init__(self, site: Site) -> None:
        self.site = site
        self.party = Party(self.role, "NL", "DUM", "Dummy")
        self.endpoint = OcpiEndpoint(site.clock, site.tasks, None, self.party, [(m, self.serves) for m in MODULES])
        self.registration = Registration(self.endpoint, Tokens(), lambda: self.partner)  # type: ignore[arg-type]
        self.registration.handles()
        self.partner = ""
        """The other side's versions URL."""
        self.senders = {m: Sender(lambda m=m: self.endpoint.endpoint_url(m, SENDER)) for m in MODULES}  # type: ignore[misc]
        self.receivers = {m: Receiver(self._owners) for m in MODULES}
        self.pulled: dict[str, list[Any]] = {}
        for module in MODULES:
            self._serves(module)

    def _serves(self, module: str) -> None:
        if self.serves == SENDER:
            self.endpoint.handlers[module, SENDER, "GET"] = self.senders[module].get
            return
        for method in ("get", "put", "patch", "delete"):
            self.endpoint.handlers[module, RECEIVER, method.upper()] = getattr(self.receivers[module], method)

    def _owners(self) -> set[tuple[str, str]]:
        return {(each["country_code"], each["party_id"]) for each in self.registration.roles}

    async def start(self) -> str:
        return await self.endpoint.listen("http://127.0.0.1:0/ocpi/cpo")

    async def stop(self) -> None:
        await self.endpoint.stop()

    # ── operations ──

    def invites(self, token: str) -> None:
        """It has one partner at a time: a new token A is for the next."""
        self.endpoint.accepts[token] = False
        self.registration.stands = False

    async def registers(self, url: str, token: str) -> None:
        """As the Sender."""
        own = self.registration
        own.lists_versions(await own._fetches(url, token))
        own.has_details(VERSION, await own._fetches(own.details_urls[VERSION], token))
        await self._gives("POST", token)

    async def renews(self) -> None:
        await self._gives("PUT", self.registration.key)

    async def _gives(self, method: str, token: str) -> None:
        offered = self.registration.offers()
        answer = await self.asks(method, self.url("credentials"), token, self.endpoint.credentials(offered))
        self.registration.is_agreed(offered, answer["data"])

    async def leaves(self) -> None:
        await self.asks("DELETE", self.url("credentials"), self.registration.key)
        self.registration.is_over()

    async def publishes(self, location: dict[str, Any]) -> None:
        whole = location | {"last_updated": self.now()}
        self.senders["locations"].holds(whole)
        if self.registration.stands:
            url = join(self.url("locations"), "NL", "DUM", whole["id"])
            await self.asks("PUT", url, self.registration.key, whole)

    async def pulls(self, module: str) -> None:
        answer = await self.asks("GET", self.url(module), self.registration.key)
        self.pulled[module] = answer["data"]

    # ── on the wire ──

    def url(self, module: str) -> str:
        interface = RECEIVER if self.serves == SENDER else SENDER
        return self.registration.announced.url(module, interface) or ""

    def now(self) -> str:
        from evconform.ocpi.moments import stamp

        return stamp(self.site.clock.date())

    async def asks(self, method: str, url: str, token: str, body: Any = None) -> Any:
        from evconform.ocpi.envelope import NOTHING
        from evconform.ocpi.headers import Routing
        from evconform.ocpi.json import read

        routing = None if "credentials" in url else Routing("EVC", "XE", "DUM", "NL")
        asked = self.endpoint.request(method, url, token=token, body=NOTHING if body is None else body, routing=routing)
        response = await self.endpoint.client.request(url, asked, 10.0)
        return read(response.body)[0]


class DummyEmsp(Dummy):
    role = "EMSP"
    serves = RECEIVER
