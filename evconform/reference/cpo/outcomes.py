"""What a CALL of ours changes in what we know of a charge point: ``ASKED`` before it is sent, ``ANSWERED`` with its answer.

Only what the charge point accepted is taken over. A job or reservation is on disk before it is asked for, for what follows
from it may be heard before its answer has been taken in; without an answer nobody knows, and it stays as it was asked for.
Each may be told twice, if a commit failed: the second time changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from evconform.ocpp.channel import Payload
from evconform.ocpp.speaks import JSON
from evconform.reference.cpo.records import ChargingProfile, Command, Job, LocalList, Reservation, Setting
from evconform.reference.moments import stamp, told

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo

Asked = Callable[["Cpo", Command, Payload], None]
Answered = Callable[["Cpo", Command, Payload, Payload | None], None]
"""Takes the payload that was sent and the answer's; None if it was refused, or never sent."""
ACCEPTED = ("Accepted", "RebootRequired")


def now(cpo: Cpo) -> str:
    return stamp(cpo.clock.date())


def plain(text: str) -> str:
    """What any database can keep of a text from outside."""
    return "".join("�" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text)


# ── reservation (5.13, 5.2) ──


def reserve_asked(cpo: Cpo, command: Command, sent: Payload) -> None:
    """One that stands stays until the charge point has accepted what replaces it (5.13)."""
    cpo.reservations.active()  # ends those whose time is over
    place, last = (command.identity, int(sent["reservationId"])), cpo.memory.last_reservation
    last[command.identity] = max(place[1], last.get(command.identity, 0))
    if place not in cpo.memory.reservations:
        cpo.reservations.put(reservation_of(command, sent, "asked"))


def reserve_answered(cpo: Cpo, command: Command, sent: Payload, answer: Payload | None) -> None:
    """5.13: an accepted one replaces the one with the same id; one that was used meanwhile is over."""
    known = cpo.memory.reservations.get((command.identity, int(sent["reservationId"])))
    accepted = answer is not None and answer["status"] == "Accepted"
    if known and accepted:
        cpo.reservations.put(reservation_of(command, sent, "active"))
    elif known and known.state == "asked":
        cpo.reservations.ends(known, "refused")


def reservation_of(command: Command, sent: Payload, state: str) -> Reservation:
    who = (sent["idTag"], sent.get("parentIdTag", ""))
    return Reservation(
        int(sent["reservationId"]), command.identity, int(sent["connectorId"]), *who, told(sent["expiryDate"]), state
    )


def cancel_answered(cpo: Cpo, command: Command, sent: Payload, answer: Payload | None) -> None:
    known = cpo.memory.reservations.get((command.identity, int(sent["reservationId"])))
    if known and answer and answer["status"] == "Accepted":
        cpo.reservations.ends(known, "cancelled")


# ── firmware and diagnostics (5.19, 5.9) ──


def job_asked(kind: str) -> Asked:
    def asked(cpo: Cpo, command: Command, sent: Payload) -> None:
        at = now(cpo)
        job = Job(command.id, command.identity, kind, "Asked", sent["location"], "", json.dumps([["Asked", at]]), at)
        cpo.memory.jobs[command.identity, kind] = job
        cpo.store.put(job)

    return asked


def job_answered(kind: str) -> Answered:
    """No good answer, or no file name for diagnostics (6.22: nothing to upload): there will be nothing."""

    def answered(cpo: Cpo, command: Command, sent: Payload, answer: Payload | None) -> None:
        job = cpo.memory.jobs.get((command.identity, kind))
        if job is None or job.id != command.id:
            return
        job.file_name = plain((answer or {}).get("fileName", ""))
        if answer is None or (kind == "diagnostics" and not job.file_name):
            job.status, job.at = "Refused", now(cpo)
            del cpo.memory.jobs[command.identity, kind]
        cpo.store.put(job)

    return answered


# ── local list (5.15, 5.10) ──


def list_sent(cpo: Cpo, command: Command, sent: Payload, answer: Payload | None) -> None:
    """5.15: a full list replaces what was there; of a differential one, an entry without idTagInfo goes."""
    if answer is None or answer["status"] != "Accepted":
        return
    known = cpo.memory.lists.get(command.identity)
    entries = json.loads(known.entries) if known and sent["updateType"] == "Differential" else {}
    for entry in sent.get("localAuthorizationList", ()):
        key = entry["idTag"].casefold()
        entries.pop(key, None)
        if "idTagInfo" in entry:
            entries[key] = entry
    cpo.lists.put(LocalList(command.identity, int(sent["listVersion"]), json.dumps(entries), now(cpo)))


def list_version(cpo: Cpo, command: Command, sent: Payload, answer: Payload | None) -> None:
    """5.10: what the charge point says its version is. A version that we did not send has entries that we do not know."""
    if answer is None:
        return
    known, version = cpo.memory.lists.get(command.identity), int(answer["listVersion"])
    if known is None or known.version != version:
        cpo.lists.put(LocalList(command.identity, version, "{}", now(cpo)))


