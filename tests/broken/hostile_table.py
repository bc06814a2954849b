"""What each hostile behaviour must come to, thought out by hand: verdict, what is said, and pieces of the wire log.

*fail*: OCPP was broken. *inconclusive*: the SUT did what OCPP has no sentence about (RFC 6455, TLS, HTTP), or sent more than
we take; nothing is known of what the case asked. *pass*: odd, and nobody forbids it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Expected:
    verdict: str
    says: str
    evidence: tuple[str, ...] = ()


def fails(says: str, *evidence: str) -> Expected:
    return Expected("fail", says, evidence)


def open_(says: str, *evidence: str) -> Expected:
    return Expected("inconclusive", says, evidence)


NOT_ANSWERED = "was not answered within "
TOO_LONG = "the SUT sent more than we take, which is 33554432 bytes: frame with 104857600 bytes"
ASKS = "we closed the connection, as RFC 6455 asks: "
PROTOCOL_ERROR = '"kind":"close","code":1002'
INVALID = '"kind":"close","code":1007'
TOO_BIG = '"by":"tester","kind":"close","code":1009'
ANNOUNCED = '"kind":"too-long","opcode":"text","length":104857600'
HUNG_UP = "closed the connection instead of answering"

ANSWERS = {
    # the CALL is never answered (OCPP-J 4.2): whether bytes come now and then, or none, or only pings
    "drips": fails(NOT_ANSWERED, '"kind":"bytes"', '"cut":true'),
    "silence": fails(NOT_ANSWERED),
    "pings-unread": fails(NOT_ANSWERED, '"by":"sut","kind":"ping"'),
    # pings are legal, however many (RFC 6455, 5.5.2), and each has its pong
    "pings-read": Expected("pass", "", ('"by":"sut","kind":"ping"', '"by":"tester","kind":"pong"')),
    # OCPP has no longest message: what we do not take, we do not judge; refused with 1009 at the header, before it came
    "big-whole": open_(TOO_LONG, ANNOUNCED, TOO_BIG),
    "big-header": open_(TOO_LONG, ANNOUNCED, TOO_BIG),
    "big-parts": open_("the SUT sent more than we take", '"kind":"too-long","opcode":"continuation","length":1048576', TOO_BIG),
    "big-ping": open_(TOO_LONG, '"kind":"too-long","opcode":"ping","length":104857600', TOO_BIG),
    # nobody agreed on compression: a reserved bit (RFC 6455, 5.2), and what stands in the frame is no UTF-8 (OCPP-J 4.1.2)
    "big-bomb": fails("no UTF-8", '"rsv":4', PROTOCOL_ERROR),
    # RFC 8259, 9: a parser may set a limit on depth; what no parser here reads is told as no JSON (OCPP-J 4.1.2)
    "deep": fails("JSON nested too deep to be read"),
    # readable, and not what the schema allows (OCPP-J 4.2.4), or no message id, no action (4.1.4, 4.2.1)
    "deep-legal": fails("Recursion limit reached"),
    "deep-id": fails("the message id is [[[["),
    "deep-action": fails("the action is [[[["),
    # a CALLERROR is a legal answer, and its details may be any object (4.2.3); the case asked for another one
    "deep-error": open_("heard CALLERROR"),
    # numbers of any size are JSON; the member is not in the schema
    "huge-number": fails("Additional properties are not allowed ('x' was unexpected)"),
    "huge-exponent": fails("Additional properties are not allowed ('x' was unexpected)"),
    # RFC 8259, 4: names SHOULD be unique, and what follows if they are not is undefined; the last one counts here
    "twin-keys": Expected("pass", ""),
    # no JSON at all (RFC 8259, 6)
    "nan": fails("NaN is not JSON"),
    "infinity": fails("-Infinity is not JSON"),
    # an escape may name half a pair (RFC 8259, 8.2); the member is not in the schema
    "surrogate": fails("half of a surrogate pair"),
    # OCPP-J 4.1.2: UTF-8; RFC 6455, 8.1: closed with 1007
    "no-utf8": fails("no UTF-8", '"b64":', INVALID),
    "half-utf8": fails("no UTF-8", INVALID),
    "surrogate-utf8": fails("no UTF-8", INVALID),
    # against RFC 6455, of which OCPP-J has no sentence of its own: named, closed with 1002, and not judged
    "ping-long": open_(ASKS + "control frame too long", '"kind":"ping"', PROTOCOL_ERROR),
    "ping-parts": open_(ASKS + "fragmented control frame", '"fin":false', PROTOCOL_ERROR),
    "reserved-opcode": open_(ASKS + "invalid opcode", '"kind":"opcode-5"', PROTOCOL_ERROR),
    "stray-part": open_(ASKS + "unexpected continuation frame", '"kind":"continuation"', PROTOCOL_ERROR),
    "no-frame": open_(ASKS + "invalid opcode", '"kind":"bytes"', PROTOCOL_ERROR),
    # the same, but the frame holds a text that is no OCPP-J message either (4.1.2)
    "reserved-bits": fails("no JSON array", '"rsv":2', PROTOCOL_ERROR),
    "wrong-mask": fails("no JSON array", '"masked":', PROTOCOL_ERROR),
    "part-in-part": fails("no JSON", '"fin":false', PROTOCOL_ERROR),
    # a close frame, proper or not, is a hang-up of the SUT's own while a CALL is open (OCPP-J 4.2)
    "close-short": fails(HUNG_UP, '"by":"sut","kind":"close"', PROTOCOL_ERROR),
    "close-no-code": fails(HUNG_UP, '"by":"sut","kind":"close","code":0', PROTOCOL_ERROR),
    "close-reserved": fails(HUNG_UP, '"by":"sut","kind":"close","code":1005', PROTOCOL_ERROR),
    "close-no-utf8": fails(HUNG_UP, '"by":"sut","kind":"close","code":1000', INVALID),
}
ABSENT = "the charge point HOSTILE-1 is not connected"
REFUSED = "was refused with HTTP 4"
NONE = "an opening handshake was none, or did not end"
OPENINGS = {
    # a charge point that is not there cannot be judged; who was there instead is said
    "drips-head": open_(f"{ABSENT} (but 1 connection did not end the opening handshake so far"),
    "endless-head": open_(ABSENT, '"kind":"bytes"', "X-1: xxx"),
    "storm": open_("a connection said nothing (", '"kind":"lost"'),
    "storm-of-handshakes": open_(ABSENT, '"kind":"request"', '"kind":"lost"'),
    "crowd": open_("256 connections did not end the opening handshake so far", '"by":"tester","kind":"lost"'),
    "tls-to-plain": open_(ABSENT, '"kind":"bytes"'),
    # RFC 9112, 3.2 and 6: what a smuggler would send is refused, and no request comes of a body
    "two-hosts": open_(REFUSED, "Host: y", "HTTP/1.1 400"),
    "two-upgrades": open_(REFUSED, "Upgrade: h2c"),
    "http-1.0": open_(REFUSED.replace("4", "505"), "HTTP/1.0"),
    "body": open_(NONE, "Content-Length: 5"),
    "chunked": open_(NONE, "Transfer-Encoding: chunked"),
    "post": open_(REFUSED, "POST /ocpp"),
    "bare-lf": open_(ABSENT, "GET /ocpp"),
    "no-key": open_(REFUSED, "HTTP/1.1 400"),
    "header-no-ascii": open_(NONE),
    # it offers ocpp1.6, so it is the charge point, under another name (OCPP-J 3.1.1); a path of ours it never becomes
    "paths": fails("the URL ends in '..%2f..%2fetc%2fpasswd'", "..%2f..%2fetc%2fpasswd", "HTTP/1.1 404"),
    "odd-names": fails("the URL ends in '%0d%0aSet-Cookie:%20x'", "%1b%5b31mred"),
    "long-name": fails("the URL ends in 'xxxx", "x" * 8000),
}
SHAKEN = "a TLS handshake failed: "
CP_TLS = {
    # TLS is below OCPP-J 1.6: the charge point is absent, and the log says what became of the handshake
    "tls-plain": open_(SHAKEN + "http request", '"kind":"tls","failed":"http request"'),
    "tls-old": open_(SHAKEN + "unsupported protocol", '"failed":"unsupported protocol"'),
    "tls-no-cipher": open_(SHAKEN + "no shared cipher", '"failed":"no shared cipher"'),
    "tls-untrusted": open_(SHAKEN + "tlsv1 alert unknown ca", '"failed":"tlsv1 alert unknown ca"'),
    "tls-wrong-host": open_(SHAKEN + "sslv3 alert bad certificate", '"failed":"sslv3 alert bad certificate"'),
    "tls-silent": open_(f"{ABSENT} (but 1 connection did not end", '"failed":"the connection went'),
    "tls-half-hello": open_(f"{ABSENT} (but 1 connection did not end", '"failed":"the connection went'),
    "tls-cut": open_(SHAKEN + "the connection went in the middle", '"failed":"the connection went'),
    "tls-garbage": open_(SHAKEN, '"kind":"tls","failed":'),
    # a connection that ends without TLS's goodbye is lost like any other
    "tls-no-close-notify": open_(ABSENT, '"kind":"lost"'),
}
NO_CONNECTION = "no connection to ws"
RESPONSES = {
    # no WebSocket connection came about: the central system is not judged by a case that needs one
    "no-response": open_("nothing came within 1 s"),
    "drips-head": open_("nothing came within 1 s", '"kind":"bytes"'),
    "endless-head": open_(NO_CONNECTION, '"kind":"bytes"', "X-1: xxx"),
    "wrong-accept": open_("invalid Sec-WebSocket-Accept header", "Sec-WebSocket-Accept: x"),
    "two-accepts": open_("invalid Sec-WebSocket-Accept header: multiple values"),
    "http-1.0": open_("did not receive a valid HTTP response", "HTTP/1.0 101"),
    "http-200": open_("heard response 'HTTP/1.1 200 OK", "HTTP/1.1 200 OK"),
    "redirect": open_(NO_CONNECTION, "HTTP/1.1 302 Found"),  # redirects are not followed
    "unasked-extension": open_("no extensions supported", "permessage-deflate"),
    "endless-body": open_("", "HTTP/1.1 404 Not Found", '"unlogged":'),
    "tls-to-plain": open_(NO_CONNECTION, '"kind":"bytes"'),
    "garbage": open_(NO_CONNECTION, '"kind":"bytes"'),
}
CS_TLS = {
    "tls-good": Expected("pass", "", ('"kind":"tls","version":"TLSv1.3"',)),
    "tls-plain": open_("wrong version number", '"failed":"wrong version number"'),
    "tls-old": open_("alert protocol version", '"failed":"tlsv1 alert protocol version"'),
    "tls-no-cipher": open_("alert handshake failure", '"failed":"sslv3 alert handshake failure"'),
    "tls-untrusted": open_("unable to get local issuer certificate", '"failed":"the certificate was not accepted: unable to get'),
    "tls-self-signed": open_("self-signed certificate", '"failed":"the certificate was not accepted: self-signed'),
    "tls-expired": open_("certificate has expired", '"failed":"the certificate was not accepted: certificate has expired"'),
    "tls-not-yet": open_("certificate is not yet valid", '"failed":"the certificate was not accepted: certificate is not yet'),
    "tls-wrong-host": open_("IP address mismatch", '"failed":"the certificate was not accepted: IP address mismatch'),
    "tls-silent": open_("nothing came within 1 s", '"failed":"it was given up before it was complete"'),
    "tls-half-hello": open_("nothing came within 1 s", '"failed":"it was given up before it was complete"'),
    "tls-cut": open_("the other side ended it", '"failed":"the connection went in the middle of the handshake"'),
    "tls-no-close-notify": open_("", '"kind":"lost"'),
}
BACK = "was told before"
CP_CLOCKS = {
    # a status is older than the one before (4.9); or its time is not the one that it was given (4.2: SHOULD)
    "clock 1970-01-01T00:00:00Z": fails(BACK),
    "clock 2000-01-01T00:00:00Z": fails(BACK),
    "clock 0000-01-01T00:00:00Z": fails(BACK),
    "clock 2099-01-01T00:00:00Z": Expected("warn", "from the time that was given"),
    "clock 9999-01-01T00:00:00Z": Expected("warn", "from the time that was given"),
}
CS_CLOCKS = {f"clock-{year}": fails("and currentTime went on by") for year in ("1970", "2000", "2099", "9999", "0000")}
# the newer connection of an identity is the charge point (it connected again); it does not answer, and so it fails
TWIN = {"twin": fails(NOT_ANSWERED, "the charge point connected again")}
PROPER = {"proper-again": Expected("pass", "")}

HEAVY = {name: expected for name, expected in ANSWERS.items() if name.startswith(("big-", "pings-"))}
LIGHT = {name: expected for name, expected in ANSWERS.items() if name not in HEAVY}


def of(prefix: str, *tables: dict[str, Expected]) -> dict[str, Expected]:
    """Test case to what is expected of it."""
    return {f"HOSTILE-{prefix}-{name}": expected for table in tables for name, expected in table.items()}


TABLES = {
    "proper": of("CP", PROPER),
    "answers": of("CP", LIGHT, CP_CLOCKS, TWIN, PROPER),
    "heavy": of("CP", HEAVY, PROPER),
    "openings": of("CP", OPENINGS, PROPER),
    "secure": of("CP", CP_TLS, PROPER),
    "cs-answers": of("CS", LIGHT, CS_CLOCKS, PROPER),
    "cs-heavy": of("CS", HEAVY, PROPER),
    "cs-responses": of("CS", RESPONSES, CS_TLS, PROPER),
}
PATIENCE = {"heavy": 5, "cs-heavy": 5}
"""Seconds, where it is not one: 100 MB take their time on a machine that has other things to do."""
RUNS = {
    stem: ("central-system" if stem.startswith("cs-") else "charge-point", [*cases], PATIENCE.get(stem, 1))
    for stem, cases in TABLES.items()
}
"""Stem of the SUT file to the role of the SUT, the cases, and our patience."""
EXPECTED = {case: expected for cases in TABLES.values() for case, expected in cases.items()}
