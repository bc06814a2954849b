"""Text that can be printed: with the fonts that Typst brings, in one direction, breaking where a line ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate
from typing import Any

STRANGE = re.compile("[^\n -~¡-¬®-˿΄-ΊΌΎ-ΡΣ-҂Ҋ-ӿḀ-ἕ‐-‧‰-⁀₠-⃀℀-℞™Ω←-⏿␣①-☆☉-☯✁-✄✓✔✗-✦✪-❋⟨-⟫⤀-⫿]")
"""What the embedded fonts do not show in each of their faces, what has no width, and what runs from right to left and so
moves its neighbours. A test prints all that is left, by a standard that takes no missing glyph."""
WORD = re.compile(r"\S{20,}")
JOINTS = re.compile(r"([,:;/&=}\]_.])(?=\w|[^\w\s])")
RUN = re.compile(r"[^\s\u200b]{30}(?=[^\s\u200b])")
BREAK = "\u200b"
"""A place where a line may break."""
AT_MOST = 700
"""Characters of a text; in a frame, of a piece of it."""
WHOLE = ("reproduce",)
"""Members that are of no use in part: what one pastes."""


def shortened(text: str, most: int) -> str:
    """The text, its middle left out where it is long: a SUT may have said what it says."""
    return text if len(text) <= most else f"{text[: most * 2 // 3]} … {text[-(most // 3) :]}"


def shortened_in_lines(text: str, most: int) -> str:
    """The same, with whole lines left out where it has several."""
    lines = text.split("\n")
    first, last = fitting(lines, most * 2 // 3), fitting(lines[::-1], most // 3)
    if len(text) <= most or not first or not last:
        return shortened(text, most)
    return "\n".join([*lines[:first], "…", *lines[-last:]])


def fitting(lines: list[str], most: int) -> int:
    """How many of the first lines have together no more characters than that."""
    return sum(length <= most for length in accumulate(len(line) + 1 for line in lines))


def printable(value: Any, hide: Callable[[str], str], whole: bool = False) -> Any:
    """The same with every text made printable. A secret goes before the text is cut: it must not be halved."""
    if isinstance(value, str):
        text = hide(value) if whole else shortened(hide(value), AT_MOST)
        shown = STRANGE.sub(lambda found: escaped(ord(found[0])), text)
        return shown if whole else breakable(shown)
    if isinstance(value, dict):
        return {name: printable(member, hide, name in WHOLE) for name, member in value.items()}
    return [printable(member, hide, whole) for member in value] if isinstance(value, list | tuple) else value


def escaped(code: int) -> str:
    return {9: "\\t", 13: "\\r"}.get(code) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:04x}}}")


def breakable(text: str) -> str:
    """The text with places to break where a word is too long for a line: at its joints, and else anywhere."""
    return WORD.sub(lambda word: RUN.sub(rf"\g<0>{BREAK}", JOINTS.sub(rf"\1{BREAK}", word[0])), text)
