"""What an eMSP may get wrong with the fields of what is pushed to it: their bounds, their types, their letters."""

from __future__ import annotations

import copy
import json
from typing import Any

from evconform.harness.law import fault
from suites.ocpi221.faults.receiver import edits_writes, gives, wraps


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
