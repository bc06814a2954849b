"""The law in the words a developer writes it: requirement, monitor, test case, fault."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from evconform.harness.verdict import Level


@dataclass(frozen=True)
class Requirement:
    """One normative sentence in our own words."""

    id: str
    clause: str
    subject: tuple[str, ...]
    level: Level
    says: str
    not_observable: str = ""
    """Why the wire cannot show it; such a row has no check."""
    applies: str = ""
    """A PICS expression; empty: always."""
    speaks: tuple[str, ...] = ()
    """The columns that it binds; empty, in a law that has one only: that."""
    why: str = ""
    """Why it does not bind every column that its id says."""
    refusal: bool = False
    """It says what is refused, which shows nothing of a message that is taken."""

    def binds(self, speaks: str) -> bool:
        """Whether it is about what is spoken; nothing is known of that where it is empty."""
        return not speaks or not self.speaks or speaks in self.speaks


@dataclass(frozen=True)
class Monitor:
    """A rule over a wire log that holds in every scenario."""

    name: str
    requirement: str
    function: Callable[..., Iterator[Any]]
    accumulates: Callable[[], Any] | None
    module: str


@dataclass(frozen=True)
class TestCase:
    """One scenario that verifies one or more requirements."""

    __test__ = False
    id: str
    verifies: tuple[str, ...]
    function: Callable[..., Any]
    module: str
    title: str
    oca: tuple[str, ...] = ()
    applies: str = ""
    smoke: bool = False
    faces: str = ""
    """The PICS of the virtual charge point that faces a central system; empty: that of the law."""
    plain: bool = False
    """It hears, reads and calls, and scripts no answer: a party of ours can face the SUT as well as the scripted one."""
    base: str = ""
    """The base state that it begins from, where that is not the plain one of its role: ``unregistered`` (OCPI)."""
    only: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Each column that it has a meaning on, if not all that its id says, to why the others have none."""
    speaks: str = ""
    """The column that it is run on; empty in a law that has one only."""
    declared: str = ""
    """The id that it was declared with, which its variants share: one for each column."""

    @property
    def moved(self) -> bool:
        """A central system faces a virtual charge point, which the case moves from its bench."""
        return self.role == "central-system" and "bench" in inspect.signature(self.function).parameters

    @property
    def role(self) -> str:
        """The role of the SUT: the folder that the case stands in."""
        return self.module.split(".")[-2].replace("_", "-")

    @property
    def law(self) -> str:
        return law_of(self.module)


@dataclass(frozen=True)
class Fault:
    """A deliberate deviation of a party: the requirement it kills, and those it also breaks."""

    name: str
    kills: str
    also: tuple[str, ...]
    function: Callable[[Any], None]
    module: str
    says: str
    roles: tuple[str, ...] = ()
    """The parties that it applies to; empty: the subject of the requirement that it kills."""
    only: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Each column that it has a meaning on, if not all, to why the others have none."""

    def acts_on(self, speaks: str) -> bool:
        return not speaks or not self.only or speaks in self.only

    @property
    def reds(self) -> frozenset[str]:
        return frozenset((self.kills, *self.also))


@dataclass
class Register:
    """What the imported modules of the law declared."""

    monitors: list[Monitor] = field(default_factory=list)
    cases: list[TestCase] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


REGISTER = Register()


def law_of(module: str) -> str:
    """``suites.ocpp16.monitors.boot`` is of the law ``ocpp16``."""
    parts = module.split(".")
    return parts[parts.index("suites") + 1] if "suites" in parts else parts[0]


def monitor(
    requirement: str, *, name: str = "", accumulates: Callable[[], Any] | None = None
) -> Callable[[Callable[..., Iterator[Any]]], Callable[..., Iterator[Any]]]:
    """Declares a generator over a log as the rule of ``requirement``. It yields ``(frame, says)`` for each offence, a
    tuple of frames where several show it. With ``accumulates`` it takes a second argument: what this made at first, kept
    for each station over all its conversations."""

    def declare(function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        REGISTER.monitors.append(Monitor(name or function.__name__, requirement, function, accumulates, function.__module__))
        return function

    return declare


def testcase(
    id: str,
    *,
    verifies: list[str],
    oca: str = "",
    applies: str = "",
    smoke: bool = False,
    faces: str = "",
    plain: bool = False,
    base: str = "",
    only: dict[str, str] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declares a coroutine function as a test case; its docstring is a sentence that must hold. ``only``: the columns that it
    has a meaning on, each to the reason why the others have none."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        title = (inspect.getdoc(function) or "").split("\n\n")[0].replace("\n", " ")
        numbers = tuple(oca.split())
        case = TestCase(id, tuple(verifies), function, function.__module__, title, numbers, applies, smoke, faces, plain, base)
        case = replace(case, only=dict(only or {}), declared=id)
        REGISTER.cases.append(case)
        function.testcase = case  # type: ignore[attr-defined]
        return function

    return declare


testcase.__test__ = False  # type: ignore[attr-defined]


def fault(
    *, kills: str, also: list[str] | None = None, roles: list[str] | None = None, only: dict[str, str] | None = None
) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Declares a function that takes a party and makes it break ``kills``. ``only``: the columns that it has a meaning on, each
    to the reason why the others have none."""

    def declare(function: Callable[[Any], None]) -> Callable[[Any], None]:
        says = (inspect.getdoc(function) or "").split("\n\n")[0].replace("\n", " ")
        declared = Fault(function.__name__, kills, tuple(also or ()), function, function.__module__, says, tuple(roles or ()))
        REGISTER.faults.append(replace(declared, only=dict(only or {})))
        return function

    return declare
