"""What an eMSP may get wrong with what is pushed to it."""

from __future__ import annotations

import copy
import json
from http import HTTPStatus
from typing import Any

from evconform.harness.law import fault
from evconform.reference.ocpi.reply import missing
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
def minds_the_case(emsp: Any) -> None:
    """Finds a location only by its id as it was put."""

    async def around(asked: Any, plain: Any) -> Any:
        reply = await plain(asked)
        told = json.loads(reply.encode(emsp.platform.clock.date())).get("data")
        known = told.get("id") if isinstance(told, dict) and "country" in told else asked.parts[2]
        return reply if known == asked.parts[2] else missing("there is none")

    wraps(emsp, "locations", "GET", around)


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


@fault(kills="OCPI221-LOC-25", roles=["emsp"])
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


# ── robustness ──


def refuses(emsp: Any, picks: Any) -> None:
    """Refuses the objects that are picked, by their JSON."""
    plain = emsp.emsp.receiver.wrong
    emsp.emsp.receiver.wrong = lambda name, value, partial: "refused" if picks(value) else plain(name, value, partial)


def accepts(emsp: Any, words: str) -> None:
    """Accepts objects whose only fault is told with these words."""
    plain = emsp.emsp.receiver.wrong

    def wrong(name: str, value: Any, partial: bool) -> str:
        says = plain(name, value, partial)
        return "" if words in says else says

    emsp.emsp.receiver.wrong = wrong


def holds_null(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(holds_null(each) for each in inner)


@fault(kills="OCPI221-ROB-01")
def refuses_null(emsp: Any) -> None:
    """Refuses null for a field that need not be there."""
    refuses(emsp, holds_null)


@fault(kills="OCPI221-ROB-02")
def needs_a_z(emsp: Any) -> None:
    """Refuses dates without Z."""
    refuses(emsp, lambda value: isinstance(value, dict) and not str(value.get("last_updated")).endswith("Z"))


@fault(kills="OCPI221-ROB-51")
def takes_offsets(emsp: Any) -> None:
    """Takes dates with an offset, and leaves the offset out."""

    edits_writes(emsp, "PUT", without_offsets)


def without_offsets(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: without_offsets(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [without_offsets(each) for each in value]
    return f"{value[:19]}Z" if name == "last_updated" and isinstance(value, str) and value[19:20] in ("+", "-") else value


@fault(kills="OCPI221-ROB-53")
def reads_numbers_in_texts(emsp: Any) -> None:
    """Takes a text in the place of a number."""

    async def around(asked: Any, plain: Any) -> Any:
        asked.body = numbered(asked.body)
        return await plain(asked)

    for module in ("locations", "tariffs"):
        wraps(emsp, module, "PUT", around)


def numbered(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: numbered(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [numbered(each, name) for each in value]
    numbers = ("max_voltage", "max_amperage", "price", "vat", "step_size", "weekday", "percentage")
    return 1 if name in numbers and isinstance(value, str) else value


@fault(kills="OCPI221-ROB-52")
def cuts_texts(emsp: Any) -> None:
    """Cuts texts that are too long."""

    def edit(body: Any) -> Any:
        return body | {name: body[name][:most] for name, most in LENGTHS.items() if isinstance(body.get(name), str)}

    edits_writes(emsp, "PUT", edit)


LENGTHS = {"name": 255, "city": 45, "postal_code": 10, "state": 45, "address": 255}


@fault(kills="OCPI221-ROB-04")
def has_short_columns(emsp: Any) -> None:
    """Refuses names of more than 100 characters."""
    refuses(emsp, lambda value: isinstance(value, dict) and len(str(value.get("name"))) > 100)


@fault(kills="OCPI221-ROB-05")
def takes_any_status(emsp: Any) -> None:
    """Takes an EVSE with a status that there is not."""
    accepts(emsp, "EVSE.status")


@fault(kills="OCPI221-ROB-06")
def knows_latin_only(emsp: Any) -> None:
    """Gives question marks for what is no Latin letter."""
    gives(emsp, lambda each: "name" in each and each.update(name=each["name"].encode("latin-1", "replace").decode("latin-1")))


@fault(kills="OCPI221-ROB-07")
def decodes_twice(emsp: Any) -> None:
    """Does not find an id with a character that was percent-encoded."""

    async def around(asked: Any, plain: Any) -> Any:
        if any(character in part for part in asked.parts for character in "%+ /"):
            asked.parts = tuple(part.split("%")[0].split("+")[0].split(" ")[0] for part in asked.parts)
        return await plain(asked)

    wraps(emsp, "locations", "GET", around)


@fault(kills="OCPI221-ROB-10")
def refuses_a_second_put(emsp: Any) -> None:
    """Refuses what it has already."""
    seen: list[Any] = []

    def known(value: Any) -> bool:
        seen.append(copy.deepcopy(value))
        return seen.count(value) > 1

    refuses(emsp, known)


@fault(kills="OCPI221-ROB-11")
def the_last_patch_counts(emsp: Any) -> None:
    """Lets the last PATCH count, whatever its date."""
    emsp.emsp.receiver.older = lambda one, other: False


@fault(kills="OCPI221-ROB-03")
def wants_decimals(emsp: Any) -> None:
    """Refuses a tariff whose price is an integer."""
    refuses(emsp, lambda value: isinstance(value, dict) and '"price": 1,' in json.dumps(value))
