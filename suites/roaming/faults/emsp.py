"""What the eMSP of a chain may get wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from evconform.harness.law import fault
from evconform.ocpi import status

AN_EVSE = 4
"""Parts of the URL of an EVSE at the Receiver: country code, party id, location, uid."""


@fault(kills="ROAM-EMSP-01")
def shows_what_was(chain: Any) -> None:
    """Goes on showing the first status of an EVSE that was not UNKNOWN."""
    driver = chain.emsp.emsp.driver
    first: dict[str, str] = {}
    sees = driver.sees

    def was(evse: dict[str, Any]) -> str:
        now: str = sees(evse)
        if now != "UNKNOWN":
            first.setdefault(evse["uid"], now)
        return first.get(str(evse["uid"]), now)

    driver.sees = was


@fault(kills="ROAM-EMSP-01")
def takes_it_all_for_free(chain: Any) -> None:
    """Shows every EVSE that is not in use as available."""
    sees = chain.emsp.emsp.driver.sees
    chain.emsp.emsp.driver.sees = lambda evse: "AVAILABLE" if sees(evse) != "CHARGING" else "CHARGING"


@fault(kills="ROAM-EMSP-02")
def complains_of_pushes(chain: Any) -> None:
    """Keeps each status that is pushed, and answers that it is invalid."""
    handlers = chain.emsp.platform.handlers_at("locations", "RECEIVER", AN_EVSE)
    patch = handlers["PATCH"]

    async def complains(asked: Any) -> Any:
        return replace(await patch(asked), code=status.INVALID_PARAMETERS)

    handlers["PATCH"] = complains


@fault(kills="ROAM-EMSP-03")
def hides_what_is_in_use(chain: Any) -> None:
    """Shows no EVSE that is in use, out of order or not heard of."""
    sees = chain.emsp.emsp.driver.sees
    chain.emsp.emsp.driver.sees = lambda evse: sees(evse) if sees(evse) in ("AVAILABLE", "PLANNED") else "REMOVED"
