"""The bundle: whole as it was written, and whatever was changed since is named."""

from __future__ import annotations

import asyncio
import fcntl
import re
from pathlib import Path

import pytest

from evconform.harness.clock import Clock
from evconform.harness.verdict import UsageError
from evconform.harness.wire import WireLog
from evconform.report import bundle as bundles
from evconform.report.bundle import WIRE, fresh, tampered

FILES = ["report.json", "report.html", "junit.xml", "inputs"]


def flip(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 0x01
    file.write_bytes(content)


def test_a_fresh_bundle_is_as_it_was_written(certified: Path) -> None:
    assert tampered(certified) == []
    assert {f.name for f in certified.iterdir()} == set(bundles.FILES)


def test_the_manifest_is_what_sha256sum_writes(certified: Path) -> None:
    lines = (certified / bundles.MANIFEST).read_text("utf-8").splitlines()
    assert all(re.fullmatch(r"[0-9a-f]{64}  \S.*", line) for line in lines)
    names = [line.split("  ", 1)[1] for line in lines]
    assert names == sorted(f.relative_to(certified).as_posix() for f in certified.rglob("*") if f.is_file())[1:]


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75, 0.999])
def test_a_flipped_byte_in_the_wire_log_is_named_with_its_frame(bundle: Path, share: float) -> None:
    log = bundle / bundles.WIRE
    content = log.read_bytes()
    at = int(len(content) * share)
    flip(log, at)
    frame = content[:at].count(b"\n") + 1
    assert tampered(bundle) == [f"wire.jsonl: frame {frame} is not what was recorded"]


def test_the_last_byte_of_the_wire_log_is_named_with_its_frame_too(bundle: Path) -> None:
    log = bundle / bundles.WIRE
    frames = log.read_bytes().count(b"\n")
    flip(log, -1)
    [line] = tampered(bundle)
    assert line.startswith("wire.jsonl: ")
    assert str(frames) in line


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("at", [0, -1])
def test_a_flipped_byte_in_any_other_file_is_named(bundle: Path, name: str, at: int) -> None:
    files = [bundle / name] if name != "inputs" else sorted((bundle / name).iterdir())
    assert files
    for file in files:
        flip(file, at)
    assert tampered(bundle) == [f"{f.relative_to(bundle).as_posix()}: is not what was written" for f in files]


def test_a_flipped_byte_anywhere_in_the_manifest_is_told(bundle: Path) -> None:
    log, manifest = bundle / bundles.WIRE, bundle / bundles.MANIFEST
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])  # each look reads every file
    for page in sorted((bundle / "cases").iterdir())[1:]:
        page.unlink()
    manifest.write_text(bundles.manifest(bundle), "utf-8")
    assert tampered(bundle) == []
    whole = manifest.read_bytes()
    for at in range(len(whole)):
        for mask in (0x01, 0x80):
            changed = bytearray(whole)
            changed[at] ^= mask
            manifest.write_bytes(changed)
            assert tampered(bundle), f"byte {at}"


def test_a_missing_file_is_named(bundle: Path) -> None:
    (bundle / "junit.xml").unlink()
    assert tampered(bundle) == ["junit.xml: is missing"]


def test_a_missing_wire_log_is_named(bundle: Path) -> None:
    (bundle / bundles.WIRE).unlink()
    assert [line.split(":")[0] for line in tampered(bundle)] == ["wire.jsonl"]


def test_a_missing_manifest_is_named(bundle: Path) -> None:
    (bundle / bundles.MANIFEST).unlink()
    assert [line.split(" ")[0] for line in tampered(bundle)] == [bundles.MANIFEST]


@pytest.mark.parametrize("name", ["extra.txt", "inputs/extra.toml"])
def test_an_additional_file_is_named(bundle: Path, name: str) -> None:
    (bundle / name).write_text("more")
    assert tampered(bundle) == [f"{name}: is not in the manifest"]


def test_no_file_of_a_bundle_holds_a_secret(certified: Path) -> None:
    """The password of the shipped SUT file, which is a token in the wire log."""
    found = [f.name for f in certified.rglob("*") if f.is_file() and b"0123456789abcdef0123" in f.read_bytes()]
    assert found == []


def test_a_folder_with_something_else_in_it_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match=r"holds thesis\.txt, which is not part of a bundle"):
        fresh(tmp_path, {})
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_something_else_among_the_inputs_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match=r"thesis\.txt"):
        fresh(tmp_path, {})


def test_a_file_in_the_place_of_the_folder_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(UsageError, match=r"taken: [^\n]+$"):
        fresh(tmp_path / "taken", {})


def test_a_bundle_replaces_the_one_before(bundle: Path) -> None:
    fresh(bundle, {})
    assert [f.name for f in bundle.rglob("*")] == ["inputs"]


def test_a_bundle_that_is_being_written_is_not_replaced(tmp_path: Path) -> None:
    loop = asyncio.new_event_loop()
    (tmp_path / WIRE).write_text("evidence")
    with (tmp_path / WIRE).open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match=r"wire\.jsonl: the run that writes this is still under way"):
            fresh(tmp_path, {})
        with pytest.raises(UsageError, match=r"still under way"):
            WireLog(tmp_path / WIRE, Clock(loop))
    loop.close()
    assert (tmp_path / WIRE).read_text() == "evidence"


def test_a_folder_that_cannot_be_made_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"--report: cannot write to .*mine: Not a directory"):
        fresh(tmp_path / "file" / "mine", {})
