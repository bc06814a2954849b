"""Faults of a charge point that speaks OCPP 1.5. Our parties think in 1.6, and so do the faults: the endpoint translates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Payload
from evconform.ocpp.json import CallError
from suites.ocpp16.faults import authorization, availability, charge_point, configuration, remote
from suites.ocpp16.faults.answers import ACCEPTED, REJECTED, answers, answers_if, edits_answer
from suites.ocpp16.faults.framing import edits_payload, without

Act = Callable[[Any], None]
REFUSAL = CallError("InternalError", "not now")

SHARED: list[tuple[str, Act, list[str]]] = [
    ("OCPP15-4.1-01", authorization.charges_whoever_comes, []),
    ("OCPP15-4.1-02", authorization.charges_whom_it_was_told_not_to, []),
    ("OCPP15-4.2-01", charge_point.boots_once_in_its_life, ["OCPP15-4.2-03"]),
    ("OCPP15-4.2-02", charge_point.gives_up_booting, []),
    ("OCPP15-4.2-03", charge_point.talks_while_rejected, []),
    ("OCPP15-4.6-01", charge_point.no_heartbeats, []),
    ("OCPP15-5.2-01", availability.rejects_a_change_of_availability, []),
    ("OCPP15-5.2-02", availability.accepts_at_once, []),
    ("OCPP15-5.2-02", availability.forgets_what_was_scheduled, []),
    ("OCPP15-5.3-01", configuration.forgets_what_it_was_set_to, []),
    ("OCPP15-5.3-02", configuration.rejects_what_it_does_not_have, []),
    ("OCPP15-5.6-02", configuration.says_nothing_of_unknown_keys, []),
    ("OCPP15-5.9-01", remote.forgets_remote_starts, []),
    ("OCPP15-5.10-01", remote.rejects_remote_stops, []),
    ("OCPP15-5.10-02", remote.stops_what_does_not_run, []),
    ("OCPP15-5.14-01", remote.does_not_unlock, []),
]
"""What a row of 1.5 has in common with one of 1.6 is broken by the same fault."""


def told_otherwise(action: str, edit: Callable[[Payload], Payload]) -> Act:
    return lambda party: edits_payload(party, action, edit)


def answered_with(action: str, answer: Any) -> Act:
    return lambda party: answers(party, action, answer)


def answered_if(action: str, picks: Callable[[Payload], bool], answer: Any) -> Act:
    return lambda party: answers_if(party, action, picks, answer)


def answered_otherwise(action: str, edit: Callable[[Payload, Any], Any]) -> Act:
    return lambda party: edits_answer(party, action, edit)


def instead(wrong: Payload, right: Payload) -> Callable[[Payload, Any], Any]:
    """An edit: ``wrong`` where ``right`` was due."""
    return lambda asked, answer: wrong if answer == right else answer


def never(action: str) -> Act:
    """Queues no such message."""

    def act(party: Any) -> None:
        add = party.queue.add
        party.queue.add = lambda named, *rest: None if named == action else add(named, *rest)

    return act


def forgets_offline(party: Any) -> None:
    add = party.queue.add
    party.queue.add = lambda *message: add(*message) if party.online else None


def reports_nothing(part: str) -> Act:
    def act(party: Any) -> None:
        getattr(party, part).reports = lambda status: False

    return act


def samples_nothing(party: Any) -> None:
    party.metering.sample_interval = lambda: 0.0


def takes_a_fault_for_the_end(party: Any) -> None:
    call = party.registration.call

    async def calls(channel: Any, action: str, payload: Payload) -> Payload | None:
        answer: Payload | None = await call(channel, action, payload)
        if answer is None and action == "Heartbeat":
            party.registration.heartbeats = lambda interval: 1e9
        return answer

    party.registration.call = calls


def samples_until_a_fault(party: Any) -> None:
    def gives_up(failures: int) -> bool:
        party.metering.sampled = lambda transaction, at: None
        return True

    party.queue.gives_up = gives_up


def blocks_nobody(party: Any) -> None:
    party.reservations.blocks = lambda connector, id_tag, parent_id_tag: False


def takes_old_lists(party: Any) -> None:
    party.local_list.mismatches = lambda version: False


def tells(wrong: str, right: str) -> Callable[[Payload], Payload]:
    return lambda told: told | {"status": wrong} if told["status"] == right else told


OTHERS: list[tuple[str, str, str, Act]] = [
    ("OCPP15-3.2-01", "forgets_what_happens_offline", "Forgets transactions that end while it is offline.", forgets_offline),
    ("OCPP15-4.4-01", "keeps_uploads_to_itself", "Does not tell how an upload ended.", reports_nothing("diagnostics")),
    ("OCPP15-4.5-01", "keeps_updates_to_itself", "Does not tell how an update goes on.", reports_nothing("firmware")),
    ("OCPP15-4.6-01", "falls_silent_after_a_fault", "Sends no more Heartbeats once one got a fault.", takes_a_fault_for_the_end),
    ("OCPP15-4.7-01", "samples_until_a_fault", "Samples no values any more once some got a fault.", samples_until_a_fault),
    ("OCPP15-4.7-01", "samples_nothing", "Samples no values.", samples_nothing),
    ("OCPP15-4.8-01", "starts_in_silence", "Sends no StartTransaction.", never("StartTransaction")),
    ("OCPP15-4.8-02", "forgets_reservation_ids", "Leaves the reservationId out of StartTransaction.",
     told_otherwise("StartTransaction", lambda told: without(told, "reservationId"))),
    ("OCPP15-4.9-01", "calls_a_fault_occupied", "Tells Occupied of a connector that is Faulted.",
     told_otherwise("StatusNotification", tells("Occupied", "Faulted"))),
    ("OCPP15-4.9-02", "is_always_available", "Tells Available of a connector that is Unavailable.",
     told_otherwise("StatusNotification", tells("Available", "Unavailable"))),
    ("OCPP15-4.10-01", "stops_another_transaction", "Stops another transaction than that which ended.",
     told_otherwise("StopTransaction", lambda told: told | {"transactionId": told["transactionId"] + 1})),
    ("OCPP15-5.1-01", "keeps_reservations", "Rejects every CancelReservation.", answered_with("CancelReservation", REJECTED)),
    ("OCPP15-5.1-02", "cancels_what_is_not_there", "Accepts a CancelReservation of a reservation that there is not.",
     answered_otherwise("CancelReservation", instead(ACCEPTED, REJECTED))),
    ("OCPP15-5.4-01", "knows_no_cache", "Answers ClearCache with a fault.", answered_with("ClearCache", REFUSAL)),
    ("OCPP15-5.5-01", "accepts_data_of_strangers", "Accepts data of any vendor.", answered_with("DataTransfer", ACCEPTED)),
    ("OCPP15-5.6-01", "keeps_a_setting_to_itself", "Gives no setting of meter values when it is asked for all.",
     answered_if("GetConfiguration", lambda asked: not asked.get("key"), {"configurationKey": []})),
    ("OCPP15-5.7-01", "names_no_file", "Uploads diagnostics, and names no file.",
     answered_otherwise("GetDiagnostics", lambda asked, answer: {})),
    ("OCPP15-5.7-02", "always_has_diagnostics", "Names a file also where there are no diagnostics.",
     answered_otherwise("GetDiagnostics", instead({"fileName": "none.zip"}, {}))),
    ("OCPP15-5.8-01", "miscounts_its_list", "Gives a list version that is one too high.",
     answered_otherwise("GetLocalListVersion", lambda asked, answer: {"listVersion": answer["listVersion"] + 1})),
    ("OCPP15-5.9-02", "accepts_starts_out_of_service", "Accepts a remote start that it cannot obey, and does nothing.",
     answered_otherwise("RemoteStartTransaction", instead(ACCEPTED, REJECTED))),
    ("OCPP15-5.11-01", "takes_no_reservations", "Rejects every ReserveNow.", answered_with("ReserveNow", REJECTED)),
    ("OCPP15-5.11-02", "reserves_twice", "Accepts a reservation of a connector that is reserved.",
     answered_otherwise("ReserveNow", instead(ACCEPTED, {"status": "Occupied"}))),
    ("OCPP15-5.11-03", "reserves_what_is_out_of_service", "Accepts a reservation of a connector that is Unavailable.",
     answered_otherwise("ReserveNow", instead(ACCEPTED, {"status": "Unavailable"}))),
    ("OCPP15-5.11-04", "lets_anybody_use_a_reservation", "Charges for any card at a reserved connector.", blocks_nobody),
    ("OCPP15-5.12-01", "does_not_reset", "Accepts a hard Reset, and does not boot.",
     answered_if("Reset", lambda asked: asked["type"] == "Hard", ACCEPTED)),
    ("OCPP15-5.12-02", "does_not_reset_softly", "Accepts a soft Reset, and charges on.",
     answered_if("Reset", lambda asked: asked["type"] == "Soft", ACCEPTED)),
    ("OCPP15-5.13-01", "takes_no_lists", "Fails to take a local list.", answered_with("SendLocalList", {"status": "Failed"})),
    ("OCPP15-5.13-02", "takes_old_lists", "Takes a differential list that is no newer than what it has.", takes_old_lists),
    ("OCPP15-5.14-02", "unlocks_any_connector", "Says that it unlocked a connector that there is not.",
     answered_if("UnlockConnector", lambda asked: asked["connectorId"] > 1, {"status": "Unlocked"})),
    ("OCPP15-5.15-01", "updates_nothing", "Answers UpdateFirmware with a fault.", answered_with("UpdateFirmware", REFUSAL)),
]  # fmt: skip


def declares(kills: str, name: str, says: str, act: Act, also: list[str] | None = None) -> None:
    """Declares a fault of a charge point of 1.5."""

    def acts(charge_point: Any) -> None:
        act(charge_point)

    acts.__name__, acts.__doc__ = f"ocpp15_{name}", says
    fault(kills=kills, also=also)(acts)


for _kills, _act, _also in SHARED:
    declares(_kills, _act.__name__, str(_act.__doc__), _act, _also)
for _kills, _name, _says, _act in OTHERS:
    declares(_kills, _name, _says, _act)
