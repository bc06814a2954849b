"""Builds the wheel, installs it into a fresh environment, certifies from an empty folder, and compares every verdict with
that of the checkout. Run by `tox run -e wheel`. ``--reports DIR``: what the checkout said, if it is of this very commit; else it
certifies, too."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
SUTS = ("etrel-inch", "two-connector", "fixed-cable-dc", "reference-cpo", "plain-central-system")


def verdicts(reports: Path) -> dict[str, dict[str, str]]:
    """SUT to case to verdict."""
    found = {sut: json.loads((reports / sut / "report.json").read_text("utf-8")) for sut in SUTS}
    return {sut: {case["id"]: case["verdict"] for case in report["cases"]} for sut, report in found.items()}


def is_of_now(reports: Path) -> bool:
    """Whether these are reports of this checkout as it is, with nothing in it changed."""
    files = [reports / sut / "report.json" for sut in SUTS]
    if not all(file.is_file() for file in files) or git("status", "--porcelain", "--untracked-files=no"):
        return False
    made = [json.loads(file.read_text("utf-8"))["header"]["environment"] for file in files]
    return all((each["commit"], each["changed"]) == (git("rev-parse", "HEAD"), False) for each in made)


def git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True).stdout.strip()


def serves(program: Path, folder: Path) -> None:
    """The reference CPO starts from the wheel: its migrations and its page are in there."""
    line = [program, "serve", "cpo", "--listen", "ws://127.0.0.1:0/ocpp", "--http", "http://127.0.0.1:0", "--token", "t"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
        assert process.stdout is not None
        if "ready\n" not in process.stdout:
            sys.exit("evconform serve cpo did not get ready")
        process.terminate()
        if process.wait(60) != 0:
            sys.exit(f"evconform serve cpo ended with {process.returncode}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=Path, metavar="DIR", default=Path("none"))
    reports = parser.parse_args().reports
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder / "dist"), str(CHECKOUT)]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        (wheel,) = (folder / "dist").glob("*.whl")
        venv.create(folder / "venv", with_pip=True)
        binaries = folder / "venv" / "bin"
        subprocess.run([binaries / "pip", "install", "--quiet", str(wheel)], check=True)
        empty = folder / "empty"
        empty.mkdir()
        subprocess.run([binaries / "evconform", "certify"], check=True, cwd=empty)
        if not is_of_now(reports):
            reports = folder / "own"
            subprocess.run([sys.executable, "-m", "evconform", "certify", "--report", str(reports)], check=True, cwd=CHECKOUT)
        serves(binaries / "evconform", empty)
        for sut in SUTS:
            subprocess.run([binaries / "evconform", "judge", f"reports/{sut}"], check=True, cwd=empty)
        wheel_says, checkout_says = verdicts(empty / "reports"), verdicts(reports)
    if wheel_says != checkout_says:
        sys.exit(f"the wheel says {wheel_says}\nthe checkout says {checkout_says}")
    print(f"the wheel and the checkout agree on {sum(map(len, wheel_says.values()))} verdicts")


if __name__ == "__main__":
    main()
