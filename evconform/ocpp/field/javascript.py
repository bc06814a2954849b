"""A value as JavaScript's ``util.inspect`` prints it, as JSON."""

from __future__ import annotations

import json
import re

TOKEN = re.compile(
    r"\s+|(?P<mark>[{}\[\],:])|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`\\]|\\.)*`)"
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_$][\w$]*)",
    re.ASCII,
)
WORDS = {"undefined": "null", "null": "null", "true": "true", "false": "false", "NaN": "null"}


def as_json(text: str) -> str | None:
    """The first value of the text as JSON; None if it is none, or is not printed whole (``[Object]``)."""
    out: list[str] = []
    at = depth = 0
    while at < len(text):
        token = TOKEN.match(text, at)
        if token is None:
            return None
        at = token.end()
        word = json_of(token)
        if word is None:
            return None
        out.append(word)
        depth += (word in "{[") - (word in "}]") if word else 0
        if out and depth == 0 and word in ("}", "]"):
            break
    try:
        return json.dumps(json.loads(re.sub(r",(?=[}\]])", "", "".join(out))), separators=(",", ":"), ensure_ascii=False)
    except ValueError:
        return None


def json_of(token: re.Match[str]) -> str | None:
    """A token as JSON has it; empty for a blank, None for what JSON has not."""
    if token["text"]:
        inner = re.sub(r"\\(.)", lambda escape: {"n": "\n", "t": "\t"}.get(escape[1], escape[1]), token["text"][1:-1])
        return json.dumps(inner, ensure_ascii=False)
    if token["name"]:
        if token["name"] in WORDS:
            return WORDS[token["name"]]
        follows = token.string[token.end() :].lstrip()[:1]
        return json.dumps(token["name"]) if follows == ":" else None
    return token["mark"] or token["number"] or ""
