"""Scenarios of transport that both back offices go through; ``url`` is one of a functional module that the SUT serves."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from evconform.ocpi.asking import target_of
from evconform.ocpi.authorization import authorization
from evconform.ocpi.envelope import NOTHING
from evconform.ocpi.expected import ANSWERED, client_error, ok, one_of, refused
from evconform.ocpi.registering import Registering
from evconform.ocpi.registration import VERSION

APART = 12.0
"""Seconds between two requests, so that their timestamps differ."""
NOT_TAKEN = one_of(client_error(), refused())
"""Refused, on whichever layer."""
NOT_DONE = {"kind": "response", "one_of": [{"http_class": [4, 5]}, {"status_range": ["client error", "server error"]}]}
"""Any HTTP error, 501 too, or a status code that is no success."""
UNKNOWN = "EVCONFORM-NOT-THERE"
"""An id that nobody has given to anything."""


def not_taken(partner: Registering) -> dict[str, Any]:
    """What is said of valid JSON that is no valid object."""
    return client_error() if partner.policy("bad-body") == "envelope" else NOT_TAKEN


def missing(partner: Registering) -> dict[str, Any]:
    """What is said of an object that is not there."""
    return refused(404) if partner.policy("missing-object") == "404" else one_of(refused(404), client_error())


def not_a_method(partner: Registering) -> dict[str, Any]:
    """What is said to a method that a module does not have."""
    return refused(405) if partner.policy("undefined-method") == "405" else NOT_DONE


def doors(partner: Registering, url: str) -> list[tuple[str, bool]]:
    """URLs of every kind that the SUT serves, and whether a request to it is routed: versions, details, credentials, ``url``."""
    details = partner.registration.details_urls.get(VERSION)
    named = [partner.versions_of_sut(), *([details] if details else []), partner.of("credentials")]
    return [*((each, False) for each in named), (url, True)]


async def is_spoken_with(partner: Registering, url: str) -> None:
    """Requests of all kinds, some of them wrong, with time in between; one of them is an HTTP error in any case."""
    nameless: dict[str, Any] = {"headers": {"Authorization": None}, "deviates": "a request without an Authorization header"}
    await partner.asks("GET", partner.versions_of_sut(), routed=False, **nameless)
    await partner.asks("GET", partner.versions_of_sut(), routed=False, expects=ok())
    await partner.gets("credentials", expects=ok())
    await partner.passes(APART)
    await partner.gets("credentials", expects=ok())
    await partner.asks("GET", url)
    await partner.asks("GET", slashed(url))


def slashed(url: str) -> str:
    """The URL with a slash at its end, or without the one that it has."""
    return url.removesuffix("/") if url.endswith("/") else f"{url}/"


async def wants_authorization(partner: Registering, url: str) -> None:
    """No Authorization header: wherever it goes."""
    for each, routed in doors(partner, url):
        how: dict[str, Any] = {
            "expects": refused(401),
            "proves": "OCPI221-TRN-03",
            "deviates": "a request without an Authorization header",
        }
        await partner.asks("GET", each, headers={"Authorization": None}, routed=routed, **how)


async def refuses_strangers(partner: Registering, url: str) -> None:
    """A token that the SUT never gave out, wherever it goes."""
    stranger = partner.keyring.makes("A")
    for each, routed in doors(partner, url):
        how: dict[str, Any] = {
            "expects": refused(401),
            "proves": "OCPI221-TRN-04",
            "deviates": "a credentials token that nobody gave",
        }
        await partner.asks("GET", each, token=stranger, routed=routed, **how)


async def refuses_what_is_no_base64(partner: Registering, url: str) -> None:
    """A token with characters that Base64 does not have."""
    how: dict[str, Any] = {"expects": refused(401), "proves": "OCPI221-TRN-05", "deviates": "a token that is not Base64"}
    await partner.asks("GET", url, headers={"Authorization": "Token *not(Base64)*"}, **how)
    await partner.asks("GET", url, headers={"Authorization": "Token ="}, **how)


async def refuses_other_schemes(partner: Registering, url: str) -> None:
    """The token that it gave, under other words."""
    right = authorization(partner.registration.key, partner.endpoint.encoding)
    for scheme in ("Bearer", "Basic"):
        header = right.replace("Token", scheme, 1)
        how: dict[str, Any] = {"expects": refused(401), "proves": "OCPI221-TRN-06", "deviates": "a scheme that is not Token"}
        await partner.asks("GET", url, headers={"Authorization": header}, **how)


async def refuses_broken_json(partner: Registering) -> None:
    """Credentials that are cut short, and ones that are no JSON at all."""
    for body in (b'{"token": "evconform", "url": ', b"token=evconform"):
        how: dict[str, Any] = {"expects": refused(400), "proves": "OCPI221-TRN-10", "deviates": "a body that is no JSON"}
        await partner.puts("credentials", body=body, **how)


async def judges_content_by_status_code(partner: Registering) -> None:
    """Credentials that are JSON, and no Credentials object."""
    bodies: tuple[Any, ...] = ({}, {"token": 1, "url": [], "roles": "CPO"}, [])
    for body in bodies:
        how: dict[str, Any] = {
            "expects": client_error(),
            "proves": "OCPI221-TRN-11",
            "deviates": "a body that is no Credentials object",
        }
        await partner.puts("credentials", body=body, **how)
    await partner.gets("credentials", expects=ok())


async def has_no_such_method(partner: Registering) -> None:
    """PATCH of credentials, and what can be done to versions but read them."""
    how: dict[str, Any] = {
        "expects": not_a_method(partner),
        "proves": "OCPI221-TRN-27",
        "deviates": "a method that the module does not have",
    }
    await partner.patches("credentials", body={"url": partner.url}, **how)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        body = NOTHING if method == "DELETE" else {"versions": []}
        await partner.asks(method, partner.versions_of_sut(), routed=False, body=body, **how)
    await partner.asks("GET", partner.versions_of_sut(), routed=False, expects=ok(), proves="OCPI221-TRN-27")


async def keeps_a_connection(partner: Registering, url: str) -> None:
    """A body in chunks, over a connection that was used before."""
    key = authorization(partner.registration.key, partner.endpoint.encoding)
    credentials = partner.of("credentials")
    host, id = urlsplit(credentials).netloc.rpartition("@")[2], uuid4()  # many servers share an address, and go by the name
    head = f"PUT {target_of(credentials)} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {key}\r\n"
    head += "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
    head += f"X-Request-ID: {id}\r\nX-Correlation-ID: {id}\r\n\r\n"
    body = b"1\r\n{\r\n2\r\n}\n\r\n0\r\n\r\n"
    for _ in range(2):
        await partner.asks("GET", url, proves="OCPI221-ROB-08")
    handled = ANSWERED | {"none_of": [{"http_class": 5}]}
    await partner.sends(credentials, head.encode() + body, proves="OCPI221-ROB-08", **handled)
