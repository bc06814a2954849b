"""Messages that break the framing of OCPP-S: its header blocks, the operation, the document, and how HTTP carries it.

Each table is mutation to what a receiver owes it and to how it is made of a proper envelope.
"""

from __future__ import annotations

from collections.abc import Iterator

from evconform.ocpp.hostile import spoils
from evconform.ocpp.hostile.item import Kind, Mutation
from evconform.ocpp.soap import spoiling
from evconform.ocpp.soap.headers import BLOCKS
from evconform.ocpp.soap.model import addressed, element
from evconform.ocpp.soap.names import IDENTITY, MEDIA_TYPE, SOAP, WSA, WSA_OLDER
from evconform.ocpp.soap.spoiling import Spoil
from evconform.ocpp.soap.table import service, services

OPERATION = "(operation)"
ENVELOPE = "(envelope)"
HTTP = "(HTTP)"
NOBODY = "evconform-nobody"

Headers = tuple[tuple[str, str], ...]
Framed = Iterator[tuple[str, Mutation, str, Headers]]
"""Field, mutation, text of the envelope, headers of HTTP where they are others."""
Ways = dict[str, tuple[Kind, Spoil]]


def of_envelope(action: str, proper: bytes, role: str, *, open_too: bool) -> Framed:
    """All that is done to the envelope of an action. ``role``: of who gets it; ``open_too``: also what the text leaves open, of
    which one action is as good as another."""
    for field, group, ways in _ways(action, role):
        for name, (kind, spoil) in ways.items():
            if open_too or kind != "unclear":
                yield field, Mutation(name, group, kind, None), _text(spoil(proper)), ()
    for name, (kind, headers) in CARRIED.items():
        if open_too or kind != "unclear":
            yield HTTP, Mutation(name, "http", kind, None), _text(proper), headers


def of_nothing() -> Framed:
    """What is no message of any action. It has to be borne."""
    for name, body in NO_ENVELOPE.items():
        yield ENVELOPE, Mutation(name, "no-xml", "unreadable", None), _text(body), ()


def _text(body: bytes) -> str:
    return body.decode("utf-8", "surrogateescape")


def _ways(action: str, role: str) -> Iterator[tuple[str, str, Ways]]:
    for field, block in BLOCKS.items():
        if field != "relates_to":
            yield f"({block})", "header", of_block(block)
    yield f"({IDENTITY})", "identity", of_identity(role)
    yield "(Action)", "header", of_action(action)
    yield from ((f"({block})", "header", ways) for block, ways in VALUES.items())
    yield "(header)", "header", HEADER
    yield OPERATION, "unknown-action", of_operation(action)
    yield OPERATION, "stray-answer", {"response": ("unreadable", _operation(action, f"{action}Response", "Response"))}
    yield OPERATION, "namespace", of_namespace(role)
    yield from ((ENVELOPE, group, ways) for group, ways in DOCUMENTS.items())


# ── header blocks (OCPP-S 1.6, 3; WS-Addressing 1.0) ──


def of_block(block: str) -> Ways:
    """What is done to any block that a request has. What a receiver makes of a request without one is not said (spec-gaps);
    without the identity nobody knows whose it is."""
    whose = block == IDENTITY
    return {
        "twice": ("lenient", spoiling.with_block_twice(block)),
        "missing": ("lenient" if whose else "unclear", spoiling.without(block)),
        "empty": ("lenient" if whose else "unclear", spoiling.with_block(block, "")),
        "huge": ("lenient" if whose else "unclear", spoiling.with_block(block, "x" * 10_000)),
        "name-upper-case": ("legal" if whose else "unclear", spoiling.named(block, block.upper())),
        "in-element": ("lenient" if whose else "unclear", spoils.nested(block)),
    }


def of_identity(role: str) -> Ways:
    """A charge point answers for itself alone; a central system should refuse whom it does not know (OCPP-S 1.6, 3.3)."""
    kind: Kind = "illegal" if role == "charge-point" else "lenient"
    others = {"nobody": NOBODY, "ours-and-more": "@IDENTITY@x", "wildcard": "%", "sql": "' OR 1=1; --", "path": "../../etc"}
    return {name: (kind, spoiling.with_block(IDENTITY, text)) for name, text in others.items()}


