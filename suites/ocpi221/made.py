"""Objects that a case makes up: legal ones, with what the rules of the law look at in them."""

from __future__ import annotations

import re
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from evconform.ocpi.tester import Tester

Object = dict[str, Any]
Owner = tuple[str, str]
"""Country code and party id."""


_SPACES: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
_CASES = count(1)


def name(partner: Tester, text: str) -> str:
    """An id that no other case gives to anything, now or in another run, for a platform keeps what it was told; within a case
    the same text is the same id."""
    case = partner.campaign.expectations
    if case not in _SPACES:
        _SPACES[case] = f"{int(partner.clock.date().timestamp()):X}{next(_CASES) % 4096:03X}"
    return f"EVC-{_SPACES[case]}-{text}"


def connector(id: str = "1", at: str = "", **over: Any) -> Object:
    """A socket of type 2 with 22 kW. ``at``: its last_updated; without one the owner sets it."""
    made: Object = {
        "id": id,
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_voltage": 230,
        "max_amperage": 32,
        "max_electric_power": 22000,
    }
    return made | dated(at) | over


def evse(uid: str, at: str = "", **over: Any) -> Object:
    """An EVSE that is available, with one connector."""
    made: Object = {
        "uid": uid,
        "evse_id": f"SI*EVC*E{re.sub(r'[^0-9A-Z]+', '*', uid.upper())}",
        "status": "AVAILABLE",
        "capabilities": ["RFID_READER", "REMOTE_START_STOP_CAPABLE"],
        "connectors": [connector(at=at)],
        "physical_reference": "7",
    }
    return made | dated(at) | over


def location(id: str, owner: Owner, at: str = "", **over: Any) -> Object:
    """A location in Ljubljana with one EVSE; its opening times, and a token that it is not published without."""
    made: Object = {
        "country_code": owner[0],
        "party_id": owner[1],
        "id": id,
        "publish": True,
        "name": f"evconform {id}",
        "address": "Dunajska cesta 1",
        "city": "Ljubljana",
        "postal_code": "1000",
        "country": "SVN",
        "coordinates": {"latitude": "46.056947", "longitude": "14.505751"},
        "evses": [evse(f"{id}-1", at)],
        "time_zone": "Europe/Ljubljana",
        "opening_times": {
            "twentyfourseven": False,
            "regular_hours": [{"weekday": day, "period_begin": "06:00", "period_end": "22:00"} for day in range(1, 8)],
        },
    }
    return made | dated(at) | over


def shared_evse(uid: str, at: str = "", **over: Any) -> Object:
    """One with two connectors, of a charge point that has to be told which of them is meant."""
    capabilities = ["REMOTE_START_STOP_CAPABLE", "START_SESSION_CONNECTOR_REQUIRED"]
    direct: Object = {"standard": "IEC_62196_T2_COMBO", "format": "CABLE", "power_type": "DC", "max_voltage": 500}
    connectors = [connector("1", at), connector("2", at, **direct, max_amperage=100, max_electric_power=50000)]
    return evse(uid, at, capabilities=capabilities, connectors=connectors, **over)


ENERGY_MIX: Object = {
    "is_green_energy": False,
    "energy_sources": [
        {"source": "WATER", "percentage": 33.4},
        {"source": "SOLAR", "percentage": 33.3},
        {"source": "GAS", "percentage": 33.3},
    ],
    "supplier_name": "evconform",
    "energy_product_name": "Water, sun and gas",
}
"""Sources that add up to a hundred."""


def detailed_location(id: str, owner: Owner, at: str = "", **over: Any) -> Object:
    """One that tells how to get there, when it is open by way of exception, and where its energy comes from."""
    hours = location(id, owner)["opening_times"] | {
        "exceptional_openings": [{"period_begin": "2027-01-01T22:00:00Z", "period_end": "2027-01-02T02:00:00Z"}],
        "exceptional_closings": [{"period_begin": "2027-01-02T02:00:00Z", "period_end": "2027-01-02T12:00:00Z"}],
    }
    directions = [{"language": "en", "text": "Behind the station, < 100 m & signposted"}]
    told: Object = {"opening_times": hours, "directions": directions, "energy_mix": ENERGY_MIX}
    return location(id, owner, at, evses=[evse(f"{id}-1", at, directions=directions)], **told | over)


PUBLISHED_TO = [{"uid": "FA2AFD77", "type": "RFID"}, {"visual_number": "EC 0000 0001", "issuer": "evconform"}]
"""The tokens that an unpublished location is shown to."""


def hidden_location(id: str, owner: Owner, at: str = "", **over: Any) -> Object:
    """One that only the owners of some tokens are shown."""
    return location(id, owner, at, publish=False, publish_allowed_to=PUBLISHED_TO, **over)


def component(dimension: str, price: float, step_size: int = 1, **over: Any) -> Object:
    return {"type": dimension, "price": price, "step_size": step_size} | over


def element(*components: Object, **restrictions: Any) -> Object:
    made: Object = {"price_components": list(components)}
    return made | ({"restrictions": restrictions} if restrictions else {})


def tariff(id: str, owner: Owner, at: str = "", **over: Any) -> Object:
    """By energy, cheaper at night, with a fee for the reservation."""
    made: Object = {
        "country_code": owner[0],
        "party_id": owner[1],
        "id": id,
        "currency": "EUR",
        "tariff_alt_text": [{"language": "en", "text": "Cheaper at night"}],
        "elements": [
            element(component("FLAT", 0.5), component("TIME", 1.2, 60), reservation="RESERVATION"),
            element(component("ENERGY", 0.25, vat=22.0), start_time="22:00", end_time="06:00"),
            element(component("ENERGY", 0.35, vat=22.0)),
        ],
        "start_date_time": "2026-01-01T00:00:00Z",
        "end_date_time": "2036-01-01T00:00:00Z",
    }
    return made | dated(at) | over


def free_tariff(id: str, owner: Owner, at: str = "", **over: Any) -> Object:
    """Free of charge, as the specification writes it."""
    made: Object = {
        "country_code": owner[0],
        "party_id": owner[1],
        "id": id,
        "currency": "EUR",
        "elements": [element(component("FLAT", 0.0))],
    }
    return made | dated(at) | over


def successive_tariffs(ids: tuple[str, str], owner: Owner) -> list[Object]:
    """Two regular tariffs, the second from the moment on at which the first ends."""
    turn = "2030-01-01T00:00:00Z"
    first, second = {"end_date_time": turn}, {"start_date_time": turn}
    return [tariff(id, owner, type="REGULAR", **over) for id, over in zip(ids, (first, second), strict=True)]


def dated(at: str) -> Object:
    return {"last_updated": at} if at else {}
