"""The transactions that a charge point told of, over all conversations: which StopTransaction ends which StartTransaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from evconform.ocpp.view import Frame, Log
from suites.ocpp16.told import content, delivered, seconds_of, told_by, whole

REMEMBERED = 100
"""So many transactions that were never stopped are kept beyond their conversation."""


@dataclass(frozen=True)
class Transaction:
    """One transaction: every transmission of its StartTransaction, and of its StopTransaction."""

    starts: tuple[Frame, ...]
    stops: tuple[Frame, ...] = ()
    here: bool = True
    """It was begun in the conversation at hand."""
    doubtful: bool = False
    """Its StopTransaction may have been meant for another."""

    @property
    def start(self) -> Frame:
        return self.starts[0]

    @cached_property
    def connector(self) -> int | None:
        return whole(self.start.get("connectorId"))

    @cached_property
    def id_tag(self) -> str:
        return folded(self.start)

    @cached_property
    def ids(self) -> list[int]:
        """What the central system called it: more than one thing if the StartTransaction was sent again."""
        given = (call.answer.get("transactionId") for call in self.starts if call.answer and delivered(call))
        return [id for each in given if (id := whole(each)) is not None]

    @cached_property
    def began(self) -> float | None:
        return seconds_of(self.start.get("timestamp"))

    @cached_property
    def ended(self) -> float | None:
        return seconds_of(self.stops[0].get("timestamp")) if self.stops else None


def folded(call: Frame) -> str:
    """The idTag of a CALL without its case (7.15: a CiString); empty if there is none."""
    tag = call.get("idTag")
    return tag.casefold() if isinstance(tag, str) else ""


class Ledger:
    """All transactions that are open from earlier conversations, and those of this one. ``memory`` keeps them for the next."""

    def __init__(self, log: Log, memory: dict[str, Any]) -> None:
        self.transactions: list[Transaction] = [replace(t, here=False) if t.here else t for t in memory.get("transactions", ())]
        self.strays: dict[int, str] = {}
        """The StopTransactions that name no running transaction: frame number to words."""
        self._spoke: dict[str, int] = {}
        for frame in log.conversation.frames:
            lost = frame.envelope is not None and frame.type == "CALL" and frame.answer is None  # on a TCP connection of its own
            if frame.kind == "text" and frame.role == "charge-point" and not lost:
                self._spoke[frame.conn] = frame.n
        self._place = {content(f): i for i, t in enumerate(self.transactions) for f in (*t.starts, *t.stops)}
        self._of: dict[int, int] = {}
        for call in told_by(log, "StartTransaction", "StopTransaction"):
            place = self._place.get(content(call))
            if call.action == "StartTransaction":
                self._start(call, place)
            else:
                self._stop(call, place)
        self._on: dict[int | None, list[Transaction]] = {}
        for each in self.transactions:
            self._on.setdefault(each.connector, []).append(each)
        self._kept = tuple([t for t in self.transactions if t.here or not t.stops][-REMEMBERED:])
        memory["transactions"] = self._kept

    @classmethod
    def shared(cls, log: Log, memory: dict[str, Any]) -> Ledger:
        """That of a conversation, made once for all rules that remember the same."""
        known = tuple((t.start.n, len(t.starts), len(t.stops)) for t in memory.get("transactions", ()))
        ledger = log.conversation.index(("ledger", known), lambda: cls(log, dict(memory)))
        memory["transactions"] = ledger._kept
        return ledger

    def _start(self, call: Frame, place: int | None) -> None:
        if place is None:
            self.transactions.append(Transaction((call,)))
            place = self._place[content(call)] = len(self.transactions) - 1
        else:
            known = self.transactions[place]
            self.transactions[place] = replace(known, starts=(*known.starts, call))
        self._of[call.n] = place

    def _stop(self, call: Frame, place: int | None) -> None:
        if place is not None:
            known = self.transactions[place]
            before = known.stops[-1]
            self.transactions[place] = replace(known, stops=(*known.stops, call))
            self._of[call.n] = place
            if before.conn == call.conn and delivered(before, by=call) and not before.doubted:
                self.strays[call.n] = f"transaction {call.get('transactionId')!r} was stopped by frame {before.n}"
            return
        named = whole(call.get("transactionId"))
        meant = [i for i, t in enumerate(self.transactions) if not t.stops and self.is_called(t, named)]
        if meant:
            place = self._place[content(call)] = self._of[call.n] = meant[0]
            self.transactions[place] = replace(self.transactions[place], stops=(call,), doubtful=len(meant) > 1)
        else:
            self.strays[call.n] = f"/transactionId is {call.get('transactionId')!r}, and no such transaction is running"

    def is_called(self, transaction: Transaction, named: int | None) -> bool:
        """Whether a message may mean this transaction; by -1 if its id may be unknown to the charge point (erratum 3.18)."""
        return named in transaction.ids or (named == -1 and self.untold(transaction))

    def untold(self, transaction: Transaction) -> bool:
        """Whether the id may not have reached the charge point: it said nothing more after the answer that held it."""
        answers = [call.answer for call in transaction.starts if call.answer and delivered(call)]
        return (
            not transaction.ids
            or any(call.doubted for call in transaction.starts)
            or all(self._spoke.get(answer.conn, 0) < answer.n for answer in answers)
        )

    def of(self, call: Frame) -> Transaction | None:
        """The transaction that a StartTransaction or StopTransaction is about."""
        place = self._of.get(call.n)
        return None if place is None else self.transactions[place]

    def ended_by(self, stop: Frame) -> Transaction | None:
        """The transaction that this first transmission of a StopTransaction ends, if that is sure."""
        ended = self.of(stop)
        return ended if ended and ended.stops[0] is stop and not ended.doubtful else None

    def on(self, connector: int | None) -> Iterator[Transaction]:
        return iter(self._on.get(connector, ()))
