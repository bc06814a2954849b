"""A product that cannot be reached on one of its columns: its other columns are tested all the same, and the report says why
that one was not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evconform.harness import content
from tests.harness.test_columns_foreign import SUT, free

MUTE = '''
from columns_bench import Bench


class Mute(Bench):
    """There is nobody on the second column."""

    @property
    def mute(self):
        return self.now == "ocpp1.6-soap"

    async def comes_up(self):
        None if self.mute else await super().comes_up()

    async def stop(self):
        None if self.mute else await super().stop()

    async def speaks(self, speaks):
        None if self.mute else await self.inch.stop()
        self.now = speaks
        await self.comes_up()

    async def power_cycle(self):
        None if self.mute else await super().power_cycle()
'''
COLUMNS = '["ocpp1.6-json", "ocpp1.6-soap", "ocpp1.5-soap"]'
CASES = ("OCPP16-CP-BOOT-01", "OCPP16S-CP-REACH-01.soap", "OCPP16-CP-CONF-01", "OCPP15-CP-CONF-02")


def ran(evconform: Callable[..., Any], folder: Path) -> tuple[Any, dict[str, Any]]:
    """What a run of a product said that nobody reaches over SOAP 1.6, and its report."""
    shutil.copyfile(Path(__file__).with_name("columns_bench.py.txt"), folder / "columns_bench.py")
    (folder / "mute.py").write_text(MUTE, "utf-8")
    pics = content.find("three-columns.toml", "pics", Path(), []).read_text("utf-8")
    (folder / "pics.toml").write_text(pics.replace("basic_authentication = true", "basic_authentication = false"), "utf-8")
    sut = SUT.format(json=free(), soap=free()).replace("columns_bench:Bench", "mute:Mute")
    sut = sut.replace('["ocpp1.6-json", "ocpp1.6-soap"]', COLUMNS).replace("boot_within = 20", "boot_within = 5")
    (folder / "my.toml").write_text(sut, "utf-8")
    cases = [word for case in CASES for word in ("--case", case)]
    done = evconform("run", "--sut", folder / "my.toml", "--report", folder / "reports", *cases)
    return done, json.loads((folder / "reports" / "my" / "report.json").read_text("utf-8"))


def test_only_that_column_ends(evconform: Callable[..., Any], tmp_path: Path) -> None:
    done, report = ran(evconform, tmp_path)
    verdicts = {case["id"]: case["verdict"] for case in report["cases"]}
    [unreached] = [id for id, verdict in verdicts.items() if verdict == "inconclusive"]
    assert unreached.endswith(".soap"), done.stdout
    passed = {id for id, verdict in verdicts.items() if verdict == "pass"}
    assert passed == {"OCPP16-CP-BOOT-01", "OCPP16-CP-CONF-01", "OCPP15-CP-CONF-02.soap15"}, done.stdout
    assert done.returncode == 2
    assert "INCOMPLETE: soap: the SUT cannot be reached: the charge point CP-1" in done.stdout
    untested = {column["word"]: column["untested"] for column in report["columns"]}
    assert (untested["json"], untested["soap15"]) == ("", "")
    assert untested["soap"].startswith("the SUT cannot be reached: ")
    summary = (tmp_path / "reports" / "my" / "summary.md").read_text("utf-8")
    assert "**‼ INCOMPLETE**: soap: the SUT cannot be reached" in summary
    assert "was not tested: the SUT cannot be reached" in summary
    agreed = evconform("judge", tmp_path / "reports" / "my")
    assert agreed.returncode == 0, agreed.stdout
    assert "all agree" in agreed.stdout
