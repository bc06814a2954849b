"""The SUT file: each way in which it can be broken is one line with file and place."""

from __future__ import annotations

from pathlib import Path

import pytest

from evconform.harness import sut
from evconform.harness.party import find_party
from evconform.harness.plan import Content, find_sut, make_plan
from evconform.harness.verdict import UsageError

PRODUCT = '[sut]\nproduct = "P"\nversion = "1"\nrole = "charge-point"\nspeaks = ["ocpp1.6-json"]\npics = "p.toml"\n'
EMBEDDED = '[control]\nkind = "embedded"\nparty = "inch"\n'
PYTHON = '[control]\nkind = "python"\nentry = "mine:Bench"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "my-sut.toml"


def test_a_whole_file_is_read(file: Path) -> None:
    text = PRODUCT + '[endpoint]\nlisten = "ws://0.0.0.0:9000/ocpp"\npassword = "s3cret"\n' + PYTHON + "[pixit]\npatience = 20\n"
    file.write_text(text)
    read = sut.read(file)
    assert (read.sut.product, read.endpoint.listen, read.control.entry) == ("P", "ws://0.0.0.0:9000/ocpp", "mine:Bench")
    assert (read.pixit.patience, read.pixit.tolerance, read.file) == (20.0, 1.0, file)
    assert "s3cret" not in repr(read)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("[sut\n", "line 1", id="not TOML"),
        pytest.param('x = "\n', "line 1", id="string not ended"),
        pytest.param("", "sut", id="empty"),
        pytest.param(EMBEDDED, "sut", id="no sut"),
        pytest.param(PRODUCT, "control", id="no control"),
        pytest.param("sut = 1\n" + EMBEDDED, "sut", id="sut is no table"),
        pytest.param(PRODUCT.replace('version = "1"\n', "") + EMBEDDED, r"sut\.version", id="no version"),
        pytest.param(PRODUCT.replace('"1"', "1") + EMBEDDED, r"sut\.version", id="version is a number"),
        pytest.param(PRODUCT.replace("charge-point", "charger") + EMBEDDED, r"sut\.role", id="unknown role"),
        pytest.param(PRODUCT.replace("1.6-json", "9") + EMBEDDED, r"sut\.speaks", id="unknown protocol"),
        pytest.param(PRODUCT.replace('["ocpp1.6-json"]', "[]") + EMBEDDED, r"sut\.speaks", id="speaks nothing"),
        pytest.param(PRODUCT.replace('["ocpp1.6-json"]', '"ocpp1.6-json"') + EMBEDDED, r"sut\.speaks", id="speaks a string"),
        pytest.param(PRODUCT + 'colour = "red"\n' + EMBEDDED, r"sut\.colour", id="unknown key"),
        pytest.param(PRODUCT + EMBEDDED + "[wishes]\nx = 1\n", "wishes", id="unknown table"),
        pytest.param(PRODUCT + '[control]\nkind = "embedded"\n', r"control\.party", id="embedded without party"),
        pytest.param(PRODUCT + '[control]\nkind = "python"\n', r"control\.entry", id="python without entry"),
        pytest.param(PRODUCT + '[control]\nkind = "magic"\n', r"control\.kind", id="unknown kind"),
        pytest.param(PRODUCT + PYTHON, r"endpoint\.listen", id="foreign charge point without listen"),
        pytest.param(PRODUCT.replace("charge-point", "central-system") + PYTHON, r"endpoint\.url", id="foreign system, no url"),
        pytest.param(PRODUCT + EMBEDDED + "[pixit]\npatience = 0\n", r"pixit\.patience", id="no patience"),
        pytest.param(PRODUCT + EMBEDDED + "[pixit]\ntolerance = -1\n", r"pixit\.tolerance", id="negative tolerance"),
        pytest.param(PRODUCT + EMBEDDED + "[pixit]\npatience = nan\n", r"pixit\.patience", id="patience is no number"),
        pytest.param(PRODUCT + EMBEDDED + "[pixit]\npatience = inf\n", r"pixit\.patience", id="endless patience"),
        pytest.param(PRODUCT + EMBEDDED + '[pixit]\npatience = "9"\n', r"pixit\.patience", id="patience in quotes"),
        pytest.param(PRODUCT + '[endpoint]\nlisten = "9000"\n' + PYTHON, r"endpoint", id="listen is no URL"),
        pytest.param(PRODUCT + '[endpoint]\nlisten = "ws://h:99999/x"\n' + PYTHON, r"endpoint", id="no such port"),
    ],
)
def test_a_broken_file_is_one_line_with_file_and_place(file: Path, text: str, place: str) -> None:
    file.write_text(text)
    with pytest.raises(UsageError, match=rf"^\S*my-sut\.toml: [^\n]*{place}[^\n]*$"):
        sut.read(file)


