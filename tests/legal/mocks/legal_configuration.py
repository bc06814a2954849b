"""Legal: configuration keys, how they are given and what they say (5.3, 5.8, chapter 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mocks.legal import FIXED, INCH, TWO, edits_answers, variant

from evconform.ocpp.json import CallError
from mocks.charge_point.configuration import Key, anything, boolean, whole

MAX_LENGTHS = (
    *("ConnectorPhaseRotationMaxLength", "MeterValuesAlignedDataMaxLength", "MeterValuesSampledDataMaxLength"),
    *("StopTxnAlignedDataMaxLength", "StopTxnSampledDataMaxLength"),
)


def _edits_entries(cp: Any, edit: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    edits_answers(cp, "GetConfiguration", lambda a: a | {"configurationKey": [edit(entry) for entry in a["configurationKey"]]})


@variant("9: a vendor may have keys of its own")
def has_keys_of_its_vendor(cp: Any) -> None:
    """Has many keys of its vendor's own, one without a value."""
    mine = {f"com.example.Key{n}": Key(str(n), anything) for n in range(60)}
    cp.configuration.keys |= mine | {"WebSocketPingInterval": Key("0", whole), "LightIntensity": Key("80", whole)}
    edit = lambda e: {n: v for n, v in e.items() if n != "value" or e["key"] != "com.example.Key7"}  # noqa: E731
    _edits_entries(cp, edit)


@variant("7.17: a key is a CiString")
def names_its_keys_in_lower_case(cp: Any) -> None:
    """Names its keys in lower case."""
    _edits_entries(cp, lambda e: e | {"key": e["key"].lower()})


@variant("9: a list of values, separated by commas", on=TWO)
def puts_spaces_into_lists(cp: Any) -> None:
    """Puts a space after every comma of a list."""
    _edits_entries(cp, lambda e: e | {"value": e["value"].replace(",", ", ")})


@variant("9: booleans")
def writes_booleans_in_capitals(cp: Any) -> None:
    """Writes TRUE and FALSE."""
    _edits_entries(cp, lambda e: e | ({"value": e["value"].upper()} if boolean(e["value"]) else {}))


@variant("9: booleans", on=TWO)
def writes_booleans_with_a_capital(cp: Any) -> None:
    """Writes True and False."""
    _edits_entries(cp, lambda e: e | ({"value": e["value"].capitalize()} if boolean(e["value"]) else {}))


@variant("7.29: the value is optional")
def leaves_out_what_is_empty(cp: Any) -> None:
    """A key that is set to nothing has no value."""
    _edits_entries(cp, lambda e: {n: v for n, v in e.items() if v != ""})


@variant("9: optional keys", on=FIXED)
def has_only_what_is_required(cp: Any) -> None:
    """Has none of the MaxLength keys."""
    for key in MAX_LENGTHS:
        del cp.configuration.keys[key]


@variant("3.5.1: a cache that is always there", on=INCH)
def always_has_its_cache(cp: Any) -> None:
    """Its cache cannot be switched off: there is no AuthorizationCacheEnabled."""
    del cp.configuration.keys["AuthorizationCacheEnabled"]
    type_of = type(cp.authorization)
    cp.authorization.__class__ = type("Cached", (type_of,), {"has_cache": True})


@variant("5.8: both members are optional")
def gives_empty_lists(cp: Any) -> None:
    """Gives unknownKey and configurationKey also where they are empty."""
    edits_answers(cp, "GetConfiguration", lambda a: {"unknownKey": []} | a)


@variant("5.8: both members are optional", on=TWO)
def gives_no_empty_lists(cp: Any) -> None:
    """Leaves configurationKey out where it is empty."""
    edits_answers(cp, "GetConfiguration", lambda a: {n: v for n, v in a.items() if v})


@variant("5.8: GetConfigurationMaxKeys")
def gives_one_key_at_a_time(cp: Any) -> None:
    """Its GetConfigurationMaxKeys is 1, and of more keys it gives the first."""
    cp.configuration.keys["GetConfigurationMaxKeys"] = Key("1")
    plain = cp.endpoint.handlers["GetConfiguration"]

    def first(payload: Any, channel: Any) -> Any:
        keys = payload.get("key") or []
        return plain(payload | {"key": keys[:1]} if keys else payload, channel)

    cp.endpoint.handlers["GetConfiguration"] = first


@variant("5.8: the order of the keys is not said")
def gives_its_keys_in_another_order(cp: Any) -> None:
    """Gives its keys in the other order."""
    edits_answers(cp, "GetConfiguration", lambda a: a | {"configurationKey": a["configurationKey"][::-1]})


@variant("9: integers")
def writes_integers_with_zeros(cp: Any) -> None:
    """Writes 060 for 60."""
    _edits_entries(cp, lambda e: e | ({"value": f"0{e['value']}"} if e["value"].isdecimal() else {}))


@variant("5.3: RebootRequired", on=TWO)
def wants_a_reboot_for_phase_rotation(cp: Any) -> None:
    """A change of ConnectorPhaseRotation is in force after a reboot."""
    plain = cp.endpoint.handlers["ChangeConfiguration"]

    def changes(payload: Any, channel: Any) -> Any:
        answer = plain(payload, channel)
        late = payload["key"].lower() == "connectorphaserotation" and answer == {"status": "Accepted"}
        return {"status": "RebootRequired"} if late else answer

    cp.endpoint.handlers["ChangeConfiguration"] = changes


@variant("OCPP-J 4.2.3: a value that breaks a constraint")
def refuses_values_with_an_error(cp: Any) -> None:
    """Answers a value that a number cannot have with a CALLERROR."""
    plain = cp.endpoint.handlers["ChangeConfiguration"]

    def changes(payload: Any, channel: Any) -> Any:
        key = cp.configuration.called(payload["key"])
        number = key and cp.configuration.keys[key].check is whole
        wrong = number and not whole(payload["value"])
        return CallError("PropertyConstraintViolation", "no such number") if wrong else plain(payload, channel)

    cp.endpoint.handlers["ChangeConfiguration"] = changes


@variant("5.2, 5.11: what cannot be is an error of OCPP-J, too", on=TWO)
def refuses_connectors_with_an_error(cp: Any) -> None:
    """Answers a connector that there is not with a CALLERROR."""
    for action in ("ChangeAvailability", "RemoteStartTransaction"):
        plain = cp.endpoint.handlers[action]

        def answers(payload: Any, channel: Any, plain: Any = plain) -> Any:
            if payload.get("connectorId", 1) not in (0, *cp.connectors):
                return CallError("PropertyConstraintViolation", "no such connector")
            return plain(payload, channel)

        cp.endpoint.handlers[action] = answers


@variant("5.6: an unknown vendor", on=FIXED)
def rejects_unknown_data(cp: Any) -> None:
    """Says UnknownMessageId, or Rejected, to a DataTransfer of an unknown vendor."""
    answer = iter(["UnknownMessageId", "Rejected"] * 10)
    if "DataTransfer" in cp.endpoint.handlers:
        cp.endpoint.handlers["DataTransfer"] = lambda *_: {"status": next(answer)}
