"""Another version is another file: what 2.1.1 and 2.3.0 have that 2.2.1 has not can be said with the same words."""

from __future__ import annotations

from typing import Any

from evconform.ocpi.model.fields import mutations
from evconform.ocpi.model.model import model_of
from evconform.ocpi.model.samples import full, minimal

OTHER: dict[str, Any] = {
    "version": "2.1.1",
    "text": "d2",
    "types": {
        "string": {"json": "string", "kind": "ascii", "regex": "[\\x20-\\x7e]*", "bad": ["é"], "pad": "x", "sample": "evconform"},
        "boolean": {"json": "boolean", "sample": True},
        "int": {"json": "integer", "sample": 1},
    },
    "classes": {
        "Hours": {  # of 2.1.1: either the one or the other
            "chapter": "mod_locations",
            "heading": "Hours class",
            "fields": {"regular_hours": "RegularHours *", "twentyfourseven": "boolean ?"},
            "rules": [
                {"name": "choice", "one_of": ["regular_hours", "twentyfourseven"]},
                {"name": "one-choice", "when_set": "regular_hours", "unset": ["twentyfourseven"]},
            ],
        },
        "RegularHours": {
            "chapter": "mod_locations",
            "heading": "RegularHours class",
            "fields": {"weekday": "int(1) 1", "period_begin": "string(5) 1", "period_end": "string(5) 1"},
            "narrow": {"weekday": {"minimum": 1, "maximum": 7}},
        },
        "Endpoint": {"chapter": "x", "heading": "x", "fields": {"identifier": "ModuleID 1"}},
    },
    "enums": {"ModuleID": {"chapter": "x", "heading": "x", "values": ["cdrs", "payments"], "open": True}},
}
MODEL = model_of(OTHER)


def test_a_choice_of_2_1_1() -> None:
    hours = minimal("RegularHours", MODEL, period_begin="08:00", period_end="20:00")
    assert MODEL.errors("Hours", {"regular_hours": [hours]}) == []
    assert MODEL.errors("Hours", {"twentyfourseven": True}) == []
    assert [e.atom for e in MODEL.errors("Hours", {})] == ["Hours:choice"]
    assert [e.atom for e in MODEL.errors("Hours", {"regular_hours": [hours], "twentyfourseven": True})] == ["Hours:one-choice"]
    for sample in (full("Hours", MODEL), minimal("Hours", MODEL)):
        assert MODEL.errors("Hours", sample, null="refused") == []


def test_an_open_enumeration_of_2_3_0() -> None:
    assert MODEL.errors("Endpoint", {"identifier": "Booking"}) == []
    assert [e.atom for e in MODEL.errors("Endpoint", {"identifier": 1})] == ["Endpoint.identifier:type"]


def test_field_checks_come_from_the_same_file() -> None:
    mutated = list(mutations(MODEL, "RegularHours", full("RegularHours", MODEL)))
    assert {m.legal for m in mutated} == {True, False}
    assert [str(m) for m in mutated if MODEL.is_valid("RegularHours", m.value) is not m.legal] == []
