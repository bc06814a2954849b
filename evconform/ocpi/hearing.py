"""The verbs by which a scripted platform hears the SUT's requests, and says how they are answered."""

from __future__ import annotations

from typing import Any

from evconform.ocpi.asking import Asking
from evconform.ocpi.frame import Frame
from evconform.ocpi.script import Script


class Hearing(Asking):
    """What it hears, and answers."""

    async def hears(
        self,
        method: str | list[str],
        module: str,
        *ids: str,
        owner: tuple[str, str] | None = None,
        expects: dict[str, Any] | None = None,
        within: float | None = None,
        proves: str | None = None,
        data: dict[str, Any] | None = None,
        **what: Any,
    ) -> Frame:
        """Waits for a request of the SUT, of an object if ``ids`` are named (at our Receiver under the SUT's party), with these
        members at these paths (``data``). ``expects``: what must hold of the first such request."""
        asked: dict[str, Any] = {"method": method, "module": module, "kind": "request"} | what
        if ids:
            receives = any(served == (module, "RECEIVER") for served in self.serves)
            asked["parts"] = [*((owner or self.owner) if receives else ()), *ids]
        if data:
            asked["data"] = data
        return await self.hears_frame(expects=expects, within=within, proves=proves, **asked)

    async def hears_frame(
        self, *, expects: dict[str, Any] | None = None, within: float | None = None, proves: str | None = None, **what: Any
    ) -> Frame:
        """Waits for a frame of the SUT by any predicates."""
        patience = self.push_patience if within is None else within
        frame = await self.campaign.expectations.hears(what, patience, expects, proves)
        assert isinstance(frame, Frame)
        return frame

    async def hears_no(
        self, method: str | list[str] = "", module: str | list[str] = "", *, for_: float, proves: str | None = None, **what: Any
    ) -> None:
        """Waits ``for_`` seconds, in which no such request of the SUT may come; without words, none at all."""
        asked = {"kind": "request"} | ({"method": method} if method else {}) | ({"module": module} if module else {})
        await self.campaign.expectations.hears_no(asked | what, for_, proves)

    def looks_after(self, frame: Frame) -> None:
        """The next verbs look at what came after this frame only."""
        self.campaign.expectations.stage = frame.n

    # ── answering the SUT ──

    def answers(self, module: str, method: str = "", **how: Any) -> None:
        """From now on answers such requests so (``script.Script``: http, status_code, message, data, headers, body, raw, closes,
        after, times); what is not said is as usual. ``deviates``: why such an answer is none of ours to give."""
        script = Script(**how)
        self._script(f"answers {method or 'everything of'} {module} with {script.words}")
        self.scripts[module, method] = script

    def withholds(self, module: str, method: str = "") -> None:
        """From now on does not answer such requests while the case lasts."""
        self.answers(module, method, silent=True, deviates="a request left unanswered")

    def answers_as_usual(self, module: str, method: str = "") -> None:
        self._script(f"answers {method or 'everything of'} {module} as usual")
        self.scripts[module, method] = Script()
