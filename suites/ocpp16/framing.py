"""OCPP-J 1.6, chapter 4, as scenarios that are the same whichever side is under test. ``tester``: the scripted party."""

from __future__ import annotations

from typing import Any

from evconform.ocpp.tester import Scripted, call_error

LONGEST_ID = "0123456789abcdef-0123456789-ABCDEFGH"


async def ignores_unknown_type(tester: Scripted) -> None:
    tester.sends('[9,"evconform-9","Heartbeat",{}]')
    await tester.hears_no(for_=1.0, kind="text", answer_to="evconform-9", proves="OCPP16J-4.1.3-02")
    await tester.hears_no(for_=0.0, kind=["close", "eof", "lost"], proves="OCPP16J-4.1.3-03")
    await tester.asks(proves="OCPP16J-4.1.3-02")


async def refuses_unknown_action(tester: Scripted) -> None:
    refused = call_error("NotImplemented", "NotSupported")
    await tester.calls("EvconformAction", deviates="an unknown action", expects=refused, proves="OCPP16J-4.2.3-04")


async def refuses_improper_call(tester: Scripted, action: str, **payload: Any) -> None:
    await tester.calls(
        action, deviates="a payload that breaks its schema", expects=call_error(), proves="OCPP16J-4.2.3-03", **payload
    )


async def survives_broken_json(tester: Scripted) -> None:
    tester.sends('[2,"evconform-broken","Heartbeat",{')
    await tester.asks(proves="OCPP16J-4.1.2-04")


async def ignores_stray_answers(tester: Scripted) -> None:
    tester.sends('[3,"evconform-stray",{}]')
    tester.sends('[4,"evconform-stray","GenericError","",{}]')
    await tester.asks(proves="OCPP16J-4.1.4-06")


async def understands_fragments(tester: Scripted) -> None:
    text = tester.composes("evconform-fragments")
    tester.sends_fragments(text[:7], text[7:20], text[20:], ping_between=True)
    await tester.hears_frame(kind="pong", text="between", proves="OCPP16J-2-02")
    await tester.hears_answer("evconform-fragments", demand={"type": "CALLRESULT"}, proves="OCPP16J-2-01")


async def answers_the_longest_id(tester: Scripted) -> None:
    await tester.asks(message_id=LONGEST_ID, proves="OCPP16J-4.1.4-05")
