"""The model of OCPI 2.2.1: its counts, its later text, and what it says of an object."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from evconform.ocpi.model import load

MODEL = load("2.2.1")
LATER = load("2.2.1", text="2026")


def location(**over: Any) -> dict[str, Any]:
    whole = {
        "country_code": "DE",
        "party_id": "EVC",
        "id": "LOC1",
        "publish": True,
        "address": "Hauptstr. 1",
        "city": "Berlin",
        "country": "DEU",
        "coordinates": {"latitude": "52.520008", "longitude": "13.404954"},
        "time_zone": "Europe/Berlin",
        "last_updated": "2026-05-01T10:00:00Z",
    }
    return whole | over


@pytest.mark.parametrize("model", [MODEL, LATER], ids=["d2", "2026"])
def test_the_model_is_whole(model: Any) -> None:
    """As counted in the text: rows under "Property", rows under "Value". The table of module ids has another head.

    Compared by hand with the official OpenAPI description too (2026-11-29): the names, cardinalities, lengths, references and
    values of 296 properties and 33 enumerations are the same; the envelope has another name there."""
    assert len(model.classes) == 56
    assert sum(len(of.fields) for of in model.classes.values()) == 300
    assert sum(f.required for of in model.classes.values() for f in of.fields.values()) == 173
    assert len(model.enums) == 33
    assert sum(len(enum.values) for enum in model.enums.values()) == 224
    assert {name: len(enum.values) for name, enum in model.names.items()} == {"ModuleID": 9}


def test_types_cardinalities_and_lengths_are_as_counted() -> None:
    every = [f for of in MODEL.classes.values() for f in of.fields.values()]
    types = {"CiString": 63, "string": 49, "DateTime": 24, "number": 20, "int": 15, "URL": 14, "boolean": 8, "any": 1}
    assert Counter(f.type for f in every if f.type in MODEL.types) == types
    assert Counter(f.card for f in every) == {"1": 165, "+": 8, "?": 102, "*": 25}
    assert (sum(f.length is not None for f in every), sum(f.length or 0 for f in every)) == (114, 11_355)


def test_every_type_is_known() -> None:
    known = {*MODEL.classes, *MODEL.enums, *MODEL.names, *MODEL.types}
    assert {f.type for of in MODEL.classes.values() for f in of.fields.values()} - known == set()


def test_the_later_text_differs_in_three_lengths() -> None:
    lengths = {
        (name, f.name): (f.length, LATER.classes[name].fields[f.name].length)
        for name, of in MODEL.classes.items()
        for f in of.fields.values()
        if f != LATER.classes[name].fields[f.name]
    }
    assert lengths == {
        ("Location", "address"): (45, 255),
        ("Location", "state"): (20, 45),
        ("SignedValue", "plain_data"): (512, 5000),
    }
    assert LATER.enums == MODEL.enums
    assert not MODEL.is_valid("Location", location(address="x" * 46))
    assert LATER.is_valid("Location", location(address="x" * 255))


def test_a_version_that_there_is_no_file_of() -> None:
    with pytest.raises(FileNotFoundError):
        load("9.9")
    with pytest.raises(FileNotFoundError):
        load("2.2.1", text="1815")


def test_an_error_names_place_atom_row_and_what_was_expected() -> None:
    (error,) = MODEL.errors("Location", location(evses=[evse(coordinates={"latitude": "52.5", "longitude": "13.404954"})]))
    assert error.pointer == "/evses/0/coordinates/latitude"
    assert error.atom == "Location.evses.coordinates.latitude:regex"
    assert error.row == "GeoLocation.latitude:regex"
    assert error.says == 'GeoLocation.latitude: expected -?[0-9]{1,2}\\.[0-9]{5,7}, got "52.5"'


def evse(**over: Any) -> dict[str, Any]:
    connector = {
        "id": "1",
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_voltage": 400,
        "max_amperage": 32,
        "last_updated": "2026-05-01T10:00:00Z",
    }
    return {"uid": "E1", "status": "AVAILABLE", "connectors": [connector], "last_updated": "2026-05-01T10:00:00Z"} | over


WRONG = [
    ({"address": "x" * 46}, "/address", "Location.address:length"),
    ({"city": 5}, "/city", "Location.city:type"),
    ({"city": None}, "/city", "Location.city:null"),
    ({"city": "a\nb"}, "/city", "Location.city:printable"),
    ({"id": "é"}, "/id", "Location.id:ascii"),
    ({"last_updated": "2026-05-01T10:00:00+00:00"}, "/last_updated", "Location.last_updated:date-time"),
    ({"parking_type": "MOON"}, "/parking_type", "Location.parking_type:value"),
    ({"parking_type": 1}, "/parking_type", "Location.parking_type:type"),
    ({"operator": {"name": "x", "website": "example.com"}}, "/operator/website", "Location.operator.website:url"),
    ({"evses": [evse(connectors=[])]}, "/evses/0/connectors", "Location.evses.connectors:empty"),
    ({"evses": [evse(connectors=None)]}, "/evses/0/connectors", "Location.evses.connectors:null"),
    ({"evses": [{k: v for k, v in evse().items() if k != "uid"}]}, "/evses/0/uid", "Location.evses.uid:missing"),
    ({"facilities": ["HOTEL", None]}, "/facilities/1", "Location.facilities:null"),
    ({"facilities": "HOTEL"}, "/facilities", "Location.facilities:type"),
    ({"opening_times": {"twentyfourseven": False}}, "/opening_times", "Location.opening_times:regular-hours"),
    (
        {
            "opening_times": {
                "twentyfourseven": True,
                "regular_hours": [{"weekday": 1, "period_begin": "08:00", "period_end": "09:00"}],
            }
        },
        "/opening_times",
        "Location.opening_times:no-regular-hours",
    ),
    ({"publish_allowed_to": [{"group_id": "G"}]}, "", "Location:unpublished-only"),
    (
        {"publish": False, "publish_allowed_to": [{"issuer": "I"}]},
        "/publish_allowed_to/0",
        "Location.publish_allowed_to:names-a-token",
    ),
    (
        {"publish": False, "publish_allowed_to": [{"uid": "U"}]},
        "/publish_allowed_to/0",
        "Location.publish_allowed_to:type-of-uid",
    ),
]


@pytest.mark.parametrize(("over", "pointer", "atom"), WRONG, ids=[atom for _, _, atom in WRONG])
def test_one_thing_that_is_wrong_is_one_error(over: dict[str, Any], pointer: str, atom: str) -> None:
    errors = MODEL.errors("Location", location(**over))
    assert [(e.pointer, e.atom) for e in errors] == [(pointer, atom)]
    assert not MODEL.is_valid("Location", location(**over))


LEGAL: list[dict[str, Any]] = [
    {},
    {"name": "é 充"},
    {"evses": []},
    {"evses": [evse()]},
    {"opening_times": {"twentyfourseven": True, "regular_hours": []}},
    {"last_updated": "2018-01-01T01:08:01.123"},
    {"something_new": 1},
]


@pytest.mark.parametrize("over", LEGAL, ids=str)
def test_what_the_text_allows_is_no_error(over: dict[str, Any]) -> None:
    assert MODEL.errors("Location", location(**over)) == []


def test_null_for_an_optional_field_is_a_policy() -> None:
    nulls = location(name=None, evses=None, parking_type=None, coordinates=location()["coordinates"])
    assert MODEL.errors("Location", nulls) == []
    refused = MODEL.errors("Location", nulls, null="refused")
    assert [e.atom for e in refused] == ["Location.evses:null", "Location.name:null", "Location.parking_type:null"]


def test_a_patch_holds_what_changes_and_when() -> None:
    at = {"last_updated": "2026-05-01T10:00:00Z"}
    assert MODEL.errors("EVSE", {"status": "CHARGING", **at}, partial=True) == []
    assert [e.atom for e in MODEL.errors("EVSE", {"status": "CHARGING"}, partial=True)] == ["EVSE.last_updated:missing"]
    assert [e.atom for e in MODEL.errors("EVSE", {"status": None, **at}, partial=True)] == ["EVSE.status:null"]
    assert MODEL.errors("EVSE", {"coordinates": {"latitude": "52.520008"}, **at}, partial=True) == []
    assert (
        next(e.row for e in MODEL.errors("EVSE", {"connectors": [{"id": "1"}], **at}, partial=True)) == "Connector.format:missing"
    )


def test_members_that_no_table_knows_are_found() -> None:
    whole = location(evses=[evse(roaming=True)], operator={"name": "x", "logo": {"urls": 1}}, **{"last/update": 1})
    assert MODEL.unknown("Location", whole) == ["/evses/0/roaming", "/operator/logo/urls", "/last~1update"]
    assert MODEL.unknown("Location", {"evses": 5, "operator": [{"x": 1}]}) == []


ODD: list[Any] = [None, [], "text", 5, float("nan"), {"id": "\ud800"}, {"\ud800": 1}, {"publish": 10**400}]


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_whatever_comes_is_judged(value: Any) -> None:
    assert MODEL.errors("Location", value)
    assert not MODEL.is_valid("Location", value)


def test_half_a_surrogate_pair_is_not_printable() -> None:
    assert [e.atom for e in MODEL.errors("Location", location(city="\ud800"))] == ["Location.city:printable"]


def test_an_enumeration_stands_by_itself_too() -> None:
    """The answer to charging preferences is a value, not an object; a module id may be a custom one."""
    assert MODEL.errors("ChargingPreferencesResponse", "ACCEPTED") == []
    assert [e.atom for e in MODEL.errors("ChargingPreferencesResponse", "YES")] == ["ChargingPreferencesResponse:value"]
    assert [e.atom for e in MODEL.errors("ChargingPreferencesResponse", 1)] == ["ChargingPreferencesResponse:type"]
    assert MODEL.errors("ModuleID", "nltnm-tokens") == []
    assert MODEL.errors("VersionNumber", "2.3.0") == []
