"""What a platform may get wrong in every request of its own."""

from __future__ import annotations

import base64
from typing import Any

from evconform.harness.law import fault
from evconform.ocpi.headers import TO_COUNTRY, TO_PARTY
from suites.ocpi221.spoilt import edits_call_headers, edits_calls

LINE_FEED = b"\n"


def respells(party: Any, spelt: Any, method: str = "POST") -> None:
    """The Authorization header as ``spelt`` makes it of the token."""

    def edit(name: str, value: str) -> str:
        token = base64.b64decode(value.partition(" ")[2]) if name == "Authorization" else b""
        return str(spelt(token)) if token else value

    edits_call_headers(party, edit, method, "/credentials")


@fault(kills="OCPI221-TRN-01")
def registers_without_authorization(party: Any) -> None:
    """Sends its credentials without an Authorization header."""
    edits_call_headers(party, lambda name, value: None if name == "Authorization" else value, "POST", "/credentials")


@fault(kills="OCPI221-TRN-02")
def sends_raw_tokens(party: Any) -> None:
    """Sends the token as it is, without Base64."""
    respells(party, lambda token: f"Token {token.decode()}")


@fault(kills="OCPI221-TRN-02")
def sends_tokens_with_a_line_feed(party: Any) -> None:
    """Encodes a line feed behind the token, as the example of the specification has it."""
    respells(party, lambda token: f"Token {base64.b64encode(token + LINE_FEED).decode()}")


@fault(kills="OCPI221-TRN-02")
def sends_bearer_tokens(party: Any) -> None:
    """Says Bearer where Token is to stand."""
    respells(party, lambda token: f"Bearer {base64.b64encode(token).decode()}")


@fault(kills="OCPI221-TRN-02")
def sends_two_spaces(party: Any) -> None:
    """Puts two spaces behind the word Token."""
    respells(party, lambda token: f"Token  {base64.b64encode(token).decode()}")


@fault(kills="OCPI221-TRN-17")
def calls_bodies_text(party: Any) -> None:
    """Says that its bodies are plain text."""
    edits_call_headers(party, lambda name, value: "text/plain" if name == "Content-Type" else value)


@fault(kills="OCPI221-TRN-20")
def one_request_id(party: Any) -> None:
    """Gives all its requests the same id."""
    edits_call_headers(party, lambda name, value: "evconform" if name == "X-Request-ID" else value)


@fault(kills="OCPI221-TRN-20")
def no_request_id(party: Any) -> None:
    """Gives its requests no id."""
    edits_call_headers(party, lambda name, value: None if name == "X-Request-ID" else value)


@fault(kills="OCPI221-TRN-21")
def no_correlation_id(party: Any) -> None:
    """Gives its requests no correlation id."""
    edits_call_headers(party, lambda name, value: None if name == "X-Correlation-ID" else value)


@fault(kills="OCPI221-TRN-22")
def forgets_the_recipient(party: Any) -> None:
    """Names nobody that its requests are for."""
    edits_call_headers(party, lambda name, value: None if name.startswith("OCPI-to") else value)


@fault(kills="OCPI221-TRN-22")
def comes_from_somebody_else(party: Any) -> None:
    """Names a sender that its credentials do not name."""
    edits_call_headers(party, lambda name, value: "XYZ" if name == "OCPI-from-party-id" else value)


@fault(kills="OCPI221-TRN-22")
def goes_to_somebody_else(party: Any) -> None:
    """Names a recipient that the credentials of its partner do not name."""
    edits_call_headers(party, lambda name, value: "XYZ" if name == "OCPI-to-party-id" else value)


@fault(kills="OCPI221-TRN-23")
def routes_everything(party: Any) -> None:
    """Puts routing headers on requests to versions and credentials too."""

    def edit(call: Any) -> Any:
        if "OCPI-from-party-id" not in dict(call.headers):
            call.headers += [("OCPI-from-party-id", "EVC"), ("OCPI-from-country-code", "SI")]
        return call

    edits_calls(party, edit)


@fault(kills="OCPI221-TRN-54")
def broadcasts_gets(cpo: Any) -> None:
    """Asks all that a hub is connected with for an object."""

    def asked(call: Any) -> Any:
        hub = next((partner for partner in cpo.platform.partners.registered if partner.is_hub), None)
        if hub and call.method == "GET" and "/receiver/" in call.url:
            country, party = hub.parties[0]
            call.headers = [*call.headers, (TO_COUNTRY, country), (TO_PARTY, party)]
        return call

    edits_calls(cpo, asked)
