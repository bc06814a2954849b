"""--redact: what would tell whose log it is does not stand in any of the writers' texts."""

from __future__ import annotations

import json

import pytest

from evconform.report.checked import writers
from evconform.report.checked.redact import Redactor
from tests.field.conftest import LOGS, Checks

HIDDEN = {
    "home-assistant.log": ["GARAGE", "YARD", "FA2AFD77", "INCH-0001"],
    "browser.har": ["BROWSER-1", "ABCDEF01", "127.0.0.1"],
    "capture.tshark.json": ["FAULTY-1", "FA2AFD77", "INCH-0001", "127.0.0.1"],
    "anything.txt": ["BOX-7"],
}


@pytest.mark.parametrize("name", HIDDEN)
def test_no_writer_shows_what_is_hidden(name: str, checks: Checks) -> None:
    open_, hidden = checks(LOGS / name), checks(LOGS / name, redacted=True)
    shown = json.dumps(open_, ensure_ascii=False)
    assert any(secret in shown for secret in HIDDEN[name])
    for text in (
        json.dumps(hidden, ensure_ascii=False),
        writers.as_html(hidden),
        writers.as_markdown(hidden),
        "\n".join(writers.on_terminal(hidden)),
    ):
        assert [secret for secret in HIDDEN[name] if secret in text] == []
        assert str(LOGS) not in text
    assert [len(f["seen"]) for f in open_["findings"]] == [len(f["seen"]) for f in hidden["findings"]]


TEXTS = {
    '[2,"1","Authorize",{"idTag":"A"}]': '[2,"1","Authorize",{"idTag":"⟪idTag 1⟫"}]',
    '{"idTag" : "x\\"y", "parentIdTag":"x\\"y"}': '{"idTag" : "⟪idTag 1⟫", "parentIdTag":"⟪idTag 1⟫"}',
    '{"key":"AuthorizationKey","value":"FFFF"}': '{"key":"AuthorizationKey","value":"⟪secret⟫"}',
    '{"value":"internet","key":"WiFiPassword"}': '{"value":"⟪secret⟫","key":"WiFiPassword"}',
    '{"key":"HeartbeatInterval","value":"300"}': '{"key":"HeartbeatInterval","value":"300"}',
    '{"location":"ftp://me:secret@host/x"}': '{"location":"⟪location 1⟫"}',
    "GET /ocpp HTTP/1.1\r\nHost: a.example\r\nAuthorization: Basic QUJD\r\nUpgrade: websocket": (
        "GET /ocpp HTTP/1.1\r\nHost: ⟪hidden⟫\r\nAuthorization: ⟪hidden⟫\r\nUpgrade: websocket"
    ),
    "<o:idTag>A</o:idTag><parentIdTag x='1'> A </parentIdTag><o:idTag/>": (
        "<o:idTag>⟪idTag 1⟫</o:idTag><parentIdTag x='1'>⟪idTag 1⟫</parentIdTag><o:idTag/>"
    ),
    "<w:To>http://garage.example/cp</w:To><w:Address>http://www.w3.org/2005/08/addressing/anonymous</w:Address>": (
        "<w:To>⟪address 1⟫</w:To><w:Address>http://www.w3.org/2005/08/addressing/anonymous</w:Address>"
    ),
    "<o:configurationKey><o:key>AuthorizationKey</o:key><o:readonly>false</o:readonly><o:value>FF</o:value></o:configurationKey>"
    "<o:configurationKey><o:key>ConnectionTimeOut</o:key><o:value>10</o:value></o:configurationKey>": (
        "<o:configurationKey><o:key>AuthorizationKey</o:key><o:readonly>false</o:readonly><o:value>⟪secret⟫</o:value>"
        "</o:configurationKey><o:configurationKey><o:key>ConnectionTimeOut</o:key><o:value>10</o:value></o:configurationKey>"
    ),
    "from 192.168.1.20 and 00:1A:2b:3c:4d:5e at 10:11:12": "from ⟪address 1⟫ and ⟪address 2⟫ at 10:11:12",
}


@pytest.mark.parametrize("text", TEXTS)
def test_texts(text: str) -> None:
    assert Redactor().clean(text).replace("\n", "\r\n").replace("\r\r", "\r") == TEXTS[text]


def test_a_value_of_xml_is_known_as_it_reads_and_as_it_is_escaped() -> None:
    redactor = Redactor()
    redactor.read("<o:chargeBoxIdentity>A&amp;B-1</o:chargeBoxIdentity>")
    assert redactor.clean("A&B-1, A&amp;B-1") == "⟪charge point 1⟫, ⟪charge point 1⟫"


def test_the_same_value_has_the_same_name_in_words_too() -> None:
    redactor = Redactor()
    redactor.read('{"idTag":"FA2AFD77"}')
    assert (
        redactor.clean("/idTag 'fa2afd77' had started; FA2AFD77X had not") == "/idTag '⟪idTag 1⟫' had started; FA2AFD77X had not"
    )


def test_a_message_that_is_cut_for_showing_is_redacted_before(checks_text: Checks) -> None:
    row = json.dumps({"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [{"value": "1", "unit": "A", "measurand": "Voltage"}]})
    rows = ",".join([row] * 200)
    for n in range(2):  # the card stands over the cut
        fill = "y" * (1900 - n)
        text = f'CP: receive message [2,"1","StartTransaction",{{"fill":"{fill}","idTag":"{"SECRETCARD" * 6}","x":[{rows}]}}]\n'
        assert "SECRETCARD" not in json.dumps(checks_text(text, redacted=True))
