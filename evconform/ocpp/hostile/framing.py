"""Messages that break the framing of OCPP-J (chapter 4): for each action, and for no action at all."""

from __future__ import annotations

import json
from collections.abc import Iterator

from evconform.ocpp.hostile.item import ID, Kind, Mutation

FRAME = "(message)"
ACTION = "(action)"
PAYLOAD = "(payload)"
MESSAGE_ID = "(message id)"

Framed = Iterator[tuple[str, Mutation, str]]
"""Field, mutation, text of the whole message."""


def call(action: str, payload: str, message_id: str = f'"{ID}"') -> str:
    return f"[2,{message_id},{json.dumps(action)},{payload}]"


def of_action(action: str, payload: str, *, empty: bool) -> Framed:
    """``payload``: JSON text of a legal one; ``empty``: the action needs no member."""
    yield from _payloads(action, payload, empty)
    yield from _actions(action, payload)
    yield from _ids(action, payload)
    yield from _shapes(action, payload, empty)


def _payloads(action: str, payload: str, empty: bool) -> Framed:
    samples = {"array": "[]", "text": '"{}"', "number": "1", "true": "true", "array-of-it": f"[{payload}]"}
    for name, raw in samples.items():
        yield PAYLOAD, Mutation(f"payload-{name}", "framing", "illegal", raw), call(action, raw)
    text = json.dumps(payload)
    yield PAYLOAD, Mutation("payload-text-of-it", "framing", "illegal", text), call(action, text)
    kind: Kind = "unclear" if empty else "illegal"  # null stands for no member (4.2.1)
    yield PAYLOAD, Mutation("payload-null", "framing", kind, "null"), call(action, "null")
    if not empty:
        yield PAYLOAD, Mutation("payload-empty", "missing", "illegal", "{}"), call(action, "{}")


def _actions(action: str, payload: str) -> Framed:
    """Case counts, and an action has no slash (4.2.1)."""
    others = {
        "lower-case": action.lower(),
        "upper-case": action.upper(),
        "slash": f"/{action}",
        "request": f"{action}Request",
        "dot-req": f"{action}.req",
        "blank-behind": f"{action} ",
        "camel-case": action[0].lower() + action[1:],
    }
    for name, other in others.items():
        yield ACTION, Mutation(f"action-{name}", "unknown-action", "illegal", json.dumps(other)), call(other, payload)
    yield ACTION, Mutation("action-in-array", "framing", "illegal", "[]"), f'[2,"{ID}",["{action}"],{payload}]'
    yield ACTION, Mutation("action-number", "framing", "illegal", "1"), f'[2,"{ID}",1,{payload}]'
    yield ACTION, Mutation("action-null", "framing", "illegal", "null"), f'[2,"{ID}",null,{payload}]'


def _ids(action: str, payload: str) -> Framed:
    """The id is a string of at most 36 characters; what the receiver of another one does is not said."""
    for name, raw in {"number": "4711", "null": "null", "object": "{}", "true": "true", "array": "[]"}.items():
        yield MESSAGE_ID, Mutation(f"id-{name}", "framing", "unreadable", raw), call(action, payload, raw)
    for name, raw in {"empty": '""', "37-characters": f'"{ID}x"', "1000-characters": f'"{ID}{"x" * 964}"'}.items():
        yield MESSAGE_ID, Mutation(f"id-{name}", "framing", "unreadable", raw), call(action, payload, raw)


def _shapes(action: str, payload: str, empty: bool) -> Framed:
    whole = call(action, payload)
    three = f'[2,"{ID}","{action}"]'
    yield FRAME, Mutation("without-payload", "framing", "unclear" if empty else "unreadable", None), three
    shapes = {
        "one-element-more": f"{whole[:-1]},{{}}]",
        "white-space": " " + whole.replace(",", " ,\t\r\n ", 3) + "\n",
    }
    for name, text in shapes.items():
        yield FRAME, Mutation(name, "framing", "unclear", None), text
    broken = {
        "without-bracket": whole[:-1],
        "cut-in-half": whole[: len(whole) // 2],
        "trailing-comma": f"{whole[:-1]},]",
        "two-messages": whole + whole,
        "as-text": json.dumps(whole),
        "byte-order-mark": "\ufeff" + whole,
        "in-array": f"[{whole}]",
        "in-object": f'{{"message":{whole}}}',
        "type-as-text": whole.replace("[2,", '["2",', 1),
        "type-2.0": whole.replace("[2,", "[2.0,", 1),
        "type-1": whole.replace("[2,", "[1,", 1),
        "type-5": whole.replace("[2,", "[5,", 1),
        "type-null": whole.replace("[2,", "[null,", 1),
        "type-minus-2": whole.replace("[2,", "[-2,", 1),
    }
    for name, text in broken.items():
        yield FRAME, Mutation(name, "framing", "unreadable", None), text


NO_ACTION: dict[str, dict[str, str]] = {
    "no-json": {
        "nothing": "",
        "blank": " ",
        "word": "hello",
        "deep-and-open": "[" * 100000,
        "nul": "\0",
        "markup": "<soap:Envelope/>",
    },
    "no-call": {
        "number": "42",
        "null": "null",
        "true": "true",
        "text": '"hello"',
        "object": "{}",
        "array": "[]",
        "array-of-arrays": "[[]]",
        "only-type": "[2]",
        "type-and-id": f'[2,"{ID}"]',
        "thousand-elements": f'[2,"{ID}"{",0" * 998}]',
        "deep": "[" * 10000 + "]" * 10000,
        "send-of-2.1": f'[6,"{ID}","Heartbeat",{{}}]',
        "64-kibibytes": f'[9,"{"x" * 2**16}"]',
    },
    "stray-answer": {
        "result": f'[3,"{ID}",{{}}]',
        "result-null": f'[3,"{ID}",null]',
        "result-without-id": "[3]",
        "result-number-id": "[3,1,{}]",
        "result-array-id": "[3,[],{}]",
        "error": f'[4,"{ID}","GenericError","",{{}}]',
        "error-FormatViolation": f'[4,"{ID}","FormatViolation","",{{}}]',
        "error-OccurrenceConstraintViolation": f'[4,"{ID}","OccurrenceConstraintViolation","",{{}}]',
        "error-unknown-code": f'[4,"{ID}","Evconform","",{{}}]',
        "error-short": f'[4,"{ID}"]',
        "error-of-nulls": "[4,null,null,null,null]",
        "error-details-text": f'[4,"{ID}","GenericError","","none"]',
    },
}
"""Messages of no action, by group: no JSON, no CALL, answers to nothing with the error codes of errata and later versions."""


def of_nothing() -> Framed:
    for group, texts in NO_ACTION.items():
        yield from ((FRAME, Mutation(name, group, "unreadable", None), text) for name, text in texts.items())
