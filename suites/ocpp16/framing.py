"""OCPP-J 1.6, chapter 4, and what OCPP-S 1.6 says of the same, as scenarios that are the same whichever side is under test.
``tester``: the scripted party."""

from __future__ import annotations

from typing import Any

from evconform.ocpp.soap.scripted import Enveloping
from evconform.ocpp.tester import Scripted, call_error

EVERY_MESSAGE = [
    *("OCPP16J-4.1.1-01", "OCPP16J-4.1.2-01", "OCPP16J-4.1.2-02", "OCPP16J-4.1.2-03", "OCPP16J-4.1.3-01"),
    *("OCPP16J-4.1.4-01", "OCPP16J-4.1.4-02", "OCPP16J-4.1.4-03", "OCPP16J-4.1.4-05", "OCPP16J-4.2-01"),
    *("OCPP16J-4.2.1-01", "OCPP16J-4.2.1-02", "OCPP16J-4.2.1-03", "OCPP16J-4.2.1-04", "OCPP16J-4.2.2-01"),
    *("OCPP16J-4.2.4-01", "OCPP16J-4.1.4-07"),
    *("OCPP16S-2-01", "OCPP16S-2-02", "OCPP16S-2-03", "OCPP16S-2-04", "OCPP16S-3-01", "OCPP16S-3-02", "OCPP16S-3.1-01"),
    *("OCPP16S-3.1-02", "OCPP16S-3.2-01", "OCPP16S-3.3-01", "OCPP16S-3.3-02", "OCPP16S-3.4-01", "OCPP16S-3.4-02"),
    *("OCPP16S-3.4-03", "OCPP16S-3.5-01", "OCPP16S-3.5-02", "OCPP16S-3.6-01", "OCPP16S-3.6-02", "OCPP16S-3.7-01"),
    *("OCPP16S-3.7-02", "OCPP16S-3.8-01", "OCPP16S-3.8-02", "OCPP16S-3.9-01", "OCPP16S-3.9-02", "OCPP16S-8-01", "OCPP16S-8-02"),
]
"""What holds of all that a product sends: the rows of both transports."""
UNKNOWN = [
    "OCPP16S-4-04",
    "OCPP16S-4-05",
    "OCPP16S-2-05",
    "OCPP16S-2-06",
    "OCPP16S-4-11",
    "OCPP16S-4-12",
    "OCPP16S-4-13",
    "OCPP16S-4-14",
]
"""What an unknown operation shows over SOAP: the fault, and what it is made of."""
LONGEST_ID = "0123456789abcdef-0123456789-ABCDEFGH"


async def ignores_unknown_type(tester: Scripted) -> None:
    tester.sends('[9,"evconform-9","Heartbeat",{}]')
    await tester.hears_no(for_=1.0, kind="text", answer_to="evconform-9", proves="OCPP16J-4.1.3-02")
    await tester.hears_no(for_=0.0, kind=["close", "eof", "lost"], proves="OCPP16J-4.1.3-03")
    await tester.asks(proves="OCPP16J-4.1.3-02")


async def refuses_unknown_action(tester: Enveloping) -> None:
    """Over SOAP first that there is a fault, and then whether it is the one of the table."""
    refused = call_error("NotImplemented", "NotSupported")
    steps = {"OCPP16S-4-04": call_error(), "OCPP16S-4-05": refused} if tester.soap else {"OCPP16J-4.2.3-04": refused}
    for proves, expects in steps.items():
        await tester.calls("EvconformAction", deviates="an unknown action", expects=expects, proves=proves)


async def refuses_improper_call(tester: Enveloping, action: str, **payload: Any) -> None:
    proves = tester.of("OCPP16J-4.2.3-03", "OCPP16S-4-01")
    await tester.calls(action, deviates="a payload that breaks its schema", expects=call_error(), proves=proves, **payload)


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
