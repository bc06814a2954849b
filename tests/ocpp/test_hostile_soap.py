"""The generator of hostile messages over SOAP: every element of every request gets its mutations, each is what it says it is, for
ever."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from evconform.ocpp.hostile import Item, answers, generate
from evconform.ocpp.hostile.answers import TO_ANSWER
from evconform.ocpp.hostile.bases import BASES, OBEYED
from evconform.ocpp.hostile.elements import OWED, SAMPLES, Envelopes, is_valid
from evconform.ocpp.hostile.generate import NO_ACTION
from evconform.ocpp.hostile.xml import element, escaped, value_of, written
from evconform.ocpp.soap.codec import Envelope, decode
from evconform.ocpp.soap.headers import BLOCKS
from evconform.ocpp.soap.model import Complex, Member, Service
from evconform.ocpp.soap.table import service
from evconform.ocpp.soap.xsd import compiled
from evconform.ocpp.speaks import SOAP
from evconform.report.hostile import GROUPS

OTHER = {"charge-point": "central-system", "central-system": "charge-point"}
GOLDEN = Path(__file__).with_name("hostile_soap_ids.json")
ALL = {role: list(generate(role, BASES[role], "full", SOAP)) for role in BASES}
EACH = [item for items in ALL.values() for item in items]
OF_MEMBERS = [item for item in EACH if not item.field.startswith("(") and item.group != "no-xml"]
DATES = ("xs:dateTime",)


def body_of(item: Item) -> bytes:
    text = item.text
    for name, sample in SAMPLES.items():
        text = text.replace(name, sample)
    return text.encode("utf-8", "surrogateescape")


def said(item: Item) -> Envelope:
    return decode(body_of(item))


def members(of: Service, holds: Complex, path: str = "") -> Iterator[tuple[str, Member]]:
    """Each element of a type, and those below it, as the generator names them."""
    for member in holds.members:
        here = f"{path}.{member.json}".lstrip(".")
        yield here, member
        if inner := of.complex.get(member.type):
            yield from members(of, inner, f"{here}[0]" if member.many else here)


def wanted_of(of: Service, member: Member, action: str) -> set[str]:
    simple = of.simple.get(member.type)
    wanted = {"unqualified", "foreign-namespace", "name-upper-case"} | ({"missing"} if member.required else set())
    if action in OBEYED:
        return {"missing", "unknown"} & (wanted | {"unknown"})
    wanted |= {"longest", "too-long"} if simple and simple.at_most else set()
    wanted |= {"unknown", "value-twice"} if simple and simple.values else set()
    wanted |= {"half", "2-to-31-minus-1", "2-to-31"} if member.type == "xs:int" and not member.many else set()
    wanted |= {"two-decimals"} if simple and simple.digits else set()
    wanted |= {"word", "offset"} if member.type in DATES else set()
    return wanted


@pytest.mark.parametrize("role", BASES)
class TestEveryElement:
    def test_every_element_is_spoilt_in_each_way_that_its_type_has(self, role: str) -> None:
        of = service("1.6", role)
        done: dict[tuple[str, str], set[str]] = defaultdict(set)
        for item in ALL[role]:
            done[item.action, item.field].add(item.mutation)
        for action in of.operations:
            for path, member in members(of, of.complex[f"{action}Request"]):
                there = done[action, path] | done[action, f"{path}[0]"]
                assert wanted_of(of, member, action) <= there, (action, path)

    def test_every_header_block_is_spoilt_in_every_action(self, role: str) -> None:
        first = next(iter(BASES[role]))
        done = {(item.action, item.field, item.mutation) for item in ALL[role]}
        for field, block in BLOCKS.items():
            assert (first, f"({block})", "missing") in done or field == "relates_to"
        for action in set(BASES[role]) - OBEYED:
            assert {(action, f"({block})", "twice") for block in BLOCKS.values() if block != "RelatesTo"} <= done
            assert (action, "(header)", "demanding") in done
            assert (action, "(operation)", "foreign") in done

    def test_there_are_more_than_1500(self, role: str) -> None:
        assert len(ALL[role]) > 1500

    def test_quick_is_one_of_each_action_and_group_and_each_member_at_its_bound(self, role: str) -> None:
        quick = list(generate(role, BASES[role], "quick", SOAP))
        assert {item.id for item in quick} <= {item.id for item in ALL[role]}
        assert {(i.action, i.group, i.kind) for i in quick} == {(i.action, i.group, i.kind) for i in ALL[role]}
        bounds = {i.id for i in ALL[role] if i.mutation in ("longest", "too-long") and i.kind in ("legal", "illegal")}
        assert bounds <= {item.id for item in quick}

    def test_only_claimed_actions_are_called(self, role: str) -> None:
        action = next(iter(BASES[role]))
        assert {item.action for item in generate(role, [action], "full", SOAP)} == {action, NO_ACTION}


class TestWhatItSaysItIs:
    def test_what_is_legal_is_valid_by_the_xsd(self) -> None:
        """Validated by libxml2 straight from the text, not through our codec."""
        for item in (item for item in EACH if item.kind == "legal"):
            root = etree.fromstring(body_of(item))
            holds = root.find("{*}Body")[0]
            role = "charge-point" if item in ALL["charge-point"] else "central-system"
            if holds.tag.startswith("{urn://Ocpp/") and not compiled(service("1.6", role)).validate(holds):
                assert " 20" in item.text, item.id  # a blank before a date, which libxml2 minds and XML Schema does not
            assert said(item).problems == (), item.id

    def test_what_is_illegal_or_lenient_breaks_something(self) -> None:
        for item in (item for item in EACH if item.kind in ("illegal", "lenient") and not item.headers):
            envelope = said(item)
            other = envelope.headers.identity not in (None, SAMPLES["@IDENTITY@"])
            assert envelope.problems or other, item.id

    def test_what_is_illegal_of_a_member_breaks_the_xsd_or_is_no_xml(self) -> None:
        names = {problem.name for item in OF_MEMBERS if item.kind == "illegal" for problem in said(item).problems}
        assert names <= {"type", "length", "enumeration", "digits", "missing", "element", "unqualified", "xml", "attribute"}

    @pytest.mark.parametrize(
        ("field", "mutation", "length"),
        [("idTag", "longest", 20), ("idTag", "too-long", 21), ("vendorId", "longest", 255), ("vendorId", "too-long", 256)],
    )
    def test_n_and_n_plus_1(self, field: str, mutation: str, length: int) -> None:
        found = [item for item in EACH if (item.field, item.mutation) == (field, mutation)]
        assert {len((said(item).payload or {})[field]) for item in found} == {length}

    def test_nothing_is_sent_that_does_harm_when_it_is_obeyed(self) -> None:
        for item in (item for item in EACH if item.action in OBEYED):
            assert item.kind == "illegal" or item.group == "stray-answer", item.id

    def test_every_group_has_a_heading(self) -> None:
        assert {item.group for item in EACH} <= GROUPS.keys()

    def test_each_kind_is_said_for_either_verdict_of_the_xsd(self) -> None:
        assert {kind for kind, _ in OWED} == {"legal", "illegal", "lenient", "undated", "unclear", "unreadable"}


ANSWERS = {role: list(answers(role, TO_ANSWER[role], "full", SOAP)) for role in TO_ANSWER}


@pytest.mark.parametrize("role", TO_ANSWER)
class TestAnswers:
    def test_every_element_is_spoilt(self, role: str) -> None:
        of = service("1.6", OTHER[role])
        done: dict[tuple[str, str], set[str]] = defaultdict(set)
        for item in ANSWERS[role]:
            done[item.action, item.field].add(item.mutation)
        for action in TO_ANSWER[role]:
            for path, member in members(of, of.complex[f"{action}Response"]):
                wanted = {"unqualified", "name-upper-case"} | ({"missing"} if member.required else set())
                assert wanted <= done[action, f"conf.{path}"], path
            assert {"another-id", "ends-early", "fault-empty", "503", "foreign", "demanding"} <= done[action, "conf"]

    def test_none_is_a_proper_answer(self, role: str) -> None:
        open_ones = {"another-id", "xml-1.1", "byte-order-mark", "instruction", "1-mebibyte", "without-declaration", "latin-1"}
        open_ones |= {"deep", "wide", "empty-id"}
        for item in ANSWERS[role]:
            envelope = said(item)
            proper = envelope.kind == "response" and not envelope.problems and item.status == 200
            assert not proper or item.mutation in open_ones, item.id

    def test_none_asks_for_an_answer(self, role: str) -> None:
        assert {(item.kind, item.answered, item.speaks) for item in ANSWERS[role]} == {("answer", False, SOAP)}

    def test_ids_are_unique_and_quick_is_some_of_them(self, role: str) -> None:
        ids = [item.id for item in [*ANSWERS[role], *ALL[role]]]
        assert len(ids) == len(set(ids))
        quick = {item.id for item in answers(role, TO_ANSWER[role], "quick", SOAP)}
        assert quick < set(ids)
        assert {(i.action, i.group) for i in ANSWERS[role]} == {(i.action, i.group) for i in ANSWERS[role] if i.id in quick}

    def test_no_id_has_changed(self, role: str) -> None:
        ids = sorted(item.id for item in ANSWERS[role])
        found = [len(ids), hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]]
        assert found == json.loads(GOLDEN.read_text("utf-8"))[f"{role} answers"]


class TestForEver:
    def test_ids_and_messages_are_unique(self) -> None:
        for items in ALL.values():
            assert max(Counter(item.id for item in items).values()) == 1
            assert max(Counter((item.text, item.headers) for item in items).values()) == 1
        assert all(item.id.startswith("OCPP16S-") and item.speaks == SOAP for item in EACH)

    def test_no_id_has_changed(self) -> None:
        """``hostile_soap_ids.json``: the ids of each action, as a count and a digest. One may be added, none may go or change."""
        found: dict[str, list[object]] = {}
        for role, items in ALL.items():
            for action in (*BASES[role], NO_ACTION):
                ids = sorted(item.id for item in items if item.action == action)
                found[f"{role} {action}"] = [len(ids), hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]]
        pinned = json.loads(GOLDEN.read_text("utf-8"))
        assert found == {name: each for name, each in pinned.items() if not name.endswith(" answers")}


class TestTexts:
    """JSON values as XML."""

    @pytest.mark.parametrize(
        ("raw", "text"),
        [
            ("null", '<ocpp:x xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"></ocpp:x>'),
            ("1e400", "<ocpp:x>1e400</ocpp:x>"),
            ("true", "<ocpp:x>true</ocpp:x>"),
            ('"a<&b"', "<ocpp:x>a&lt;&amp;b</ocpp:x>"),
            ("[1,2]", "<ocpp:x>1</ocpp:x><ocpp:x>2</ocpp:x>"),
            ("[]", ""),
            ("[[7]]", "<ocpp:x><ocpp:x>7</ocpp:x></ocpp:x>"),
            ('{"a":7}', "<ocpp:x><ocpp:a>7</ocpp:a></ocpp:x>"),
        ],
    )
    def test_a_value_as_elements(self, raw: str, text: str) -> None:
        assert written("x", value_of(raw)) == text

    def test_what_xml_cannot_hold_is_no_xml(self) -> None:
        for raw in ('"\\u0001"', '"\\ud800"', '"\\u0000"'):
            with pytest.raises(etree.XMLSyntaxError):
                etree.fromstring(element("x", escaped(value_of(raw)), prefix=""))

    def test_a_proper_envelope_is_valid_and_a_hole_in_it_is_filled(self) -> None:
        of = service("1.6", "central-system")
        made = Envelopes(of, "Authorize", {"idTag": "A"})
        assert is_valid(of, made.proper.decode())
        assert made.text(made.with_hole(("idTag",)), element("idTag", "B")) == made.proper.decode().replace(">A<", ">B<")
