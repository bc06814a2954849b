"""reports/example: what `evconform certify` writes of the virtual INCH. Without options it is made anew; ``--check BUNDLE
--allure RESULTS`` says where it is not what a run wrote now, but for what differs from run to run: dates, hashes, chance."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

from pypdf import PdfReader

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "reports" / "example"
SUT = "etrel-inch"
CASE = "cases/OCPP16-CP-BOOT-03.html"
COUNTS, RESULT = "allure-counts.json", "allure-result.json"
FILES = ("report.html", "report.pdf", "summary.md", "junit.xml", CASE)
"""Of the bundle, with every badge. The pages of the other cases and the wire log, some 10 MB, are left out."""

CHANCE = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?", "‹instant›"),
    (r"\d\d \w+ \d{4}, \d\d:\d\d:\d\d UTC", "‹date›"),
    (r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "‹date›"),
    (r"\bon \d{4}-\d\d-\d\d\b", "on ‹date›"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "‹id›"),
    (r"127\.0\.0\.1:\d+", "‹address›"),
    (r"(Sec-WebSocket-(Key|Accept): )\S+", r"\1‹key›"),
    (r"digest=[0-9a-f]+", "digest=‹hash›"),
    (r"<code>[0-9a-f]{12,64}</code>", "‹hash›"),
    (r"edition [0-9a-f]{12}\b", "edition ‹hash›"),
    (r"\b1\d{9}\.\d+", "‹seconds›"),
    (r" with changes that are not committed", ""),
    (r", from a checkout at commit ‹hash›|, from the wheel with \S+?(?=<)|; neither a commit nor[^<]*", ""),
    (r"<dt>(Environment|Took)</dt><dd>.*?</dd>", ""),
    (r'\btime="[\d.]+"', ""),
    (r"; \d+\.\d+ s", ""),  # of a case that waits for the clock to strike
    (r"[\d.]+ s later", "‹later›"),
    (r"… \d+ more,", "… ‹some› more,"),  # a wait for the full minute is a row, unless the minute is nearly full
)
"""Pattern to what stands for it: what no two runs have in common."""


def of_chance(text: str) -> str:
    for pattern, instead in CHANCE:
        text = re.sub(pattern, instead, text)
    return text


def comparable(file: Path) -> list[str]:
    """The lines of a file that every run of the same law writes."""
    if file.suffix == ".pdf":
        return of_chance("\n".join(outline(PdfReader(file)))).splitlines()
    return of_chance(file.read_text("utf-8")).replace("><", ">\n<").splitlines()


def outline(pdf: PdfReader) -> Iterator[str]:
    """The sentences and the head, then every heading: each chapter, case and verdict is one."""
    yield from pdf.pages[0].extract_text().split("Clock")[0].splitlines()
    headings: list[Any] = list(pdf.outline)
    while headings:
        first = headings.pop(0)
        if isinstance(first, list):
            headings = first + headings
        else:
            yield str(first.title)


def allure(results: Path) -> dict[str, str]:
    """How many results of the INCH have which status and label; and the result of the case whose page is shown."""
    rows = [json.loads(file.read_text("utf-8")) for file in sorted(results.glob("*-result.json"))]
    rows = [row for row in rows if label(row, "parentSuite").startswith("Etrel INCH")]
    counts = {"status": Counter(row["status"] for row in rows)}
    for name in ("verdict", "standing", "severity", "suite"):
        counts[name] = Counter(label(row, name) for row in rows)
    [shown] = [row for row in rows if label(row, "testcase") == Path(CASE).stem]
    return {COUNTS: as_text(counts), RESULT: as_text(dated(shown))}


def label(row: dict[str, Any], name: str) -> str:
    return next((str(each["value"]) for each in row["labels"] if each["name"] == name), "")


def dated(row: Any) -> Any:
    """The result with all its moments 0, as they are in every run."""
    if isinstance(row, dict):
        return {k: 0 if k in ("start", "stop") else dated(v) for k, v in row.items()}
    return [dated(each) for each in row] if isinstance(row, list) else row


def as_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def names(bundle: Path) -> list[str]:
    return [*FILES, *sorted(file.relative_to(bundle).as_posix() for file in (bundle / "badges").glob("*.svg"))]


def write(bundle: Path, results: Path) -> None:
    for folder in ("cases", "badges"):
        shutil.rmtree(EXAMPLE / folder, ignore_errors=True)
        (EXAMPLE / folder).mkdir(parents=True)
    for name in names(bundle):
        shutil.copyfile(bundle / name, EXAMPLE / name)
    for name, text in allure(results).items():
        (EXAMPLE / name).write_text(text, "utf-8")


def differences(bundle: Path, results: Path) -> Iterator[str]:
    """Where the example is not what a run wrote."""
    if names(bundle) != names(EXAMPLE):
        yield f"the files are {names(EXAMPLE)}, and a run writes {names(bundle)}"
        return
    for name in names(bundle):
        yield from changed(name, comparable(EXAMPLE / name), comparable(bundle / name))
    for name, text in allure(results).items():
        yield from changed(name, of_chance((EXAMPLE / name).read_text("utf-8")).splitlines(), of_chance(text).splitlines())


def changed(name: str, then: list[str], now: list[str]) -> Iterator[str]:
    yield from list(unified_diff(then, now, f"example/{name}", f"now/{name}", lineterm="", n=0))[:20]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", type=Path, metavar="BUNDLE", help="the bundle of a certification of the INCH")
    parser.add_argument("--allure", type=Path, metavar="RESULTS", help="its Allure results")
    asked = parser.parse_args()
    if asked.check:
        found = list(differences(asked.check, asked.allure))
        print("\n".join(line[:300] for line in found) or "reports/example is what a run writes now")
        sys.exit("reports/example is not what a run writes now: `make example`, look at it, and commit it" if found else 0)
    with tempfile.TemporaryDirectory() as folder:
        line = [
            sys.executable,
            "-m",
            "evconform",
            "certify",
            "--sut",
            f"{SUT}.toml",
            "--report",
            folder,
            "--allure",
            f"{folder}/allure",
        ]
        subprocess.run(line, check=True, cwd=ROOT)
        write(Path(folder, SUT), Path(folder, "allure"))


if __name__ == "__main__":
    main()
