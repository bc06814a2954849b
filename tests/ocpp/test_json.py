"""OCPP-J 1.6, chapter 4: whatever a text is, reading it gives a Message; whatever we write can be read."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from evconform.ocpp import json as ocppj
from evconform.ocpp.json import ARITY, TOO_DEEP, CallError, Message, read
from evconform.ocpp.limits import NESTED_AT_MOST

CALL = '[2,"19223201","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'
IDS = ['"x"', '""', "1", "1.5", "true", "null", "[]", "{}", '"\\ud800"', "-1"]


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\ufeff[2]", "null", "2", '"2"', "{}", "[]", "[2,", '[2,"1","A",{]', '[2,"1","A",{}]x', "[2,'1','A',{}]",
        "[2,NaN]", "[2,Infinity]", "[-Infinity]", '[2,"a\tb","A",{}]', "[2,01]", '{"0":2}', "\x00",
    ],
)  # fmt: skip
def test_what_is_no_array_of_json_is_broken(text: str) -> None:
    message = read(text)
    assert message.type == "broken"
    assert message.problem


@pytest.mark.parametrize("number", ["1", "5", "-2", "2.0", "2.5", '"2"', "true", "null", "[2]", "{}", "99999999999999999999"])
def test_another_message_type_number_is_other(number: str) -> None:
    message = read(f'[{number},"1","Heartbeat",{{}}]')
    assert message.type == "other"
    assert message.problem


@pytest.mark.parametrize("opening", ["[", '{"a":', "[[],"])
@pytest.mark.parametrize("around", ["%s", '[2,"1","Heartbeat",%s]', "[%s]"])
def test_deep_nesting_is_no_message(opening: str, around: str) -> None:
    assert read(around % (opening * 100_000)).type == "broken"
    assert read(around % ("[" * 100_000 + "]" * 100_000)).type == "broken"


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_number_of_10000_digits_is_json(sign: str) -> None:
    message = read(f'[2,"1","Heartbeat",{{"a":{sign}{"9" * 10_000}}}]')
    assert (message.type, message.id, message.action, message.problem) == ("CALL", "1", "Heartbeat", "")


def test_the_last_of_two_members_of_one_name_counts() -> None:
    assert read('[3,"1",{"a":1,"a":2}]').payload == {"a": 2}


@pytest.mark.parametrize("id", IDS)
@pytest.mark.parametrize("kind", [2, 3, 4])
def test_an_id_of_any_type_is_kept_as_it_is(kind: int, id: str) -> None:
    message = read(f"[{kind},{id}]")
    assert message.id == json.loads(id)
    assert type(message.id) is type(json.loads(id))


@pytest.mark.parametrize("number", [2, 3, 4])
@pytest.mark.parametrize("length", range(1, 9))
def test_a_problem_is_told_for_every_arity_but_the_right_one(number: int, length: int) -> None:
    message = read(json.dumps([number, *"abcdefgh"[: length - 1]]))
    assert message.type == {2: "CALL", 3: "CALLRESULT", 4: "CALLERROR"}[number]
    assert bool(message.problem) == (length != ARITY[message.type])


def test_missing_members_are_none() -> None:
    assert read("[2]") == Message("CALL", [2], problem="a CALL of 1 elements, not 4")
    assert read('[4,"1","GenericError"]').description is None


@pytest.mark.parametrize("payload", [{}, {"a": [1, 2.5, None, True, {"b": 'ü ☃ 😀 " \\ \n \u2028'}]}])
@pytest.mark.parametrize("id", ["1", "", "ü" * 36, '"\\'])
def test_what_is_written_is_read_again(id: str, payload: dict[str, Any]) -> None:
    call, result = read(ocppj.call(id, "DataTransfer", payload)), read(ocppj.call_result(id, payload))
    error = read(ocppj.call_error(id, CallError("GenericError", 'said "no"')))
    assert (call.type, call.id, call.action, call.payload, call.problem) == ("CALL", id, "DataTransfer", payload, "")
    assert (result.type, result.id, result.payload, result.problem) == ("CALLRESULT", id, payload, "")
    assert (error.type, error.id, error.code, error.description, error.details) == (
        "CALLERROR",
        id,
        "GenericError",
        'said "no"',
        {},
    )


@pytest.mark.parametrize("half", ["\ud800", "x\udfff"])
def test_a_lone_surrogate_is_written_so_that_utf8_can_carry_it(half: str) -> None:
    for text in (ocppj.call(half, "A", {"a": half}), ocppj.call_result(half, {}), ocppj.call_error(half, CallError("c", half))):
        assert read(text.encode("utf-8").decode()).id == half


def test_random_and_mutated_texts_never_raise() -> None:
    chance = random.Random(2)
    alphabet = '[]{}",:0123456789.eE+-truefalsn \\uü\ud800\x00'
    kinds = set()
    for _ in range(20_000):
        if chance.random() < 0.3:
            text = "".join(chance.choice(alphabet) for _ in range(chance.randrange(30)))
        else:
            letters = list(chance.choice((CALL, '[3,"1",{"a":[1]}]', '[4,"1","GenericError","",{}]')))
            for _ in range(chance.randrange(1, 4)):
                letters[chance.randrange(len(letters))] = chance.choice(alphabet)
            text = "".join(letters)
        kinds.add(read(text).type)
    assert kinds == {"broken", "other", "CALL", "CALLRESULT", "CALLERROR"}


@pytest.mark.parametrize(("opens", "ends"), [("[", "]"), ('{"a":', "}"), ("[1,", "]")])
def test_a_message_is_read_up_to_a_depth_of_ours(opens: str, ends: str) -> None:
    """Not to one that the stack of its reader gives; the array of the message is the first level."""
    for levels, problem in ((NESTED_AT_MOST - 1, ""), (NESTED_AT_MOST, TOO_DEEP)):
        assert read(f'[2,"1","Heartbeat",{opens * levels}1{ends * levels}]').problem == problem


def test_a_long_message_is_no_deep_one() -> None:
    assert read(f'[2,"1","Heartbeat",{{"a":[{"[]," * 5000}[]]}}]').type == "CALL"