def of_action(action: str) -> Ways:
    """An Action that is not that of the body (OCPP-S 1.6, 3.4)."""
    others = {"unknown": "/Evconform", "of-a-response": addressed(action, "response"), "another": "/EvconformOther"}
    unclear = {
        "without-slash": action,
        "whole-uri": f"urn://Ocpp{addressed(action, 'request')}",
        "lower-case": f"/{action.lower()}",
    }
    return {
        **{name: ("lenient", spoiling.with_block("Action", text)) for name, text in others.items()},
        **{name: ("unclear", spoiling.with_block("Action", text)) for name, text in unclear.items()},
    }


VALUES: dict[str, Ways] = {
    "MessageID": {
        "no-uri": ("unclear", spoiling.with_block("MessageID", "1 2\t3")),
        "markup": ("unclear", spoiling.with_block("MessageID", "<&>")),
    },
    "From": {
        "no-url": ("unclear", spoiling.with_block("From", "evconform")),
        "other-scheme": ("unclear", spoiling.with_block("From", "ftp://127.0.0.1/")),
        "port-0": ("unclear", spoiling.with_block("From", "http://127.0.0.1:0/")),
        "of-nobody": ("unclear", spoiling.with_block("From", f"{WSA}/none")),
    },
    "ReplyTo": {
        "elsewhere": ("unclear", spoiling.with_block("ReplyTo", "http://127.0.0.1:9/")),
        "to-nobody": ("unclear", spoiling.with_block("ReplyTo", f"{WSA}/none")),
    },
    "To": {"elsewhere": ("unclear", spoiling.with_block("To", "http://127.0.0.1:9/other"))},
    "RelatesTo": {"of-nothing": ("unclear", spoiling.with_block("RelatesTo", "urn:evconform:nothing"))},
    "FaultTo": {"elsewhere": ("unclear", spoiling.with_block("FaultTo", "http://127.0.0.1:9/"))},
}
"""Values of single blocks."""


HEADER: Ways = {
    "missing": ("lenient", spoils.without_header),
    "behind-the-body": ("lenient", spoils.header_last),
    "twice": ("lenient", spoils.header_twice),
    "older-addressing": ("unclear", spoiling.swaps(WSA, WSA_OLDER[0])),
    "unknown-block": ("legal", spoils.with_foreign_block()),
    "unknown-and-not-demanding": ("legal", spoils.with_foreign_block(mustUnderstand="false")),
    "demanding-of-nobody": ("legal", spoils.with_foreign_block(mustUnderstand="true", role=spoils.role("none"))),
    "demanding": ("illegal", spoils.with_foreign_block(mustUnderstand="true")),
    "demanding-1": ("illegal", spoils.with_foreign_block(mustUnderstand="1")),
    "demanding-of-the-next": ("illegal", spoils.with_foreign_block(mustUnderstand="true", role=spoils.role("next"))),
    "demanding-of-the-last": ("illegal", spoils.with_foreign_block(mustUnderstand="true", role=spoils.role("ultimateReceiver"))),
    "100-unknown-blocks": ("legal", spoils.with_foreign_block(times=100)),
}
"""The header as such. A block that demands to be understood must be (SOAP 1.2 part 1, 2.4), of whom it is for; any other that a
receiver does not know is nothing to it."""


# ── the operation ──


def _operation(action: str, addressed_as: str, local: str = "") -> Spoil:
    """Another Action, and another body element: by default that of it."""
    body = element(action, local.lower()) if local else element(addressed_as, "request")
    return spoils.chained(spoiling.with_block("Action", f"/{addressed_as}"), spoils.body_named(body))


def of_operation(action: str) -> Ways:
    """Operations that the service does not have, and names that are none (OCPP-S 1.6, 4; WSDL)."""
    proper = element(action, "request")
    names = {
        "capital": f"{action}Request",
        "upper-case": proper.upper(),
        "without-request": action,
        "unknown-element": "evconform",
    }
    return {
        "unknown": ("illegal", _operation(action, "EvconformAction")),
        **{name: ("illegal", spoils.body_named(local)) for name, local in names.items()},
    }


def of_namespace(role: str) -> Ways:
    """The body in a namespace that is not that of the called service (OCPP-S 1.6, 8, table 2)."""
    ours = service("1.6", role).namespace
    other = next(each.namespace for each in services("1.6") if each.namespace != ours)
    return {
        "foreign": ("illegal", spoiling.foreign),
        "none": ("lenient", spoils.in_no_namespace),
        "without-slash": ("lenient", spoiling.in_namespace(ours.rstrip("/"))),
        "of-the-other-service": ("lenient", spoiling.in_namespace(other)),
        "unqualified-children": ("lenient", spoiling.unqualified),
    }


