"""What a back office says of its versions and endpoints, and whether it is so."""

from __future__ import annotations

from typing import Any

from evconform.harness.verdict import NotReached
from evconform.ocpi.expected import ok
from evconform.ocpi.operations import OPERATIONS, RECEIVER, SENDER
from evconform.ocpi.registering import Registering
from evconform.ocpi.urls import join
from suites.ocpi221 import made

MODULES = tuple(dict.fromkeys(each.module for each in OPERATIONS))
NOTHING_THERE = {"kind": "response", "none_of": [{"http_status": [404, 405, 501]}]}
"""It is served, whatever it answers."""
LISTED = {each.module for each in OPERATIONS if each.interface == SENDER and each.paged}
"""Modules whose Sender has a list; that of the others is for answers to what was asked before."""
NOT_SERVED = {"kind": "response", "none_of": [ok()]}
MADE = {"locations": made.location, "tariffs": made.tariff}


async def is_read(partner: Registering) -> None:
    """The versions, and the details of 2.2.1."""
    await partner.gets_versions()
    await partner.gets_details(expects=ok())


async def is_read_over_tls(partner: Registering) -> None:
    """The credentials, the versions, and the details of 2.2.1, whose URLs nobody follows here."""
    await partner.gets("credentials", expects=ok())
    await is_read(partner)


async def is_served(partner: Registering) -> None:
    """The base operation of every endpoint that we can ask: a Sender's list, and a PUT at a Receiver whose opposite we are. One
    of another role may say 404 to us, who own nothing there."""
    await partner.gets_versions()
    await partner.gets_details()
    how: dict[str, Any] = {"proves": "OCPI221-VER-05", "expects": NOTHING_THERE}
    await partner.gets("credentials", **how)
    for module, interface, _, _ in partner.registration.announced.endpoints.get("2.2.1", []):
        if module in LISTED and interface == SENDER:
            await partner.gets(module, interface=interface, query={"limit": 1, "date_from": partner.now}, **how)
        elif module in MADE and interface == partner.asks_of == RECEIVER:
            id = made.name(partner, "S1")
            value = MADE[module](id, partner.party.owner, partner.now)
            await partner.puts(module, id, interface=interface, body=value, **how)


async def hides_nothing(partner: Registering, module: str) -> None:
    """Where a module that is not announced would be, if it were beside one that is. Raises NotReached."""
    base = partner.of(module)
    puts = partner.asks_of == RECEIVER
    rows = partner.registration.announced.endpoints.get("2.2.1", [])
    named = {name for name, *_ in rows}
    if module not in base.rpartition("/")[2] + base.rstrip("/").rpartition("/")[2]:
        raise NotReached(f"the URL {base} does not name its module, so nothing tells where another one would be")
    for other in MODULES:
        if other not in named and other != "versions":
            head, _, tail = base.rpartition(module)
            url = f"{head}{other}{tail}"
            how: dict[str, Any] = {"expects": NOT_SERVED, "proves": "OCPI221-VER-06"}
            if puts and other in MADE:
                id = made.name(partner, "S1")
                value = MADE[other](id, partner.party.owner, partner.now)
                await partner.asks("PUT", join(url, *partner.party.owner, id), body=value, **how)
            else:
                await partner.asks("GET", url, **how)
