"""The ``http`` control: each bench action is a request to a robot or a relay box, as the SUT file declares it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx

from evconform.harness.control import PARAMETERS
from evconform.harness.control_file import PLACEHOLDER, HttpAction, without_secrets
from evconform.harness.sut import Sut
from evconform.harness.verdict import CannotAct

SHOWN_AT_MOST = 200
"""Bytes of an answer that are read and shown."""


class HttpControl:
    """Has each declared action as a coroutine function."""

    def __init__(self, sut: Sut) -> None:
        self._role = sut.sut.role
        self._actions = sut.control.action
        self._client: httpx.AsyncClient | None = None

    def __getattr__(self, action: str) -> Callable[..., Coroutine[Any, Any, None]]:
        if action.startswith("_") or action not in self._actions:
            raise AttributeError(action)
        return partial(self._requests, action, self._actions[action])

    async def start(self) -> None:
        # the machine's proxies and .netrc have no say in where a bench is; nothing is kept open to go stale between cases
        self._client = httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))

    async def stop(self) -> None:
        if self._client:
            await self._client.aclose()
            self._client = None

    async def _requests(self, action: str, declared: HttpAction, **parameters: Any) -> None:
        """Raises CannotAct with one line."""
        assert self._client, "it was started"
        given = {"connector": 1} | parameters
        # what an operation is given besides its own parameters is the payload of a message
        given["payload"] = {name: value for name, value in parameters.items() if name not in PARAMETERS[self._role][action]}
        url = filled(declared.url, given, lambda value: quote(as_text(value), safe=""))
        headers = {name: filled(text, given, in_header) for name, text in declared.headers.items()}
        body = filled(declared.body, given, in_json)
        place = f"{action}: {declared.method} {without_secrets(url)}"
        try:
            async with asyncio.timeout(declared.within):
                status, says = await self._answer(declared.method, url, headers, body)
        except TimeoutError:
            raise CannotAct(f"{place}: no answer within {declared.within:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            raise CannotAct(f"{place}: {' '.join(str(error).split()) or type(error).__name__}") from None
        if status not in declared.expect:
            expected = " or ".join(map(str, declared.expect))
            raise CannotAct(f"{place}: expected {expected}, the answer is {status}" + (f": {says}" if says else ""))

    async def _answer(self, method: str, url: str, headers: dict[str, str], body: str) -> tuple[int, str]:
        """The status, and the beginning of what else it says; however long that is."""
        assert self._client
        content = body.encode() if body else None
        async with self._client.stream(method, url, headers=headers, content=content, timeout=None) as answer:
            says = b""
            async for part in answer.aiter_raw():
                says += part
                if len(says) >= SHOWN_AT_MOST:
                    break
            return answer.status_code, " ".join(says[:SHOWN_AT_MOST].decode("utf-8", "replace").split())


def filled(template: str, parameters: Mapping[str, Any], spelt: Callable[[Any], str]) -> str:
    """A template with the parameters of an action in it."""
    return PLACEHOLDER.sub(lambda found: spelt(parameters.get(found[1], "")), template)


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def in_json(value: Any) -> str:
    """A value within a JSON text: a string without its quotes, which the template has."""
    return json.dumps(value)[1:-1] if isinstance(value, str) else json.dumps(value)


def in_header(value: Any) -> str:
    return re.sub(r"[\r\n\0]", " ", as_text(value))
