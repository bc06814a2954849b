"""What an eMSP may get wrong when it pulls."""

from __future__ import annotations

from typing import Any

from evconform.harness.law import fault
from suites.ocpi221.spoilt import edits_calls


@fault(kills="OCPI221-TRN-32")
def waits_for_its_operator(emsp: Any) -> None:
    """Does not pull by itself after an outage."""
    emsp.emsp.resync.resyncs = False


@fault(kills="OCPI221-TRN-33")
def stops_at_what_is_broken(emsp: Any) -> None:
    """Stops at the first broken object of a list."""
    emsp.emsp.pulling.goes_on = False


@fault(kills="OCPI221-PAG-17")
def gets_one_page(emsp: Any) -> None:
    """Gets the first page only."""
    pages = emsp.emsp.pulling.pages

    async def first(*args: Any, **how: Any) -> Any:
        async for page in pages(*args, **how):
            yield page
            return

    emsp.emsp.pulling.pages = first


@fault(kills="OCPI221-PAG-17")
def makes_links_up(emsp: Any) -> None:
    """Leaves out of a Link what it does not know."""

    def edit(call: Any) -> Any:
        call.url = call.url.partition("&page=")[0]
        return call

    edits_calls(emsp, edit)


@fault(kills="OCPI221-PAG-18")
def gets_one_page_of_any_list(emsp: Any) -> None:
    """Takes a page with fewer objects than it asked for as the last."""
    gets_one_page(emsp)


@fault(kills="OCPI221-LOC-55")
def never_forgets(emsp: Any) -> None:
    """Keeps what a full pull does not hold."""
    emsp.emsp.pulling.drops = False


@fault(kills="OCPI221-LOC-58")
def keeps_nothing_of_a_pull(emsp: Any) -> None:
    """Keeps nothing of the locations that it pulls."""
    spares(emsp, "locations")


@fault(kills="OCPI221-TAR-53")
def keeps_no_tariff_of_a_pull(emsp: Any) -> None:
    """Keeps nothing of the tariffs that it pulls."""
    spares(emsp, "tariffs")


@fault(kills="OCPI221-TAR-53")
def never_forgets_tariffs(emsp: Any) -> None:
    """Keeps tariffs that a pull does not hold."""
    emsp.emsp.pulling.drops = False


def spares(emsp: Any, module: str) -> None:
    """Objects of a module that are pulled are let pass."""
    takes = emsp.emsp.pulling.takes

    async def none(now: Any, objects: list[Any]) -> None:
        await takes(now, [] if now.module == module else objects)

    emsp.emsp.pulling.takes = none
