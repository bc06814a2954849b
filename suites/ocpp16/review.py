"""What a filled-in questionnaire may contradict: OCPP 1.6 edition 2 with its errata, and itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from evconform.harness.pics import Pics
from evconform.harness.review import reviews
from suites.ocpp16.measurands import EVERY_UNIT, UNITS

Findings = Iterator[tuple[str, str]]

ID_TAG_AT_MOST = 20

PROFILES = {
    "FirmwareManagement": ("GetDiagnostics", "DiagnosticsStatusNotification", "FirmwareStatusNotification", "UpdateFirmware"),
    "LocalAuthListManagement": ("GetLocalListVersion", "SendLocalList"),
    "Reservation": ("CancelReservation", "ReserveNow"),
    "SmartCharging": ("ClearChargingProfile", "SetChargingProfile"),  # GetCompositeSchedule: the form does not ask
}


@reviews("OCPP 1.6 edition 2, 3.3; erratum 3.3")
def profiles_are_claimed_whole(pics: Pics) -> Findings:
    """A feature profile is supported with all its messages or not at all."""
    for column, ticked in pics.messages.items():
        for profile, messages in PROFILES.items():
            has = [message for message in messages if message in ticked]
            lacks = [message for message in messages if message not in ticked]
            if has and lacks:
                says = f"{', '.join(has)} ticked, but {', '.join(lacks)} not: the profile {profile} is not claimed"
                yield f"messages {column}", says


@reviews("OCPP 1.6 edition 2, 3.3; erratum 3.3")
def core_is_claimed(pics: Pics) -> Findings:
    """Core is required of everyone who claims the version."""
    core = "Authorize BootNotification ChangeAvailability ChangeConfiguration ClearCache DataTransfer GetConfiguration Heartbeat"
    core += " MeterValues RemoteStartTransaction RemoteStopTransaction Reset StartTransaction StatusNotification StopTransaction"
    for column, ticked in pics.messages.items():
        lacks = [message for message in [*core.split(), "UnlockConnector"] if message not in ticked]
        if ticked and lacks:
            yield f"messages {column}", f"without {', '.join(lacks)} the Core profile is not claimed"


@reviews("OCPP 1.6 edition 2, 7.31")
def measurements_are_named_by_the_enumeration(pics: Pics) -> Findings:
    for row in rows(pics, "measurement"):
        if row["name"] not in UNITS:
            near = get_close_matches(re.sub(r"\W+", ".", row["name"]).title(), UNITS, n=1)
            yield f"measurement {row['name']}", "no Measurand has this name" + (f"; {near[0]} is near" if near else "")


@reviews("OCPP 1.6 edition 2, 7.45; erratum 3.86")
def units_are_of_the_enumeration(pics: Pics) -> Findings:
    for row in rows(pics, "measurement"):
        unit = row.get("unit", "")
        fitting = UNITS.get(row["name"])
        if unit and unit not in EVERY_UNIT:
            implied = "; the unit of Frequency is implied and not sent" if row["name"] == "Frequency" else ""
            yield f"measurement {row['name']}", f"OCPP 1.6 has no unit {unit!r}{implied}"
        elif unit and fitting is not None and unit not in fitting:
            yield f"measurement {row['name']}", f"the unit is {unit!r}, which does not measure it"


@reviews("OCPP 1.6 edition 2, 7.28, 7.15")
def id_tags_fit(pics: Pics) -> Findings:
    example = pics.sections.get("rfid", {}).get("example", "")
    if len(example) > ID_TAG_AT_MOST:
        yield "rfid example", f"{example!r} is longer than an idTag may be: {ID_TAG_AT_MOST} characters"
    if example and pics.sections["rfid"].get("delimiter") and pics.sections["rfid"]["delimiter"] not in example:
        yield "rfid example", f"{example!r} does not hold the delimiter {pics.sections['rfid']['delimiter']!r}"


@reviews("OCPP 1.6 edition 2, 3.9")
def cards_are_read_from_their_first_byte(pics: Pics) -> Findings:
    if pics.sections.get("rfid", {}).get("byte_order") == "little-endian":
        yield "rfid byte_order", "is little-endian, and it is recommended that byte 0 of a UID comes first (ISO 14443-3)"


@reviews("OCPP 1.6 edition 2, 3.8")
def connectors_are_numbered(pics: Pics) -> Findings:
    """OCPP 1.6 has no EVSE: the two codes of the form must become one number, from 1 without a gap."""
    codes = [(row["evse"], row["code"]) for row in rows(pics, "connector")]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield "connector", f"two connectors have the EVSE code {code[0]} and the connector code {code[1]}"
    evses = sorted({evse for evse, _ in codes})
    if evses and evses != list(range(1, len(evses) + 1)):
        yield "connector", f"the EVSE codes are {evses}, and connectorId counts from 1 without a gap"


def connector_ids(pics: Pics) -> dict[tuple[int, int], int]:
    """(EVSE code, connector code) to connectorId: counted in the order of the codes, from 1 (OCPP 1.6, 3.8)."""
    codes = sorted((row["evse"], row["code"]) for row in rows(pics, "connector"))
    return {code: number for number, code in enumerate(codes, 1)}


@reviews("the form itself")
def phases_fit_the_charging_type(pics: Pics) -> Findings:
    for row in rows(pics, "connector"):
        if row["charging_type"] == "DC" and "phases" in row:
            yield "connector phases", "are not given for DC"
        if row["charging_type"] == "AC" and row.get("phases") not in (1, 2, 3):
            yield "connector phases", f"are 1, 2 or 3 for AC, not {row.get('phases', 'left out')}"


@reviews("OCPP 1.6 edition 2, erratum 3.90 (9.5)")
def transfer_protocols_are_of_the_list(pics: Pics) -> Findings:
    for protocol in pics.sections.get("diagnostics", {}).get("protocols", ()):
        if protocol.upper() not in ("FTP", "FTPS", "HTTP", "HTTPS"):
            yield "diagnostics protocols", f"SupportedFileTransferProtocols has no {protocol.upper()}"


@reviews("OCPP 1.6 edition 2, 4.4, 5.9")
def diagnostics_are_answered(pics: Pics) -> Findings:
    claims = any("GetDiagnostics" in ticked for ticked in pics.messages.values())
    if claims and not pics.sections.get("diagnostics", {}).get("protocols"):
        yield "diagnostics protocols", "GetDiagnostics is ticked, and no upload protocol is given"


@reviews("OCPP-S 1.6, 4.1")
def soap_has_an_endpoint(pics: Pics) -> Findings:
    """In SOAP the charge point is a server too."""
    soap = [column for column, ticked in pics.messages.items() if column.endswith("soap") and ticked]
    service = pics.sections.get("service", {})
    if soap and "soap_port" not in service:
        yield "service soap_port", f"{', '.join(soap)} is ticked, and the port of the charge point's service is not given"
    if soap and not {"http", "https"} & set(service.get("schemes", ())):
        yield "service schemes", f"{', '.join(soap)} is ticked, and neither http nor https is"


@reviews("OCPP-J 1.6, 3; 3.1.1")
def json_reaches_the_back_end(pics: Pics) -> Findings:
    if pics.messages.get("1.6-json") and not {"ws", "wss"} & set(pics.sections.get("back_end", {}).get("schemes", ["ws"])):
        yield "back_end schemes", "1.6-json is ticked, and neither ws nor wss is"


@reviews("OCPP 1.6 edition 2, 5.15, 9.2")
def a_local_list_has_room(pics: Pics) -> Findings:
    claims = any("SendLocalList" in ticked for ticked in pics.messages.values())
    if claims and pics.sections.get("local_list", {}).get("capacity", 1) < 1:
        yield "local_list capacity", "SendLocalList is ticked, and the list has no room"


def rows(pics: Pics, section: str) -> list[dict[str, Any]]:
    """The rows of a section of the form."""
    return list(pics.sections.get(section, ()))
