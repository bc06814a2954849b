"""OCPP 1.6, 5.15 and 7.1: the local list that a central system sends, and its versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Frame, Log
from suites.ocpp16.told import whole

Offences = Iterator[tuple[Any, str]]
DID_NOT_TAKE = ["Failed", "VersionMismatch"]


def entries(call: Frame) -> list[dict[str, Any]]:
    found = call.get("localAuthorizationList")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


@monitor("OCPP16-7.1-31")
def full_lists_say_who_may_charge(log: Log) -> Offences:
    for call in log.calls("SendLocalList", by="central-system"):
        if not call.says(updateType="Full") or not entries(call):
            log.moot(call)
        elif lacking := [each.get("idTag") for each in entries(call) if "idTagInfo" not in each]:
            yield call, f"no idTagInfo for {', '.join(map(str, lacking))}"


@monitor("OCPP16-7.1-32")
def no_id_tag_twice(log: Log) -> Offences:
    for call in log.calls("SendLocalList", by="central-system"):
        tags = [str(each.get("idTag")).casefold() for each in entries(call)]
        if not tags:
            log.moot(call)
        elif twice := sorted({tag for tag in tags if tags.count(tag) > 1}):
            yield call, f"{', '.join(twice)} stands there twice"


@monitor("OCPP16-5.15-34")
def list_versions_are_positive(log: Log) -> Offences:
    for call in log.calls("SendLocalList", by="central-system"):
        version = whole(call.get("listVersion"))
        if version is not None and version <= 0:
            yield call, f"listVersion is {version}"


@monitor("OCPP16-5.15-33")
def list_versions_rise(log: Log) -> Offences:
    held: int | None = None
    for call in log.conversation.frames:
        if call.type != "CALL" or call.action not in ("SendLocalList", "GetLocalListVersion"):
            continue
        version = whole(call.get("listVersion"))
        if call.says(updateType="Differential") and version is not None and held is not None:
            log.saw(call)
            if version <= held:
                yield call, f"listVersion is {version}, after {held}"
        if call.answer and call.action == "GetLocalListVersion":
            held = whole(call.answer.get("listVersion"))
        elif call.answer and call.answer.says(status="Accepted"):
            held = version


@monitor("OCPP16-5.15-32")
def full_list_after_failure(log: Log) -> Offences:
    for call in log.calls("SendLocalList", by="central-system", answered={"status": DID_NOT_TAKE}):
        due = call.answer.t + log.pixit["patience"] if call.answer else 0.0
        again = log.until(call, "SendLocalList")
        if not call.says(updateType="Differential") or not (again or log.is_over(due, call)):
            log.moot(call)
        elif again is None or not again.says(updateType="Full"):
            yield call, "no full list followed" if again is None else f"{again} with {again.get('updateType')} followed"
