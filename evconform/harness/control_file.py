"""``[control]`` of a SUT file: how the SUT is made to act, as the user declares it."""

from __future__ import annotations

import re
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from evconform.harness.actions import ACTIONS, PARAMETERS

PLACEHOLDER = re.compile(r"\{([A-Za-z_]+(?:\.[A-Za-z_*0-9]+)*)\}")
"""A parameter of an action in the template of a request, or a member within one: ``{localAuthorizationList.*.idTag}``; no
JSON text has such a thing."""
OPEN_HEADERS = ("accept", "content-type", "user-agent")
"""Headers of the requests of an ``http`` control that hold no secret; any other may."""
NEEDS = {"embedded": "party", "python": "entry", "http": "action"}
"""Kind of control to what it cannot do without."""
OF_KIND = {
    **{"party": "embedded", "entry": "python", "action": "http", "send": "http"},
    **{"language": "operator", "patience": "operator"},
}
"""What only one kind of control has."""


def without_secrets(url: str) -> str:
    """A URL as it may be shown: not who logs in, and no query."""
    return re.sub(r"//[^/@?#]*@", "//", url).partition("?")[0]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class HttpAction(Strict):
    """``[control.action.plug_in]``: the request that is one action; ``{connector}``, ``{uid}``, … stand for its parameters
    in the URL, the headers and the body."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    url: str
    headers: dict[str, str] = Field(default_factory=dict)
    body: str = ""
    expect: list[int] = [200]
    """The status codes that say that it was done; one may stand alone."""
    within: float = Field(30.0, gt=0)
    """Seconds that it may take."""
    outcome: str = ""
    """Where the outcome stands in the JSON of the answer, as a path: ``status``, ``0.success``."""
    done: list[Any] = Field(default_factory=list)
    """The outcomes that say that it was done; one may stand alone."""

    @field_validator("done", mode="before")
    @classmethod
    def as_outcomes(cls, given: Any) -> Any:
        return given if isinstance(given, list) else [given]

    @model_validator(mode="after")
    def outcome_is_whole(self) -> HttpAction:
        if bool(self.outcome) != bool(self.done):
            raise ValueError("outcome and done stand together: where it stands, and what says that it was done")
        return self

    @field_validator("expect", mode="before")
    @classmethod
    def as_list(cls, given: Any) -> Any:
        return [given] if isinstance(given, int) else given

    @field_validator("expect")
    @classmethod
    def are_codes(cls, codes: list[int]) -> list[int]:
        if not codes or any(not 100 <= code <= 599 for code in codes):
            raise ValueError("expected a status code from 100 to 599, or a list of them")
        return codes

    @field_validator("url")
    @classmethod
    def is_a_url(cls, text: str) -> str:
        try:
            parts = urlsplit(PLACEHOLDER.sub("1", text))
            fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != -1
        except ValueError:
            fits = False
        if not fits or not text.isprintable():
            raise ValueError(f"expected http://host:port/path or https://host:port/path, not {text!r}")
        return text

    @field_validator("headers")
    @classmethod
    def are_headers(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, text in headers.items():
            if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or not (text.isascii() and text.isprintable()):
                raise ValueError(f"expected the name of a header and its text, in ASCII and on one line, not {name!r}")
        return headers

    @property
    def shown_url(self) -> str:
        """The URL as it may be shown: not who logs in, and no query."""
        return without_secrets(self.url)

    def unknown(self, parameters: tuple[str, ...]) -> str:
        """A placeholder that stands for nothing, with the member that it stands in; empty if there is none."""
        members = {"url": self.url, "body": self.body, "headers": " ".join(self.headers.values())}
        named = ((m, name) for m, text in members.items() for name in PLACEHOLDER.findall(text))
        found = ((m, name) for m, name in named if name.partition(".")[0] not in parameters)
        return next((f"{member}: {{{name}}}" for member, name in found), "")


class Control(Strict):
    """``[control]``: how the SUT is made to act."""

    kind: Literal["embedded", "python", "operator", "http"]
    party: str = ""
    """``embedded``: the registered name of the party."""
    entry: str = ""
    """``python``: ``module:callable``, called with this file's Sut; the folder of the SUT file is importable."""
    options: dict[str, Any] = Field(default_factory=dict)
    language: Literal["en", "de"] = "en"
    """``operator``: the language in which the person is asked."""
    patience: float = Field(300.0, gt=0)
    """``operator``: seconds that the person may take for one action."""
    action: dict[str, HttpAction] = Field(default_factory=dict)
    """``http``: action to its request."""
    send: dict[str, HttpAction] = Field(default_factory=dict)
    """``http``, of a central system: message to the request that has it sent, where it is not that of the operation ``sends``;
    its placeholders are ``{identity}``, ``{action}``, ``{payload}`` and the members of the payload."""

    @model_validator(mode="after")
    def complete(self) -> Control:
        needs = NEEDS.get(self.kind)
        if needs and not getattr(self, needs) and not (needs == "action" and self.send):
            raise ValueError(f"control.{needs} is needed for kind {self.kind!r}")
        for name in sorted(self.model_fields_set & OF_KIND.keys()):
            if OF_KIND[name] != self.kind:
                raise ValueError(f"control.{name} is for kind {OF_KIND[name]!r}, and this one is {self.kind!r}")
        return self

    def check_actions(self, role: str) -> None:
        """Raises ValueError for a declared action, or a placeholder in it, that there is not."""
        if self.send and role != "central-system":
            raise ValueError("control.send is for a central system, and this SUT is none")
        for name, declared in self.action.items():
            if name not in ACTIONS[role]:
                raise ValueError(f"control.action.{name}: no action is called so; there are {', '.join(ACTIONS[role])}")
            parameters = PARAMETERS[role][name]
            if unknown := declared.unknown(parameters):
                known = ", ".join(f"{{{each}}}" for each in parameters) or "no parameters"
                raise ValueError(f"control.action.{name}.{unknown} is no parameter of {name}, which has {known}")

    @property
    def secrets(self) -> list[str]:
        """What the requests of an ``http`` control hold that nobody else must read."""
        requests = [*self.action.values(), *self.send.values()]
        headers = (h for each in requests for h in each.headers.items() if h[0].lower() not in OPEN_HEADERS)
        users = (urlsplit(PLACEHOLDER.sub("1", each.url)).password for each in requests)
        return sorted({text for _, text in headers if text} | {text for text in users if text}, key=len, reverse=True)
