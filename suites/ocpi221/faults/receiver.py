"""What an eMSP may get wrong with what is pushed to it."""

from __future__ import annotations

import copy
from http import HTTPStatus
from typing import Any

from evconform.harness.law import fault
from suites.ocpi221.spoilt import always, edits_data, path

LOCATIONS, TARIFFS = "/receiver/locations", "/receiver/tariffs"


def gives(emsp: Any, edit: Any, part: str = LOCATIONS) -> None:
    """``edit`` changes, in place, each object that is read back."""

    def edited(data: Any) -> Any:
        if isinstance(data, dict):
            edit(data)
        return data

    edits_data(emsp, edited, path(part, "GET"))


def wraps(emsp: Any, module: str, method: str, around: Any) -> None:
    """``around`` takes what is asked and the handler that there was; at every depth."""
    for (name, interface, _), handlers in emsp.platform.handlers.items():
        if (name, interface) == (module, "RECEIVER") and method in handlers:
            handlers[method] = wrapped(handlers[method], around)


def wrapped(plain: Any, around: Any) -> Any:
    async def handler(asked: Any) -> Any:
        return await around(asked, plain)

    return handler


def edits_writes(emsp: Any, method: str, edit: Any, module: str = "locations") -> None:
    """``edit`` makes another body of each that is written."""

    async def around(asked: Any, plain: Any) -> Any:
        asked.body = edit(asked.body)
        return await plain(asked)

    wraps(emsp, module, method, around)


def takes_another_method(emsp: Any, module: str, method: str, like: str, made: Any = always) -> None:
    """A method that there is not does what another one does."""
    for (name, interface, depth), handlers in emsp.platform.handlers.items():
        if (name, interface) == (module, "RECEIVER") and depth >= 3 and like in handlers:
            handlers[method] = handlers[like]


@fault(kills="OCPI221-LOC-18")
def loses_connectors_power(emsp: Any) -> None:
    """Loses what it has no column for: the power of a connector."""

    def lost(location: dict[str, Any]) -> None:
        for each in [
            location,
            *location.get("evses", []),
            *(c for e in [location, *location.get("evses", [])] for c in e.get("connectors", [])),
        ]:
            each.pop("max_electric_power", None)

    gives(emsp, lost)


@fault(kills="OCPI221-LOC-56")
def knows_no_parts(emsp: Any) -> None:
    """Gives no EVSE and no connector by itself."""
    for depth in (4, 5):
        del emsp.platform.handlers["locations", "RECEIVER", depth]["GET"]


@fault(kills="OCPI221-LOC-19")
def drops_the_siblings(emsp: Any) -> None:
    """Keeps of a location only the EVSE that was put last."""
    gives(emsp, lambda location: "evses" in location and location.update(evses=location["evses"][-1:]))


@fault(kills="OCPI221-LOC-19")
def puts_lose_the_hours(emsp: Any) -> None:
    """Writes a location anew for an EVSE or connector that is put, without its opening times."""
    short: set[str] = set()

    async def put(asked: Any, plain: Any) -> Any:
        short.update([asked.parts[2]] if len(asked.parts) > 3 else [])
        return await plain(asked)

    wraps(emsp, "locations", "PUT", put)
    gives(emsp, lambda location: location.pop("opening_times", None) if location.get("id") in short else None)


@fault(kills="OCPI221-LOC-20")
def merges_what_is_within(emsp: Any) -> None:
    """Keeps what an EVSE had when its location is put without that."""

    def merged(old: dict[str, Any] | None, new: dict[str, Any]) -> dict[str, Any]:
        known = {each["uid"]: each for each in (old or {}).get("evses", [])}
        return new | ({"evses": [known.get(each["uid"], {}) | each for each in new["evses"]]} if "evses" in new else {})

    emsp.emsp.receiver.replaces = merged


@fault(kills="OCPI221-LOC-20")
def merges_puts(emsp: Any) -> None:
    """Takes a PUT for a PATCH: what is left out stays."""
    emsp.emsp.receiver.replaces = lambda old, new: {**(old or {}), **new}