# ── the document ──

DOCUMENTS: dict[str, Ways] = {
    "no-xml": {
        "ends-early": ("illegal", spoiling.truncated),
        "cut-in-half": ("illegal", lambda body: body[: len(body) // 2]),
        "two-of-them": ("illegal", lambda body: body + body.partition(b"?>")[2]),
        "not-utf-8": ("illegal", spoils.behind_id(b"\xff")),
        "nul": ("illegal", spoils.behind_id(b"\0")),
        "entity-unknown": ("illegal", spoils.behind_id(b"&evconform;")),
        "attribute-twice": ("illegal", lambda body: body.replace(b"<soap:Body>", b'<soap:Body x="1" x="1">')),
        "text-before": ("illegal", lambda body: b"evconform" + body),
        "text-behind": ("illegal", lambda body: body + b"evconform"),
        "encoding-unknown": ("illegal", spoiling.swaps("encoding='utf-8'", "encoding='evconform'")),
    },
    "framing": {
        "soap-1.1": ("lenient", spoiling.as_envelope_1_1),
        "soap-of-nobody": ("lenient", spoiling.swaps("http://www.w3.org/2003/05/soap-envelope", "urn:evconform:soap")),
        "doctype": ("lenient", spoiling.with_doctype),
        "entity-bomb": ("unclear", spoiling.with_entity_bomb),
        "entity-of-a-file": ("unclear", spoils.with_file_entity),
        "without-declaration": ("unclear", spoiling.without_declaration),
        "latin-1": ("unclear", spoiling.swaps("encoding='utf-8'", "encoding='iso-8859-1'")),
        "xml-1.1": ("unclear", spoiling.swaps("version='1.0'", "version='1.1'")),
        "byte-order-mark": ("unclear", lambda body: b"\xef\xbb\xbf" + body),
        "instruction": ("unclear", lambda body: spoiling.after_declaration(body, b"<?evconform?>")),
        "comment": ("legal", lambda body: spoiling.after_declaration(body, b"<!-- evconform -->")),
        "body-missing": ("illegal", spoils.without_body),
        "body-empty": ("illegal", spoiling.empty),
        "body-twice": ("lenient", spoils.body_twice),
        "two-in-the-body": ("unclear", spoiling.twice),
        "unknown-child": ("lenient", spoils.with_child),
        "in-element": ("illegal", lambda body: b"<evconform>" + spoiling.without_declaration(body) + b"</evconform>"),
        "deep": ("unclear", spoils.in_header(b"<x>" * 1000 + b"</x>" * 1000)),
        "wide": ("unclear", spoils.in_header(b"<x/>" * 5000)),
        "1-mebibyte": ("unclear", spoiling.of_length(2**20)),
    },
}
"""Group to what is done to the envelope as a document (XML 1.0, SOAP 1.2 part 1, 5)."""

NO_ENVELOPE: dict[str, bytes] = {
    "nothing": b"",
    "blank": b" ",
    "word": b"hello",
    "nul": b"\0",
    "json": b'[2,"@ID@","Heartbeat",{}]',
    "page": b"<html><body>hello</body></html>",
    "element": b"<hello/>",
    "only-declaration": b"<?xml version='1.0' encoding='utf-8'?>",
    "deep-and-open": b"<a>" * 10_000,
    "deep": b"<a>" * 10_000 + b"</a>" * 10_000,
    "wsdl": b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>',
}

CARRIED: dict[str, tuple[Kind, Headers]] = {
    "text-plain": ("lenient", (("Content-Type", "text/plain; charset=utf-8"),)),
    "json": ("lenient", (("Content-Type", "application/json"),)),
    "no-media-type": ("unclear", (("X-Evconform", "1"),)),
    "text-xml": ("unclear", (("Content-Type", "text/xml; charset=utf-8"),)),
    "application-xml": ("unclear", (("Content-Type", "application/xml"),)),
    "other-action": ("unclear", (("Content-Type", f'{MEDIA_TYPE}; charset=utf-8; action="/Evconform"'),)),
    "charset-utf-16": ("unclear", (("Content-Type", f"{MEDIA_TYPE}; charset=utf-16"),)),
    "charset-unknown": ("unclear", (("Content-Type", f"{MEDIA_TYPE}; charset=evconform"),)),
    "coding-unknown": ("lenient", (("Content-Type", MEDIA_TYPE), ("Content-Encoding", "evconform"))),
    "no-gzip": ("unclear", (("Content-Type", MEDIA_TYPE), ("Content-Encoding", "gzip"))),
    "no-deflate": ("unclear", (("Content-Type", MEDIA_TYPE), ("Content-Encoding", "deflate"))),
}
"""A proper envelope with other headers of HTTP (SOAP 1.2 part 2, 7.1.4; RFC 9110, 8.3, 8.4)."""


# ── answers ──


def of_answer(action: str) -> dict[str, dict[str, Spoil]]:
    """Group to what is done to the answer to a request: to what it relates, what it says that it is, the document."""
    relates = {
        "another-id": spoiling.with_block("RelatesTo", "urn:evconform:another"),
        "empty-id": spoiling.with_block("RelatesTo", ""),
        "without-id": spoiling.without("RelatesTo"),
        "two-ids": spoiling.with_block_twice("RelatesTo"),
    }
    header = {
        "without-header": spoils.without_header,
        "without-action": spoiling.without("Action"),
        "another-action": spoiling.with_block("Action", "/EvconformResponse"),
        "demanding": spoils.with_foreign_block(mustUnderstand="true"),
    }
    others = {
        "of-another-operation": _operation(action, "EvconformResponse", "Response"),
        "a-request": _operation(action, action, "Request"),
        "capital": spoils.body_named(f"{action}Response"),
    }
    documents = {
        group: {name: spoil for name, (kind, spoil) in ways.items() if kind != "legal"} for group, ways in DOCUMENTS.items()
    }
    namespaces = {"foreign": spoiling.foreign, "none": spoils.in_no_namespace, "unqualified-children": spoiling.unqualified}
    return {"stray-answer": relates | others, "header": header, "namespace": namespaces, **documents}


def _fault(holds: str) -> str:
    """An envelope with a Fault that holds this."""
    return (
        f'<soap:Envelope xmlns:soap="{SOAP}" xmlns:wsa="{WSA}"><soap:Header><wsa:RelatesTo>@ID@</wsa:RelatesTo></soap:Header>'
        f"<soap:Body><soap:Fault>{holds}</soap:Fault></soap:Body></soap:Envelope>"
    )


CODE = "<soap:Code><soap:Value>soap:{}</soap:Value>{}</soap:Code>"
WHY = '<soap:Reason><soap:Text xml:lang="en">{}</soap:Text></soap:Reason>'
SUBCODE = "<soap:Subcode><soap:Value>evconform:Error</soap:Value></soap:Subcode>"
OF_SOAP: Headers = (("Content-Type", f"{MEDIA_TYPE}; charset=utf-8"),)
OF_TEXT: Headers = (("Content-Type", "text/html"),)

NO_ANSWER: dict[str, tuple[int, Headers, str]] = {
    "fault-empty": (500, OF_SOAP, _fault("")),
    "fault-without-reason": (500, OF_SOAP, _fault(CODE.format("Receiver", ""))),
    "fault-of-nobody": (500, OF_SOAP, _fault(CODE.format("Evconform", "") + WHY.format("no"))),
    "fault-subcode-unbound": (500, OF_SOAP, _fault(CODE.format("Sender", SUBCODE) + WHY.format("no"))),
    "fault-huge": (500, OF_SOAP, _fault(CODE.format("Receiver", "") + WHY.format("x" * 10_000))),
    "fault-with-200": (200, OF_SOAP, _fault(CODE.format("Receiver", "") + WHY.format("no"))),
    "200-without-body": (200, OF_SOAP, ""),
    "202-without-body": (202, (), ""),
    "204": (204, (), ""),
    "200-page": (200, OF_TEXT, "<html><body>Who are you?</body></html>"),
    "302": (302, (("Location", "http://127.0.0.1:9/"),), ""),
    "401": (401, (("WWW-Authenticate", 'Basic realm="evconform"'),), ""),
    "404": (404, OF_TEXT, "nothing here"),
    "413": (413, (), ""),
    "500-without-body": (500, (), ""),
    "503": (503, (("Retry-After", "86400"),), "try again later"),
    "599": (599, (), ""),
}
"""Mutation to HTTP status, headers and body of what answers nothing: faults that are none, and statuses of HTTP."""
