"""What a case scripts of our answers, over what the handlers say by themselves."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from evconform.http.message import Raw
from evconform.ocpi.endpoint import Answer, Asked, Handler, Reply
from evconform.ocpi.envelope import NOTHING

UNSAID: Any = object()


@dataclass
class Script:
    """An answer as a case wants it; members that are not said stay as the handler says."""

    http: int | None = None
    status_code: Any = None
    message: str | None = None
    data: Any = UNSAID
    """The data themselves, NOTHING for none, or what makes them of those that the handler gives."""
    headers: dict[str, str | None] = field(default_factory=dict)
    body: bytes | str | None = None
    """Instead of the envelope."""
    raw: bytes | None = None
    """Instead of a response: bytes."""
    closes: bool = False
    """No answer, and the connection is closed."""
    silent: bool = False
    """No answer for the rest of the case."""
    after: float = 0.0
    """Seconds that it takes."""
    times: float = float("inf")
    deviates: str = ""

    @property
    def refuses(self) -> bool:
        """What was asked is not done."""
        unsuccessful = isinstance(self.status_code, int) and self.status_code >= 2000
        return (self.http or 200) >= 300 or unsuccessful or self.silent or self.closes or self.raw is not None

    @property
    def words(self) -> str:
        """What is scripted, as a phrase."""
        if self.silent or self.closes:
            return "no answer" + (" and closes" if self.closes else "")
        said = [f"HTTP {self.http}"] if self.http else []
        said += [f"status_code {self.status_code}"] if self.status_code is not None else []
        said += ["other data"] if self.data is not UNSAID else []
        said += [f"{name}: {value}" for name, value in self.headers.items()]
        said += ["a body of its own"] if self.body is not None or self.raw is not None else []
        said += [f"{self.after:g} s late"] if self.after else []
        return ", ".join(said) or "what it would say anyway"


class Scripts:
    """The scripts of a case, by what is asked. ``over``: set when the case is over; what was left silent is answered then."""

    def __init__(self, waits: Callable[[float], Any]) -> None:
        self._waits = waits
        self._scripts: dict[tuple[str, str], Script] = {}
        self.over = asyncio.Event()
        self.on_deviation: Callable[[Asked, str], None] = lambda _, __: None

    def __setitem__(self, asked: tuple[str, str], script: Script) -> None:
        self._scripts[asked] = script

    def clear(self) -> None:
        self._scripts.clear()
        self.over.set()
        self.over = asyncio.Event()

    async def through(self, asked: Asked, handler: Handler) -> Answer:
        """What is answered: by the script where there is one."""
        script = self._scripts.get((asked.place.module, asked.method), self._scripts.get((asked.place.module, "")))
        if script is None or script.times <= 0:
            return await _said(handler, asked)
        script.times -= 1
        if script.silent:
            await self.over.wait()
        elif script.after:
            await self._waits(script.after)
        if script.deviates:
            self.on_deviation(asked, script.deviates)
        if script.closes:
            return None
        if script.raw is not None:
            return Raw(script.raw)
        plain = Reply() if script.refuses and not script.silent else await _said(handler, asked)
        return _over(plain, script) if isinstance(plain, Reply) else plain


async def _said(handler: Handler, asked: Asked) -> Answer:
    answer = handler(asked)
    return await answer if inspect.isawaitable(answer) else answer


def _over(plain: Reply, script: Script) -> Reply:
    """The plain reply with what the script says over it."""
    if script.data is not UNSAID:
        plain.data = script.data(plain.data) if callable(script.data) else script.data
    plain.http = script.http or plain.http
    plain.status_code = plain.status_code if script.status_code is None else script.status_code
    plain.message = script.message or plain.message
    plain.headers = plain.headers | script.headers
    if script.body is not None:
        plain.body = script.body.encode() if isinstance(script.body, str) else script.body
    return plain


__all__ = ["NOTHING", "UNSAID", "Script", "Scripts"]
