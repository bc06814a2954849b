"""``evconform mock``: what it cannot play."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from evconform.harness.catalogue import Law
from evconform.harness.party import PARTIES
from evconform.harness.verdict import UsageError
from evconform.mock import Mocked, check_address, pics_of, play, spoken


@pytest.mark.parametrize(
    "url",
    ["", "x", "ftp://h", "ws:", "ws://", "ws:///ocpp", "ws://h:99999", "ws://h:x", "ws://[::1", "ws://user:secret@h/", "http://"],
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(UsageError, match="--connect") as told:
        check_address(url)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("url", "said", "speaks"),
    [
        ("ws://h", "", "ocpp1.6-json"),
        ("wss://h", "", "ocpp1.6-json"),
        ("http://h", "", "ocpp1.6-soap"),
        ("https://h", "", "ocpp1.6-soap"),
        ("http://h", "ocpp1.5-soap", "ocpp1.5-soap"),
    ],
)
def test_what_is_spoken_at_an_address(url: str, said: str, speaks: str) -> None:
    assert spoken(url, said) == speaks


@pytest.mark.parametrize(("url", "said"), [("ftp://h", ""), ("ws://h", "ocpp1.6-soap"), ("http://h", "ocpp1.6-json")])
def test_what_is_not_spoken_there(url: str, said: str) -> None:
    with pytest.raises(UsageError, match=r"--connect|--speaks"):
        spoken(url, said)


@pytest.mark.parametrize("name", ["nobody", "", "plain-central-system"])
def test_a_mock_that_is_none(mocked: Callable[..., Mocked], name: str) -> None:
    assert name == "" or (name in PARTIES) == (name == "plain-central-system")
    with pytest.raises(UsageError, match=r"expected one of .*inch"):
        _ = mocked(name=name).make


def test_a_pics_that_is_none(mocked: Callable[..., Mocked], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.toml"):
        mocked(pics="nothing.toml")
    bad = tmp_path / "bad.toml"
    bad.write_text("[model\n")
    with pytest.raises(UsageError, match=r"bad\.toml"):
        _ = mocked(pics=str(bad)).pics


def test_a_log_that_cannot_be_written(mocked: Callable[..., Mocked], tmp_path: Path, law: Law) -> None:
    playing = Mocked("inch", law, pics_of("etrel-inch.toml", []), "ws://127.0.0.1:1", "X", log=tmp_path)
    with pytest.raises(UsageError, match="--log"):
        asyncio.run(play(playing, lambda: "", lambda _: None))
