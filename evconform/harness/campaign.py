"""A test campaign: takes one case after the other through base state, scenario and judgement, on one loop.

An embedded SUT is a fresh party in every case; a foreign one lives through the campaign and is brought back to its base
state on the wire, within bounds: where that fails, this case is inconclusive, and not the next one red.
"""

from __future__ import annotations

import asyncio
import inspect
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from evconform.harness.actions import ACTIONS
from evconform.harness.catalogue import Law
from evconform.harness.clock import Clock, Tasks
from evconform.harness.columns import Claims, spoken_by
from evconform.harness.control import Control, Owed, note_owed
from evconform.harness.control_kinds import make_target
from evconform.harness.expect import Expectations
from evconform.harness.judge import CaseResult, Judge, Terms
from evconform.harness.law import Fault, TestCase
from evconform.harness.named import import_string, one_line
from evconform.harness.party import Site, find_party
from evconform.harness.pics import Pics
from evconform.harness.provision import Provision
from evconform.harness.roles import ROLES
from evconform.harness.sut import Sut
from evconform.harness.verdict import CannotAct, Nonconformity, NotReached, Stopped, UsageError
from evconform.harness.wire import Entry, WireLog, read

LAG_WORTH_A_MARK = 0.05
"""Seconds that the loop may be late on wall time before the log says so, and time rules allow for it."""


class Opposite(Protocol):
    """The scripted party that faces the SUT."""

    async def start(self) -> str:
        """Goes on the wire; returns its endpoint URL if it has one."""

    async def base(self, case: TestCase) -> None:
        """Brings the SUT to its base state. Raises NotReached."""

    def spoke(self, frame: Any) -> None:
        """A frame of ours was logged."""

    def acted(self, action: str) -> None:
        """The control is about to perform an action."""

    def recalls(self, frame: Any) -> None:
        """Takes a frame of an earlier session of this run, in which the SUT was left as it is."""

    async def end(self) -> None:
        """Forgets what the case scripted."""

    async def stop(self) -> None: ...


@dataclass
class Plan:
    """What a campaign needs to know; made from the SUT file."""

    law: Law
    sut: Sut
    pics: Pics
    pics_file: Path
    fault: Fault | None = None
    hostile: str = "quick"
    """How many of the generated hostile messages are sent: quick, or full."""
    faced: dict[str, Pics] = field(default_factory=dict)
    """The PICS of the parties that face the SUT, by name."""
    opposite: str = ""
    """The party of ours that faces the SUT; empty: the scripted one, which alone can take every case."""
    policy: dict[str, str] = field(default_factory=dict)
    """Contested rule to the reading in force."""
    columns: Mapping[str, Claims] = field(default_factory=dict)
    """What is claimed in the columns that the SUT speaks besides its first, which ``pics`` and ``faced`` are of."""

    @property
    def speaks(self) -> list[str]:
        """The columns of the SUT, in its order; a nameless one where its law has no columns."""
        return spoken_by(self.law, self.sut.sut.speaks)

    def claims_of(self, speaks: str) -> Claims:
        return self.columns.get(speaks) or Claims(self.pics, self.faced)

    def pics_of(self, speaks: str) -> Pics:
        """The PICS with a column of its matrix in force."""
        return self.claims_of(speaks).pics

    def ticks(self, speaks: str) -> bool:
        """Whether the PICS claims any message in a column; where it asks for none, it is not empty."""
        pics = self.pics_of(speaks)
        asked = [message for message in pics.form.messages if message in pics.answers]
        return not asked or any(pics[message] for message in asked)

    @property
    def embedded(self) -> bool:
        return self.sut.control.kind == "embedded"

    @property
    def terms(self) -> Terms:
        pixit = {k: v for k, v in self.sut.pixit.model_dump().items() if isinstance(v, float)}
        tolerance = 0.0 if self.embedded else self.sut.pixit.tolerance
        role, identity = self.sut.sut.role, self.sut.endpoint.identity
        return Terms(role, identity, tolerance, pixit, self.pics, self.faced, self.policy, self.columns)