@fault(kills="OCPI221-LOC-21")
def replaces_by_patches(emsp: Any) -> None:
    """Takes a PATCH for a PUT: fields that it does not name, and need not be there, are gone."""
    kept = ("name", "physical_reference", "max_electric_power", "postal_code")

    def patched(value: dict[str, Any], changes: dict[str, Any], depth: int) -> dict[str, Any]:
        return {name: each for name, each in value.items() if name not in kept} | changes

    emsp.emsp.receiver.patched = patched


@fault(kills="OCPI221-LOC-21")
def patches_lose_the_hours(emsp: Any) -> None:
    """Has no column for opening times where it writes a PATCH."""
    plain = emsp.emsp.receiver.patched

    def patched(value: dict[str, Any], changes: dict[str, Any], depth: int) -> dict[str, Any]:
        return {name: each for name, each in plain(value, changes, depth).items() if name != "opening_times"}

    emsp.emsp.receiver.patched = patched


@fault(kills="OCPI221-LOC-22")
def forgets_the_parents(emsp: Any) -> None:
    """Leaves the last_updated of a location as it was when a part of it is written."""
    emsp.emsp.receiver.raises_parents = False


@fault(kills="OCPI221-LOC-23")
def dates_patches_itself(emsp: Any) -> None:
    """Takes a PATCH without last_updated, as of now."""
    now = {"last_updated": "2036-01-01T00:00:00Z"}
    edits_writes(emsp, "PATCH", lambda body: now | body)


@fault(kills="OCPI221-LOC-24")
def trusts_the_url(emsp: Any) -> None:
    """Does not look at the id in the body."""
    emsp.emsp.receiver.same = lambda one, other: True


@fault(kills="OCPI221-LOC-25")
def takes_anybodys_locations(emsp: Any) -> None:
    """Takes a location of any party."""
    emsp.emsp.receiver.owns = lambda partner, owner: True


@fault(kills="OCPI221-LOC-26")
def makes_ghosts(emsp: Any) -> None:
    """Makes a location of a PATCH to one that is not there."""
    held: list[dict[str, Any]] = []

    async def put(asked: Any, plain: Any) -> Any:
        if isinstance(asked.body, dict) and "coordinates" in asked.body:
            held.append(copy.deepcopy(asked.body))
        return await plain(asked)

    wraps(emsp, "locations", "PUT", put)
    emsp.emsp.receiver.made_by_patch = lambda asked: (
        GHOST
        | {
            "country_code": asked.parts[0],
            "party_id": asked.parts[1],
            "id": asked.parts[2],
        }
    )


GHOST = {
    "publish": False,
    "address": "",
    "city": "",
    "country": "SVN",
    "coordinates": {"latitude": "0.00000", "longitude": "0.00000"},
    "time_zone": "UTC",
    "last_updated": "2015-06-29T20:39:09Z",
}


@fault(kills="OCPI221-LOC-27")
def deletes_locations(emsp: Any) -> None:
    """Answers a DELETE of a location as a GET."""
    takes_another_method(emsp, "locations", "DELETE", "GET")


@fault(kills="OCPI221-LOC-27")
def posts_locations(emsp: Any) -> None:
    """Takes a POST of a location as a PUT."""
    takes_another_method(emsp, "locations", "POST", "PUT")


@fault(kills="OCPI221-LOC-28")
def compares_letter_by_letter(emsp: Any) -> None:
    """Does not find a location by its id in other letters than it was put in."""
    written: dict[str, str] = {}

    async def put(asked: Any, plain: Any) -> Any:
        written.setdefault(asked.parts[2].upper(), asked.parts[2])
        return await plain(asked)

    async def get(asked: Any, plain: Any) -> Any:
        id = asked.parts[2]
        if written.get(id.upper(), id) != id:
            asked.parts = (*asked.parts[:2], f"{id} is another", *asked.parts[3:])
        return await plain(asked)

    wraps(emsp, "locations", "PUT", put)
    wraps(emsp, "locations", "GET", get)


@fault(kills="OCPI221-LOC-59")
def writes_small_letters(emsp: Any) -> None:
    """Gives ids back in small letters."""
    gives(emsp, lambda location: location.update(id=location["id"].lower()))


