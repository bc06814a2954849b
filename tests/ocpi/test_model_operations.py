"""The table of operations and the tables of the text were made apart; they say the same."""

from __future__ import annotations

from evconform.ocpi.model import load
from evconform.ocpi.operations import OPERATIONS, Operation

MODEL = load("2.2.1")
OWN_WORDS = {"version", "charging_preferences", "authorize"}
"""Parts of a URL that the text writes out where it has no parameter."""


def interface(operation: Operation) -> str:
    details = operation.module == "versions" and operation.parts
    return f"{operation.module} {'details' if details else operation.interface}".strip()


def test_each_interface_has_the_same_methods() -> None:
    found: dict[str, set[str]] = {}
    for operation in OPERATIONS:
        found.setdefault(interface(operation), set()).add(operation.method)
    assert found == {name: set(of.defined) for name, of in MODEL.interfaces.items()}


def test_every_part_of_a_url_is_a_parameter() -> None:
    """A PATCH has those of the PUT; a command is a value of CommandType."""
    commands = set(MODEL.enums["CommandType"].values)
    for operation in OPERATIONS:
        rows = MODEL.interfaces[interface(operation)].parameters
        known = {*rows.get("PUT" if operation.method == "PATCH" else operation.method, ()), *OWN_WORDS, *commands}
        assert set(operation.parts) <= known, operation


def test_every_body_and_answer_is_a_class_or_an_enumeration() -> None:
    named = {name for operation in OPERATIONS for name in (operation.takes, operation.gives) if name}
    assert named <= {*MODEL.classes, *MODEL.enums}
