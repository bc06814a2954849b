"""Legal variants of a CPO in what its objects are like, and in how it pushes them: mod_locations, mod_tariffs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mocks.legal_ocpi import legal

from evconform.ocpi.urls import join
from suites.ocpi221.spoilt import edits_calls, edits_data, edits_objects, path

SHAPES = ("LOC-01", "LOC-02", "LOC-03", "LOC-05", "LOC-06", "LOC-08")
PUSHES = ("LOC-05", "LOC-08", "LOC-09", "LOC-10", "TAR-02", "TAR-03", "TRN-10", "TRN-12", "TRN-13", "CRE-12")
CPO = ("cpo",)
PATCHED = ("OCPI221-TRN-52", "OCPI221-LOC-51")
Object = dict[str, Any]


def edits_locations(cpo: Any, edit: Callable[[Object], Any]) -> None:
    edits_objects(cpo, "locations", edit)


def edits_evses(cpo: Any, edit: Callable[[Object], Any]) -> None:
    """``edit`` changes, in place, every EVSE that is given, in its location or by itself."""
    edits_locations(cpo, lambda location: [edit(each) for each in location.get("evses", [])])
    edits_alone(cpo, "connectors", edit)


def edits_connectors(cpo: Any, edit: Callable[[Object], Any]) -> None:
    edits_evses(cpo, lambda evse: [edit(each) for each in evse["connectors"]])
    edits_alone(cpo, "max_voltage", edit)


def edits_alone(cpo: Any, member: str, edit: Callable[[Object], Any]) -> None:
    """A part that is given by itself is known by a member."""

    def edited(data: Any) -> Any:
        if isinstance(data, dict) and member in data:
            edit(data)
        return data

    edits_data(cpo, edited, path("/sender/locations"))


@legal("EVSE object: evse_id is optional", *SHAPES, "LOC-09", roles=CPO, unseen=("OCPI221-LOC-07",))
def has_no_evse_ids(cpo: Any) -> None:
    edits_evses(cpo, lambda evse: evse.pop("evse_id", None))


@legal("EVSE object: an eMI3 id need not be that of the OCPI party, nor have its separators", *SHAPES, roles=CPO)
def has_evse_ids_of_another_operator(cpo: Any) -> None:
    edits_evses(cpo, lambda evse: evse.update(evse_id="DE8AAE12345678"))


@legal("Connector object: max_electric_power is optional", *SHAPES, roles=CPO, unseen=("OCPI221-LOC-14",))
def has_no_powers(cpo: Any) -> None:
    edits_connectors(cpo, lambda each: each.pop("max_electric_power", None))


@legal("Connector object: DC, less power than voltage times current", "LOC-01", "LOC-08", roles=CPO)
def charges_fast(cpo: Any) -> None:
    fast = {"standard": "IEC_62196_T2_COMBO", "format": "CABLE", "power_type": "DC", "max_voltage": 1000, "max_amperage": 500}
    edits_connectors(cpo, lambda each: each.update(fast | {"max_electric_power": 350000}))


@legal("Hours: twentyfourseven, without regular hours", *SHAPES, roles=CPO)
def is_always_open(cpo: Any) -> None:
    edits_locations(cpo, lambda location: location.update(opening_times={"twentyfourseven": True}))


@legal("Hours: exceptional closings; terminology: an empty list counts as none", *SHAPES, roles=CPO)
def is_nearly_always_open(cpo: Any) -> None:
    closed = [{"period_begin": "2026-12-24T12:00:00", "period_end": "2026-12-26T23:00:00.000Z"}]
    hours = {"twentyfourseven": True, "regular_hours": [], "exceptional_openings": None, "exceptional_closings": closed}
    edits_locations(cpo, lambda location: location.update(opening_times=hours))


@legal("Location object: opening_times are optional", *SHAPES, roles=CPO)
def says_not_when_it_is_open(cpo: Any) -> None:
    edits_locations(cpo, lambda location: location.pop("opening_times", None))


@legal("RegularHours: several periods of one day", *SHAPES, roles=CPO)
def closes_at_noon(cpo: Any) -> None:
    rows = [("08:00", "12:00"), ("13:00", "23:59")]
    hours = [{"weekday": day, "period_begin": begin, "period_end": end} for day in (7, 1, 3) for begin, end in rows]
    edits_locations(cpo, lambda each: each.update(opening_times={"twentyfourseven": False, "regular_hours": hours}))


NULLS = (
    "sub_operator",
    "owner",
    "suboperator",
    "state",
    "parking_type",
    "energy_mix",
    "related_locations",
    "images",
    "facilities",
)


@legal("terminology, Cardinality: what is not set may be null", *SHAPES, "LOC-09", roles=CPO)
def has_nulls(cpo: Any) -> None:
    edits_locations(cpo, lambda each: each.update({name: each.get(name) for name in NULLS}))
    edits_evses(cpo, lambda evse: evse.update(floor_level=None, images=None, parking_restrictions=None, status_schedule=[]))
    edits_connectors(cpo, lambda each: each.update(terms_and_conditions=None, tariff_ids=each.get("tariff_ids")))


@legal("terminology, Cardinality: an empty list counts as none", *SHAPES, roles=CPO)
def publishes_to_an_empty_list(cpo: Any) -> None:
    edits_locations(cpo, lambda each: each.setdefault("publish_allowed_to", []))


@legal("2.2.1 is silent on fields that it does not know", *SHAPES, "LOC-09", "TAR-01", roles=CPO)
def has_fields_of_its_own(cpo: Any) -> None:
    edits_locations(cpo, lambda each: each.update(x_rating=4.5, help_phone="+386 1 000"))
    edits_evses(cpo, lambda evse: evse.update(calibration="b"))


@legal("Location object: no order of EVSEs is said", *SHAPES, roles=CPO)
def lists_evses_backwards(cpo: Any) -> None:
    edits_locations(cpo, lambda each: each.update(evses=each.get("evses", [])[::-1]))


@legal("types, CiString", *SHAPES, "LOC-09", roles=CPO)
def writes_its_party_small(cpo: Any) -> None:
    edits_locations(cpo, lambda each: each.update(country_code=each["country_code"].lower(), party_id=each["party_id"].lower()))


@legal("types, DateTime", *SHAPES, "LOC-04", "PAG-04", "PAG-05", roles=CPO)
def dates_without_zone(cpo: Any) -> None:
    def dated(each: Object) -> None:
        each["last_updated"] = each["last_updated"].rstrip("Z")

    edits_locations(cpo, dated)
    edits_evses(cpo, dated)


@legal("GeoLocation: five decimals at least", *SHAPES, roles=CPO)
def is_in_the_south(cpo: Any) -> None:
    edits_locations(cpo, lambda each: each.update(coordinates={"latitude": "-33.9249000", "longitude": "-70.12345"}))


@legal("Location object: a name of the tz database, also an old one", *SHAPES, roles=CPO)
def is_in_an_old_zone(cpo: Any) -> None:
    edits_locations(cpo, lambda each: each.update(time_zone="Asia/Calcutta", country="IND"))


@legal("EVSE object: one or more connectors", *SHAPES, "LOC-09", roles=CPO, ocpp_1_chargers=False)
def has_two_connectors_an_evse(cpo: Any) -> None:
    edits_locations(cpo, lambda each: [e["connectors"].append(e["connectors"][0] | {"id": "2"}) for e in each["evses"]])


@legal("EVSE object: a removed one stays", *SHAPES, "LOC-09", "PAG-01", roles=CPO)
def keeps_what_was_removed(cpo: Any) -> None:
    def kept(location: Object) -> None:
        gone = location["evses"][0] | {"uid": f"{location['id']}-OLD", "status": "REMOVED"}
        location["evses"] = [*location["evses"], gone]

    edits_locations(cpo, kept)


@legal("Location object: the parent may be newer", *SHAPES, roles=CPO)
def dates_the_parts_earlier(cpo: Any) -> None:
    edits_evses(cpo, lambda evse: evse.update(last_updated="2020-01-01T00:00:00Z"))
    edits_connectors(cpo, lambda each: each.update(last_updated="2019-01-01T00:00:00Z"))


# ── tariffs ──


@legal(
    "Tariff object: type, dates and texts are optional",
    "TAR-01",
    "TAR-02",
    roles=CPO,
    unseen=("OCPI221-TAR-06", "OCPI221-TAR-10"),
)
def has_plain_tariffs(cpo: Any) -> None:
    def plain(tariff: Object) -> None:
        for name in ("tariff_alt_text", "start_date_time", "end_date_time"):
            tariff.pop(name, None)

    edits_objects(cpo, "tariffs", plain)


@legal("Tariff object: numbers that are no prices", "TAR-01", "TAR-02", roles=CPO)
def explains_its_tariffs(cpo: Any) -> None:
    text = [{"language": "en", "text": "Valid 24/7, from 22 to 6 at night; 7 days"}]
    edits_objects(cpo, "tariffs", lambda each: each.update(tariff_alt_text=text))


# ── pushes ──


def edits_messages(cpo: Any, edit: Callable[[Any], Any]) -> None:
    """``edit`` makes another push of each PATCH of a status."""
    cpo.office.push.edit = lambda message: edit(message) if message.method == "PATCH" else message


def location_of(message: Any) -> Object:
    return message.whole.value  # type: ignore[no-any-return]


def evse_of(message: Any) -> Object:
    return next(each for each in location_of(message)["evses"] if each["uid"] == message.parts[1])


@legal("Flow and Lifecycle: changes can be pushed by PUT", "LOC-09", "LOC-10", roles=CPO, unseen=PATCHED)
def puts_the_whole_location(cpo: Any) -> None:
    edits_messages(cpo, lambda m: replace(m, method="PUT", parts=m.parts[:1], body=location_of(m), whole=None))


@legal("PUT Method: an EVSE alone", "LOC-09", "LOC-10", roles=CPO, unseen=PATCHED)
def puts_the_evse(cpo: Any) -> None:
    edits_messages(cpo, lambda m: replace(m, method="PUT", body=evse_of(m), whole=None))


@legal("PATCH Method: of the Location, with its EVSEs", "LOC-09", "LOC-10", roles=CPO)
def patches_the_location(cpo: Any) -> None:
    def edit(m: Any) -> Any:
        body = {"evses": location_of(m)["evses"], "last_updated": location_of(m)["last_updated"]}
        return replace(m, parts=m.parts[:1], body=body)

    edits_messages(cpo, edit)


@legal("PATCH: the identifier of the object, if needed", "LOC-09", "LOC-10", roles=CPO)
def names_what_it_patches(cpo: Any) -> None:
    edits_messages(cpo, lambda m: replace(m, body={"uid": m.parts[1]} | m.body))


@legal("Location object: EVSEs may come by themselves", "LOC-08", "LOC-09", "TRN-10", roles=CPO)
def puts_evses_by_themselves(cpo: Any) -> None:
    """A new location is put without its EVSEs, which follow each by itself."""
    tells = cpo.office.push.tells

    def told(message: Any, audience: str = "") -> None:
        if message.method != "PUT" or message.module != "locations":
            return tells(message, audience)
        value = json.loads(message.body)
        evses = value.pop("evses", [])
        tells(replace(message, body=json.dumps(value).encode()), audience)
        for evse in evses:
            tells(replace(message, parts=(value["id"], evse["uid"]), body=evse), audience)
        return None

    cpo.office.push.tells = told


@legal("Flow and Lifecycle: no order of modules is said; a push may come twice", *PUSHES[:6], roles=CPO)
def pushes_twice(cpo: Any) -> None:
    tells = cpo.office.push.tells

    def told(message: Any, audience: str = "") -> None:
        tells(message, audience)
        if message.method == "PUT":
            tells(message, audience)

    cpo.office.push.tells = told


@legal("no time is given: within what was agreed on", *PUSHES, roles=CPO)
def pushes_late(cpo: Any) -> None:
    push = cpo.office.push
    asks = push.asks

    async def later(*what: Any) -> Any:
        await cpo.site.clock.wait(4)
        return await asks(*what)

    push.asks = later


@legal("types, CiString: ids in URLs", "LOC-08", "LOC-09", "TAR-02", "TAR-03", "CRE-19", roles=CPO)
def writes_urls_small(cpo: Any) -> None:
    def edit(call: Any) -> Any:
        head, slash, tail = call.url.partition("/SI/")
        call.url = f"{head}/{f'SI/{tail}'.lower()}" if slash else call.url
        return call

    edits_calls(cpo, edit)


@legal("Endpoint structure: a slash at the end is the client's", "LOC-08", "LOC-09", "TAR-02", roles=CPO)
def ends_pushes_with_a_slash(cpo: Any) -> None:
    def edit(call: Any) -> Any:
        call.url = f"{call.url}/" if "/SI/" in call.url else call.url
        return call

    edits_calls(cpo, edit)


@legal("Flow and Lifecycle: a GET may validate what is held", "LOC-09", "LOC-08", "TRN-12", roles=CPO)
def looks_before_it_patches(cpo: Any) -> None:
    push = cpo.office.push
    asks = push.asks

    async def looking(partner: Any, message: Any) -> Any:
        if message.method == "PATCH":
            endpoint = partner.endpoint(message.module, push.interface)
            routing = cpo.platform.routing(message.owner, partner)
            await cpo.platform.calls.partner(partner, "GET", join(endpoint, *message.owner, *message.parts[:1]), None, routing)
        return await asks(partner, message)

    push.asks = looking


@legal("Content-Type may be there without a body", "LOC-09", "TAR-03", "CRE-13", roles=CPO)
def names_a_type_without_a_body(cpo: Any) -> None:
    def edit(call: Any) -> Any:
        if call.body is None:
            call.headers.append(("Content-Type", "application/json"))
        return call

    edits_calls(cpo, edit)


PUSHED = (
    "locations_receiver_get",
    "locations_receiver_put",
    "locations_receiver_patch",
    "tariffs_receiver_put",
    "tariffs_receiver_delete",
)


@legal(
    "Pull and Push: nobody has to push",
    *SHAPES,
    "CRE-01",
    "CRE-06",
    "LOC-04",
    "LOC-10",
    "TAR-01",
    "TRN-01",
    roles=CPO,
    lacks=PUSHED,
)
def pushes_nothing(cpo: Any) -> None:
    cpo.office.push.edit = lambda message: None
