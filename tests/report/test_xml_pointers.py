"""SOAP in the evidence: an element a line, and marked is what a finding is about."""

from __future__ import annotations

import pytest

from evconform.harness.wire import Entry
from evconform.report.exchange import data_of, without_headers
from evconform.report.pdf_text import shortened_in_lines
from evconform.report.xml_pointers import marked_in_envelope
from evconform.report.xml_text import essence, indented, tokens

METER = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="s"><s:Header><o:chargeBoxIdentity>CP-1</o:chargeBoxIdentity>'
    "<w:Action>/MeterValues</w:Action><w:MessageID>m-1</w:MessageID><w:From><w:Address>http://cp/</w:Address></w:From></s:Header>"
    "<s:Body><o:meterValuesRequest><o:connectorId>1</o:connectorId><o:meterValue><o:timestamp>t1</o:timestamp>"
    "<o:sampledValue><o:value>1</o:value></o:sampledValue><o:sampledValue><o:value>2</o:value><o:unit>Wh</o:unit></o:sampledValue>"
    "</o:meterValue><o:meterValue><o:timestamp>t2</o:timestamp></o:meterValue></o:meterValuesRequest></s:Body></s:Envelope>"
)
OLDER = (
    "<s:Envelope><s:Body><o:stopTransactionRequest><o:transactionData><o:values><o:timestamp>t</o:timestamp>"
    '<o:value context="Trigger" unit="Wh">7</o:value></o:values></o:transactionData></o:stopTransactionRequest>'
    "</s:Body></s:Envelope>"
)
FAULT = (
    "<s:Envelope><s:Header><w:RelatesTo>m-1</w:RelatesTo></s:Header><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode>"
    "<s:Value>o:SecurityError</s:Value></s:Subcode></s:Code><s:Reason><s:Text>no</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>"
)
SUBCODE = "<s:Subcode><s:Value>o:SecurityError</s:Value></s:Subcode>"
POST = "POST /ocpp HTTP/1.1\r\nHost: h\r\n\r\n"


def marks(text: str, words: str, whole: bool = True) -> list[str]:
    pieces = marked_in_envelope(text, [words], whole)
    assert "".join(piece for piece, _ in pieces) == text
    return [piece for piece, is_marked in pieces if is_marked]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        (METER, "/connectorId is 1", ["<o:connectorId>1</o:connectorId>"]),
        (METER, "MeterValues /meterValue/0/sampledValue/1/unit: no", ["<o:unit>Wh</o:unit>"]),
        (METER, "/meterValue/1/timestamp is 't2'", ["<o:timestamp>t2</o:timestamp>"]),
        (METER, "/meterValue/0/sampledValue/0: missing", ["<o:sampledValue><o:value>1</o:value></o:sampledValue>"]),
        (METER, "/meterValue/7/timestamp", ["<o:meterValuesRequest>"]),
        (METER, "/nowhere", ["<o:meterValuesRequest>"]),
        (METER, "the MessageID is that of frame 4", ["<w:MessageID>m-1</w:MessageID>"]),
        (METER, "From: not there", ["<w:From><w:Address>http://cp/</w:Address></w:From>"]),
        (METER, "the identity is another one", ["<o:chargeBoxIdentity>CP-1</o:chargeBoxIdentity>"]),
        (METER, "it came too early", ["<o:meterValuesRequest>"]),
        (OLDER, "/transactionData/0/meterValue/0/sampledValue/0/context is 'Trigger'", ['context="Trigger"']),
        (OLDER, "/transactionData/0/meterValue/0/sampledValue/0/value: no", ['<o:value context="Trigger" unit="Wh">7</o:value>']),
        (FAULT, "the fault is SecurityError", [SUBCODE]),
        (FAULT, "expected an answer that says CALLERROR (code=NotSupported)", [SUBCODE]),
        (FAULT, "RelatesTo is 'm-1'", ["<w:RelatesTo>m-1</w:RelatesTo>"]),
        (FAULT, "sent after a wait", [SUBCODE]),
        ("<s:Envelope><s:Body>", "no XML", ["<s:Envelope>"]),
        ("<", "no XML", ["<"]),
    ],
)
def test_what_words_point_at_is_marked(text: str, words: str, expected: list[str]) -> None:
    assert marks(text, words) == expected
    assert marks(POST + text, words) == expected


def test_what_is_not_the_products_is_marked_only_where_the_words_point() -> None:
    assert marks(METER, "it came too early", whole=False) == []
    assert marks(METER, "/connectorId", whole=False) == ["<o:connectorId>1</o:connectorId>"]


def test_an_element_is_a_line_but_for_one_that_holds_only_text() -> None:
    assert indented("<?x?><a><b>1</b>\r\n <c/><d></d><e>t<f/>u</e><!-- n --></a>") == (
        "<?x?>\n<a>\n  <b>1</b>\n  <c/>\n  <d></d>\n  <e>t<f/>u</e>\n  <!-- n -->\n</a>"
    )
    assert essence(METER).splitlines()[:2] == ["<o:meterValuesRequest>", "  <o:connectorId>1</o:connectorId>"]
    assert essence("<html><p>x</p></html>") == "<html>\n  <p>x</p>\n</html>"


BROKEN = [
    "<a", "<a b='>", "</a></a>", "<a><!--", "<![CDATA[", "<a>" * 3000, "<!-- " * 3000, "<a b='" * 3000, "<" * 3000, "&<a&>",
    "<a\x00>", "<a b=\"1\" c='2' d>x</a>", "text", "<a>]]></a>",
]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_nothing_is_lost_of_what_is_broken(text: str) -> None:
    assert "".join(text[t.start : t.end] for t in tokens(text)) == text
    assert "".join(indented(text).split()) == "".join(text.split())
    assert marks(text, "/a/0/b: Subcode and From", whole=False) is not None


def test_the_evidence_shows_an_envelope_in_lines() -> None:
    entry = Entry(7, 1.0, "c1", "sut", "request", POST + METER)
    pieces, notes = data_of(entry, ["/connectorId is 1"], str)
    text = "".join(piece for piece, _ in pieces)
    assert text.startswith("POST /ocpp HTTP/1.1\r\nHost: h\r\n\r\n<?xml")
    assert "\n      <o:connectorId>1</o:connectorId>\n" in text
    assert [piece for piece, is_marked in pieces if is_marked] == ["<o:connectorId>1</o:connectorId>"]
    assert notes == []
    [(brief, _)] = without_headers(POST + METER)
    assert brief.startswith("POST /ocpp HTTP/1.1\n\n<o:meterValuesRequest>\n  <o:connectorId>1")
    assert "Envelope" not in brief


def test_on_paper_whole_lines_are_left_out() -> None:
    text = "\n".join(f"line {n}" for n in range(20))
    assert shortened_in_lines(text, 1000) == text
    assert shortened_in_lines(text, 60) == "line 0\nline 1\nline 2\nline 3\nline 4\n…\nline 18\nline 19"
    assert shortened_in_lines("x" * 50 + "\n" + "y" * 50, 30) == "x" * 20 + " … " + "y" * 10