@fault(kills="OCPI221-LOC-29")
def takes_what_is_older(emsp: Any) -> None:
    """Takes what is older than what it has."""
    emsp.emsp.receiver.older = lambda one, other: False


@fault(kills="OCPI221-LOC-30")
def refuses_unknown_fields(emsp: Any) -> None:
    """Refuses a location with a field that it does not know."""
    plain = emsp.emsp.receiver.wrong
    emsp.emsp.receiver.wrong = lambda name, value, partial: (
        "unknown" if "evconform_unknown" in str(value) else plain(name, value, partial)
    )


@fault(kills="OCPI221-LOC-57")
def takes_halves(emsp: Any) -> None:
    """Takes a location without what is required."""
    emsp.emsp.receiver.wrong = unless("missing", emsp.emsp.receiver.wrong)


@fault(kills="OCPI221-TAR-54")
def takes_half_tariffs(emsp: Any) -> None:
    """Takes a tariff without what is required."""
    emsp.emsp.receiver.wrong = unless("nothing", emsp.emsp.receiver.wrong)


def unless(word: str, plain: Any) -> Any:
    """What is wrong with an object, unless that is its only fault."""

    def wrong(name: str, value: Any, partial: bool) -> str:
        says = plain(name, value, partial)
        return (
            "" if "got nothing" in says and isinstance(value, dict) and ID_OF[name] in value and "last_updated" in value else says
        )

    return wrong


ID_OF = {"Location": "id", "EVSE": "uid", "Connector": "id", "Tariff": "id"}


@fault(kills="OCPI221-LOC-25")
def shows_anybody_everything(emsp: Any) -> None:
    """Gives a partner what another one put."""
    last: list[Any] = []

    async def put(asked: Any, plain: Any) -> Any:
        last.append(asked.caller)
        return await plain(asked)

    async def get(asked: Any, plain: Any) -> Any:
        if last:
            asked.caller = last[-1]
        return await plain(asked)

    wraps(emsp, "locations", "PUT", put)
    wraps(emsp, "locations", "GET", get)


@fault(kills="OCPI221-TRN-26")
def always_200(emsp: Any) -> None:
    """Answers a PUT that creates with 200."""
    emsp.emsp.receiver.created = HTTPStatus.OK


@fault(kills="OCPI221-TRN-26")
def always_201(emsp: Any) -> None:
    """Answers a PUT that replaces with 201."""

    async def around(asked: Any, plain: Any) -> Any:
        reply = await plain(asked)
        reply.http = 201
        return reply

    wraps(emsp, "locations", "PUT", around)


# ── tariffs ──


@fault(kills="OCPI221-TAR-13")
def loses_texts(emsp: Any) -> None:
    """Loses the texts of a tariff."""
    gives(emsp, lambda tariff: tariff.pop("tariff_alt_text", None), TARIFFS)


@fault(kills="OCPI221-TAR-13")
def merges_tariffs(emsp: Any) -> None:
    """Takes a PUT of a tariff for a PATCH."""
    emsp.emsp.receiver.replaces = lambda old, new: {**(old or {}), **new}


@fault(kills="OCPI221-TAR-14")
def patches_tariffs(emsp: Any) -> None:
    """Answers a PATCH of a tariff as a GET."""
    takes_another_method(emsp, "tariffs", "PATCH", "GET")


@fault(kills="OCPI221-TAR-15")
def keeps_deleted_tariffs(emsp: Any) -> None:
    """Says that a tariff is deleted, and keeps it."""

    async def around(asked: Any, plain: Any) -> Any:
        return await emsp.platform.handlers["tariffs", "RECEIVER", 3]["GET"](asked)

    wraps(emsp, "tariffs", "DELETE", around)


@fault(kills="OCPI221-TAR-15")
def lets_anybody_delete(emsp: Any) -> None:
    """Deletes by the id alone, whoever's tariff it is to be."""

    async def around(asked: Any, plain: Any) -> Any:
        asked.parts = (*asked.partner.parties[0], asked.parts[2])
        return await plain(asked)

    wraps(emsp, "tariffs", "DELETE", around)
