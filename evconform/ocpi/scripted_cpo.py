"""The CPO that faces an eMSP under test, spoken by a test case: it registers, offers what is pulled, and pushes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from evconform.ocpi.operations import RECEIVER, SENDER
from evconform.ocpi.registering import Registering
from evconform.ocpi.sender import Sender

OWNED = ("locations", "tariffs")


class ScriptedCpo(Registering):
    """Holds what a case gives it, and serves it in pages. ``holds``: by module."""

    role = "CPO"
    opposite_role = "EMSP"
    serves = tuple((module, SENDER) for module in OWNED)
    asks_of = RECEIVER

    def handles(self) -> None:
        super().handles()
        self.senders = {module: Sender(self._url_of(module)) for module in OWNED}
        for module, sender in self.senders.items():
            self.endpoint.handlers[module, SENDER, "GET", 0] = sender.get
            for depth in (1, 2, 3) if module == "locations" else ():
                self.endpoint.handlers[module, SENDER, "GET", depth] = sender.get

    def _url_of(self, module: str) -> Callable[[], str]:
        return lambda: self.endpoint.endpoint_url(module, SENDER)

    async def end(self) -> None:
        await super().end()
        for sender in self.senders.values():
            sender.objects.clear()
            sender.limit, sender.mark = Sender.LIMIT, ""

    # ── what we own ──

    def offers(self, module: str, *objects: dict[str, Any]) -> None:
        """From now on these are among what we own, new or changed; whoever pulls sees them."""
        self._script(f"offers {', '.join(str(each.get('id')) for each in objects[:5])} of {module}")
        for each in objects:
            self.senders[module].holds(each)

    def withdraws(self, module: str, *ids: str) -> None:
        """From now on we own these no more."""
        self._script(f"withdraws {', '.join(ids)} of {module}")
        for id in ids:
            self.senders[module].drops(id)

    def marks_links(self, module: str) -> None:
        """From now on a Link to a next page holds a parameter ``page``, which no client can make up."""
        self._script(f"marks the Links of {module}")
        self.senders[module].mark = f"&page={secrets.token_hex(4)}"

    def limits(self, module: str, objects: int) -> None:
        """From now on a page has so many objects at most (X-Limit)."""
        self._script(f"gives {objects} objects a page of {module} at most")
        self.senders[module].limit = objects
