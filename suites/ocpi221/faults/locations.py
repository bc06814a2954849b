"""What a CPO may get wrong with its locations."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from evconform.harness.law import fault
from evconform.ocpi.moments import moment, stamp
from suites.ocpi221.spoilt import edits_bodies, edits_data, edits_objects, path


def edits_locations(cpo: Any, **members: Any) -> None:
    """These members in every Location that is given; None takes one away."""

    def edit(location: dict[str, Any]) -> None:
        for name, value in members.items():
            if value is None:
                location.pop(name, None)
            else:
                location[name] = value

    edits_objects(cpo, "locations", edit)


def edits_evses(cpo: Any, edit: Any) -> None:
    """``edit`` changes, in place, every EVSE of a Location that is given."""
    edits_objects(cpo, "locations", lambda location: [edit(each) for each in location.get("evses", [])])


@fault(kills="OCPI221-LOC-01")
def is_nowhere(cpo: Any) -> None:
    """Gives locations without their city."""
    edits_locations(cpo, city=None)


@fault(kills="OCPI221-LOC-01")
def has_texts_for_numbers(cpo: Any) -> None:
    """Gives connectors, by themselves and in locations, whose voltage is a text."""

    def told(connector: dict[str, Any]) -> None:
        connector.update(max_voltage=str(connector["max_voltage"]))

    def edited(data: Any) -> Any:
        if isinstance(data, dict) and "max_voltage" in data:
            told(data)
        return data

    edits_evses(cpo, lambda evse: list(map(told, evse["connectors"])))

    edits_data(cpo, edited, path("/sender/locations"))


@fault(kills="OCPI221-LOC-02")
def rounds_coordinates(cpo: Any) -> None:
    """Gives coordinates with four decimals."""
    edits_locations(cpo, coordinates={"latitude": "46.0569", "longitude": "14.5058"})


@fault(kills="OCPI221-LOC-02")
def is_off_the_earth(cpo: Any) -> None:
    """Gives a latitude of 146 degrees."""
    edits_locations(cpo, coordinates={"latitude": "91.056947", "longitude": "14.505751"})


@fault(kills="OCPI221-LOC-03")
def has_alpha_2_countries(cpo: Any) -> None:
    """Writes the country with two letters."""
    edits_locations(cpo, country="SI")


@fault(kills="OCPI221-LOC-04")
def has_offsets_for_zones(cpo: Any) -> None:
    """Gives an offset for a time zone."""
    edits_locations(cpo, time_zone="GMT+01:00")


@fault(kills="OCPI221-LOC-05")
def has_no_connectors(cpo: Any) -> None:
    """Gives EVSEs without connectors."""
    edits_evses(cpo, lambda evse: evse.update(connectors=[]))


@fault(kills="OCPI221-LOC-05")
def has_no_evses(cpo: Any) -> None:
    """Lists locations without EVSEs."""
    edits_locations(cpo, evses=None)


@fault(kills="OCPI221-LOC-06")
def has_one_uid(cpo: Any) -> None:
    """Gives the first EVSE of every location the same uid."""
    edits_objects(cpo, "locations", lambda location: location["evses"][0].update(uid="EVSE-1"))


@fault(kills="OCPI221-LOC-07")
def writes_evse_ids_with_spaces(cpo: Any) -> None:
    """Separates the parts of an evse_id with spaces."""
    edits_evses(cpo, lambda evse: evse.update(evse_id="SI EVC E010107"))


@fault(kills="OCPI221-LOC-08")
def dates_the_children_only(cpo: Any) -> None:
    """Gives a location a last_updated that is a second before those of its parts."""

    def edit(location: dict[str, Any]) -> None:
        location["last_updated"] = stamp(moment(location["last_updated"]) - timedelta(seconds=1))

    edits_objects(cpo, "locations", edit)


@fault(kills="OCPI221-LOC-09")
def finds_by_the_first_date(cpo: Any) -> None:
    """Looks for locations by the time at which they were new."""
    documents = cpo.platform.documents
    put = documents.put
    first: dict[str, str] = {}

    def dated(document: Any) -> None:
        put(replace(document, last_updated=first.setdefault(document.id, document.last_updated)))

    documents.put = dated


@fault(kills="OCPI221-LOC-10")
def has_no_third_depth(cpo: Any) -> None:
    """Does not give a connector by itself."""
    del cpo.platform.handlers["locations", "SENDER", 3]


@fault(kills="OCPI221-LOC-11")
def drops_removed_evses(cpo: Any) -> None:
    """Leaves EVSEs that were taken away out of its locations."""
    edits_objects(
        cpo,
        "locations",
        lambda location: location.update(evses=[each for each in location["evses"] if each["status"] != "REMOVED"]),
    )


@fault(kills="OCPI221-LOC-12")
def publishes_to_some(cpo: Any) -> None:
    """Names tokens beside a location that is published."""
    edits_locations(cpo, publish=True)


@fault(kills="OCPI221-LOC-13")
def names_a_tariff_that_is_none(cpo: Any) -> None:
    """Names a tariff that there is not."""
    edits_evses(cpo, lambda evse: [each.update(tariff_ids=["EVC-GHOST"]) for each in evse["connectors"]])


@fault(kills="OCPI221-LOC-14")
def is_too_strong(cpo: Any) -> None:
    """Gives connectors a power that they cannot have."""
    edits_evses(cpo, lambda evse: [each.update(max_electric_power=150000) for each in evse["connectors"]])


@fault(kills="OCPI221-LOC-15", also=["OCPI221-LOC-16"])
def has_one_connector_id(cpo: Any) -> None:
    """Gives all connectors of an EVSE the same id."""
    edits_evses(cpo, lambda evse: evse["connectors"].append(dict(evse["connectors"][0])))


@fault(kills="OCPI221-LOC-16")
def gathers_connectors(cpo: Any) -> None:
    """Puts two connectors of a charger that speaks OCPP 1.6 into one EVSE."""
    edits_evses(cpo, lambda evse: evse["connectors"].append(evse["connectors"][0] | {"id": "2"}))


@fault(kills="OCPI221-LOC-17")
def closes_before_it_opens(cpo: Any) -> None:
    """Gives opening times that end before they begin."""
    hours = [{"weekday": 1, "period_begin": "22:00", "period_end": "06:00"}]
    edits_locations(cpo, opening_times={"twentyfourseven": False, "regular_hours": hours})


@fault(kills="OCPI221-LOC-17")
def is_always_open_on_mondays(cpo: Any) -> None:
    """Is open around the clock, and has regular hours."""
    hours = [{"weekday": 1, "period_begin": "06:00", "period_end": "22:00"}]
    edits_locations(cpo, opening_times={"twentyfourseven": True, "regular_hours": hours})


@fault(kills="OCPI221-LOC-53")
def names_tokens_halfway(cpo: Any) -> None:
    """Names a token by its uid, and not its type."""
    edits_locations(cpo, publish_allowed_to=[{"uid": "FA2AFD77"}])


@fault(kills="OCPI221-TRN-34")
def knows_no_address(cpo: Any) -> None:
    """Gives #NA for an address."""
    edits_locations(cpo, address="#NA")


