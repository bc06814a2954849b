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

from evconform.harness.actions import PARAMETERS
from evconform.harness.control_file import PLACEHOLDER, HttpAction, without_secrets
from evconform.harness.sut import Sut
from evconform.harness.verdict import CannotAct

SHOWN_AT_MOST = 200
"""Bytes of an answer that are shown."""
QUOTED = re.compile(f'"{PLACEHOLDER.pattern}"')
"""A placeholder that is a whole JSON string."""
READ_AT_MOST = 2**20
"""Bytes of an answer that are read for its outcome."""


class HttpControl:
    """Has each declared action as a coroutine function."""

    def __init__(self, sut: Sut) -> None:
        self._role = sut.sut.role
        self._actions = sut.control.action
        self._send = sut.control.send
        self._client: httpx.AsyncClient | None = None

    def __getattr__(self, action: str) -> Callable[..., Coroutine[Any, Any, None]]:
        if action == "sends" and self._send:
            return self._sends
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

    async def _sends(self, action: str, **given: Any) -> None:
        """The request of that message, or the one of every message. Raises CannotAct."""
        declared = self._send.get(action) or self._actions.get("sends")
        if declared is None:
            raise CannotAct(
                f"the control of this SUT cannot send {action}: neither control.send.{action} nor control.action.sends"
            )
        await self._requests("sends", declared, action=action, **given)

    async def _requests(self, operation: str, declared: HttpAction, **parameters: Any) -> None:
        """Raises CannotAct with one line."""
        assert self._client, "it was started"
        given = {"connector": 1} | parameters
        # what an operation is given besides its own parameters is the payload of a message
        given["payload"] = {name: value for name, value in parameters.items() if name not in PARAMETERS[self._role][operation]}
        url = filled(declared.url, given, lambda value: quote(as_text(value), safe=""))
        headers = {name: filled(text, given, in_header) for name, text in declared.headers.items()}
        body = filled(declared.body, given, in_json, absent="null")
        place = f"{operation}: {declared.method} {without_secrets(url)}"
        try:
            async with asyncio.timeout(declared.within):
                status, says = await self._answer(declared, url, headers, body)
        except TimeoutError:
            raise CannotAct(f"{place}: no answer within {declared.within:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            raise CannotAct(f"{place}: {' '.join(str(error).split()) or type(error).__name__}") from None
        if status not in declared.expect:
            expected = " or ".join(map(str, declared.expect))
            raise CannotAct(f"{place}: expected {expected}, the answer is {status}" + (f": {shown(says)}" if says else ""))
        if declared.outcome and (came_to := outcome_of(says, declared.outcome)) not in declared.done:
            done = " or ".join(map(repr, declared.done))
            raise CannotAct(f"{place}: expected {done} as {declared.outcome}, the answer is {came_to!r}: {shown(says)}")

    async def _answer(self, declared: HttpAction, url: str, headers: dict[str, str], body: str) -> tuple[int, bytes]:
        """The status, and the beginning of what else it says; however long that is."""
        assert self._client
        content = body.encode() if body else None
        async with self._client.stream(declared.method, url, headers=headers, content=content, timeout=None) as answer:
            says = b""
            most = READ_AT_MOST if declared.outcome else SHOWN_AT_MOST
            async for part in answer.aiter_bytes() if declared.outcome else answer.aiter_raw():
                says += part
                if len(says) >= most:
                    break
            return answer.status_code, says[:most]


def shown(says: bytes) -> str:
    return " ".join(says[:SHOWN_AT_MOST].decode("utf-8", "replace").split())


def outcome_of(says: bytes, path: str) -> Any:
    """What stands at a path in the JSON of an answer; None if nothing does, or it is no JSON."""
    try:
        found = json.loads(says)
    except (ValueError, RecursionError):
        return None
    return within(found, path.split("."))


def within(value: Any, path: list[str]) -> Any:
    """The member at a path of names, positions and ``*``, which stands for each of a list; None if there is none."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(value, list) and step == "*":
        return [within(each, rest) for each in value]
    if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        return within(value[int(step)], rest)
    return within(value.get(step), rest) if isinstance(value, dict) else None


def filled(template: str, parameters: Mapping[str, Any], spelt: Callable[[Any], str], absent: str = "") -> str:
    """A template with the parameters of an action in it; ``absent``, if given, takes the place of a quoted parameter that there
    is not, quotes and all: a member of a payload may be a string or null, and a template can write only one of them."""

    def value(name: str) -> Any:
        first, *rest = name.split(".")
        whole = parameters.get(first, "" if first in NAMED else None)
        return within(whole, rest) if rest else whole

    if absent:
        template = QUOTED.sub(lambda found: absent if value(found[1]) is None else found[0], template)
    return PLACEHOLDER.sub(lambda found: spelt(value(found[1])), template)


NAMED = {name for actions in PARAMETERS.values() for names in actions.values() for name in names}
"""The parameters of actions; what else stands in a template is a member of a payload, which may be absent: null in JSON."""


def as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def in_json(value: Any) -> str:
    """A value within a JSON text: a string without its quotes, which the template has."""
    return json.dumps(value)[1:-1] if isinstance(value, str) else json.dumps(value)


def in_header(value: Any) -> str:
    return re.sub(r"[\r\n\0]", " ", as_text(value))
