"""Registrations that both back offices go through, from either side (OCPI 2.2.1, credentials); ``url`` is one of a functional
module that the SUT serves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.harness.control import Control
from evconform.ocpi.expected import ANSWERED, client_error, ok, one_of, refused, status
from evconform.ocpi.operations import RECEIVER, SENDER
from evconform.ocpi.registering import Registering
from evconform.ocpi.registration import VERSION
from suites.ocpi221.announced import LISTED

NOWHERE = "http://127.0.0.1:9/versions"
"""A URL at which nobody listens (RFC 863's port)."""
OWNED = ("locations", "tariffs", "sessions", "tokens")
"""Modules whose Receiver gives single objects of their owner."""
SETTLED = 5.0
"""Seconds in which a platform has taken in what it was answered."""


async def knows_us(partner: Registering) -> str:
    """We have a token A of the SUT, and have read its versions and details with it. The token."""
    token = await partner.is_invited()
    await partner.gets_versions(token=token)
    await partner.gets_details(token=token)
    return token


def unregistered(partner: Registering) -> dict[str, Any]:
    """What is said to a PUT or DELETE of one who is not registered."""
    return refused(405) if partner.policy("not-registered") == "405" else refused(401, 405)


# ── the SUT is the Receiver ──


async def registers(partner: Registering) -> str:
    """Versions, details and credentials; after that token C is good. The token A."""
    token = await knows_us(partner)
    await partner.posts_credentials(token=token)
    await partner.gets("credentials", expects=ok(), proves="OCPI221-CRE-03")
    return token


async def is_spent(partner: Registering, token: str) -> None:
    """The token A of a registration opens nothing more."""
    spent = refused(401) if partner.policy("token-a-after") == "401" else ANSWERED
    how: dict[str, Any] = {"expects": spent, "proves": "OCPI221-CRE-57", "deviates": "token A after the registration"}
    await partner.gets("credentials", token=token, **how)


async def is_kept_out(partner: Registering, module: str, *ids: str) -> None:
    """Token A opens versions and credentials, and nothing else that is announced; ``ids``: of an object of ``module`` that could
    be asked for."""
    token = await knows_us(partner)
    how: dict[str, Any] = {"expects": refused(401), "proves": "OCPI221-TRN-07", "deviates": "token A on a functional module"}
    for url in dict.fromkeys((partner.of(module, *ids), *modules(partner))):
        await partner.asks("GET", url, token=token, routed=False, **how)
    await partner.gets_versions(token=token)


def modules(partner: Registering) -> Iterator[str]:
    """URLs that can be read of every module that is announced: a Sender's list, something of ours at a Receiver."""
    for module, interface, _, _ in partner.registration.announced.endpoints.get(VERSION, []):
        if interface == SENDER and module in LISTED:
            yield partner.of(module, interface=SENDER)
        elif interface == RECEIVER and module in OWNED:
            yield partner.of(module, "EVCONFORM-1", interface=RECEIVER)


async def registers_twice(partner: Registering) -> None:
    """A POST of one who is registered already."""
    await partner.posts_credentials(expects=refused(405), proves="OCPI221-CRE-04")
    await partner.gets("credentials", expects=ok(), proves="OCPI221-CRE-04")


async def renews_unregistered(partner: Registering) -> None:
    """A PUT with token A."""
    token = await knows_us(partner)
    how: dict[str, Any] = {
        "expects": unregistered(partner),
        "proves": "OCPI221-CRE-05",
        "deviates": "a PUT before the registration",
    }
    await partner.renews(token=token, **how)


async def leaves_unregistered(partner: Registering) -> None:
    """A DELETE with token A."""
    token = await knows_us(partner)
    how: dict[str, Any] = {
        "expects": unregistered(partner),
        "proves": "OCPI221-CRE-06",
        "deviates": "a DELETE before the registration",
    }
    await partner.deletes("credentials", token=token, **how)
    await partner.gets_versions(token=token)


async def renews(partner: Registering, url: str) -> None:
    """A PUT for the same version; the token of before is dead, and does not come again with the next one."""
    before = partner.registration.key
    await partner.renews()
    await partner.gets("credentials", expects=ok())
    how: dict[str, Any] = {"expects": refused(401), "proves": "OCPI221-TRN-08", "deviates": "a token that was replaced"}
    await partner.asks("GET", url, token=before, **how)
    await partner.renews()


async def leaves(partner: Registering, url: str) -> None:
    """A DELETE; the token is dead."""
    before = partner.registration.key
    await partner.leaves(proves="OCPI221-CRE-54")
    how: dict[str, Any] = {
        "expects": refused(401),
        "proves": "OCPI221-TRN-09",
        "deviates": "the token of a registration that was ended",
    }
    await partner.asks("GET", url, token=before, routed=False, **how)


BROKEN: tuple[tuple[str, dict[str, Any]], ...] = (
    ("HTTP 500", {"http": 500, "status_code": 3000}),
    ("HTTP 401", {"http": 401, "status_code": 2000}),
    ("no JSON", {"body": "<html>"}),
    ("no list", {"data": "2.2.1"}),
    ("3000", {"status_code": 3000}),
    ("no answer", {"closes": True}),
)
"""What becomes of the call-back."""


async def cannot_call_back(partner: Registering) -> None:
    """Versions that cannot be fetched, in six ways and from where nobody listens; then one that can."""
    token = await knows_us(partner)
    how: dict[str, Any] = {"token": token, "expects": status(3001), "proves": "OCPI221-CRE-10"}
    for name, answer in BROKEN:
        partner.answers("versions", "GET", deviates=f"versions that cannot be fetched: {name}", **answer)
        await partner.posts_credentials(**how)
    partner.answers_as_usual("versions", "GET")
    await partner.posts_credentials(over={"url": NOWHERE}, deviates="a versions URL of nobody", **how)
    await partner.posts_credentials(token=token, expects=ok(), proves="OCPI221-CRE-10")


def listing(*versions: str) -> Any:
    """Makes the list of versions hold these alone, all at the URL of the first that there was."""

    def edit(plain: Any) -> Any:
        if not isinstance(plain, list):
            return plain
        return [{"version": version, "url": f"{plain[0]['url'].rpartition('/')[0]}/{version}"} for version in versions]

    return edit


def without_endpoints(*kept: str) -> Any:
    """Leaves these modules alone in version details."""

    def edit(plain: Any) -> Any:
        if isinstance(plain, list):
            return plain
        return plain | {"endpoints": [each for each in plain["endpoints"] if each["identifier"] in kept]}

    return edit


async def has_no_mutual_version(partner: Registering) -> None:
    """We have only versions that are long gone."""
    token = await knows_us(partner)
    partner.answers("versions", "GET", data=listing("2.0", "2.1.1"))
    await partner.posts_credentials(token=token, expects=status(3002), proves="OCPI221-CRE-11")


async def lacks_endpoints(partner: Registering) -> None:
    """We have credentials and nothing else."""
    token = await knows_us(partner)
    partner.answers("versions", "GET", data=without_endpoints("credentials"))
    await partner.posts_credentials(token=token, expects=status(3003), proves="OCPI221-CRE-12")


async def leads_astray(partner: Registering) -> None:
    """Versions URLs of the SUT itself, of a link-local address, and of no web server."""
    token = await knows_us(partner)
    expects = one_of(status(3001), client_error())
    for url in (partner.versions_of_sut(), "http://169.254.169.254/versions", "file:///etc/hostname"):
        how: dict[str, Any] = {"expects": expects, "proves": "OCPI221-CRE-20", "deviates": "a versions URL that is none of ours"}
        await partner.posts_credentials(token=token, over={"url": url}, **how)


async def knows_them_apart(partner: Registering) -> Registering:
    """A second partner registers, and gets a token of its own; both are known by theirs from then on. The second one."""
    other = await partner.another()
    held = partner.wire.redact(partner.registration.key)  # as it stands in the log
    expects = ok(none_of=[{"data": {"token": held}}])
    await other.registers(expects=expects, proves="OCPI221-CRE-17")
    for each in (partner, other):
        mine = each.wire.redact(each.registration.key)
        await each.gets("credentials", expects=ok(data={"token": mine}), proves="OCPI221-CRE-17")
    return other


async def registers_as_hub(partner: Registering) -> None:
    """We register, and our only party is a hub."""
    await partner.registers(over={"roles": [partner.party.credentials_role | {"role": "HUB"}]})


# ── the SUT is the Sender ──


async def is_registered(partner: Registering, operations: Control) -> None:
    """Our operator gave a token A: the SUT takes the highest version, and every URL as it was announced."""
    partner.endpoint.slash = "/"
    partner.answers("versions", "GET", data=listing("2.0", "2.1.1", "2.2.1"))
    token = partner.invites()
    await operations.registers(url=partner.url, token=token)
    await partner.hears("GET", "versions", target=target(partner.url), proves="OCPI221-VER-10")
    await partner.hears("GET", "versions", target=target(partner.endpoint.details_url("2.2.1")), proves="OCPI221-VER-10")
    await partner.hears(
        "POST", "credentials", target=target(partner.endpoint.endpoint_url("credentials", "")), proves="OCPI221-VER-10"
    )


def target(url: str) -> str:
    """How a request names a URL."""
    return "/" + url.partition("://")[2].partition("/")[2]


async def finds_no_version(partner: Registering, operations: Control) -> None:
    """We have no version that the SUT speaks: it sends no credentials."""
    partner.answers("versions", "GET", data=listing("2.0"))
    await operations.registers(url=partner.url, token=partner.invites())
    await partner.hears("GET", "versions")
    await partner.hears_no(["POST", "PUT"], for_=partner.patience, proves="OCPI221-CRE-52")


async def finds_no_credentials(partner: Registering, operations: Control) -> None:
    """Our details name no credentials endpoint: the SUT sends none."""
    partner.answers("versions", "GET", data=without_endpoints("locations"), deviates="details without credentials")
    await operations.registers(url=partner.url, token=partner.invites())
    await partner.hears("GET", "versions")
    await partner.hears_no(["POST", "PUT"], for_=partner.patience, proves="OCPI221-CRE-52")


async def renews_itself(partner: Registering, operations: Control) -> None:
    """The operator of the SUT lets it renew the registration, twice."""
    for _ in range(2):
        await operations.renews()
        await partner.is_renewed()
        await partner.passes(SETTLED)
    await partner.gets("credentials", expects=ok())


async def leaves_itself(partner: Registering, operations: Control) -> None:
    """The operator of the SUT lets it end the registration."""
    await operations.leaves()
    await partner.is_left()
    await partner.passes(SETTLED)
