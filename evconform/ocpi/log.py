"""What monitors read: one conversation, seen with one role as the subject, through queries that count situations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evconform.harness.context import EVERYTHING, Context
from evconform.harness.conversation import FramesInOrder, Situations
from evconform.harness.judge import Terms, Window
from evconform.harness.wire import Side
from evconform.ocpi.frame import Frame
from evconform.ocpi.held import Held, Pull, held_in, pulls_of
from evconform.ocpi.places import Announced

OTHER: dict[Side, Side] = {"sut": "tester", "tester": "sut"}


class Conversation(FramesInOrder[Frame]):
    """One partner's frames from one registration to the next, and of one case at most. What was said of the registration before
    stands here too. ``context``: what else the log holds of it."""

    def __init__(self, partner: str, context: Context = EVERYTHING) -> None:
        super().__init__()
        self.station = partner
        """The machine's word for whose conversation it is."""
        self.context = context
        self.closed = False
        self.stranger = False
        self.ended = float("inf")
        """Seconds at which the next registration, or the next case, began."""
        self.announced: dict[Side, Announced] = {"sut": Announced(), "tester": Announced()}
        self.credentials: dict[Side, Frame] = {}
        """The last credentials object that each side gave in an exchange that succeeded."""
        self.registered: Frame | None = None
        """The answer that registered, or renewed the registration."""
        self.unregistered: Frame | None = None
        self.over = False
        """The registration was ended; the next POST begins another conversation."""

    def goes_on(self, old: Conversation) -> None:
        """Takes over what ``old`` knew."""
        self.context, self.announced, self.credentials = old.context, old.announced, dict(old.credentials)
        self.registered, self.unregistered, self.over = old.registered, old.unregistered, old.over

    def log(self, subject: str, terms: Terms, window: Window) -> Log:
        return Log(self, subject, terms, window)


@dataclass(frozen=True)
class Asked:
    """What of requests a query picks: empty members pick all. ``by``: the role that asks."""

    method: str | tuple[str, ...] = ()
    module: str | tuple[str, ...] = ()
    interface: str = ""
    by: str = ""
    depth: int | None = None

    def picks(self, frame: Frame) -> bool:
        return (
            (not self.by or frame.role == self.by)
            and (not self.method or frame.method in _several(self.method))
            and (not self.module or frame.module in _several(self.module))
            and (not self.interface or frame.interface == self.interface)
            and (self.depth is None or frame.depth == self.depth)
        )