class Campaign:
    """``expectations``, ``opposite`` and ``control`` are those of the case that runs."""

    def __init__(self, plan: Plan, wire: WireLog, clock: Clock, past: bool = False) -> None:
        """``past``: the wire log holds an earlier session of this run."""
        self.plan = plan
        self.sut: Sut = plan.sut
        self.speaks = plan.speaks[0]
        """The column of the case that runs."""
        self._set_to = "" if past else self.speaks
        """The column that a foreign charge point is set to, as far as we know; """
        self.cannot: dict[str, str] = {}
        """and those that its control cannot set it to, with the reason."""
        self.wire = wire
        self.clock = clock
        transcript = import_string(plan.law.view)(plan.terms)
        self.url = plan.sut.endpoint.at(self.speaks).url
        """The endpoint URL of a SUT that we dial."""
        self.judge = Judge(plan.law, plan.terms, transcript)
        self.expectations = self._expectations()
        self.tasks = Tasks(self._died)
        self.opposite: Any = None
        self.control: Any = None
        self._target: Any = None
        self._closed = False
        self._lag: asyncio.TimerHandle | None = None
        self.size = 0
        """How many cases it will run, where that is known."""
        self._past = past
        self._owed: Owed = {}
        self.reached = False
        """Whether the SUT came to its base state in this session."""
        if past:
            for entry in read(wire.path, verify=False):
                self.judge.feed(entry)
        wire.subscribe(self._logged)

    def _expectations(self) -> Expectations:
        longest = self.sut.pixit.longest_wait
        return Expectations(self.wire, self.clock, self.plan.law.requirements, self.judge.transcript.check, longest)

    @property
    def patience(self) -> float:
        return self.sut.pixit.patience

    @property
    def pics(self) -> Pics:
        """What the SUT claims on the column of the case that runs."""
        return self.plan.pics_of(self.speaks)

    @property
    def faced(self) -> Mapping[str, Pics]:
        """The PICS of the parties that face it there, by name."""
        return self.plan.claims_of(self.speaks).faced

    @property
    def listen(self) -> str:
        """Where the SUT is told to find us; empty: where we like."""
        return self.sut.endpoint.at(self.speaks).listen

    @property
    def service(self) -> str:
        """Where a charge point listens that speaks SOAP: the embedded SUT, or ours."""
        return self.sut.service

    def begins_with(self, case: TestCase) -> None:
        """The first case that will be run: a foreign SUT is faced on its column."""
        self.speaks, self.url = case.speaks, self.sut.endpoint.at(case.speaks).url

    async def open(self) -> None:
        """Faces a foreign SUT for the whole campaign."""
        for secret in (self.sut.endpoint.password, self.sut.endpoint.token):
            if secret:
                self.wire.keep_secret(secret.get_secret_value())
        if not self.plan.embedded:
            self._watch_lag(asyncio.get_running_loop().time())
            await self._face(recalls=self._past)
            self._target = make_target(self)
            await call_if_there(self._target, "start")
            self.control = Control(self, self.sut.sut.role, self._target, self._owed)

    async def run(self, case: TestCase) -> CaseResult:
        """Runs one case and judges it."""
        if not self.plan.embedded and case.speaks != self.speaks:
            await self._leave_column()
        if self.plan.embedded or case.speaks != self.speaks:
            self.wire.mark("fresh")  # to the rules the SUT is one that they see for the first time
        self.wire.mark("case-begin", case=case.id, **({"speaks": case.speaks} if case.speaks else {}))
        self.expectations = self._expectations()
        try:
            if self.plan.embedded:
                self.tasks = Tasks(self._died)
                self.speaks = case.speaks
                await self._embed()
            else:
                await self._turn(case.speaks)
            await self.opposite.base(case)
            self.reached = True
            self.expectations.acts()
            opposite, control = ROLES[case.role].fixtures
            given = {"bench": getattr(self.opposite, "bench", None), opposite: self.opposite, control: self.control}
            await case.function(**{name: given[name] for name in inspect.signature(case.function).parameters})
        except Nonconformity:
            pass  # the judge finds it in the log
        except NotReached as why:
            self.wire.mark("not-reached", why=str(why))
        except (KeyboardInterrupt, Stopped):
            raise
        except BaseException as error:
            if self._closed:
                raise  # the run was interrupted, and the case is cancelled
            self._died(error)  # whatever a case raises, a skip too, is our error
        self.wire.mark("case-end", case=case.id)
        try:
            await self._leave()
        except Exception as error:  # noqa: BLE001 - ours broke; the judge counts it against the case
            self._died(error)
        return self.judge.results[-1]

    async def close(self) -> None:
        """Leaves the SUT for good; also in the middle of a case."""
        self._closed = True
        if self._lag:
            self._lag.cancel()
        if self.plan.embedded:
            await self._leave()
            return
        try:
            await call_if_there(self._target, "stop")
        except UsageError as why:  # the run is over, and its verdicts stand
            self.wire.mark("script", says=str(why))
        if self.opposite:
            await self.opposite.stop()
        await self.tasks.cancel()

    async def _leave_column(self) -> None:
        """What faced the SUT on the column before goes off the wire."""
        try:
            await self.opposite.stop()
        except Exception as error:  # noqa: BLE001 - ours broke; the judge counts it against the case before
            self._died(error)

    async def _turn(self, speaks: str) -> None:
        """Faces a foreign SUT on another column. A charge point speaks one at a time, and is set to it by the control; a central
        system serves all at once. Raises NotReached."""
        if speaks != self.speaks:
            self.speaks, self.url = speaks, self.sut.endpoint.at(speaks).url
            try:
                await self._face(recalls=True)
            except (OSError, UsageError) as error:
                raise NotReached(f"the SUT could not be faced on {speaks}: {error}") from error
        if "speaks" not in ACTIONS[self.sut.sut.role] or len(self.plan.speaks) == 1 or speaks == self._set_to:
            return
        if speaks not in self.cannot:
            try:
                await self.control.speaks(speaks=speaks)
                self._set_to = speaks
                return
            except CannotAct as why:
                self.cannot[speaks] = f"{why}: make a SUT file for each column, and set the product to it by hand"
        raise NotReached(self.cannot[speaks])

    async def _face(self, recalls: bool = False) -> str:
        who = self.plan.law.played if self.plan.opposite else self.plan.law.opposite
        self.opposite = import_string(who[self.sut.sut.role])(self)
        if recalls:
            self._recall()
        return str(await self.opposite.start())

    def _recall(self) -> None:
        """What was left behind, as far as the log says, in an earlier session or on another column: on the wire, and at the
        bench, where the control does not know."""
        transcript = import_string(self.plan.law.view)(self.plan.terms)
        owed = self._owed if self.control is None else {}
        act: Entry | None = None
        for entry in read(self.wire.path, verify=False):
            frame = transcript.feed(entry)
            if frame is not None:
                self.opposite.recalls(frame)
            if entry.mark == "case-end":
                transcript.forget()
            elif entry.mark == "not-done":
                act = None
            elif entry.mark == "act":
                self.opposite.acted(entry.facts["action"])
                recall_act(owed, act, done=True)
                act = entry
        recall_act(owed, act, done=False)

    async def _embed(self) -> None:
        """A fresh party as SUT, and the opposite party, one dialling the other."""
        endpoint = self.sut.endpoint
        password, token = (s.get_secret_value() if s else None for s in (endpoint.password, endpoint.token))
        site = Site(self.clock, self.tasks, self.pics, endpoint.identity, password, provision=Provision.of(self.sut), token=token)
        site.service, site.speaks = self.service, self.speaks or site.speaks
        site.wire = self.wire if ROLES[self.sut.sut.role].tapped else None
        make = find_party(self.sut.control.party, self.sut.sut.role)
        self._target = make(site)
        if self.plan.fault:
            self.plan.fault.function(self._target)
        self.control = Control(self, self.sut.sut.role, self._target)
        if ROLES[self.sut.sut.role].dials:
            site.url = await self._face()
            await self._target.start()
        else:
            self.url = await self._target.start()
            await self._face()

    async def _leave(self) -> None:
        if not self.plan.embedded:
            await self.opposite.end()
            return
        target, opposite, self._target, self.opposite = self._target, self.opposite, None, None
        try:
            if target:
                await target.stop()
        finally:
            try:
                if opposite:
                    await opposite.stop()
            finally:
                await self.tasks.cancel()

    def _logged(self, entry: Entry) -> None:
        frame = self.judge.feed(entry)
        if frame is not None and frame.by == "sut":
            self.expectations.offer(frame)
        elif frame is not None and self.opposite:
            self.opposite.spoke(frame)

    def _died(self, error: BaseException) -> None:
        """Ours broke: the case is an error, whatever else it shows."""
        last = traceback.extract_tb(error.__traceback__)[-1:]
        place = f" at {last[0].filename.rsplit('/', 1)[-1]}:{last[0].lineno}" if last else ""
        self.wire.mark("error", why=f"{type(error).__name__}: {error}{place}")

    def _watch_lag(self, due: float) -> None:
        loop = asyncio.get_running_loop()
        late = loop.time() - due
        if late > LAG_WORTH_A_MARK:
            self.wire.mark("lag", seconds=round(late, 3))
        self._lag = loop.call_later(0.1, self._watch_lag, loop.time() + 0.1)


def recall_act(owed: Owed, act: Entry | None, done: bool) -> None:
    """What an act of an earlier session left. One that may not have been ``done``, for the run was cut short in it, leaves
    what it leaves, and takes nothing away."""
    if act is None:
        return
    before = {} if done else dict(owed)
    note_owed(owed, act.facts["action"], act.facts["parameters"])
    owed.update(before)


async def call_if_there(target: Any, method: str) -> None:
    """Calls an optional method, a coroutine or a plain one. Raises UsageError with one line: it is a user's code."""
    perform = getattr(target, method, None)
    if perform is None:
        return
    try:
        done = perform()
        if inspect.isawaitable(done):
            await done
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(f"control: {method}() of {type(target).__name__}: {one_line(error)}") from error
