"""A back office that lives through the campaign, on wall time: registered once, and again where that was lost."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.campaign import Campaign, Plan
from evconform.harness.catalogue import Law
from evconform.harness.clock import Clock, Tasks
from evconform.harness.form import Form
from evconform.harness.judge import CaseResult
from evconform.harness.law import Requirement, TestCase
from evconform.harness.party import Site
from evconform.harness.pics import Pics
from evconform.harness.sut import read
from evconform.harness.verdict import Level, Verdict
from evconform.harness.wire import WireLog, past_of
from evconform.ocpi.expected import ok
from tests.broken.pki import write
from tests.ocpi import foreign
from tests.ocpi.conftest import OPPOSITE, ROW, VIEW
from tests.ocpi.dummy import Dummy

TOKEN = "the-token-of-the-file"


class Foreign:
    """A campaign against a dummy that is there before it; ``can``: whether its control can make it accept new partners."""

    def __init__(self, folder: Path, can: bool = True) -> None:
        self.folder = folder
        self.can = can
        self.resumes = False
        self.certificate = ""
        """Which one of the tests' PKI the SUT shows; none: plain HTTP."""
        self.results: list[CaseResult] = []

    def run(self, *cases: tuple[Callable[..., Any], str]) -> list[Verdict]:
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(self._runs(loop, cases))
        finally:
            loop.close()
        return [each.verdict for each in self.results]

    async def _runs(self, loop: asyncio.AbstractEventLoop, cases: tuple[tuple[Callable[..., Any], str], ...]) -> None:
        clock, tasks = Clock(loop), Tasks()
        self.dummy = foreign.here = Dummy(Site(clock, tasks, Pics({}), ""))
        self.dummy.invites(TOKEN)
        if self.certificate:
            server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=self.folder / "ca.pem")
            server.load_cert_chain(self.folder / f"{self.certificate}.pem")
            self.dummy.endpoint.client.tls = client
            url = await self.dummy.endpoint.listen("https://127.0.0.1:0/ocpi/cpo", server)
        else:
            url = await self.dummy.start()
        if not self.can:
            self.dummy.invites = None  # type: ignore[method-assign, assignment]
        self.dummy.start = self.dummy.stop = lambda: None  # type: ignore[method-assign, assignment, return-value]
        for past in (False, True) if self.resumes else (False,):
            await self._session(self._plan(url, cases), clock, past)
        await self.dummy.endpoint.stop()
        await tasks.cancel()
        tasks.check()

    async def _session(self, plan: Plan, clock: Clock, past: bool) -> None:
        path = self.folder / "wire.jsonl"
        wire = WireLog(path, clock, past_of(path) if past else None)
        if past:
            wire.mark("resumed")
        campaign = Campaign(plan, wire, clock, past)
        await campaign.open()
        for case in plan.law.cases.values():
            self.results.append(await campaign.run(case))
        await campaign.close()
        wire.close()

    def _plan(self, url: str, cases: tuple[tuple[Callable[..., Any], str], ...]) -> Plan:
        law = Law("ocpi221", "OCPI 2.2.1", VIEW, OPPOSITE, {}, Path(), Form())
        law.requirements = {ROW: Requirement(ROW, "1", ("cpo",), Level.MUST, "It holds.")}
        for n, (function, base) in enumerate(cases):
            law.cases[f"C{n}"] = TestCase(f"C{n}", (ROW,), function, "suites.ocpi221.cpo.test_it", "It holds.", base=base)
        file = self.folder / "sut.toml"
        file.write_text(
            '[sut]\nproduct = "Dummy"\nversion = "1"\nrole = "cpo"\nspeaks = ["ocpi2.2.1"]\npics = "none.toml"\n'
            f'[control]\nkind = "python"\nentry = "tests.ocpi.foreign:control"\n[endpoint]\nurl = "{url}"\ntoken = "{TOKEN}"\n'
            + ('listen = "https://127.0.0.1:0/ours"\ncertificate = "good.pem"\ntrust = "ca.pem"\n' if self.certificate else "")
        )
        return Plan(law, read(file), Pics({}), file)

    @property
    def log(self) -> str:
        return (self.folder / "wire.jsonl").read_text()


async def looks(emsp: Any) -> None:
    await emsp.gets("locations", expects=ok(), proves=ROW)


async def is_new(emsp: Any) -> None:
    await emsp.registers(proves=ROW)


async def leaves(emsp: Any) -> None:
    await emsp.leaves(proves=ROW)


@pytest.fixture
def sut(tmp_path: Path) -> Foreign:
    return Foreign(tmp_path)


def test_it_is_registered_once_with_the_token_of_the_file(sut: Foreign) -> None:
    assert sut.run((looks, ""), (looks, ""), (looks, "")) == [Verdict.PASS] * 3
    assert sut.log.count("POST /ocpi/cpo/2.2.1/credentials") == 1
    assert sut.log.count("GET /ocpi/cpo/2.2.1/credentials") == 2
    assert TOKEN not in sut.log


def test_a_registration_that_was_lost_is_restored(sut: Foreign) -> None:
    async def is_forgotten(emsp: Any) -> None:
        await looks(emsp)
        sut.dummy.registration.is_over()

    assert sut.run((is_forgotten, ""), (looks, ""), (leaves, ""), (looks, "")) == [Verdict.PASS] * 4
    assert sut.log.count("POST /ocpi/cpo/2.2.1/credentials") == 3


def test_a_case_that_begins_unregistered_ends_the_registration_first(sut: Foreign) -> None:
    assert sut.run((looks, ""), (is_new, "unregistered"), (looks, "")) == [Verdict.PASS] * 3
    assert sut.log.count("DELETE /ocpi/cpo/2.2.1/credentials") == 1


def test_nothing_is_ended_that_cannot_be_had_again(tmp_path: Path) -> None:
    sut = Foreign(tmp_path, can=False)
    verdicts = sut.run((looks, ""), (is_new, "unregistered"), (leaves, ""), (looks, ""))
    assert verdicts == [Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE, Verdict.PASS]
    assert "cannot make it accept a new token A" in sut.results[1].reason
    assert "DELETE" not in sut.log


@pytest.mark.parametrize("can", [True, False])
def test_a_session_that_goes_on_knows_that_the_token_of_the_file_was_used(tmp_path: Path, can: bool) -> None:
    """No token is on the disk, so it registers anew, if the SUT accepts a new token A."""
    sut = Foreign(tmp_path, can)
    sut.resumes = True
    assert sut.run((looks, "")) == [Verdict.PASS, Verdict.PASS if can else Verdict.INCONCLUSIVE]
    assert can or "the one in the SUT file was used" in sut.results[1].reason


@pytest.mark.parametrize(("certificate", "verdict"), [("good", Verdict.PASS), ("expired", Verdict.INCONCLUSIVE)])
def test_both_sides_speak_tls_and_judge_certificates(sut: Foreign, certificate: str, verdict: Verdict) -> None:
    async def is_secure(emsp: Any) -> None:
        assert emsp.url.startswith("https://127.0.0.1:")
        await looks(emsp)

    write(sut.folder)
    sut.certificate = certificate
    assert sut.run((is_secure, "")) == [verdict]
    assert '"kind":"tls"' in sut.log
    assert ("certificate has expired" in sut.results[0].reason) is (certificate == "expired")
