"""Legal variants of back offices in what they announce, and in how they register: version_information_endpoint, credentials."""

from __future__ import annotations

import itertools
from typing import Any

from mocks.legal_ocpi import legal

from evconform.ocpi.headers import Routing
from evconform.reference.ocpi.calls import Key
from evconform.reference.ocpi.records import OwnParty
from evconform.reference.ocpi.reply import Encoded, Reply, not_allowed
from evconform.reference.ocpi.visit import Visited
from suites.ocpi221.spoilt import edits_answers, edits_data, path

ANNOUNCED = ("VER-01", "VER-02", "VER-03", "CRE-01", "TRN-01")
VERSIONS, DETAILS = path("/versions"), path("/2.2.1", "GET")
BUSINESS = '{"name":"evconform","website":"https://example.com/","logo":{"url":"https://example.com/l.png","category":"OPERATOR","type":"png"}}'


def edits_rows(party: Any, edit: Any) -> None:
    """``edit`` makes other endpoints of those that there are."""

    def edited(data: Any) -> Any:
        return data | {"endpoints": edit(data["endpoints"])} if isinstance(data, dict) and "endpoints" in data else data

    edits_data(party, edited, DETAILS)


def has_version(party: Any, version: str, endpoints: list[dict[str, Any]]) -> None:
    """Speaks a further version, with these endpoints."""
    plain = party.platform.app.replies
    edits_data(party, lambda rows: [{"version": version, "url": f"{party.platform.url}/{version}"}, *rows], VERSIONS)

    async def replies(request: Any, place: Any) -> Any:
        if request.url.path.endswith(f"/{version}") and party.platform.app.caller(request.headers.get("authorization")):
            rows = [row | {"url": f"{party.platform.url}/{version}/{row['identifier']}"} for row in endpoints]
            return Reply({"version": version, "endpoints": rows})
        return await plain(request, place)

    party.platform.app.replies = replies


@legal("VersionNumber; Endpoint: older versions have no roles", *ANNOUNCED, "CRE-13", other_versions=True)
def speaks_2_1_1_too(party: Any) -> None:
    has_version(party, "2.1.1", [{"identifier": "credentials"}, {"identifier": "locations"}, {"identifier": "cdrs"}])


@legal("versions are listed, whatever they are; 2.3.0 has modules of its own", *ANNOUNCED, "CRE-13", other_versions=True)
def speaks_2_3_0_too(party: Any) -> None:
    rows = [{"identifier": name, "role": "SENDER"} for name in ("credentials", "locations", "payments", "bookings")]
    has_version(party, "2.3.0", rows)


@legal("no order is asked for", *ANNOUNCED, "CRE-06")
def announces_backwards(party: Any) -> None:
    edits_rows(party, lambda rows: rows[::-1])


@legal(
    "Endpoint structure: open for every party to define", *ANNOUNCED, "CRE-06", "LOC-01", "LOC-02", "LOC-04", "TAR-01", "PAG-01"
)
def ends_urls_with_a_slash(party: Any) -> None:
    edits_rows(party, lambda rows: [row | {"url": f"{row['url']}/"} for row in rows])


@legal("Endpoint structure: open for every party to define", *ANNOUNCED, "CRE-06", "CRE-13")
def is_elsewhere(party: Any) -> None:
    """The credentials are at a URL that says nothing."""
    place = party.platform.app.place
    edits_rows(
        party,
        lambda rows: [
            row | {"url": f"{party.platform.url}/c/7f3a"} if row["identifier"] == "credentials" else row for row in rows
        ],
    )
    party.platform.app.place = lambda at: place(at.replace(b"/c/7f3a", b"/2.2.1/credentials"))


@legal("Endpoint: the role of credentials is not relevant", *ANNOUNCED)
def receives_credentials(party: Any) -> None:
    edits_rows(party, lambda rows: [row | {"role": "RECEIVER"} if row["identifier"] == "credentials" else row for row in rows])


@legal("Endpoint: no member is forbidden", *ANNOUNCED)
def describes_endpoints(party: Any) -> None:
    edits_rows(party, lambda rows: [row | {"description": "as agreed"} for row in rows])


OTHERS = {
    "cpo": (("cdrs", "SENDER"), ("sessions", "SENDER"), ("tokens", "RECEIVER"), ("commands", "RECEIVER")),
    "emsp": (("cdrs", "RECEIVER"), ("sessions", "RECEIVER"), ("tokens", "SENDER"), ("commands", "SENDER")),
}
PAGE = [("X-Total-Count", "0"), ("X-Limit", "100")]


def serves_more(party: Any, role: str) -> None:
    """Modules that this law has no rows for: lists are empty, and what has no GET says so."""
    plain = party.platform.app.replies
    rows = [{"identifier": m, "role": i, "url": f"/x/{i.lower()}/{m}"} for m, i in OTHERS[role]]
    edits_rows(party, lambda known: [*known, *(row | {"url": party.platform.url + row["url"]} for row in rows)])

    async def replies(request: Any, place: Any) -> Any:
        below = request.url.path.partition("/x/")[2]
        if not below or not party.platform.app.caller(request.headers.get("authorization")):
            return await plain(request, place)
        is_list = below.startswith("sender/") and "commands" not in below
        routing = Routing.of(request.headers.items()).swapped().headers()
        return Reply(Encoded(b"[]"), headers=[*PAGE, *routing]) if is_list else not_allowed("not here", {"POST"})

    party.platform.app.replies = replies


@legal("ModuleID: the modules are optional", *ANNOUNCED, roles=("cpo",))
def has_all_modules_of_a_cpo(party: Any) -> None:
    serves_more(party, "cpo")


