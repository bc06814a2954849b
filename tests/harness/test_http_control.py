"""The http control: bench actions as requests to a robot or a relay box."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from evconform.harness import sut
from evconform.harness.http_control import HttpControl
from evconform.harness.verdict import CannotAct
from tests.harness.person import SUT


@dataclass
class Box:
    """A relay box: what it was asked, and what it says."""

    url: str = ""
    asked: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    status: int = 200
    says: bytes = b"ok"
    hangs: threading.Event | None = None


@pytest.fixture
def box() -> Iterator[Box]:
    box = Box()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            box.asked.append((self.command, self.path, dict(self.headers), body))
            if box.hangs:
                box.hangs.wait(10)
                return
            self.send_response(box.status)
            self.send_header("Content-Length", str(len(box.says)))
            self.end_headers()
            self.wfile.write(box.says)

        do_GET = do_POST = do_PUT = handle_any

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] - we hang up where it says too much
    box.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield box
    if box.hangs:
        box.hangs.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


def acts(folder: Path, actions: str, action: str = "plug_in", **parameters: Any) -> None:
    """One action of a control that is declared so."""
    file = folder / "mine.toml"
    file.write_text(SUT.format(port=9, control=f'kind = "http"\n{actions}'))

    async def once() -> None:
        control = HttpControl(sut.read(file))
        await control.start()
        try:
            await getattr(control, action)(**parameters)
        finally:
            await control.stop()

    asyncio.run(once())


def test_an_action_is_a_request_with_its_parameters(box: Box, tmp_path: Path) -> None:
    declared = f"""[control.action.present_card]
    method = "PUT"
    url = "{box.url}/reader/{{connector}}"
    headers = {{Authorization = "Bearer x", Content-Type = "application/json"}}
    body = '{{"card": "{{uid}}", "at": {{connector}}, "raw": {{}}}}'
    expect = [200, 204]"""
    acts(tmp_path, declared, "present_card", uid='7"7', connector=2)
    method, path, headers, body = box.asked[0]
    assert (method, path, headers["Authorization"]) == ("PUT", "/reader/2", "Bearer x")
    assert json.loads(body) == {"card": '7"7', "at": 2, "raw": {}}


def test_a_parameter_in_a_url_stays_one_step_of_it(box: Box, tmp_path: Path) -> None:
    acts(tmp_path, f'[control.action.present_card]\nurl = "{box.url}/card/{{uid}}"', "present_card", uid="../a b?", connector=1)
    assert box.asked[0][1] == "/card/..%2Fa%20b%3F"


def test_an_answer_that_was_not_expected_is_one_line(box: Box, tmp_path: Path) -> None:
    box.status, box.says = 503, b"arm is\nbusy"
    with pytest.raises(
        CannotAct, match=r"^plug_in: POST http://127\.0\.0\.1:\d+/p: expected 200, the answer is 503: arm is busy$"
    ):
        acts(tmp_path, f'[control.action.plug_in]\nurl = "{box.url}/p?key=hidden"', connector=1)


def test_a_redirect_is_not_followed(box: Box, tmp_path: Path) -> None:
    box.status, box.says = 302, b""
    with pytest.raises(CannotAct, match=r"expected 200, the answer is 302$"):
        acts(tmp_path, f'[control.action.plug_in]\nurl = "{box.url}/p"', connector=1)


def test_a_box_that_does_not_answer_is_not_waited_for_without_end(box: Box, tmp_path: Path) -> None:
    box.hangs = threading.Event()
    with pytest.raises(CannotAct, match=r"no answer within 0\.3 s"):
        acts(tmp_path, f'[control.action.plug_in]\nurl = "{box.url}/p"\nwithin = 0.3', connector=1)


def test_a_box_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CannotAct, match=r"^plug_in: POST http://127\.0\.0\.1:1/: [^\n]+$"):
        acts(tmp_path, '[control.action.plug_in]\nurl = "http://me:hidden@127.0.0.1:1/"', connector=1)


def test_a_long_answer_is_read_no_further_than_it_is_shown(box: Box, tmp_path: Path) -> None:
    box.status, box.says = 500, b"x" * 20_000_000
    with pytest.raises(CannotAct) as failed:
        acts(tmp_path, f'[control.action.plug_in]\nurl = "{box.url}/p"', connector=1)
    assert len(str(failed.value)) < 400


def test_what_is_not_declared_cannot_be_done(box: Box, tmp_path: Path) -> None:
    with pytest.raises(AttributeError):
        acts(tmp_path, f'[control.action.plug_in]\nurl = "{box.url}/p"', "unplug", connector=1)