# ── charging profiles (5.16, 5.5, 5.11) ──


def profile_set(cpo: Cpo, command: Command, sent: Payload, answer: Payload | None) -> None:
    if answer and answer["status"] == "Accepted":
        cpo.profiles.put(profile_of(cpo, command.identity, int(sent["connectorId"]), sent["csChargingProfiles"]))


def profile_of(cpo: Cpo, identity: str, connector_id: int, profile: Payload) -> ChargingProfile:
    return ChargingProfile(
        identity,
        int(profile["chargingProfileId"]),
        connector_id,
        profile["chargingProfilePurpose"],
        int(profile["stackLevel"]),
        profile.get("transactionId"),
        json.dumps(profile),
        now(cpo),
    )


def profiles_cleared(cpo: Cpo, command: Command, sent: Payload, answer: Payload | None) -> None:
    """5.5: each member that is given narrows what is cleared; none clears all."""
    if not answer or answer["status"] != "Accepted":
        return
    columns = {
        "id": "profile_id",
        "connectorId": "connector_id",
        "chargingProfilePurpose": "purpose",
        "stackLevel": "stack_level",
    }
    wanted = {columns[name]: value for name, value in sent.items() if name in columns}
    for profile in cpo.profiles.of(command.identity):
        if all(getattr(profile, column) == value for column, value in wanted.items()):
            cpo.profiles.drop(profile)


def started_remotely(cpo: Cpo, command: Command, sent: Payload, answer: Payload | None) -> None:
    """5.11: the TxProfile that it brought holds for the transaction to come."""
    if answer and answer["status"] == "Accepted" and "chargingProfile" in sent and sent.get("connectorId"):
        cpo.profiles.put(profile_of(cpo, command.identity, int(sent["connectorId"]), sent["chargingProfile"]))


# ── configuration (5.3, 5.8) ──


def configuration_read(cpo: Cpo, command: Command, sent: Payload, answer: Payload | None) -> None:
    for key in (answer or {}).get("configurationKey", ()):
        name, value = plain(key["key"]), key.get("value")
        put_setting(cpo, Setting(command.identity, name, None if value is None else plain(value), key["readonly"], now(cpo)))


def password_asked(cpo: Cpo, command: Command, sent: Payload) -> None:
    """J 6.2: until its answer is on disk, the charge point may show the old password or the new one."""
    if sent["key"].lower() == SECRET_KEY:
        cpo.registration.may_show(command.identity, sent["value"])


def configuration_changed(cpo: Cpo, command: Command, sent: Payload, answer: Payload | None) -> None:
    """5.3. A new AuthorizationKey is the password of the next connection (J 6.2), and is kept as such only. By SOAP that
    says nothing of what the charge point shows, so the one that it had holds too."""
    accepted = answer is not None and answer["status"] in ACCEPTED
    if sent["key"].lower() == SECRET_KEY:
        if accepted and cpo.callbacks.speaks(command.identity) not in ("", JSON):
            return
        takes = cpo.registration.new_password if accepted else cpo.registration.shows_not
        takes(command.identity, sent["value"])
        return
    if not accepted:
        return
    known = cpo.memory.settings[command.identity].get(sent["key"].lower())
    name, readonly = (known.name, known.readonly) if known else (sent["key"], False)
    put_setting(cpo, Setting(command.identity, name, sent["value"], readonly, now(cpo)))


SECRET_KEY = "authorizationkey"


def put_setting(cpo: Cpo, setting: Setting) -> None:
    """Key names are compared without regard to case (7.17, 9)."""
    keys = cpo.memory.settings[setting.identity]
    known = keys.get(setting.name.lower())
    if known and known.name != setting.name:
        cpo.store.drop(known)
    keys[setting.name.lower()] = setting
    cpo.store.put(setting)


ASKED: dict[str, Asked] = {
    "ReserveNow": reserve_asked,
    "UpdateFirmware": job_asked("firmware"),
    "GetDiagnostics": job_asked("diagnostics"),
    "ChangeConfiguration": password_asked,
}
ANSWERED: dict[str, Answered] = {
    "ReserveNow": reserve_answered,
    "CancelReservation": cancel_answered,
    "UpdateFirmware": job_answered("firmware"),
    "GetDiagnostics": job_answered("diagnostics"),
    "SendLocalList": list_sent,
    "GetLocalListVersion": list_version,
    "SetChargingProfile": profile_set,
    "ClearChargingProfile": profiles_cleared,
    "RemoteStartTransaction": started_remotely,
    "GetConfiguration": configuration_read,
    "ChangeConfiguration": configuration_changed,
}


def kept_payload(action: str, payload: Payload) -> str:
    """What is kept of what was sent: all but a password."""
    secret = action == "ChangeConfiguration" and payload["key"].lower() == SECRET_KEY
    return json.dumps(payload | {"value": "…"} if secret else payload)
