"""The generator of hostile messages: every member of every schema gets its mutations, each is what it says it is, for ever."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evconform.ocpp.hostile import ID, Item, answers, generate
from evconform.ocpp.hostile.answer_bases import TO_ANSWER
from evconform.ocpp.hostile.bases import BASES, OBEYED
from evconform.ocpp.hostile.stranger import strangers
from evconform.ocpp.json import Message, read
from evconform.ocpp.proper import refuse, refuse_undated
from evconform.ocpp.schemas import ACTIONS, dates, is_date_time, reference, schema, violations
from evconform.ocpp.scripts import INITIATED

OTHER = {"charge-point": "central-system", "central-system": "charge-point"}
LARGEST = ("2-to-31-minus-1", "legal")
GOLDEN = Path(__file__).with_name("hostile_ids.json")
ALL = {role: list(generate(role, BASES[role])) for role in BASES}
EACH = [item for items in ALL.values() for item in items]
OF_MEMBERS = [item for item in EACH if item.answered and item.group not in ("framing", "unknown-action")]


def message(item: Item) -> Message:
    return read(item.text.replace(ID, "0123456789abcdef-0123456789-ABCDEFGH"))


def members(node: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Each member that a schema has: its path as a finding of the generator names it, its schema, whether it is required."""
    for name, member in node.get("properties", {}).items():
        here = f"{path}.{name}".lstrip(".")
        yield here, member, name in node.get("required", ())
        yield from members(member, here)
        if isinstance(member.get("items"), dict):
            yield from members(member["items"], f"{here}[0]")


@pytest.mark.parametrize("role", BASES)
class TestEveryMember:
    def test_every_action_that_comes_in_has_a_base(self, role: str) -> None:
        assert set(BASES[role]) == INITIATED[OTHER[role]] & set(ACTIONS)

    def test_every_base_is_legal_and_has_every_member(self, role: str) -> None:
        for action, base in BASES[role].items():
            assert violations(action, base) == [], action
            for path, _, _ in members(schema(action)):
                place: Any = base
                for step in path.replace("[0]", ".0").split("."):
                    place = place[int(step) if step == "0" else step]

    def test_every_member_is_spoilt_in_each_way_that_its_schema_has(self, role: str) -> None:
        done: dict[tuple[str, str], set[str]] = defaultdict(set)
        for item in ALL[role]:
            done[item.action, item.field].add(item.mutation)
        for action in BASES[role]:
            for path, node, required in members(schema(action)):
                wanted = {"null", "type-true", "type-object-of-it"} - ({"null"} if action in OBEYED and not required else set())
                wanted |= {"missing"} if required else set()
                wanted |= {"longest", "too-long"} if "maxLength" in node and action not in OBEYED else set()
                wanted |= {"unknown", "upper-case", "cut"} if "enum" in node else set()
                wanted |= (
                    {"offset", "fraction", "no-offset", "word", "february-30"} if node.get("format") == "date-time" else set()
                )
                wanted |= {"half", "minus-2-to-31"} if node["type"] == "integer" else set()
                wanted |= {"two-decimals", "one-decimal"} if node["type"] == "number" else set()
                wanted |= {"empty", "item-null", "item-1000-times"} if node["type"] == "array" else set()
                missing = wanted - done[action, path]
                assert not missing or missing == {"upper-case"}, (action, path, missing)  # a value may be all capitals

    def test_there_are_more_than_1500(self, role: str) -> None:
        assert len(ALL[role]) > 1500

    def test_quick_is_one_of_each_action_and_group_and_each_member_at_its_bound(self, role: str) -> None:
        quick = list(generate(role, BASES[role], "quick"))
        assert {item.id for item in quick} <= {item.id for item in ALL[role]}
        assert {(i.action, i.group, i.kind) for i in quick} == {(i.action, i.group, i.kind) for i in ALL[role]}
        bounds = {i.id for i in ALL[role] if i.mutation in ("longest", "too-long") or (i.mutation, i.kind) == LARGEST}
        assert bounds <= {item.id for item in quick}
        others = (item for item in quick if item.id not in bounds)
        assert max(Counter((i.action, i.group, i.kind) for i in others).values()) == 1

    def test_only_claimed_actions_are_called(self, role: str) -> None:
        action = next(iter(BASES[role]))
        assert {item.action for item in generate(role, [action])} == {action, "(none)"}