@fault(kills="OCPI221-LOC-32")
def takes_reserved_for_charging(cpo: Any) -> None:
    """Says CHARGING of an EVSE that is reserved."""

    def edited(data: Any) -> Any:
        if isinstance(data, dict) and data.get("status") == "RESERVED":
            data["status"] = "CHARGING"
        return data

    edits_data(cpo, edited, path("/sender/locations"))


# ── pushes ──


@fault(kills="OCPI221-LOC-31")
def keeps_statuses_to_itself(cpo: Any) -> None:
    """Does not push a status."""
    cpo.office.locations.pushes_statuses = False


@fault(kills="OCPI221-LOC-31")
def pushes_another_status(cpo: Any) -> None:
    """Pushes BLOCKED whatever the status is."""
    edits_bodies(cpo, "PATCH", lambda body: body.update(status="BLOCKED"))


@fault(kills="OCPI221-LOC-51")
def patches_without_a_date(cpo: Any) -> None:
    """Leaves last_updated out of a PATCH."""
    edits_bodies(cpo, "PATCH", lambda body: body.pop("last_updated"))


@fault(kills="OCPI221-LOC-52")
def pushes_for_another(cpo: Any) -> None:
    """Puts a location whose party is not that of the URL."""
    edits_bodies(cpo, "PUT", lambda body: body.update(party_id="EVX"), "/locations")


@fault(kills="OCPI221-LOC-52")
def patches_another_uid(cpo: Any) -> None:
    """Patches an EVSE with the uid of another one."""
    edits_bodies(cpo, "PATCH", lambda body: body.update(uid="EVC-OTHER"))


@fault(kills="OCPI221-LOC-54")
def puts_nothing(cpo: Any) -> None:
    """Does not push a new location."""
    cpo.office.push.edit = lambda message: None if message.method == "PUT" else message


@fault(kills="OCPI221-TRN-52")
def patches_the_whole(cpo: Any) -> None:
    """Names in a PATCH what did not change."""
    edits_bodies(cpo, "PATCH", lambda body: body.update(physical_reference="7"))


@fault(kills="OCPI221-TRN-51")
def leaves_it_at_that(cpo: Any) -> None:
    """Does nothing more after a PATCH that failed."""

    async def nothing(*_: Any) -> None:
        return

    cpo.office.push._makes_good = nothing


@fault(kills="OCPI221-TRN-31")
def queues_its_pushes(cpo: Any) -> None:
    """Sends a push that failed again, ten seconds later."""
    calls = cpo.platform.calls
    plain = calls.partner

    async def queued(partner: Any, method: str, *args: Any) -> Any:
        try:
            return await plain(partner, method, *args)
        except Exception:
            if method == "PATCH":
                cpo.site.tasks.spawn(again(partner, method, *args))
            raise

    async def again(*args: Any) -> None:
        await cpo.site.clock.wait(10)
        await plain(*args)

    calls.partner = queued