def _several(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names


class Log(Situations[Frame]):
    """A conversation as one monitor sees it. What its queries yield counts as a situation: put the condition of a rule into the
    query, then the rule passes only where its condition came about."""

    def __init__(self, conversation: Conversation, subject: str, terms: Terms, window: Window) -> None:
        super().__init__(conversation.context, window.since)
        self.conversation = conversation
        self.subject = subject
        self.pics = terms.pics
        self.pixit = terms.pixit
        self._policy = terms.policy
        self.tolerance = terms.tolerance + window.lag
        self.end = min(window.end, conversation.ended)
        """Seconds at which the log, as far as it goes, ends: what is not due by then is not missing."""
        self.side: Side = "sut" if terms.role == subject else "tester"
        """The side of the subject."""
        self.other = next(role for side, role in terms.roles.items() if side != self.side)
        """The role that the subject talks to."""

    def policy(self, rule: str) -> str:
        """The reading of a contested rule that is in force; empty where the law does not name it."""
        return self._policy.get(rule, "")

    # ── queries ──

    def requests(
        self,
        method: str | tuple[str, ...] = (),
        module: str | tuple[str, ...] = (),
        interface: str = "",
        by: str = "",
        depth: int | None = None,
        functional: bool = False,
    ) -> Iterator[Frame]:
        """Requests, with their ``answer`` where there is one. ``functional``: only those of functional modules."""
        asked = Asked(method, module, interface, by, depth)
        for frame in self.conversation.frames:
            if frame.kind == "request" and asked.picks(frame) and not (functional and not frame.place.routed):
                yield self._seen(frame)

    def answers(self, by: str = "", ok: bool | None = None, functional: bool = False, **asked: Any) -> Iterator[Frame]:
        """Responses by a role, with the ``request`` that each answers, picked by what was asked (method, module, interface,
        depth); ``ok``: only those that say success, or only those that do not."""
        picked = Asked(**asked)
        for frame in self._responses():
            fits = (not by or frame.role == by) and picked.picks(frame) and (ok is None or frame.ok is ok)
            if fits and not (functional and not frame.place.routed):
                yield self._seen(frame)

    def exchanges(self, by: str = "", ok: bool | None = None, **asked: Any) -> Iterator[tuple[Frame, Frame]]:
        """Requests by a role that were answered, each with its answer."""
        picked = Asked(by=by, **asked)
        for frame in self._responses():
            request = frame.request
            if request and picked.picks(request) and (ok is None or frame.ok is ok):
                self._seen(frame)
                yield request, frame

    def _responses(self) -> Iterator[Frame]:
        for frame in self.conversation.frames:
            if frame.kind == "response" and frame.request is not None and not frame.interim:
                yield frame

    def enveloped(self, by: str) -> Iterator[Frame]:
        """Responses of a role whose body is a JSON object."""
        for frame in self._responses():
            if frame.role == by and frame.envelope is not None:
                yield self._seen(frame)

    def objects(self, *classes: str, by: str, nested: bool = True) -> Iterator[Held]:
        """Every object of these classes that a role put on the wire, with its frame, JSON pointer and value; also those within
        others (``nested``). Bodies of PATCH are ``partial``. Of long pulls one page at a time is in memory."""
        for frame in self.conversation.frames:
            if frame.role != by or frame.kind not in ("request", "response"):
                continue
            for held in held_in(frame, classes, nested):
                self._seen(frame)
                yield held

    def pages(self, module: str = "", by: str = "") -> Iterator[Pull]:
        """Pulls of lists whose pages a role (``by``) served: from the first GET along the Links, as far as they were followed."""
        for pull in self.conversation.index("pulls", lambda: pulls_of(self.conversation.frames)):
            if (not module or pull.first.module == module) and (not by or pull.first.role == by):
                self._seen(pull.last)
                yield pull

    def frames(self, *kinds: str, by: str = "") -> Iterator[Frame]:
        """Frames of these kinds by this role."""
        for frame in self.conversation.frames:
            if frame.kind in kinds and (not by or frame.role == by):
                yield self._seen(frame)

    def hostile(self, *kinds: str) -> Iterator[Frame]:
        """Hostile frames of ours of these kinds (legal, illegal …), or those that read back (kind ``read-back``)."""
        for frame in self.conversation.frames:
            if frame.item and frame.item["kind"] in kinds:
                yield self._seen(frame)

    # ── around a frame; no situations by themselves ──

    def before(self, frame: Frame, **asked: Any) -> Iterator[Frame]:
        """Earlier requests, the latest first."""
        picked = Asked(**asked)
        for each in reversed(self.conversation.frames):
            if each.n < frame.n and each.kind == "request" and picked.picks(each):
                yield each

    def after(self, frame: Frame, within: float | None = None, **asked: Any) -> Iterator[Frame]:
        """Later requests, for ``within`` seconds."""
        picked = Asked(**asked)
        for each in self.conversation.frames:
            if each.n <= frame.n or each.kind != "request":
                continue
            if within is not None and each.since(frame) > within:
                return
            if picked.picks(each):
                yield each

    def during(self, request: Frame, **asked: Any) -> Iterator[Frame]:
        """Requests, of the other side mostly, between a request and its answer."""
        until = request.answer.n if request.answer else float("inf")
        return (each for each in self.after(request, **asked) if each.n < until)

    def announced(self, side: Side | None = None) -> Announced:
        """What the subject (or a side) announced of its URLs."""
        return self.conversation.announced[side or self.side]

    def roles_of(self, side: Side | None = None) -> set[tuple[str, str]]:
        """Country code and party id, in capitals, of the parties that a side told in its credentials."""
        told = self.conversation.credentials.get(side or self.side)
        rows = told.get("roles") if told else None
        pairs = (
            [(row.get("country_code"), row.get("party_id")) for row in rows if isinstance(row, dict)]
            if isinstance(rows, list)
            else []
        )
        return {(str(country).upper(), str(party).upper()) for country, party in pairs}

    @property
    def is_between_two_parties(self) -> bool:
        """Whether each side told one party with one role, so that no message needs routing (transport_and_format, Message
        Routing Headers)."""
        told = [self.conversation.credentials.get(side) for side in ("tester", "sut")]
        return all(frame is not None and isinstance(roles := frame.get("roles"), list) and len(roles) == 1 for frame in told)

    @property
    def has_several_roles(self) -> bool:
        """Whether the subject told several roles in its credentials, so that every message of its needs routing."""
        told = self.conversation.credentials.get(self.side)
        return told is not None and isinstance(roles := told.get("roles"), list) and len(roles) > 1

    def is_over(self, due: float) -> bool:
        """Whether the log lasted until ``due``; a wait that ends just then counts."""
        return due <= self.end + 0.001

    @property
    def last_frame(self) -> Frame:
        return self.conversation.frames[-1]
