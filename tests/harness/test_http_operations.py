"""The http control of a central system: a request for every message, or one of its own, and how the outcome is read."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from evconform.harness import sut
from evconform.harness.http_control import HttpControl, outcome_of, within
from evconform.harness.verdict import CannotAct, UsageError
from tests.harness.test_http_control import Box, box

__all__ = ["box"]

HEAD = """
[sut]
product = "office"
version = "1"
role = "central-system"
speaks = ["ocpp1.6-json"]
pics = "reference-cpo.toml"
[endpoint]
url = "ws://127.0.0.1:9/ocpp"
identity = "CP 1"
[control]
kind = "http"
"""


def office(folder: Path, control: str) -> Path:
    file = folder / "office.toml"
    file.write_text(HEAD + control)
    return file


def sends(folder: Path, control: str, action: str, **payload: Any) -> None:
    """One message, asked of an office that is declared so."""

    async def once() -> None:
        target = HttpControl(sut.read(office(folder, control)))
        await target.start()
        try:
            await target.sends(identity="CP 1", action=action, **payload)
        finally:
            await target.stop()

    asyncio.run(once())


def every(box: Box) -> str:
    return f'[control.action.sends]\nurl = "{box.url}/{{identity}}/{{action}}"\nbody = "{{payload}}"\n'


def test_every_message_is_one_request(box: Box, tmp_path: Path) -> None:
    sends(tmp_path, every(box), "Reset", type="Soft")
    assert (box.asked[0][1], json.loads(box.asked[0][3])) == ("/CP%201/Reset", {"type": "Soft"})


def test_a_message_may_have_a_request_of_its_own(box: Box, tmp_path: Path) -> None:
    own = f"""[control.send.SendLocalList]
    url = "{box.url}/list"
    body = '{{"of": "{{identity}}", "tags": {{localAuthorizationList.*.idTag}}, "no": {{x}}}}'
    """
    entries = [{"idTag": "A"}, {"idTag": 'B"'}]
    sends(tmp_path, every(box) + own, "SendLocalList", localAuthorizationList=entries)
    assert json.loads(box.asked[0][3]) == {"of": "CP 1", "tags": ["A", 'B"'], "no": None}


@pytest.mark.parametrize(("given", "stands"), [({}, None), ({"messageId": "null"}, "null"), ({"messageId": 'a"b'}, 'a"b')])
def test_a_quoted_member_that_is_absent_is_null(given: dict[str, str], stands: str | None, box: Box, tmp_path: Path) -> None:
    own = f"""[control.send.DataTransfer]
    url = "{box.url}/data"
    body = '{{"id": "{{messageId}}", "text": "id {{messageId}}", "of": "{{identity}}"}}'
    """
    sends(tmp_path, own, "DataTransfer", vendorId="V", **given)
    text = "id " + ("null" if stands is None else stands)
    assert json.loads(box.asked[0][3]) == {"id": stands, "text": text, "of": "CP 1"}


def test_a_message_without_a_request_cannot_be_sent(box: Box, tmp_path: Path) -> None:
    with pytest.raises(CannotAct, match=r"cannot send ClearCache: neither control\.send\.ClearCache nor control\.action\.sends"):
        sends(tmp_path, f'[control.send.Reset]\nurl = "{box.url}/reset"', "ClearCache")


def test_the_outcome_is_read_from_the_answer(box: Box, tmp_path: Path) -> None:
    declared = every(box) + 'outcome = "0.success"\ndone = true\n'
    box.says = b'[{"success": true}]'
    sends(tmp_path, declared, "ClearCache")
    box.says = b'[{"success": false, "payload": "no such\\nstation"}]'
    with pytest.raises(CannotAct, match=r"expected True as 0\.success, the answer is False: .*no such"):
        sends(tmp_path, declared, "ClearCache")


@pytest.mark.parametrize("says", [b"", b"[", b"{}", b'{"0": {}}', b"[[]]", b"<html>"])
def test_an_answer_without_the_outcome_has_none(says: bytes) -> None:
    assert outcome_of(says, "0.success") is None


def test_a_path_goes_through_lists_and_members() -> None:
    assert within({"a": [{"b": 1}, {"c": 2}]}, ["a", "*", "b"]) == [1, None]
    assert within({"a": [1, 2]}, ["a", "1"]) == 2
    assert within({"a": [1, 2]}, ["a", "2"]) is None


@pytest.mark.parametrize(
    ("control", "says"),
    [
        ('[control.send.Reset]\nurl = "http://a"\noutcome = "x"', "outcome and done stand together"),
        ('[control.send.Reset]\nurl = "ftp://a"', "expected http://host:port/path"),
        ('[control.action.plug_in]\nurl = "http://a"', "no action is called so"),
        ("", "control.action is needed"),
    ],
)
def test_a_declaration_that_cannot_be_right_is_one_line(control: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=says):
        sut.read(office(tmp_path, control))


def test_what_a_request_holds_of_secrets_is_told(tmp_path: Path) -> None:
    read = sut.read(office(tmp_path, '[control.send.Reset]\nurl = "http://a"\nheaders = { X-Key = "hidden" }'))
    assert read.secrets == ["hidden"]