class TestWhatItSaysItIs:
    """By the reference validator, and by ours."""

    @pytest.mark.parametrize("kind", ["legal", "unclear"])
    def test_a_legal_message_is_a_call_of_its_action(self, kind: str) -> None:
        for item in OF_MEMBERS:
            if item.kind == kind:
                assert (message(item).type, message(item).action) == ("CALL", item.action), item.id

    def test_what_is_legal_obeys_its_schema(self) -> None:
        trapped = []
        for item in OF_MEMBERS:
            if item.kind == "legal":
                said = message(item)
                assert refuse_undated(said) is None, item.id
                trapped += [item.mutation for found in reference(item.action, said.payload) if found.keyword == "multipleOf"]
                assert [found for found in reference(item.action, said.payload) if found.keyword != "multipleOf"] == [], item.id
        assert set(trapped) == {"one-decimal"}  # the float trap of the reference validator: it refuses 21.4

    def test_what_is_illegal_breaks_it(self) -> None:
        for item in OF_MEMBERS:
            if item.kind in ("illegal", "lenient"):
                said = message(item)
                assert refuse(said) is not None, item.id
                not_json_schema = not isinstance(said.payload, dict)
                assert not_json_schema or reference(item.action, said.payload), item.id

    def test_what_is_undated_obeys_it_and_holds_no_date(self) -> None:
        for item in (item for item in OF_MEMBERS if item.kind == "undated"):
            said = message(item)
            assert refuse(said) is None
            assert refuse_undated(said) is not None
            assert not all(is_date_time(text) for _, text in dates(item.action, said.payload))

    @pytest.mark.parametrize("item", [i for i in OF_MEMBERS if i.mutation in ("longest", "too-long")], ids=lambda item: item.id)
    def test_n_and_n_plus_1(self, item: Item) -> None:
        node: Any = schema(item.action)
        value: Any = message(item).payload
        for step in item.field.replace("[0]", ".0").split("."):
            node = node["items"] if step == "0" else node["properties"][step]
            value = value[int(step) if step == "0" else step]
        assert len(value) == node["maxLength"] + (item.mutation == "too-long")

    def test_framing_that_must_be_refused_is_refused(self) -> None:
        for item in (item for item in EACH if item.group in ("framing", "unknown-action") and item.kind == "illegal"):
            said = message(item)
            assert said.type == "CALL", item.id
            assert refuse(said) is not None, item.id

    def test_nothing_is_sent_that_does_harm_when_it_is_obeyed(self) -> None:
        for item in (item for item in EACH if item.action in OBEYED):
            said = message(item)
            readable = said.type == "CALL" and isinstance(said.id, str)
            assert not readable or refuse(said) is not None, item.id


class TestForEver:
    def test_ids_and_texts_are_unique(self) -> None:
        for items in ALL.values():
            assert max(Counter(item.id for item in items).values()) == 1
            assert max(Counter(item.text for item in items).values()) == 1

    def test_it_is_the_same_again(self) -> None:
        assert list(generate("charge-point", BASES["charge-point"])) == ALL["charge-point"]

    def test_no_id_has_changed(self) -> None:
        """``hostile_ids.json``: the ids of each action, as a count and a digest. One may be added, none may go or change."""
        found: dict[str, list[Any]] = {}
        for role, items in ALL.items():
            for action in (*BASES[role], "(none)"):
                ids = sorted(item.id for item in items if item.action == action)
                found[f"{role} {action}"] = [len(ids), hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]]
        pinned = json.loads(GOLDEN.read_text("utf-8"))
        assert found == {name: each for name, each in pinned.items() if not name.endswith(" answers")}

    def test_strangers_have_ids_of_their_own(self) -> None:
        ids = [stranger.facts()["item"] for stranger in strangers(password=True)]
        assert len(ids) == len(set(ids)) > len(list(strangers(password=False)))


ANSWERS = {role: list(answers(role, TO_ANSWER[role])) for role in TO_ANSWER}


@pytest.mark.parametrize("role", TO_ANSWER)
class TestAnswers:
    def test_a_proper_answer_is_one(self, role: str) -> None:
        for action, base in TO_ANSWER[role].items():
            assert action in INITIATED[role]
            assert reference(f"{action}Response", base) == []
            assert set(base) == set(schema(f"{action}Response")["properties"])

    def test_every_member_is_spoilt(self, role: str) -> None:
        done: dict[tuple[str, str], set[str]] = defaultdict(set)
        for item in ANSWERS[role]:
            done[item.action, item.field].add(item.mutation)
        for action in TO_ANSWER[role]:
            for path, node, required in members(schema(f"{action}Response")):
                wanted = {"type-object-of-it", "null"} | ({"missing"} if required else set())
                wanted |= {"too-long"} if "maxLength" in node else set()
                wanted |= {"unknown"} if "enum" in node else set()
                assert wanted <= done[action, f"conf.{path}"], path
            assert {"another-id", "twice", "error-before", "error-of-nulls"} <= done[action, "conf"]

    def test_none_is_proper_but_the_one_that_comes_twice(self, role: str) -> None:
        for item in ANSWERS[role]:
            said = message(item)
            right = said.type == "CALLRESULT" and not said.problem and isinstance(said.id, str) and len(said.id) == 36
            undated = any(not is_date_time(text) for _, text in dates(f"{item.action}Response", said.payload)) if right else False
            bad = not right or undated or not isinstance(said.payload, dict)
            assert bad or violations(f"{item.action}Response", said.payload) or item.mutation == "twice", item.id

    def test_none_asks_for_an_answer(self, role: str) -> None:
        assert {(item.kind, item.answered) for item in ANSWERS[role]} == {("answer", False)}
        assert "CALL" not in {message(item).type for item in ANSWERS[role]}

    def test_ids_are_unique_and_quick_is_some_of_them(self, role: str) -> None:
        ids = [item.id for item in [*ANSWERS[role], *ALL[role]]]
        assert len(ids) == len(set(ids))
        quick = {item.id for item in answers(role, TO_ANSWER[role], "quick")}
        assert quick < set(ids)
        assert {(i.action, i.group) for i in ANSWERS[role]} == {(i.action, i.group) for i in ANSWERS[role] if i.id in quick}

    def test_no_id_has_changed(self, role: str) -> None:
        ids = sorted(item.id for item in ANSWERS[role])
        found = [len(ids), hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]]
        assert found == json.loads(GOLDEN.read_text("utf-8"))[f"{role} answers"]
