"""A user's file that is broken: exit code 4 and one line, with the file, the place, and what was expected. Never a traceback."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evconform.harness import waivers
from evconform.harness.form import Form
from evconform.harness.law_files import read_law_file
from evconform.harness.loading import load
from evconform.harness.pics import Pics
from evconform.harness.plan import find_sut, load_content, make_plan
from evconform.harness.user_file import FILE_AT_MOST, read_toml
from evconform.harness.verdict import UsageError
from evconform.report.rejudge import rejudge

SUT = """[sut]
product = "x"
version = "1"
role = "charge-point"
speaks = ["ocpp1.6-json"]
pics = "plain-charge-point.toml"
[endpoint]
listen = "ws://127.0.0.1:0/ocpp"
identity = "PLAIN 1"
password = "0123456789abcdef0123"
[control]
kind = "operator"
"""
HTTP = SUT.replace('"operator"', '"http"\n[control.action.plug_in]\nurl = "http://x/{connector}"')
WAIVER = '[[waiver]]\ntestcase = "OCPP16-CP-CONN-01"\nreason = "x"\nlink = "x"\nowner = "x"\nexpires = 2027-03-31\n'
ROW = '[[requirement]]\nid = "MY-1"\nclause = "x"\nsubject = "charge-point"\nlevel = "must"\nsays = "x"\n'

BYTES: dict[str, tuple[bytes, str]] = {
    "UTF-16": ("a = 1".encode("utf-16"), "line 1: expected UTF-8 without a byte order mark"),
    "Latin-1": ("a = 1\nb = 'ü'".encode("latin-1"), "line 2: expected UTF-8, not the byte 0xfc"),
    "a byte order mark": (b"\xef\xbb\xbfa = 1", "line 1: expected UTF-8 without a byte order mark"),
    "NUL": (b"a = '\0'", "line 1"),
    "binary": (bytes(range(256)), "line 2: expected UTF-8"),
    "syntax": (b"[a\nb = 1", "at line 1"),
    "twice": (b"a = 1\na = 2\nb = 3", "at line 2"),
    "deep": (b"a = " + b"[" * 100_000, "nested so deep"),
    "a number of 5000 digits": (b"a = " + b"9" * 5000, "Exceeds the limit"),
    "50 MB": (b"#" * 50_000_000, f"at most {FILE_AT_MOST // 2**20} MB"),
}


def one_line(said: Any, *words: str | Path) -> None:
    """It is a UsageError of one printable line with these words in it."""
    text = str(said.value)
    assert text.isprintable(), text
    for word in words:
        assert str(word) in text


@pytest.fixture(scope="module")
def content() -> Any:
    return load_content()


@pytest.mark.parametrize("kind", BYTES)
def test_a_toml_file_of_bad_bytes(tmp_path: Path, kind: str) -> None:
    data, says = BYTES[kind]
    file = tmp_path / "mine.toml"
    file.write_bytes(data)
    with pytest.raises(UsageError) as said:
        read_toml(file)
    one_line(said, file, says)


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    (tmp_path / "folder.toml").mkdir()
    for name in ("loop.toml", "folder.toml", "none.toml", "x" * 300):
        with pytest.raises(UsageError) as said:
            read_toml(tmp_path / name)
        one_line(said, tmp_path)
        with pytest.raises(UsageError) as said:
            find_sut(tmp_path / name, [])
        one_line(said, "not found in")


def test_crlf_is_toml(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(b"a = 1\r\n")
    assert read_toml(tmp_path / "mine.toml") == {"a": 1}


SUTS: dict[str, tuple[str, str]] = {
    "empty": ("", "sut: is missing"),
    "no table": ("sut = 3", "sut: expected a table"),
    "an unknown key": (SUT.replace("[endpoint]", 'colour = "red"\n[endpoint]'), "sut.colour: is not known here"),
    "role": (SUT.replace('"charge-point"', '"plug"'), "sut.role: "),
    "speaks nothing": (SUT.replace('["ocpp1.6-json"]', "[]"), "sut.speaks: expected one at least"),
    "a PICS that is not there": (SUT.replace("plain-charge-point", "none"), "sut.pics: none.toml: not found"),
    "a PICS of no name": (SUT.replace("plain-charge-point", "\\u0000"), "sut.pics: \\x00.toml: not found"),
    "a PICS of a long name": (SUT.replace("plain-charge-point", "x" * 300), "sut.pics: xxx"),
    "patience 0": (SUT + "[pixit]\npatience = 0", "pixit.patience: "),
    "patience inf": (SUT + "[pixit]\npatience = inf", "pixit.patience: "),
    "a card": (SUT + '[pixit]\ncard = "xyz"', "pixit.card: "),
    "an empty identity": (SUT.replace("PLAIN 1", ""), "endpoint.identity: "),
    "a port": (SUT.replace(":0/", ":99999/"), "endpoint.listen: expected ws://"),
    "no certificate": (SUT.replace("ws://", "wss://"), "endpoint.certificate: is missing"),
    "certificate": (SUT.replace("[control]", 'certificate = "none.pem"\n[control]'), "endpoint.certificate: none.pem"),
    "no PEM": (SUT.replace("[control]", 'certificate = "sut.toml"\n[control]'), "expected a PEM file"),
    "trust": (SUT.replace("[control]", 'trust = "sut.toml"\n[control]'), "endpoint.trust: sut.toml: expected a PEM"),
    "a party": (SUT.replace('"operator"', '"embedded"\nparty = "nobody"'), "control.party: 'nobody'"),
    "an entry": (SUT.replace('"operator"', '"python"\nentry = "no.such:thing"'), "control.entry: no.such:thing"),
    "http without actions": (SUT.replace('"operator"', '"http"'), "control.action is needed"),
    "http: method": (HTTP + 'method = "FETCH"', "control.action.plug_in.method: "),
    "http: url": (HTTP.replace("http://", "ftp://"), "control.action.plug_in.url: expected http://"),
    "http: placeholder": (HTTP.replace("{connector}", "{colour}"), "{colour} is no parameter"),
    "http: action": (HTTP.replace("plug_in", "dance"), "control.action.dance: no action"),
    "http: status": (HTTP + "expect = [7]", "expected a status code"),
    "http: headers": (HTTP + 'headers = "x"', "control.action.plug_in.headers: expected a table"),
    "http: unknown": (HTTP + "colour = 1", "control.action.plug_in.colour: is not known here"),
    "http: a list": (HTTP.replace("[control.action.plug_in]", "[[control.action.plug_in]]"), "plug_in: expected a table"),
}


@pytest.mark.parametrize("kind", SUTS)
def test_a_sut_file(content: Any, tmp_path: Path, kind: str) -> None:
    text, says = SUTS[kind]
    file = tmp_path / "sut.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError) as said:
        make_plan(content, find_sut(file, []))
    one_line(said, file, says)


WAIVERS = {
    "a type": (WAIVER.replace('"x"', "7", 1), "waiver 1: reason: "),
    "unknown": (WAIVER + "more = 1", "waiver 1: more: is not known here"),
    "missing": (WAIVER.replace('owner = "x"\n', ""), "waiver 1: owner: is missing"),
    "a date": (WAIVER.replace("2027-03-31", '"2027"'), "waiver 1: expires: "),
    "no list": ("waiver = 3", "waiver: expected [[waiver]]"),
    "texts": ('waiver = ["a"]', "waiver 1: file: expected a table"),
    "another table": ("x = 1", "x: expected [[waiver]]"),
    "no case": (WAIVER.replace("CONN-01", "NONE\\n99"), "OCPP16-CP-NONE\\n99 is no test case"),
    "twice": (WAIVER * 2, "waiver 2: OCPP16-CP-CONN-01 has a waiver already"),
}


@pytest.mark.parametrize("kind", WAIVERS)
def test_waivers(content: Any, tmp_path: Path, kind: str) -> None:
    text, says = WAIVERS[kind]
    file = tmp_path / "waivers.toml"
    file.write_text(text, "utf-8")
    law = content.catalogue.laws["ocpp16"]
    with pytest.raises(UsageError) as said:
        waivers.read(file, law, {*law.cases})
    one_line(said, file, says)


LAWS: dict[str, tuple[str, str, str]] = {
    "no rows": ("requirements.toml", "requirement = 3", "requirement: expected a list"),
    "texts": ("requirements.toml", 'requirement = ["a"]', "requirement.1: expected a table"),
    "missing": ("requirements.toml", ROW.replace('level = "must"\n', ""), "requirement.1.level: is missing"),
    "an id": ("requirements.toml", ROW.replace('"MY-1"', '["a"]'), "requirement.1.id: "),
    "a clause": ("requirements.toml", ROW.replace('"x"', "7", 1), "requirement.1.clause: "),
    "a condition": ("requirements.toml", ROW + "applies = 7", "requirement.1.applies: "),
    "a head": ("requirements.toml", "law = 3", "law: expected a table"),
    "messages": ("requirements.toml", "[law]\nmessages = 3", "law.messages: expected a table"),
    "a chapter": ("requirements.toml", 'chapter = ["a"]', "chapter.1: expected a table"),
    "sets": ("sets.toml", "set = 3", "set: expected a list"),
    "a set": ("sets.toml", '[[set]]\nrequirements = "MY-1"', "set.1.requirements: expected a list"),
    "a set's id": ("sets.toml", '[[set]]\nid = ["a"]', "set.1.id: "),
    "official": ("oca.toml", "case = 3", "case: expected a list"),
    "official id": ("oca.toml", '[[case]]\nid = ["x"]', "case.1.id: "),
    "gaps": ("gaps.toml", "[[gap]]", "gap.1.where: is missing"),
    "a form": ("pics.toml", "form = 3", "form: expected a table"),
    "columns": ("pics.toml", "[form]\ncolumns = 3", "form.columns: expected a table"),
    "a profile": ("pics.toml", "[profile]\nx = 3", "profile.x: expected a table"),
    "a profile's messages": ("pics.toml", "[profile.x]\nmessages = [7]", "profile.x.messages.1: "),
    "a section": ("pics.toml", "[section.x]\ny = 1", "section.x.title: is missing"),
    "a field": ("pics.toml", '[section.x]\ntitle = "x"\nfield = 3', "section.x.field: expected a table"),
    "a type": ("pics.toml", '[section.x]\ntitle = "x"\n[section.x.field.a]\ntype = "m"\nasks = "b"', "section.x.field.a.type: "),
    "supplementary": ("pics.toml", "[supplementary]\nx = 3", "supplementary.x: expected a table"),
    "derived": ("pics.toml", "derived = 3", "derived: expected a table"),
}


@pytest.mark.parametrize("kind", LAWS)
def test_a_file_of_a_law_of_the_users(tmp_path: Path, kind: str) -> None:
    name, text, says = LAWS[kind]
    file = tmp_path / name
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError) as said:
        read_law_file(file)
    one_line(said, file, says)


def test_a_law_of_the_users_is_read_in_its_shape(tmp_path: Path) -> None:
    folder = tmp_path / "suites" / "mine"
    folder.mkdir(parents=True)
    (folder / "requirements.toml").write_text("requirement = 3", "utf-8")
    with pytest.raises(UsageError) as said:
        load([tmp_path])
    one_line(said, folder / "requirements.toml")


def test_a_pics_of_another_shape(content: Any, tmp_path: Path) -> None:
    form: Form = content.catalogue.laws["ocpp16"].form
    for source in ({}, {"colour": 1}, {"model": 3}, {"messages": []}):
        with pytest.raises(UsageError) as said:
            Pics.fill(form, source, tmp_path / "pics.toml", "1.6-json")
        one_line(said, tmp_path / "pics.toml")


# ── a bundle given to `judge` ──


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, content: Any) -> Path:
    """A whole bundle, of one case."""
    from tests.broken.conftest import evconform

    folder = tmp_path_factory.mktemp("bundle")
    code, said = evconform("run", "--sut", "etrel-inch.toml", "--report", folder, "--case", "OCPP16-CP-CONN-01")
    assert code == 0, said
    return folder / "etrel-inch"


def forge(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    """A wire log whose fifth line was changed, with a chain and a manifest that fit."""

    def forged(bundle: Path) -> None:
        chain, out = "0" * 64, []
        for number, text in enumerate((bundle / "wire.jsonl").read_text("utf-8").splitlines()):
            line = json.loads(text)
            del line["chain"]
            if number == 4:
                change(line)
            raw = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()
            chain = hashlib.sha256(chain.encode() + raw).hexdigest()
            out.append(raw[:-1] + b',"chain":"' + chain.encode() + b'"}\n')
        (bundle / "wire.jsonl").write_bytes(b"".join(out))
        names = sorted(f.relative_to(bundle).as_posix() for f in bundle.rglob("*") if f.is_file() and f.suffix != ".sha256")
        digests = ((hashlib.sha256((bundle / n).read_bytes()).hexdigest(), n) for n in names)
        (bundle / "MANIFEST.sha256").write_text("".join(f"{digest}  {name}\n" for digest, name in digests), "utf-8")

    return forged


def put(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda bundle: (bundle / name).write_bytes(data) and None


def edit(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda bundle: (bundle / name).write_bytes(change((bundle / name).read_bytes())) and None


def folder_instead(bundle: Path) -> None:
    (bundle / "report.json").unlink()
    (bundle / "report.json").mkdir()


UNREADABLE: dict[str, tuple[Callable[[Path], None], str]] = {
    "no report": (lambda bundle: (bundle / "report.json").unlink(), "No such file"),
    "a folder": (folder_instead, "Is a directory"),
    "empty": (put("report.json", b""), "Expecting value"),
    "binary": (put("report.json", bytes(range(256))), "can't decode byte"),
    "deep": (put("report.json", b"[" * 100_000), "recursion"),
    "half": (edit("report.json", lambda data: data[:5000]), "line"),
    "a mark without its facts": (forge(lambda line: line.update(mark="met")), "KeyError"),
    "a connection that is a list": (forge(lambda line: line.update(conn=[1], mark=None) or line.pop("mark")), ""),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_bundle_that_cannot_be_read(written: Path, tmp_path: Path, kind: str) -> None:
    spoil, says = UNREADABLE[kind]
    bundle = Path(shutil.copytree(written, tmp_path / "bundle"))
    spoil(bundle)
    with pytest.raises(UsageError) as said:
        rejudge(bundle)
    one_line(said, bundle, says)


CHANGED: dict[str, tuple[Callable[[Path], None], str]] = {
    "no log": (lambda bundle: (bundle / "wire.jsonl").unlink(), "wire.jsonl: No such file"),
    "a log that is cut": (edit("wire.jsonl", lambda data: data[:-50]), "is not what was recorded"),
    "a line edited": (edit("wire.jsonl", lambda data: data.replace(b"Accepted", b"Rejected", 1)), "is not what was recorded"),
    "a log of another end of line": (edit("wire.jsonl", lambda data: data.replace(b"\n", b"\r\n")), "frame 1 is not what"),
    "a log in UTF-16": (edit("wire.jsonl", lambda data: data.decode().encode("utf-16")), "frame 1 is not what"),
    "a binary log": (put("wire.jsonl", bytes(range(256))), "frame 1 is not what"),
    "a line without its time": (forge(lambda line: line.pop("t")), "frame 5 is no entry of a wire log"),
    "no manifest": (lambda bundle: (bundle / "MANIFEST.sha256").unlink(), "MANIFEST.sha256 is missing"),
    "a binary manifest": (put("MANIFEST.sha256", bytes(range(256))), "is not in the manifest"),
    "no page": (lambda bundle: (bundle / "report.html").unlink(), "report.html: is missing"),
    "no inputs": (lambda bundle: shutil.rmtree(bundle / "inputs"), "inputs/sut.toml: is missing"),
    "another report": (put("report.json", b"{}"), "report.json: is not what was written"),
}


@pytest.mark.parametrize("kind", CHANGED)
def test_a_bundle_that_was_changed(written: Path, tmp_path: Path, kind: str) -> None:
    spoil, says = CHANGED[kind]
    bundle = Path(shutil.copytree(written, tmp_path / "bundle"))
    spoil(bundle)
    agreed, lines = rejudge(bundle)
    assert not agreed
    assert any(says in line for line in lines)
    assert all(line.isprintable() for line in lines)


def test_the_command_line_says_it_in_one_line(command: Any, tmp_path: Path) -> None:
    """Exit code 4, and nothing else."""
    broken = tmp_path / "broken.toml"
    broken.write_bytes(BYTES["deep"][0])
    for words in (("run", "--sut"), ("list", "--sut"), ("pics", "check"), ("review",)):
        code, said = command(*words, broken)
        assert code == 4
        assert len(said.strip().splitlines()) == 1
        assert str(broken) in said
