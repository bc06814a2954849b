"""What a control can be asked to do: bench actions and operations, by the role of the SUT."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BACK_OFFICE = {
    "invites": "make the platform accept a new partner with this credentials token A",
    "registers": "make the platform begin a registration with this versions URL and token A",
    "renews": "make the platform update its credentials at its partner (PUT)",
    "leaves": "make the platform end the registration at its partner (DELETE)",
}
ACTIONS = {
    "charge-point": {
        "power_cycle": "cut the power of the charge point and restore it",
        "cut_power": "cut the power of the charge point",
        "restore_power": "restore the power of the charge point",
        "cut_network": "take the network from the charge point",
        "restore_network": "give the network back",
        "change_address": "give the charge point another address in its network",
        "plug_in": "plug the cable in, on both sides",
        "plug_in_halfway": "plug the cable in at the charge point, but not so far that it can be locked",
        "unplug": "take the cable out",
        "unplug_at_ev": "take the cable out on the side of the EV only",
        "plug_in_at_ev": "plug the cable in again on the side of the EV",
        "present_card": "present a card to the reader",
        "suspend_ev": "let the EV stop charging by itself",
        "resume_ev": "let the EV charge again",
        "provoke_fault": "make a connector faulty",
        "clear_fault": "mend the faulty connector",
        "jam_lock": "make the lock of a connector fail",
        "free_lock": "let the lock of a connector work again",
        "transfer_data": "make the charge point send a DataTransfer by itself",
        "speaks": "set the charge point to another version and transport of its protocol",
    },
    "central-system": {
        "sends": "make the central system send a message to a charge point",
        "registers": "set the registration status that the central system answers to a charge point",
    },
    "cpo": BACK_OFFICE
    | {
        "publishes": "make the CPO offer this location, new or changed",
        "reports": "let the real EVSE with this uid take this status",
        "removes": "take the EVSE with this uid away for good",
        "offers": "make the CPO offer this tariff, new or changed",
        "withdraws": "make the CPO take back the tariff with this id",
    },
    "emsp": BACK_OFFICE | {"pulls": "make the eMSP bring this module up to date from its partner"},
}
ACTIONS["chain"] = ACTIONS["charge-point"]  # its bench is that of its charge point
"""Role of the SUT to its bench actions or operations, each with what it means."""

TO_REGISTER = {"invites": ("token",), "registers": ("url", "token"), "renews": (), "leaves": ()}
PARAMETERS = {
    "charge-point": {
        **dict.fromkeys(ACTIONS["charge-point"], ("connector",)),
        **dict.fromkeys(("power_cycle", "cut_power", "restore_power", "cut_network", "restore_network", "change_address"), ()),
        "present_card": ("uid", "connector"),
        "transfer_data": (),
        "speaks": ("speaks",),
    },
    "central-system": {"sends": ("identity", "action", "payload"), "registers": ("identity", "status")},
    "cpo": TO_REGISTER
    | {
        "publishes": ("location",),
        "reports": ("evse", "status"),
        "removes": ("evse",),
        "offers": ("tariff",),
        "withdraws": ("tariff",),
    },
    "emsp": TO_REGISTER | {"pulls": ("module",)},
}
PARAMETERS["chain"] = PARAMETERS["charge-point"]
"""Role of the SUT to what each action is given."""

PUT_BACK = {
    "cut_power": "restore_power",
    "cut_network": "restore_network",
    "jam_lock": "free_lock",
    "provoke_fault": "clear_fault",
    "suspend_ev": "resume_ev",
    "plug_in": "unplug",
    "plug_in_halfway": "unplug",
    "plug_in_at_ev": "unplug",
}
"""What an action leaves behind, by the action that takes it away; in the order in which a bench is put back."""

SEVERS = ("power_cycle", "cut_power", "cut_network", "change_address")
"""Actions that would take away what is on the wire."""

ALSO_DOES = {"power_cycle": "restore_power"}
"""An action that has the effect of another one."""


def named(value: Any) -> str:
    """A parameter in a line: of an object only its id."""
    return str(value["id"]) if isinstance(value, Mapping) and "id" in value else str(value)


def in_words(parameters: Mapping[str, Any]) -> str:
    """What an action is given, in a line: ``connector 1, status Available``."""
    return ", ".join(f"{name} {named(value)}" for name, value in parameters.items())
