"""What monitors of a chain read: bench acts, what the charge point told, what the CPO pushed, what the driver was shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from evconform.harness.judge import Terms, Window
from evconform.ocpi.held import held_in
from evconform.ocpi.moments import moment
from evconform.roaming.frame import DRIVER, OCPI, OCPP, Frame
from evconform.roaming.mapping import evses

LOCATIONS = "locations"
ENDS = ("lost", "eof", "close")


@dataclass(frozen=True)
class Act:
    """Something that the bench did."""

    n: int
    t: float
    action: str
    parameters: dict[str, Any]

    @property
    def connector(self) -> int:
        return int(self.parameters.get("connector", 1))


@dataclass(frozen=True)
class Told:
    """A status of an EVSE that the CPO told the eMSP; ``pushed``: of itself, not in an answer."""

    frame: Frame
    uid: str
    """Case folded."""
    status: Any
    last_updated: Any
    pushed: bool

    @property
    def since(self) -> float:
        """The moment of ``last_updated``; before all others, if it is none."""
        try:
            return moment(self.last_updated).timestamp()
        except ValueError:
            return float("-inf")


@dataclass
class Conversation:
    """All links of a chain over one case."""

    station: str = "chain"
    closed: bool = False
    stranger: bool = False
    frames: list[Frame] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    def add(self, frame: Frame) -> None:
        self.frames.append(frame)

    @property
    def began(self) -> float:
        """The number of its first frame."""
        return self.frames[0].n if self.frames else float("inf")

    def log(self, subject: str, terms: Terms, window: Window) -> Log:
        return Log(self, subject, terms, window)


class Log:
    """The conversation as one monitor sees it. ``situations`` are counted by the monitor itself (``saw``), since most rules hold
    one link against another."""

    def __init__(self, conversation: Conversation, subject: str, terms: Terms, window: Window) -> None:
        self.conversation = conversation
        self.subject = subject
        self.pics = terms.pics
        self.pixit = terms.pixit
        self.tolerance = terms.tolerance + window.lag
        self.end = window.end
        self.situations = 0
        self.margin: float | None = None
        self.evses = evses(terms.pics)
        """Connector to the uid of its EVSE."""

    # ── what was done and said ──

    def acts(self, *actions: str) -> list[Act]:
        """In order; all, if none is named."""
        return [act for act in self.conversation.acts if not actions or act.action in actions]

    def of(self, link: str, kind: str = "") -> Iterator[Frame]:
        return (f for f in self.conversation.frames if f.link == link and (not kind or f.kind == kind))

    def calls(self, action: str) -> Iterator[Frame]:
        """CALLs of the charge point."""
        return (f for f in self.of(OCPP, "text") if f.by == "tester" and f.type == "CALL" and f.action == action)

    def notified(self, connector: int) -> list[Frame]:
        """What the charge point told of a connector."""
        return [f for f in self.calls("StatusNotification") if f.get("connectorId") == connector]

    def told(self) -> Iterator[Told]:
        """Every status of an EVSE that the CPO told the eMSP, pushed or pulled, in a whole location too."""
        for frame in self.of(OCPI):
            if frame.by != "sut" or frame.kind not in ("request", "response") or frame.module != LOCATIONS:
                continue
            pushed = frame.kind == "request"
            if pushed and frame.method not in ("PUT", "PATCH"):
                continue
            for held in held_in(frame.frame, ("EVSE",)):
                value = held.value
                if isinstance(value, dict) and "status" in value:
                    uid = value.get("uid", frame.ids[1] if len(frame.ids) > 1 else "")
                    yield Told(frame, str(uid).casefold(), value["status"], value.get("last_updated"), pushed)

    def pushes(self, uid: str = "") -> list[Told]:
        """Those that it pushed, of an EVSE or of all."""
        return [each for each in self.told() if each.pushed and uid in ("", each.uid)]

    def shown(self) -> Iterator[Frame]:
        """What the driver was shown, each with its request."""
        return (f for f in self.of(DRIVER, "response") if f.request is not None and f.http_status == 200)

    def begin(self) -> list[Frame]:
        """The first frame, if there is one."""
        return self.conversation.frames[:1]

    # ── the link of the charge point ──

    def breaks(self) -> Iterator[tuple[Frame, float]]:
        """Where the connection of the charge point ended: the frame, and until when it had no other; infinite if it got none."""
        ended: set[str] = set()
        for frame in self.of(OCPP):
            if frame.kind not in ENDS or frame.conn in ended:
                continue
            ended.add(frame.conn)
            yield frame, self.heard_again(frame)

    def heard_again(self, after: Frame | Act) -> float:
        """When the charge point was connected after that; infinite if it was not."""
        return next((f.t for f in self.connections() if f.n > after.n), float("inf"))

    def connections(self) -> Iterator[Frame]:
        """The responses with which the charge point's connections began."""
        return (f for f in self.of(OCPP, "response") if f.status == 101)

    def is_online(self, at: Act) -> bool:
        """Whether the charge point was connected then."""
        last = [f for f in self.of(OCPP) if f.n <= at.n and (f.kind in ENDS or f.status == 101)]
        return bool(last) and last[-1].kind not in ENDS

    def is_over(self, due: float) -> bool:
        """Whether the log lasted until ``due``; a wait that ends just then counts."""
        return due <= self.end + 0.001

    # ── counting ──

    def saw(self) -> None:
        self.situations += 1

    def keeps(self, seconds: float) -> None:
        """Reports by how much a time rule was kept."""
        self.margin = seconds if self.margin is None else min(self.margin, seconds)
