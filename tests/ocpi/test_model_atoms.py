"""The catalogue of atoms, and what an object and a request show of it."""

from __future__ import annotations

from collections import Counter

from evconform.ocpi.model import load
from evconform.ocpi.model.atoms import asked, atoms, counts, met
from evconform.ocpi.model.samples import full, minimal

MODEL = load("2.2.1")


def test_the_catalogue_is_whole() -> None:
    """By the tables of the text: 37 + 50 methods of modules (42 + 51 rows, less five of the transport and a double one), 43 + 32
    parameters (the 44th required row is a header)."""
    every = list(atoms(MODEL))
    assert Counter(atom.kind for atom in every) == {"property": 300, "value": 224, "method": 87, "parameter": 75}
    assert Counter(atom.required for atom in every if atom.kind == "method") == {True: 37, False: 50}
    assert Counter(atom.required for atom in every if atom.kind == "parameter") == {True: 43, False: 32}
    assert len({atom.id for atom in every}) == 686


def test_every_chapter_has_atoms() -> None:
    chapters = set(
        "credentials mod_cdrs mod_charging_profiles mod_commands mod_hub_client_info mod_locations mod_sessions mod_tariffs "
        "mod_tokens transport_and_format types version_information_endpoint".split()
    )
    assert {atom.chapter for atom in atoms(MODEL)} == chapters


def test_what_an_object_shows() -> None:
    shown = set(met(MODEL, "EVSE", minimal("EVSE", status="CHARGING", capabilities=["RESERVABLE", "NEW"], x=1)))
    assert {"EVSE.uid", "EVSE.capabilities", "Status=CHARGING", "Capability=RESERVABLE", "Connector.standard"} <= shown
    assert not shown & {"Capability=NEW", "EVSE.x", "EVSE.images", "Status=AVAILABLE"}
    assert "EVSE.uid" in set(met(MODEL, "EVSE", {})), "that a required property lacks is judged too"
    assert set(met(MODEL, "Location", "text")) == set()
    assert set(met(MODEL, "ChargingPreferencesResponse", "ACCEPTED")) == {"ChargingPreferencesResponse=ACCEPTED"}


def test_whole_objects_show_every_property() -> None:
    shown = {atom for name in MODEL.classes for atom in met(MODEL, name, full(name))}
    assert {atom.id for atom in atoms(MODEL) if atom.kind == "property"} <= shown


def test_what_a_request_shows() -> None:
    assert list(asked(MODEL, "locations SENDER", "GET", {"date_from", "x"})) == [
        "locations SENDER GET",
        "locations SENDER GET date_from",
    ]
    assert list(asked(MODEL, "locations SENDER", "DELETE")) == ["locations SENDER DELETE"]
    assert list(asked(MODEL, "locations SENDER", "BREW")) == []
    assert list(asked(MODEL, "payments SENDER", "GET")) == []


def test_checked_of_all_by_class() -> None:
    checked = {"Location.id", "Location.name", "Status=CHARGING", "nothing"}
    counted = counts(MODEL, checked)
    assert counted["Location"] == (2, 26)
    assert counted["Status"] == (1, 9)
    assert counted["tariffs RECEIVER"] == (0, 14)
    assert sum(there for _, there in counted.values()) == 686
