"""PICS: the form, the answers, and the expressions over them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evconform.harness.form import Form
from evconform.harness.pics import Pics, names_in
from evconform.harness.verdict import UsageError

FILE = Path("my-pics.toml")
FORM = Form.read(
    {
        "profile": {"Core": {"messages": ["Boot", "Heartbeat"]}, "Trigger": {"messages": ["TriggerMessage"]}},
        "supplementary": {"sockets": {"assumed": 1}, "cable": {"assumed": False}, "maker": {"assumed": "x"}},
    },
    Path("pics.toml"),
)


def fill(*messages: str, **supplementary: Any) -> Pics:
    return Pics.fill(FORM, {"messages": {"": list(messages)}, "supplementary": supplementary}, FILE, "")


@pytest.mark.parametrize(
    ("messages", "claimed"), [([], False), (["Boot"], False), (["Heartbeat"], False), (["Boot", "Heartbeat"], True)]
)
def test_a_profile_is_claimed_only_if_all_its_messages_are(messages: list[str], claimed: bool) -> None:
    assert fill(*messages).claims("Core") is claimed


def test_an_answer_that_was_not_given_is_assumed_and_says_so() -> None:
    pics = fill(sockets=3)
    assert (pics["sockets"], pics["cable"], pics["maker"]) == (3, False, "x")
    assert pics.assumed == ("cable", "maker")


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("", True),
        ("Boot", True),
        ("Heartbeat", False),
        ("not Heartbeat", True),
        ("Boot and Heartbeat", False),
        ("Boot or Heartbeat", True),
        ("not (Boot and Heartbeat)", True),
        ("sockets > 1", True),
        ("sockets >= 3", False),
        ("sockets < 2", False),
        ("sockets <= 2", True),
        ("sockets == 2", True),
        ("sockets != 2", False),
        ("maker == 'x' and not cable", True),
        ("Boot and (cable or sockets > 1)", True),
    ],
)
def test_an_expression_holds_or_does_not(expression: str, holds: bool) -> None:
    assert fill("Boot", sockets=2).claims(expression) is holds


@pytest.mark.parametrize(
    "expression",
    [
        "Boot and",
        "Boot Heartbeat",
        "(",
        "sockets + 1",
        "-sockets",
        "len(maker)",
        "maker.upper",
        "maker[0]",
        "0 < sockets < 3",
        "sockets in maker",
        "sockets is cable",
        "lambda: Boot",
        "Boot if cable else Boot",
        "Boot\0",
        "Unknown",
        "Boot and Unknown",
        "sockets > 'two'",
    ],
)
def test_a_bad_expression_is_a_usage_error_on_one_line(expression: str) -> None:
    with pytest.raises(UsageError, match=r"^[^\n]+$"):
        fill("Boot").claims(expression)


def test_the_names_in_an_expression_are_its_items() -> None:
    assert names_in("Boot and not (sockets > 1 or cable)") == {"Boot", "sockets", "cable"}
    assert names_in("") == set()


def test_the_reason_why_a_case_does_not_apply_names_what_is_not_claimed() -> None:
    assert fill("Boot").missing_for("Core and TriggerMessage") == "the PICS does not claim Core, TriggerMessage"
    assert fill("Boot").missing_for("sockets > 1") == "only for products with sockets > 1, which the PICS rules out"


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ({}, "messages"),
        ({"messages": "Boot"}, "messages"),
        ({"messages": {"2.0": ["Boot"]}}, r"messages\.2\.0"),
        ({"messages": {"": True}}, "messages"),
        ({"messages": {"": ["Boot", "Bot"]}}, "Bot"),
        ({"messages": {"": [1]}}, "1"),
        ({"messages": {"": [["Boot"]]}}, "Boot"),
        ({"messages": {}, "supplementary": []}, "supplementary"),
        ({"messages": {}, "supplementary": {"cabel": True}}, "cabel"),
        ({"messages": {}, "supplementary": {"cable": 1}}, "cable"),
        ({"messages": {}, "supplementary": {"sockets": True}}, "sockets"),
        ({"messages": {}, "supplementary": {"sockets": "2"}}, "sockets"),
        ({"messages": {}, "supplementary": {"maker": 7}}, "maker"),
        ({"messages": {}, "suplementary": {"cable": True}}, "suplementary"),
    ],
)
def test_a_broken_file_is_one_line_with_file_and_place(source: dict[str, Any], place: str) -> None:
    with pytest.raises(UsageError, match=rf"^my-pics\.toml:1: [^\n]*{place}[^\n]*$"):
        Pics.fill(FORM, source, FILE, "")


def test_a_form_whose_message_is_also_supplementary_is_refused() -> None:
    source = {"profile": {"Core": {"messages": ["Boot"]}}, "supplementary": {"Boot": {"assumed": True}}}
    with pytest.raises(UsageError, match=r"^pics\.toml: Boot"):
        Form.read(source, Path("pics.toml"))


@pytest.mark.parametrize(
    "source", [{"profile": {"Core": {}}}, {"supplementary": {"cable": {"asks": "?"}}}], ids=["no messages", "no assumed"]
)
def test_a_broken_form_is_one_line_with_file_and_place(source: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"^pics\.toml: [^\n]*(Core|cable)[^\n]*$"):
        Form.read(source, Path("pics.toml"))
