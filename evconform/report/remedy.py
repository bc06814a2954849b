"""What a person does about a case that did not come to a verdict, and how anyone runs a case again."""

from __future__ import annotations

import re
import shlex

AGAIN = "reports/again"
"""Where a reproduction writes: not over the report that it reproduces."""

REMEDIES = (
    (
        r"longest_wait",
        "Raise “longest_wait” in [pixit] of the SUT file, or leave it out, and give the run the time; the same case on an "
        "embedded product takes no time.",
    ),
    (
        r"cannot|nobody at the terminal|stopped by the person",
        "Give the control of the SUT this action (docs/plug-in-your-sut.md, Control), or let a person: control “operator”.",
    ),
    (
        r"no connection to|not connected|did not connect|cannot be reached",
        "Make the SUT reach the endpoint that the SUT file names: address, port, identity, password and TLS. A capture of the "
        "network on both sides tells who does not answer.",
    ),
    (r"cut short|interrupted|killed", "Run it again, and let it come to its end."),
    (
        r"\w: (?:GET|POST|PUT|PATCH|DELETE) \S+: .*",
        "The control over HTTP did not do what it was asked: try it with “evconform control check”.",
    ),
    (
        r"heard none|nothing of the kind|within [\d.]+ s",
        "See on the wire whether the product did something else. If it only takes longer, raise “patience” (or the time named) "
        "in [pixit] of the SUT file; if it cannot do this at all, mend the answer in the PICS that claims it.",
    ),
    (
        r"nothing was seen",
        "No situation came about in which the requirement could be judged: let the product do what the requirement is about (its "
        "sentence says what), or mend the answer in the PICS that claims it.",
    ),
)
"""What the reason of an inconclusive case says, to what would supply what was missing; the first that fits."""
OTHERWISE = "See on the wire, in the frames before the end of the case, what the product did instead."


def remedy(reason: str) -> str:
    """How to supply what an inconclusive case missed."""
    return next((text for pattern, text in REMEDIES if re.search(pattern, reason)), OTHERWISE)


def reproduce(command: str, mode: str, sut_file: str, case: str, column: str = "") -> str:
    """The command that runs one case again: the same content, no waivers where none were honoured, a folder of its own.
    ``column``: its word, where its id alone would name it in others too."""
    words = shlex.split(command)
    if mode == "certify":
        if words[1:2] != ["certify"]:
            words = ["evconform", "certify", "--sut", sut_file]
        kept = [w for before, w in zip(["", *words], words, strict=False) if "--waivers" not in (before, w)]
        words = [kept[0], "run", *kept[2:]]
    kept = without(words, "--report", "--case", "--column", "--resume")
    return shlex.join([*kept, "--report", AGAIN, "--case", case, *(["--column", column] if column else [])])


def without(words: list[str], *options: str) -> list[str]:
    """A command line without some of its options, each with its value."""
    kept = [w for before, w in zip(["", *words], words, strict=False) if not {before, w} & set(options)]
    return [w for w in kept if not w.startswith(tuple(f"{option}=" for option in options))]
