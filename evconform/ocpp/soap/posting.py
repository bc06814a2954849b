"""An envelope in an HTTP request or response (SOAP 1.2 part 2, 7; OCPP-S 1.6, 6.1), gzip and deflate included."""

from __future__ import annotations

import gzip
import re
import zlib

from evconform.http.coding import codings
from evconform.http.message import Headers, Request, Response, media_type
from evconform.ocpp.soap.names import MEDIA_TYPE, content_type

MEDIA_TYPE_1_1 = "text/xml"
"""Of SOAP 1.1."""
COMPRESSORS = {"gzip": lambda data: gzip.compress(data, 6, mtime=0), "deflate": zlib.compress}
ACCEPTED = ("Accept-Encoding", ", ".join(COMPRESSORS))
"""Both are to be understood, and may be used (OCPP-S 1.6, 6.1)."""
COMPRESSED_FROM = 1400
"""Bytes of an envelope; a shorter one fills no packet."""
CODING = re.compile(r"\s*([\w.*-]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*", re.ASCII)


def as_request(body: bytes, action: str, coding: str = "") -> Request:
    """A POST with the envelope, compressed if a coding is named."""
    body, headers = _compressed(body, coding)
    return Request("POST", "", [("Content-Type", content_type(action)), ACCEPTED, *headers], body)


def as_response(body: bytes, status: int, action: str, asked: Request, coding: str = "") -> Response:
    """The envelope, compressed if whoever asked takes that, and it is worth it or a coding is named."""
    coding = coding if coding and accepts(asked, coding) else ""
    body, headers = _compressed(body, coding or (preferred(asked) if len(body) >= COMPRESSED_FROM else ""))
    return Response(status, [("Content-Type", content_type(action)), *headers], body)


def _compressed(body: bytes, coding: str) -> tuple[bytes, Headers]:
    return (COMPRESSORS[coding](body), [("Content-Encoding", coding)]) if coding else (body, [])


def preferred(asked: Request) -> str:
    """The coding that a request's Accept-Encoding likes best of ours (RFC 9110, 12.5.3); empty for none."""
    ours = _liking(asked)
    best = max(ours, key=lambda name: ours[name])
    return best if ours[best] > 0 else ""


def accepts(asked: Request, coding: str) -> bool:
    """Whether an answer may come in this coding of ours: it may where the request does not say (RFC 9110, 12.5.3)."""
    return asked.header("Accept-Encoding") is None or _liking(asked)[coding] > 0


def _liking(asked: Request) -> dict[str, float]:
    """Each coding of ours with its weight in Accept-Encoding."""
    weights: dict[str, float] = {}
    for part in (asked.header("Accept-Encoding") or "").split(","):
        if found := CODING.fullmatch(part):
            weights[found[1].lower()] = float(found[2] or 1)
    return {name: weights.get(name, weights.get("*", 0.0)) for name in COMPRESSORS}


def unreadable(request: Request) -> Response | None:
    """Why a POST holds no SOAP (RFC 9110, 15.5.16); None if it may."""
    unknown = [name for name in codings(request.headers) if name not in ("x-gzip", *COMPRESSORS)]
    if unknown:
        return plain(415, f"the content coding {unknown[0]} is not known here", ACCEPTED)
    if media_type(request.header("Content-Type")) not in (MEDIA_TYPE, MEDIA_TYPE_1_1):
        return plain(415, f"{MEDIA_TYPE} is taken here", ("Accept", MEDIA_TYPE))
    return None


def plain(status: int, says: str, *headers: tuple[str, str]) -> Response:
    """A response that is no SOAP."""
    return Response(status, [("Content-Type", "text/plain; charset=utf-8"), *headers], f"{says}\n".encode())
