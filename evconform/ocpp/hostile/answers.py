"""Hostile answers (OCPP-J 4.2.2, 4.2.3; OCPP-S 4): to a CALL that the SUT sends by itself comes one that is spoilt in one place,
and then, where there is room for two, the proper one. None is owed an answer, and none may do harm."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from dataclasses import replace
from typing import Any

from evconform.ocpp.hostile.answer_bases import TO_ANSWER
from evconform.ocpp.hostile.elements import BODY, Envelopes, of_body
from evconform.ocpp.hostile.envelopes import NO_ANSWER, of_answer
from evconform.ocpp.hostile.fields import WHOLE, of_payload
from evconform.ocpp.hostile.generate import chosen, prefix
from evconform.ocpp.hostile.item import ID, Item
from evconform.ocpp.soap.table import service
from evconform.ocpp.speaks import JSON, SOAP

SPOILT = ("illegal", "lenient", "undated", "unreadable")
"""The kinds of mutations that make an answer a bad one."""
ANSWER = "conf"
"""Stands before the members of an answer, and for the whole of it."""

FRAMED: dict[str, dict[str, str]] = {
    "stray-answer": {
        "another-id": '[3,"evconform",{payload}]',
        "number-id": "[3,4711,{payload}]",
        "null-id": "[3,null,{payload}]",
        "array-id": "[3,[],{payload}]",
        "without-id": "[3]",
        "twice": f'[3,"{ID}",{{payload}}]',
        "error-of-another-id": '[4,"evconform","GenericError","",{}]',
        "error-before": f'[4,"{ID}","GenericError","",{{}}]',
    },
    "no-json": {
        "nothing": "",
        "cut-in-half": f'[3,"{ID}",{{"',
        "without-bracket": f'[3,"{ID}",{{payload}}',
        "nul": "\0",
        "single-quotes": f"[3,'{ID}',{{payload}}]",
        "two-messages": f'[3,"{ID}",{{payload}}][3,"{ID}",{{payload}}]',
    },
    "framing": {
        "payload-array": f'[3,"{ID}",[{{payload}}]]',
        "payload-text": f'[3,"{ID}","{{}}"]',
        "payload-null": f'[3,"{ID}",null]',
        "without-payload": f'[3,"{ID}"]',
        "one-element-more": f'[3,"{ID}",{{payload}},{{}}]',
        "type-as-text": f'["3","{ID}",{{payload}}]',
        "error-unknown-code": f'[4,"{ID}","Evconform","",{{}}]',
        "error-code-number": f'[4,"{ID}",500,"",{{}}]',
        "error-short": f'[4,"{ID}"]',
        "error-of-nulls": f'[4,"{ID}",null,null,null]',
        "error-details-text": f'[4,"{ID}","GenericError","","none"]',
        "error-huge": f'[4,"{ID}","GenericError","{"x" * 10_000}",{{}}]',
    },
}
"""Group to mutation to the whole message, with the proper payload where ``{payload}`` stands."""


def answers(role: str, actions: Container[str], level: str = "full", speaks: str = JSON) -> Iterator[Item]:
    """The items for a SUT of this role that claims these actions, as ``generate`` does for CALLs."""
    for action, base in TO_ANSWER[role].items():
        if action in actions:
            begins = f"{prefix(role, speaks)}/{action}"
            of = _by_soap(begins, role, action, base) if speaks == SOAP else _of_action(begins, action, base)
            yield from chosen(of, level)


def _by_soap(begins: str, role: str, action: str, base: dict[str, Any]) -> Iterator[Item]:
    """``role``: of the SUT, whose request is answered by the service that it calls."""
    made = Envelopes(service("1.6", SERVES[role]), action, base, "response")
    for field, mutation, text in of_body(made, "charge-point"):
        if mutation.kind in SPOILT:
            name = ANSWER if field == BODY else f"{ANSWER}.{field}"
            yield _item(begins, action, name, mutation.name, mutation.group, text)
    for group, ways in of_answer(action).items():
        for name, spoil in ways.items():
            yield _item(begins, action, ANSWER, name, group, spoil(made.proper).decode("utf-8", "surrogateescape"))
    for name, (status, headers, text) in NO_ANSWER.items():
        yield replace(_item(begins, action, ANSWER, name, "http", text), status=status, headers=headers)


SERVES = {"charge-point": "central-system", "central-system": "charge-point"}
"""Role of the SUT to the role of the service that it calls."""


def _item(begins: str, action: str, field: str, name: str, group: str, text: str) -> Item:
    return Item(f"{begins}/{field}/{name}", action, field, name, group, "answer", text, SOAP)


def _of_action(prefix: str, action: str, base: dict[str, Any]) -> Iterator[Item]:
    for field, mutation, payload in of_payload(f"{action}Response", base, "charge-point"):
        if mutation.kind in SPOILT:
            name = ANSWER if field == WHOLE else f"{ANSWER}.{field}"
            text = f'[3,"{ID}",{payload}]'
            yield Item(f"{prefix}/{name}/{mutation.name}", action, name, mutation.name, mutation.group, "answer", text)
    for group, texts in FRAMED.items():
        for name, text in texts.items():
            whole = text.replace("{payload}", json.dumps(base))
            yield Item(f"{prefix}/{ANSWER}/{name}", action, ANSWER, name, group, "answer", whole)