HTTP = PRODUCT + '[endpoint]\nlisten = "ws://h:1/x"\n[control]\nkind = "http"\n'
PLUG = '[control.action.plug_in]\nurl = "http://box/{connector}"\n'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param(HTTP, r"control\.action is needed", id="http without an action"),
        pytest.param(
            HTTP + PLUG.replace("plug_in", "plugin"), r"control\.action\.plugin: no action .*plug_in", id="no such action"
        ),
        pytest.param(
            HTTP + PLUG.replace("{connector}", "{conector}"), r"plug_in\.url: {conector} .*{connector}", id="typing error"
        ),
        pytest.param(HTTP + PLUG + 'body = "{uid}"\n', r"plug_in\.body: {uid} is no parameter", id="not given to this action"),
        pytest.param(HTTP + PLUG.replace("http://", ""), r"action\.plug_in\.url", id="no URL"),
        pytest.param(HTTP + PLUG.replace("box", "box:99999"), r"action\.plug_in\.url", id="no port"),
        pytest.param(HTTP + PLUG + "expect = 99\n", r"action\.plug_in\.expect", id="no status"),
        pytest.param(HTTP + PLUG + "expect = []\n", r"action\.plug_in\.expect", id="no status at all"),
        pytest.param(HTTP + PLUG + 'method = "BREW"\n', r"action\.plug_in\.method", id="no method"),
        pytest.param(HTTP + PLUG + "within = 0\n", r"action\.plug_in\.within", id="no time"),
        pytest.param(HTTP + PLUG + 'headers = {"X" = "a\\nb"}\n', r"action\.plug_in\.headers", id="header of two lines"),
        pytest.param(HTTP + PLUG + "colour = 1\n", r"action\.plug_in\.colour", id="unknown member"),
        pytest.param(HTTP + 'language = "de"\n' + PLUG, r"control\.language is for kind 'operator'", id="language of http"),
        pytest.param(HTTP.replace('"http"', '"operator"\nlanguage = "fr"'), r"control\.language", id="unknown language"),
        pytest.param(HTTP.replace('"http"', '"operator"\npatience = 0'), r"control\.patience", id="operator without patience"),
    ],
)
def test_a_broken_control_is_one_line_with_file_and_place(file: Path, text: str, place: str) -> None:
    file.write_text(text)
    with pytest.raises(UsageError, match=rf"^\S*my-sut\.toml: [^\n]*{place}[^\n]*$"):
        sut.read(file)


def test_what_a_request_holds_for_the_bench_alone_is_a_secret(file: Path) -> None:
    headers = 'headers = {Authorization = "Bearer abc", Content-Type = "application/json"}\n'
    file.write_text(HTTP + PLUG.replace("box", "me:hidden@box") + headers)
    assert sut.read(file).secrets == ["Bearer abc", "hidden"]


def test_a_missing_file_is_named(file: Path) -> None:
    with pytest.raises(UsageError, match=r"^\S*my-sut\.toml: [^\n]+$"):
        sut.read(file)


def test_a_file_that_is_not_utf_8_is_named(file: Path) -> None:
    file.write_bytes(PRODUCT.replace("P", "\xe9").encode("latin-1"))
    with pytest.raises(UsageError, match=r"^\S*my-sut\.toml: line 2: expected UTF-8, not the byte 0xe9$"):
        sut.read(file)


def test_a_sut_that_is_nowhere_is_named() -> None:
    with pytest.raises(UsageError, match=r"^nowhere\.toml: not found"):
        find_sut("nowhere.toml", [])


def test_a_shipped_sut_is_found_by_its_name() -> None:
    assert find_sut("plain-charge-point.toml", []).is_file()
    assert find_sut("plain-charge-point", []) == find_sut("plain-charge-point.toml", [])


def test_pics_that_are_nowhere_are_named_with_the_place_where_they_were_looked_for(loaded: Content, file: Path) -> None:
    file.write_text(PRODUCT + EMBEDDED)
    with pytest.raises(UsageError, match=rf"p\.toml: not found in {file.parent}"):
        make_plan(loaded, file)


def test_pics_beside_the_sut_file_come_before_the_shipped_ones(loaded: Content, file: Path) -> None:
    (file.parent / "plain-charge-point.toml").write_text(
        'model = {vendor = "V", model = "M", firmware = "1"}\n[messages]\n"1.6-json" = ["Heartbeat"]\n'
    )
    file.write_text(PRODUCT.replace("p.toml", "plain-charge-point.toml") + EMBEDDED)
    assert make_plan(loaded, file).pics_file == file.parent / "plain-charge-point.toml"


def test_an_unknown_party_is_a_usage_error_that_lists_the_known_ones(loaded: Content) -> None:
    assert loaded.catalogue.laws
    with pytest.raises(UsageError, match=r"'nobody' is not one of .*inch"):
        find_party("nobody", "charge-point")


def test_a_party_of_the_other_role_is_a_usage_error(loaded: Content) -> None:
    assert loaded.catalogue.laws
    with pytest.raises(UsageError, match="is a central-system, and the SUT is a charge-point"):
        find_party("plain-central-system", "charge-point")