@legal("ModuleID: the modules are optional", *ANNOUNCED, roles=("emsp",))
def has_all_modules_of_an_emsp(party: Any) -> None:
    serves_more(party, "emsp")


@legal("Version details: one endpoint for both roles; Client Owned Object Push: 404 is allowed", *ANNOUNCED, roles=("cpo",))
def is_an_emsp_too(party: Any) -> None:
    """Announces a Receiver of locations, which takes those of CPOs only."""
    plain = party.platform.app.replies
    url = "/x/receiver/locations"
    row = {"identifier": "locations", "role": "RECEIVER"}
    edits_rows(party, lambda rows: [*rows, row | {"url": party.platform.url + url}])

    async def replies(request: Any, place: Any) -> Any:
        if url in request.url.path and party.platform.app.caller(request.headers.get("authorization")):
            return Reply(code=2001, http=404, message="no CPO of that name")
        return await plain(request, place)

    party.platform.app.replies = replies


# ── credentials ──


def has_parties(party: Any, *more: OwnParty) -> None:
    has = party.platform.has

    async def both(*parties: Any) -> None:
        await has(*parties, *more)

    party.platform.has = both


@legal("Credentials object: the same role more than once; CredentialsRole: business_details", "CRE-01", "CRE-06", "CRE-13")
def has_many_roles(party: Any) -> None:
    roles = (("CPO", "EVC"), ("EMSP", "EVM"), ("NSP", "EVN"), ("OTHER", "EVO"), ("SCSP", "EVS"), ("NAP", "EVP"))
    has_parties(party, *(OwnParty("DE", name, role, BUSINESS) for role, name in roles))


@legal("types, CiString", "CRE-01", "CRE-13", "TRN-02")
def writes_its_country_small(party: Any) -> None:
    shown = party.platform.registration.credentials

    def small(token: str) -> Any:
        told = shown(token)
        return told | {"roles": [role | {"country_code": role["country_code"].lower()} for role in told["roles"]]}

    party.platform.registration.credentials = small


@legal("Credentials object: U+0021 to U+007E, 64 at most", "CRE-01", "CRE-06", "CRE-13", "CRE-16", "TRN-01")
def makes_tokens_of_signs(party: Any) -> None:
    numbers = itertools.count()
    signs = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~0"

    def token() -> str:
        return (f"{next(numbers)}{id(party)}" + signs * 2)[:64]

    party.platform.registration.new_token = token
    party.platform.joining.new_token = token


@legal("Credentials object: 64 at most", "CRE-01", "CRE-06", "TRN-01")
def makes_short_tokens(party: Any) -> None:
    numbers = itertools.count()
    party.platform.registration.new_token = lambda: f"t{next(numbers)}"


@legal("PUT Method: the endpoints are fetched again", "CRE-06")
def fetches_details_only_on_a_renewal(party: Any) -> None:
    """Knows where the details are since the registration."""
    registration, request = party.platform.registration, party.platform.calls.request
    plain = registration.visits
    details: list[str] = []

    async def noted(*asked: Any) -> Any:
        answered = await request(*asked)
        if isinstance(answered.data, list) and answered.data and "version" in answered.data[0]:
            details.append(next(row["url"] for row in answered.data if row["version"] == "2.2.1"))
        return answered

    async def visits(theirs: Any, asked: Any) -> Any:
        if asked.method == "POST":
            return await plain(theirs, asked)
        found = (await request("GET", details[-1], Key(theirs["token"], asked.partner.encoding))).data
        return Visited("2.2.1", found["endpoints"])

    party.platform.calls.request = noted
    registration.visits = visits


@legal("Registration: that nobody fetches twice is not said", "CRE-01", "CRE-06", "CRE-13")
def looks_twice(party: Any) -> None:
    registration = party.platform.registration
    plain = registration.visits

    async def visits(theirs: Any, asked: Any) -> Any:
        await plain(theirs, asked)
        return await plain(theirs, asked)

    registration.visits = visits


@legal("Registration: token A may be thrown away", "CRE-01", warns=("OCPI221-CRE-57",))
def keeps_token_a(party: Any) -> None:
    """Still knows the partner by token A, on versions and credentials."""
    plain = party.platform.app.caller
    known: dict[str, Any] = {}

    def caller(header: str | None) -> Any:
        found = plain(header)
        if found is not None and found.standing == "invited":
            known[str(header)] = found
        elif found is None and header in known:
            found = known[str(header)]
        return found

    party.platform.app.caller = caller


@legal("status_codes: 201 for what was created", "CRE-01", "CRE-06", "CRE-13")
def creates_registrations(party: Any) -> None:
    def edit(request: Any, answer: Any) -> Any:
        if request.method == "POST" and answer.http == 200:
            answer.http = 201
        return answer

    edits_answers(party, edit, path("/credentials"))


@legal("GET Method: it may be asked at any time", "CRE-01", "CRE-06", "CRE-13", "CRE-16")
def reads_its_partners_credentials(party: Any) -> None:
    async def reads(partner: Any) -> None:
        await party.site.clock.wait(3)
        partner = party.platform.partners.all[partner.id]
        url = partner.endpoint("credentials", "")
        if url and partner.state == "registered":
            await party.platform.calls.request("GET", url, Key(partner.their_token, partner.encoding))

    def watches(event: str, partner: Any) -> None:
        if event == "registered":
            party.site.tasks.spawn(reads(partner))

    party.platform.watchers.append(watches)


@legal("the modules are optional to use", "CRE-01", "CRE-13", "CRE-16", "LOC-01", roles=("emsp",), resyncs=False)
def pulls_when_told_only(party: Any) -> None:
    party.emsp.resync.resyncs = False
