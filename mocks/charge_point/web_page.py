"""The page for its configuration that a charge point serves beside its SOAP service (the form: web configuration, port 80)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from evconform.http.message import Request, Response

if TYPE_CHECKING:
    from mocks.inch import Inch

PURPOSE = "Web configuration"
HTML = ("Content-Type", "text/html; charset=utf-8")


def claimed(cp: Inch) -> bool:
    """Whether the form names such a page."""
    return any(row.get("purpose") == PURPOSE for row in cp.pics.sections.get("interface", ()))


def visited(cp: Inch, request: Request) -> Response | None:
    """What a browser gets: the page is to be read, not written. None for all else that is asked for."""
    if request.method not in ("GET", "HEAD") or request.path != "/" or not claimed(cp):
        return None
    return Response(200, [HTML], page(cp).encode())


def page(cp: Inch) -> str:
    """Model, statuses and configuration keys; no secret is among them."""
    model, told = cp.boot_payload(), cp.status
    facts = {
        "Model": f"{model['chargePointVendor']} {model['chargePointModel']}",
        "Serial number": model["chargePointSerialNumber"],
        "Firmware": model["firmwareVersion"],
        "Charge box identity": cp.site.identity,
        "Central system": cp.site.url,
        "Registration": cp.registration.status or "none",
    }
    facts |= {f"Connector {number}": told.of(number).status for number in cp.connectors}
    keys = {key: cp.configuration.text(key) for key in cp.configuration.keys}
    title = escape(f"{facts['Model']}: web configuration")
    return f"<!doctype html><title>{title}</title><h1>{title}</h1>{table(facts)}<h2>Configuration keys</h2>{table(keys)}\n"


def table(rows: dict[str, str]) -> str:
    lines = (f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>" for name, value in rows.items())
    return f"<table>{''.join(lines)}</table>"
