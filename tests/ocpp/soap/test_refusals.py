"""Whatever the bytes are, decode names what is wrong with them: no traceback, no file opened, no time lost."""

from __future__ import annotations

import copy
import random
import re
from pathlib import Path

import pytest
from lxml import etree

from evconform.ocpp.limits import ENVELOPE_AT_MOST, ITEMS_AT_MOST
from evconform.ocpp.soap.codec import decode, encode
from evconform.ocpp.soap.problem import PROBLEMS
from tests.ocpp.soap.samples import CENTRAL_SYSTEM, CHARGE_POINT, HEADERS, STATUS, changed, messages

XSI = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
BOMB = '<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
ERROR_CODE = "<ocpp:errorCode>NoError</ocpp:errorCode>"
UNREADABLE = {
    "empty": (b"", "xml"),
    "blank": (b" \n ", "xml"),
    "json": (b'[2,"1","Heartbeat",{}]', "xml"),
    "truncated": (STATUS[:-20], "xml"),
    "two roots": (STATUS + b"<a/>", "xml"),
    "null": (STATUS + b"\0", "xml"),
    "character 0": (changed("NoError", "&#0;"), "xml"),
    "prefix not bound": (changed("ocpp:status", "x:status"), "xml"),
    "too deep": (b"<a>" * 100_000, "xml"),
    "doctype": (changed("<soap:Envelope", "<!DOCTYPE a><soap:Envelope"), "doctype"),
    "doctype behind comments": (b"<?a b?> <!-- --> " * 100_000 + b"<!DOCTYPE a><a/>", "doctype"),
    "file": (changed("<soap:Envelope", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><soap:Envelope"), "doctype"),
    "bomb": (changed("<soap:Envelope", BOMB + "<soap:Envelope").replace(b"NoError", b"&c;"), "doctype"),
    "bomb in utf-16": ((BOMB + "<l>&c;</l>").encode("utf-16"), "doctype"),
    "login page": (b"<!DOCTYPE html><html></html>", "doctype"),
    "entity": (changed("NoError", "&b;"), "entity"),
    "entity in an attribute": (changed("<ocpp:errorCode>", "<ocpp:errorCode a='&b;'>"), "entity"),
    "code page 437": (changed("utf-8", "cp437"), "encoding"),
    "utf-7": (changed("utf-8", "utf-7"), "encoding"),
    "no encoding at all": (changed("utf-8", "klingon"), "encoding"),
    "no utf-8": (changed("NoError", "No") + b"\xff", "encoding"),
    "16 MiB": (b"x" * 2**24, "too-long"),
    "too many elements": (changed(ERROR_CODE, ERROR_CODE + "<w/>" * (ITEMS_AT_MOST * 2)), "too-long"),
    "no envelope": (b"<html/>", "envelope"),
    "no body": (b'<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"/>', "envelope"),
    "no body but a header": (b'<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Header/></Envelope>', "envelope"),
    "body before the header": (
        re.sub(rb"(<soap:Header>.*</soap:Header>)(<soap:Body>.*</soap:Body>)", rb"\2\1", STATUS),
        "envelope",
    ),
    "more behind the body": (changed("</soap:Body>", "</soap:Body><a/>"), "envelope"),
    "two messages": (changed("</soap:Body>", "<a/></soap:Body>"), "body"),
    "empty body": (b'<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Body/></Envelope>', "body"),
    "soap 1.1": (changed("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/"), "soap-version"),
    "no soap": (changed("http://www.w3.org/2003/05/soap-envelope", "urn:x"), "soap-version"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_message_has_a_named_problem_and_no_payload(name: str) -> None:
    body, problem = UNREADABLE[name]
    read = decode(body)
    assert [each.name for each in read.problems] == [problem]
    assert (read.payload, read.kind) == (None, "")
    assert read.problems[0].says


WRONG = {
    "foreign namespace": ("urn://Ocpp/Cs/2015/10/", "urn://Ocpp/Cs/2010/08/", "namespace", ""),
    "no such message": ("statusNotificationRequest", "statusNotification", "operation", ""),
    "the other service's": ("urn://Ocpp/Cs/2015/10/", "urn://Ocpp/Cp/2015/10/", "operation", ""),
    "wrong order": (
        f"<ocpp:status>Available</ocpp:status>{ERROR_CODE}",
        f"{ERROR_CODE}<ocpp:status>Available</ocpp:status>",
        "element",
        "/errorCode",
    ),
    "missing": (ERROR_CODE, "", "missing", ""),
    "missing before others": ("<ocpp:status>Available</ocpp:status>", "", "missing", "/errorCode"),
    "twice": (ERROR_CODE, ERROR_CODE * 2, "element", "/errorCode"),
    "unknown": (ERROR_CODE, ERROR_CODE + "<ocpp:what/>", "element", "/what"),
    "unqualified": (ERROR_CODE, "<errorCode>NoError</errorCode>", "unqualified", "/errorCode"),
    "text between": (ERROR_CODE, f"x{ERROR_CODE}", "type", ""),
    "element in a text": ("NoError", "NoError<ocpp:a/>", "element", "/errorCode"),
    "attribute": ("<ocpp:errorCode>", "<ocpp:errorCode a='b'>", "attribute", "/errorCode"),
    "nil": ("<ocpp:errorCode>", f"<ocpp:errorCode {XSI} xsi:nil='true'>", "type", "/errorCode"),
    "no integer": (">1<", ">one<", "type", "/connectorId"),
    "no xs:int": (">1<", ">2147483648<", "type", "/connectorId"),
    "enumeration": ("Available", "Occupied", "enumeration", "/status"),
    "blank around a value": ("NoError", " NoError", "enumeration", "/errorCode"),
    "too long": (ERROR_CODE, f"{ERROR_CODE}<ocpp:info>{'é' * 51}</ocpp:info>", "length", "/info"),
    "no date": (ERROR_CODE, f"{ERROR_CODE}<ocpp:timestamp>20260101T100000Z</ocpp:timestamp>", "type", "/timestamp"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_the_schema_refuses_has_a_name_and_a_place(name: str) -> None:
    old, new, problem, where = WRONG[name]
    found = [each for each in decode(changed(old, new)).problems if each.name != "must-understand"]
    assert [(each.name, each.pointer) for each in found] == [(problem, where)]


def test_two_defects_of_one_place_are_told() -> None:
    found = decode(changed("<ocpp:errorCode>NoError", "<ocpp:errorCode a='b'>None")).problems
    assert sorted((each.name, each.pointer) for each in found) == [("attribute", "/errorCode"), ("enumeration", "/errorCode")]


def test_blanks_around_a_date_are_none_of_it() -> None:
    read = decode(changed(ERROR_CODE, f"{ERROR_CODE}<ocpp:timestamp>\n 2026-01-01T10:00:00Z </ocpp:timestamp>"))
    assert read.problems == ()
    assert read.payload is not None
    assert read.payload["timestamp"] == "2026-01-01T10:00:00Z"


def test_a_date_with_a_blank_in_it_and_a_defect_beside_one_with_a_blank_are_told() -> None:
    dated = f"{ERROR_CODE}<ocpp:timestamp> 2026-01-01 T10:00:00Z</ocpp:timestamp>"
    assert [(each.name, each.pointer) for each in decode(changed(ERROR_CODE, dated)).problems] == [("type", "/timestamp")]
    body = changed(ERROR_CODE, dated.replace("01 T", "01T")).replace(b"Available", b"Occupied")
    assert [(each.name, each.pointer) for each in decode(body).problems] == [("enumeration", "/status")]


def test_unqualified_children_are_read_all_the_same() -> None:
    body = re.sub(rb"(</?)ocpp:(connectorId|status|errorCode)>", rb"\1\2>", STATUS)
    read = decode(body)
    assert read.payload == {"connectorId": 1, "status": "Available", "errorCode": "NoError"}
    assert [(each.name, each.pointer) for each in read.problems] == [("unqualified", "/connectorId")]


DEFAULT = changed("<ocpp:statusNotificationRequest>", f"<statusNotificationRequest xmlns='{CENTRAL_SYSTEM.namespace}'>")
for each in ("connectorId", "status", "errorCode", "statusNotificationRequest"):
    DEFAULT = re.sub(rb"<(/?)ocpp:" + each.encode() + b">", rb"<\1" + each.encode() + b">", DEFAULT)
REBOUND = STATUS.replace(b"<ocpp:status>", b"<o:status xmlns:o='urn://Ocpp/Cs/2015/10/'>").replace(
    b"</ocpp:status>", b"</o:status>"
)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (DEFAULT, "/status"),
        (REBOUND, "/status"),
        (REBOUND.replace(b"<ocpp:connectorId>", b"<ocpp:connectorId xmlns:o='urn:x'>"), "/status"),
        (REBOUND.replace(b"<ocpp:errorCode>", b"<ocpp:errorCode xmlns:o='urn:x'>"), "/status"),
    ],
    ids=["default", "rebound", "bound before", "bound behind"],
)
def test_a_problem_is_told_whatever_the_prefixes_are(body: bytes, where: str) -> None:
    assert decode(body) == decode(STATUS)
    found = decode(body.replace(b"Available", b"Occupied")).problems
    assert [(each.name, each.pointer) for each in found] == [("enumeration", where)]


@pytest.mark.parametrize(
    "body",
    [
        STATUS.decode().replace("utf-8", "utf-16").encode("utf-16"),
        b"\xef\xbb\xbf" + STATUS,
        changed("utf-8", "UTF-8"),
        changed("<?xml version='1.0' encoding='utf-8'?>\n", ""),
        changed("NoError", "&#78;o<!-- -->Er<![CDATA[ror]]><?a b?>"),
        changed(">1<", "> 1\n<"),
        changed("<soap:Body>", "<soap:Body><!-- --> "),
    ],
)
def test_what_xml_may_also_look_like_is_the_same_message(body: bytes) -> None:
    assert decode(body) == decode(STATUS)
    assert decode(STATUS).problems == ()


def test_a_schema_that_the_message_names_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "x.xsd"
    file.write_text(
        '<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x"><s:complexType name="T"/></s:schema>'
    )
    typed = f"<ocpp:errorCode {XSI} xmlns:x='urn:x' xsi:type='x:T' "
    without, named = (changed("<ocpp:errorCode>", f"{typed} {hint}>") for hint in ("", f"xsi:schemaLocation='urn:x {file}'"))
    assert decode(named) == decode(without)
    assert [(each.name, each.pointer) for each in decode(named).problems] == [("type", "/errorCode")]


def test_the_longest_list_is_taken_and_each_of_its_defects_has_its_place() -> None:
    entry = {
        "idTag": "T" * 20,
        "idTagInfo": {"status": "Accepted", "expiryDate": "2026-01-01T10:00:00Z", "parentIdTag": "T" * 20},
    }
    payload = {"listVersion": 1, "updateType": "Full", "localAuthorizationList": [entry] * ITEMS_AT_MOST}
    body = encode(payload, "SendLocalList", HEADERS, CHARGE_POINT)
    assert len(body) < ENVELOPE_AT_MOST / 2
    read = decode(body)
    assert (read.payload, read.problems) == (payload, ())
    found = decode(body.replace(b"Accepted", b"X")).problems
    wanted = [f"/localAuthorizationList/{i}/idTagInfo/status" for i in range(len(found))]
    assert (len(found), [each.pointer for each in found]) == (100, wanted)


def test_random_damage_never_raises() -> None:
    dice = random.Random(8)
    names = set()
    for _ in range(3000):
        body = bytearray(STATUS)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(body))
            body[at : at + dice.randint(0, 3)] = dice.choice(
                [b"", b"<", b">", b"&", b"\xff", b"ocpp:", b"</a>", b'"', b"\x00", b"9"]
            )
        names |= {each.name for each in decode(bytes(body)).problems}
    assert {"xml", "encoding", "header-missing", "namespace", "must-understand"} <= names


def test_random_trees_never_raise_and_none_but_the_same_is_the_same() -> None:
    dice = random.Random(16)
    names = set()
    full = [rest for name, *rest in messages() if name.endswith("request-full")]
    for _ in range(3000):
        of, action, kind, payload = dice.choice(full)
        root = etree.fromstring(encode(payload, action, HEADERS, of, kind))
        for _ in range(dice.randint(1, 3)):
            damage(list(root.iter("*")), dice)
        body = etree.tostring(root)
        read = decode(body)
        names |= {each.name for each in read.problems}
        if not read.problems:
            assert read.payload is not None
            assert decode(encode(read.payload, read.action, HEADERS, of, kind)).payload == read.payload
    assert names >= PROBLEMS.keys() - {"too-long", "encoding", "doctype", "entity", "xml", "soap-version", "digits", "fault"}


def damage(nodes: list[etree._Element], dice: random.Random) -> None:
    """Something of a tree goes, moves, comes twice, or has another name, text or attribute."""
    node, other = dice.choice(nodes), dice.choice(nodes)
    parent = node.getparent()
    match dice.randrange(7):
        case 0 if parent is not None:
            parent.remove(node)
        case 1 if parent is not None:
            parent.append(copy.deepcopy(node))
        case 2:
            node.append(copy.deepcopy(other))
        case 3:
            node.tag = other.tag
        case 4:
            node.tag = etree.QName(node).localname
        case 5:
            node.text = dice.choice(["", " ", "1e9", "-1", "x" * 600, "ä", "true", "2026-01-01T10:00:00Z"])
        case _:
            node.set(dice.choice(["unit", "xmlns-not", "{http://www.w3.org/2003/05/soap-envelope}mustUnderstand"]), "1")


def test_a_message_of_1_5_is_told_by_its_namespace() -> None:
    read = decode(encode({}, "Heartbeat", HEADERS, CENTRAL_SYSTEM).replace(b"2015/10", b"2012/06"))
    assert (read.version, read.action, read.problems) == ("1.5", "Heartbeat", ())


def test_a_message_of_the_other_service_is_read_all_the_same() -> None:
    read = decode(changed("urn://Ocpp/Cs/2015/10/", "urn://Ocpp/Cp/2015/10/"))
    assert read.service is CENTRAL_SYSTEM
    assert (read.kind, read.action, read.payload) == ("request", "StatusNotification", decode(STATUS).payload)
