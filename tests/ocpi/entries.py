"""A wire log of OCPI written by hand: entries in order, with the marks that name URLs and tokens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from evconform.harness.judge import Terms, Window
from evconform.harness.pics import Pics
from evconform.harness.wire import Entry, Side
from evconform.ocpi.frame import Frame
from evconform.ocpi.log import Log
from evconform.ocpi.view import Transcript

TERMS = Terms("cpo", "", 0.0, {}, Pics({}))
STAMP = "2026-01-01T00:00:00Z"


def said(data: Any = None, code: int = 1000, **more: Any) -> dict[str, Any]:
    return {"data": data, "status_code": code, "timestamp": STAMP} | more


def endpoint(module: str, role: str, url: str) -> dict[str, str]:
    return {"identifier": module, "role": role, "url": url}


class Written:
    """Feeds a Transcript; the SUT is a CPO at ``/cpo``, we an eMSP at ``/emsp``."""

    def __init__(self) -> None:
        self.view = Transcript(TERMS)
        self.n = 0
        self.t = 0.0

    def feed(self, **members: Any) -> Frame | None:
        self.n += 1
        return self.view.feed(Entry(self.n, self.t, **members))

    def mark(self, mark: str, **facts: Any) -> None:
        self.feed(mark=mark, facts=facts)

    def asks(self, by: Side, method: str, target: str, body: Any = "", conn: str = "", **headers: str) -> Frame:
        return self._frame(by, "request", f"{method} {target} HTTP/1.1", body, conn or by, headers)

    def answers(self, by: Side, body: Any = "", status: str = "200 OK", conn: str = "", **headers: str) -> Frame:
        return self._frame(by, "response", f"HTTP/1.1 {status}", body, conn or ("tester" if by == "sut" else "sut"), headers)

    def _frame(self, by: Side, kind: str, first: str, body: Any, conn: str, headers: dict[str, str]) -> Frame:
        lines = [first, *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
        text = body if isinstance(body, str) else json.dumps(body)
        frame = self.feed(conn=conn, by=by, kind=kind, data="\r\n".join(lines) + f"\r\n\r\n{text}")
        assert frame is not None
        return frame

    def announces(self, version: str = "2.2.1") -> None:
        """Both sides are asked for their versions and details."""
        self.mark("versions-url", side="sut", url="http://cpo/cpo/versions")
        self.mark("versions-url", side="tester", url="http://emsp/emsp/versions")
        for by, asker, base in (("sut", "tester", "/cpo"), ("tester", "sut", "/emsp")):
            role = "SENDER" if by == "sut" else "RECEIVER"
            self.asks(asker, "GET", f"{base}/versions")
            self.answers(by, said([{"version": version, "url": f"http://x{base}/{version}"}]))
            self.asks(asker, "GET", f"{base}/{version}")
            rows = [endpoint("credentials", "SENDER", f"http://x{base}/cred")]
            rows += [endpoint(module, role, f"http://x{base}/{module}/") for module in ("locations", "tariffs")]
            self.answers(by, said({"version": version, "endpoints": rows}))

    def registers(self) -> None:
        """We are the Sender."""
        roles = [{"role": "CPO", "country_code": "nl", "party_id": "Cpo", "business_details": {"name": "x"}}]
        self.asks("tester", "POST", "/cpo/cred", {"token": "B", "url": "http://emsp/emsp/versions", "roles": []})
        self.answers("sut", said({"token": "C", "url": "http://cpo/cpo/versions", "roles": roles}))

    def log(self, role: str = "cpo", since: int = 0) -> Log:
        """What a monitor sees of the newest conversation."""
        log: Log = self.view.conversations()[-1].log(role, TERMS, Window(since, self.t))
        return log


def locations(count: int, first: int = 0, size: int = 0) -> Iterator[dict[str, Any]]:
    for n in range(first, first + count):
        yield {"id": f"L{n}", "last_updated": STAMP, "evses": [{"uid": f"E{n}", "connectors": [{"id": "1"}]}], "name": "x" * size}
