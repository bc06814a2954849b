"""The form: the blank one is the whole of it, and a broken answer is named with file, line, item and what was expected."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.content import shipped
from evconform.harness.form import blank
from evconform.harness.pics import Pics
from evconform.harness.plan import Content
from evconform.harness.user_file import read_toml
from evconform.harness.verdict import UsageError
from evconform.report.bundle import fresh

INCH = shipped() / "fixtures" / "pics" / "etrel-inch.toml"


def fill(loaded: Content, file: Path, column: str = "1.6-json") -> Pics:
    return Pics.fill(loaded.catalogue.laws["ocpp16"].form, read_toml(file), file, column)


def test_the_shipped_answers_fill_the_form(loaded: Content) -> None:
    pics = fill(loaded, INCH)
    assert (pics["SendLocalList"], pics["GetLocalListVersion"], pics["connectors"]) == (True, False, 1)
    assert (pics["Core"], pics["LocalAuthListManagement"], pics["FirmwareManagement"]) == (True, False, True)
    assert len(pics.messages["1.6-soap"]) == len(pics.messages["1.6-json"]) == 26
    assert pics.sections["rfid"] == {"byte_order": "little-endian", "example": "FA2AFD77"}
    assert [row["name"] for row in pics.sections["measurement"]][-1] == "Power factor"


def test_a_column_without_a_tick_claims_nothing(loaded: Content) -> None:
    pics = fill(loaded, INCH, "1.5-soap")
    assert not any(pics[message] for message in loaded.catalogue.laws["ocpp16"].form.messages)


def test_no_contact_of_a_person_is_shipped() -> None:
    assert not re.search(r"@|\+\d{2,}|contact", INCH.read_text("utf-8"), re.IGNORECASE)


def test_the_blank_form_asks_every_item(loaded: Content) -> None:
    form = loaded.catalogue.laws["ocpp16"].form
    text = blank(form)
    assert tomllib.loads(text) == {"messages": {}, "supplementary": {}}
    uncommented = tomllib.loads(re.sub(r"(?m)^# (?=\[|\w+ = |\"|\]|    \")", "", text))
    for name, section in form.sections.items():
        answers = uncommented[name][0] if section.many else uncommented[name]
        assert list(answers) == list(section.fields)
    assert set(uncommented["supplementary"]) == {*form.supplementary, *form.unasked}
    for column in ("1.5-soap", "1.6-soap", "1.6-json"):
        missing = {*form.messages} - {*uncommented["messages"][column], *form.unasked}
        assert missing == {*form.blank.get(column, ())} - {*form.unasked}


BROKEN: list[tuple[str, str, str, str]] = [
    ('vendor = "ETREL"', "vendor = 3", "model.vendor", "a text in quotes, not 3"),
    ('vendor = "ETREL"\n', "", "model", "vendor: Vendor name"),
    ("phases = 3", 'phases = "three"', "connector.phases", "a whole number, not 'three'"),
    ('charging_type = "AC"', 'charging_type = "ac"', "connector.charging_type", "one of AC, DC, wireless, not 'ac'"),
    ("max_power = 22", "max_power = true", "connector.max_power", "a number, not True"),
    ("phases = true", "phases = 1", "measurement.phases", "true or false, not 1"),
    ('unit = "kWh"', 'unite = "kWh"', "measurement.unite", "one of name, level, phases, interval, unit"),
    ('protocols = ["ftp", "http"]', 'protocols = ["ftp", "gopher"]', "diagnostics.protocols", "one of ftp"),
    ('measurements = ["building consumption"', "measurements = [1", "non_standard.measurements", "a list of texts"),
    ('"1.5-soap" = []', '"1.5-soap" = ["TriggerMessage"]', "messages.1.5-soap", "no TriggerMessage: this version has no"),
    ('"1.5-soap" = []', '"1.5-soap" = "none"', "messages.1.5-soap", "a list of messages"),
    ('"1.5-soap" = []', '"1.7-json" = []', "messages.1.7-json", "one of the columns 1.5-soap"),
    ('"1.5-soap" = []', '"1.5-soap" = ["Boot"]', "messages.1.5-soap", "messages of the form, not 'Boot'"),
    ("[local_list]", "[white_list]", "white_list", "one of model"),
]


@pytest.mark.parametrize(("old", "new", "item", "expected"), BROKEN, ids=[f"{new or 'nothing'}" for _, new, _, _ in BROKEN])
def test_a_broken_answer_is_named(loaded: Content, tmp_path: Path, old: str, new: str, item: str, expected: str) -> None:
    text = INCH.read_text("utf-8")
    assert old in text
    file = tmp_path / "my-pics.toml"
    broken = text.replace(old, new, 1)
    file.write_text(broken)
    with pytest.raises(UsageError) as refused:
        fill(loaded, file)
    said = re.fullmatch(rf"\S*my-pics\.toml:(\d+): {re.escape(item)}: expected ([^\n]+)", str(refused.value))
    assert said, refused.value
    assert said[2].startswith(expected)
    line = broken.splitlines()[int(said[1]) - 1]
    assert (new.splitlines()[0] if new else "[model]").split(" = ")[0] in line


MODEL = {"vendor": "V", "model": "M", "firmware": "1"}


def test_a_section_that_is_no_table_is_named(loaded: Content, tmp_path: Path) -> None:
    file = tmp_path / "my-pics.toml"
    sources: list[dict[str, Any]] = [{"model": 3}, {"model": MODEL, "connector": {}}, {"model": MODEL}, {}]
    for source, item in zip(sources, ("model", "connector", "messages", "model"), strict=True):
        with pytest.raises(UsageError, match=rf"my-pics\.toml:1: {item}: expected"):
            Pics.fill(loaded.catalogue.laws["ocpp16"].form, source, file, "")


def test_a_secret_answer_is_not_copied_into_a_bundle(loaded: Content, tmp_path: Path) -> None:
    location = "ftp://user:s3cret@ftp.example/diagnostics"
    file = tmp_path / "my-pics.toml"
    file.write_text(INCH.read_text("utf-8").replace('protocols = ["ftp"', f'location = "{location}"\nprotocols = ["ftp"'))
    pics = fill(loaded, file)
    assert pics.secrets == (location,)
    fresh(tmp_path / "bundle", {"pics.toml": file}, pics.secrets)
    assert "s3cret" not in (tmp_path / "bundle" / "inputs" / "pics.toml").read_text("utf-8")
