"""Every generated mutation of every class: both engines say what the tables say, and the error names the row."""

from __future__ import annotations

from collections import Counter

import pytest
from jsonschema import Draft202012Validator

from evconform.ocpi.model import load
from evconform.ocpi.model.engines import Engines
from evconform.ocpi.model.errors import errors_of
from evconform.ocpi.model.fields import Mutation, mutations, quick
from evconform.ocpi.model.model import Null
from evconform.ocpi.model.samples import full, minimal

MODEL = load("2.2.1")
CLASSES = list(MODEL.classes)
PATCHED = [name for name, of in MODEL.classes.items() if of.patch]


def disagreements(name: str, mutated: list[Mutation], partial: bool, null: Null) -> list[str]:
    """The mutations that an engine judges otherwise than the tables, or whose error names another row."""
    engines = Engines(MODEL.schema(name, partial=partial, null=null))
    found = []
    for mutation in mutated:
        rows = [e.row for e in errors_of(MODEL, name, engines.refused(mutation.value))]
        fast = engines.is_valid(mutation.value)
        if not fast == mutation.legal == (not rows) or (rows and mutation.row not in rows):
            found.append(
                f"{mutation}: legal {mutation.legal}, against {mutation.row}, by jsonschema-rs {fast}, by jsonschema {rows}"
            )
    return found


@pytest.mark.parametrize("name", CLASSES)
def test_the_samples_of_a_class_are_valid(name: str) -> None:
    for sample in (minimal(name), full(name)):
        assert MODEL.errors(name, sample, null="refused") == []
        assert MODEL.unknown(name, sample) == []
    assert set(full(name)) == set(MODEL.classes[name].fields)
    required = {f.name for f in MODEL.classes[name].fields.values() if f.required}
    assert set(minimal(name)) >= required


@pytest.mark.parametrize("name", CLASSES)
def test_both_engines_judge_every_mutation_as_the_tables_do(name: str) -> None:
    mutated = list(mutations(MODEL, name, full(name)))
    assert disagreements(name, mutated, False, "omitted") == []
    assert {m.legal for m in mutated} == {True, False}


@pytest.mark.parametrize("name", CLASSES)
def test_null_is_refused_where_the_policy_says_so(name: str) -> None:
    nulls = [m for m in mutations(MODEL, name, full(name), null="refused") if m.kind == "null"]
    assert disagreements(name, nulls, False, "refused") == []
    assert {m.legal for m in nulls if m.field != "Response.data"} == {False}


@pytest.mark.parametrize("name", PATCHED)
def test_a_patch_is_judged_as_the_tables_do(name: str) -> None:
    body = {key: value for key, value in full(name).items() if key not in ("id", "uid")}
    mutated = list(mutations(MODEL, name, body, partial=True))
    assert disagreements(name, mutated, True, "omitted") == []
    missing = {m.field for m in mutated if m.kind == "missing" and not m.legal and m.pointer.count("/") == 1}
    assert missing == {f"{name}.last_updated"}


def test_every_property_and_every_value_is_met() -> None:
    """The generated checks leave out no row: each of 300 properties (but for ``data``) is spoilt, each value is tried."""
    illegal: set[str] = set()
    values: set[tuple[str, str]] = set()
    for name in CLASSES:
        for mutation in mutations(MODEL, name, full(name)):
            illegal |= set() if mutation.legal else {mutation.field}
            if mutation.kind == "enum-value":
                of, _, field = mutation.field.partition(".")
                values.add((MODEL.classes[of].fields[field].type, mutation.variant))
    rows = {f"{name}.{field}" for name, of in MODEL.classes.items() for field in of.fields}
    assert illegal & rows == rows - {"Response.data"}
    of_no_field = {"CommandType", "ChargingPreferencesResponse"}  # a part of a URL, and the whole `data` of an answer
    assert {(name, value) for name, enum in MODEL.enums.items() if name not in of_no_field for value in enum.values} <= values


def test_the_kinds_of_mutation() -> None:
    kinds = Counter(m.kind for m in mutations(MODEL, "Location", full("Location")))
    assert set(kinds) == set(
        "missing null wrong-type too-long longest unknown-enum enum-value not-ascii control-character bad-date bad-url "
        "bad-pattern out-of-range other-form empty-list single-item null-item unknown-field".split()
    )


def test_a_mutation_leaves_the_object_alone() -> None:
    whole = full("Location")
    assert len(list(mutations(MODEL, "Location", whole))) > 1000
    assert whole == full("Location")


def test_a_quick_choice_meets_every_row_both_ways() -> None:
    every = list(mutations(MODEL, "Location", full("Location")))
    chosen = list(quick(every))
    assert len(chosen) < len(every) / 3
    assert {(m.field, m.kind, m.legal) for m in chosen} == {(m.field, m.kind, m.legal) for m in every}


@pytest.mark.parametrize("name", [*CLASSES, "ChargingPreferencesResponse", "ModuleID"])
def test_the_schema_of_a_class_is_one(name: str) -> None:
    for partial in (False, True):
        Draft202012Validator.check_schema(MODEL.schema(name, partial=partial))
    assert MODEL.schema(name)["title"] == f"OCPI 2.2.1 (d2) {name}"
