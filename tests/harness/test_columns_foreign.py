"""A charge point that is not ours, of two columns, on wall time: one run, set from one to the other in between."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evconform.harness import content

SUT = """
[sut]
product = "P"
version = "1"
role = "charge-point"
speaks = ["ocpp1.6-json", "ocpp1.6-soap"]
pics = "pics.toml"
[endpoint]
listen = "ws://127.0.0.1:{json}/ocpp"
soap = {{ listen = "http://127.0.0.1:{soap}/ocpp" }}
identity = "CP-1"
[control]
kind = "python"
entry = "columns_bench:Bench"
[pixit]
patience = 5
boot_within = 20
"""


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def test_a_run_goes_from_one_column_to_the_next(evconform: Callable[..., Any], tmp_path: Path) -> None:
    shutil.copyfile(Path(__file__).with_name("columns_bench.py.txt"), tmp_path / "columns_bench.py")
    pics = content.find("three-columns.toml", "pics", Path(), []).read_text("utf-8")
    (tmp_path / "pics.toml").write_text(pics.replace("basic_authentication = true", "basic_authentication = false"))
    (tmp_path / "my.toml").write_text(SUT.format(json=free(), soap=free()))
    cases = [word for case in ("OCPP16-CP-BOOT-01", "OCPP16-CP-CONF-01") for word in ("--case", case)]
    done = evconform("run", "--sut", tmp_path / "my.toml", "--report", tmp_path / "reports", *cases)
    report = json.loads((tmp_path / "reports" / "my" / "report.json").read_text("utf-8"))
    assert {case["id"]: (case["verdict"], case["reason"]) for case in report["cases"]} == {
        f"{case}{suffix}": ("pass", "") for case in cases[1::2] for suffix in ("", ".soap")
    }, done.stdout
    assert done.returncode == 0
    agreed = evconform("judge", tmp_path / "reports" / "my")
    assert agreed.returncode == 0, agreed.stdout
