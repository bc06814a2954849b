"""OCPP-J 4.2: which answer a message deserves, a proper one or not."""

from __future__ import annotations

from typing import Any

import pytest

ASK = {"vendorId": "v"}

ANSWERS = [
    (f'[2,"{"i" * 36}","DataTransfer",{{"vendorId":"v"}}]', f'[3,"{"i" * 36}",'),
    (f'[2,"{"i" * 37}","DataTransfer",{{"vendorId":"v"}}]', f'[4,"{"i" * 37}","FormationViolation"'),
    ('[2,"","DataTransfer",{"vendorId":"v"}]', '[3,"",'),
    ('[2,7,"DataTransfer",{"vendorId":"v"}]', None),
    ('[2,null,"DataTransfer",{}]', None),
    ('[2,["a"],"DataTransfer",{}]', None),
    ("[2]", None),
    ('[2,"i"]', '[4,"i","FormationViolation"'),
    ('[2,"i","Heartbeat"]', '[4,"i","FormationViolation"'),
    ('[2,"i","Heartbeat",{},{}]', '[4,"i","FormationViolation"'),
    ('[2,"i","Warp",{}]', '[4,"i","NotImplemented"'),
    ('[2,"i",["DataTransfer"],{}]', '[4,"i","NotImplemented"'),
    ('[2,"i",{},{}]', '[4,"i","NotImplemented"'),
    ('[2,"i",null,{}]', '[4,"i","NotImplemented"'),
    ('[2,"i","Authorize",{"idTag":"x"}]', '[4,"i","NotSupported"'),
    ('[2,"i","DataTransfer",null]', '[4,"i","OccurenceConstraintViolation"'),
    ('[2,"i","Heartbeat",null]', '[3,"i",'),
    ('[2,"i","DataTransfer",[]]', '[4,"i","FormationViolation"'),
    ('[2,"i","DataTransfer",{"vendorId":1}]', '[4,"i","TypeConstraintViolation"'),
    ('[2,"i","DataTransfer",{"vendorId":"v","\\ud800":1}]', '[4,"i",'),
    ('[9,"i","DataTransfer",{"vendorId":"v"}]', None),
    ("nonsense", None),
]


@pytest.mark.parametrize(("said", "answered"), ANSWERS, ids=[said[:40] for said, _ in ANSWERS])
def test_a_message_gets_the_answer_that_it_deserves(lab: Any, said: str, answered: str | None) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        central.owner.handlers["Heartbeat"] = lambda payload, _: {"currentTime": "2024-01-01T00:00:00Z"}
        point.connection.send(said)
        await point.call("DataTransfer", ASK)

    lab.run(story())
    [*first, _] = [e.data for e in lab.seen("text", by="tester")]
    assert [text[: len(answered or "")] for text in first] == ([answered] if answered else [])
