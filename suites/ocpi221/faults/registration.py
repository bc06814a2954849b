"""What a platform may get wrong when it registers, and when others register with it."""

from __future__ import annotations

import itertools
import json
from typing import Any

from evconform.harness.law import fault
from evconform.ocpi.authorization import authorization
from suites.ocpi221.spoilt import (
    edits_answers,
    edits_call_headers,
    edits_data,
    path,
    remembers_callers,
    replaces_codes,
)

CREDENTIALS = "/credentials"


def calls_nobody_back(party: Any, method: str) -> None:
    """A POST or PUT is answered without a look at the partner's versions."""
    registration = party.platform.registration
    visits = registration.visits

    async def none(theirs: Any, asked: Any) -> Any:
        registration.calls_back = asked.method != method
        return await visits(theirs, asked)

    registration.visits = none


@fault(kills="OCPI221-CRE-01")
def trusts_new_partners(party: Any) -> None:
    """Registers a partner without a call to its versions."""
    calls_nobody_back(party, "POST")


@fault(kills="OCPI221-CRE-08")
def trusts_old_partners(party: Any) -> None:
    """Takes new credentials without a call to the partner's versions."""
    calls_nobody_back(party, "PUT")


def gives_token(party: Any, method: str, token_of: Any) -> None:
    """On a POST or PUT the token that ``token_of`` makes of the request is given."""
    registration = party.platform.registration
    takes, plain = registration.takes, registration.new_token

    async def other(asked: Any) -> Any:
        registration.new_token = (lambda: token_of(asked)) if asked.method == method else plain
        return await takes(asked)

    registration.takes = other


@fault(kills="OCPI221-CRE-02")
def gives_token_b_back(party: Any) -> None:
    """Answers a POST with the token that came in it."""
    gives_token(party, "POST", lambda asked: asked.body["token"])


@fault(kills="OCPI221-CRE-02", also=["OCPI221-CRE-57"])
def gives_token_a_back(party: Any) -> None:
    """Answers a POST with the token A that it came with: it stays the one to be used."""
    gives_token(party, "POST", lambda asked: asked.caller.token)


@fault(kills="OCPI221-CRE-02", also=["OCPI221-CRE-56"])
def has_no_roles_to_tell(party: Any) -> None:
    """Answers a POST without roles."""
    edits_data(party, lambda data: {name: data[name] for name in ("token", "url")}, path(CREDENTIALS, "POST"))


@fault(kills="OCPI221-CRE-57")
def keeps_token_a(party: Any) -> None:
    """Lets in who shows token A after the registration."""
    remembers_callers(party)


@fault(kills="OCPI221-CRE-03")
def throws_token_c_away(party: Any) -> None:
    """Does not know the token that it gave."""
    edits_answers(party, unauthorized, lambda request: bool(party.platform.partners.registered) and request.method == "GET")


def unauthorized(_: Any, answer: Any) -> Any:
    told = json.loads(answer.body)
    answer.http, answer.body = 401, json.dumps({"status_code": 2000, "timestamp": told["timestamp"]}).encode()
    return answer


@fault(kills="OCPI221-CRE-04")
def registers_again(party: Any) -> None:
    """Takes a POST of a partner that is registered."""
    party.platform.registration.methods["registered"].add("POST")


@fault(kills="OCPI221-CRE-05")
def renews_strangers(party: Any) -> None:
    """Takes a PUT of a partner that is not registered."""
    party.platform.registration.methods["invited"].add("PUT")


@fault(kills="OCPI221-CRE-06")
def lets_strangers_leave(party: Any) -> None:
    """Takes a DELETE of a partner that is not registered."""
    replaces_method_refusals(party, "DELETE")


def replaces_method_refusals(party: Any, method: str) -> None:
    """HTTP 200 and a success where a method was to be refused with 405."""

    def edit(_: Any, answer: Any) -> Any:
        if answer.http == 405:
            answer.http, told = 200, json.loads(answer.body) | {"status_code": 1000}
            answer.body = json.dumps(told).encode()
        return answer

    edits_answers(party, edit, path(CREDENTIALS, method))


@fault(kills="OCPI221-CRE-07", also=["OCPI221-TRN-08"])
def renews_nothing(party: Any) -> None:
    """Answers a PUT with the token of before."""
    gives_token(party, "PUT", lambda asked: asked.caller.token)


@fault(kills="OCPI221-CRE-07")
def has_two_tokens(party: Any) -> None:
    """Gives one of two tokens and the other one by turns."""
    made = itertools.cycle(("one-of-the-two-tokens", "other-of-the-two-tokens"))
    party.platform.registration.new_token = lambda: next(made)


@fault(kills="OCPI221-CRE-10")
def has_a_general_error(party: Any) -> None:
    """Says 3000 where the call-back failed."""
    replaces_codes(party, 3001, 3000)


@fault(kills="OCPI221-CRE-10")
def registers_halfway(party: Any) -> None:
    """Forgets token A before the call-back, and does not take it back."""
    edits_answers(
        party,
        unauthorized,
        lambda request: request.method == "POST" and any(each.says for each in party.platform.partners.troubles.values()),
    )


@fault(kills="OCPI221-CRE-11")
def takes_no_version_for_no_answer(party: Any) -> None:
    """Says 3001 where no version is mutual."""
    replaces_codes(party, 3002, 3001)


@fault(kills="OCPI221-CRE-12")
def says_nothing_of_missing_modules(party: Any) -> None:
    """Says 2000 where it misses endpoints."""
    replaces_codes(party, 3003, 2000)


LONG = "evconform-" * 7


@fault(kills="OCPI221-CRE-56")
def gives_long_tokens(party: Any) -> None:
    """Gives tokens of 70 characters."""
    gives_made_up(party, LONG)


@fault(kills="OCPI221-CRE-13")
def gives_tokens_beyond_ascii(party: Any) -> None:
    """Gives tokens with letters that are no ASCII."""
    gives_made_up(party, "žeton-za-partnerja-")


@fault(kills="OCPI221-CRE-13")
def gives_tokens_with_spaces(party: Any) -> None:
    """Gives tokens of several words."""
    gives_made_up(party, "a token for you ")


def gives_made_up(party: Any, text: str) -> None:
    """Tokens that begin so."""
    count = [0]

    def made_up() -> str:
        count[0] += 1
        return f"{text}{count[0]}"

    party.platform.registration.new_token = party.platform.joining.new_token = made_up


def adds_role(party: Any, edit: Any) -> None:
    """``edit`` makes another role of the first, beside it."""
    registration = party.platform.registration
    plain = registration.credentials

    def credentials(token: str) -> dict[str, Any]:
        told: dict[str, Any] = plain(token)
        return told | {"roles": [*told["roles"], edit(told["roles"][0])]}

    registration.credentials = credentials


@fault(kills="OCPI221-CRE-17")
def gives_everybody_one_token(party: Any) -> None:
    """Gives every partner the same token."""
    registration = party.platform.registration
    plain, given = registration.new_token, []

    def same() -> str:
        given.append(plain())
        return str(given[0])

    registration.new_token = same


@fault(kills="OCPI221-CRE-14")
def names_a_role_twice(party: Any) -> None:
    """Names its first role twice, once in small letters."""
    adds_role(party, lambda role: role | {"country_code": role["country_code"].lower()})


@fault(kills="OCPI221-CRE-15")
def has_a_long_party_id(party: Any) -> None:
    """Has a party whose id has four characters."""
    adds_role(party, lambda role: role | {"role": "OTHER", "party_id": "EVCF"})


@fault(kills="OCPI221-CRE-15")
def has_a_country_with_a_digit(party: Any) -> None:
    """Has a party in a country with a digit."""
    adds_role(party, lambda role: role | {"role": "OTHER", "country_code": "S1"})


@fault(kills="OCPI221-CRE-16")
def tells_of_another_token(party: Any) -> None:
    """Gives another token on a GET than the one that its partner has."""
    edits_data(party, lambda data: data | {"token": "another-token-of-evconform"}, path(CREDENTIALS, "GET"))


def leaves_nobody(party: Any) -> None:
    """A registration that is ended goes on."""

    async def stays(partner: Any) -> Any:
        return partner

    party.platform.partners.leaves = stays


@fault(kills="OCPI221-CRE-19")
def clings_to_its_partner(party: Any) -> None:
    """Goes on calling a partner that left."""
    leaves_nobody(party)


@fault(kills="OCPI221-CRE-55")
def leaves_and_calls(party: Any) -> None:
    """Goes on calling a partner that it left."""
    leaves_nobody(party)


@fault(kills="OCPI221-CRE-20")
def goes_astray(party: Any) -> None:
    """Breaks on a versions URL that leads where it must not go."""

    def edit(_: Any, answer: Any) -> Any:
        answer.http = 500 if json.loads(answer.body)["status_code"] == 3001 else answer.http
        return answer

    edits_answers(party, edit)


@fault(kills="OCPI221-CRE-51")
def swaps_tokens(party: Any) -> None:
    """Calls its partner with the token that it gave to it."""
    given: list[str] = []

    def noted(make: Any) -> Any:
        def made() -> str:
            given.append(make())
            return given[-1]

        return made

    for part in (party.platform.registration, party.platform.joining):
        part.new_token = noted(part.new_token)

    def edit(name: str, value: str) -> str:
        return authorization(given[-1]) if name == "Authorization" and given else value

    edits_call_headers(party, edit, part="/locations")


@fault(kills="OCPI221-CRE-52")
def guesses_where_credentials_are(party: Any) -> None:
    """Sends its credentials to where they would be, whatever is announced."""
    calls = party.platform.calls
    request = calls.request

    async def guessed(method: str, url: str, key: Any, body: Any = None, routing: Any = None) -> Any:
        if method == "GET" and url.endswith("/versions"):
            answer = await request(method, url, key, body, routing)
            answer.data = [{"version": "2.2.1", "url": url.replace("/versions", "/2.2.1")}]
            return answer
        if method == "GET" and url.endswith("/2.2.1"):
            answer = await request(method, url, key, body, routing)
            named = [("credentials", "SENDER"), *party.platform.settings.needs]
            homes = [{"identifier": name, "role": role, "url": f"{url}/{name}"} for name, role in named]
            answer.data = {"version": "2.2.1", "endpoints": homes}
            return answer
        return await request(method, url, key, body, routing)

    calls.request = guessed


@fault(kills="OCPI221-CRE-53")
def gives_what_it_got(party: Any) -> None:
    """Gives the token that it came with."""
    joining = party.platform.joining
    exchanges = joining.exchanges

    async def same(method: str, partner: Any, url: str, key: Any) -> Any:
        joining.new_token = lambda: key.token
        return await exchanges(method, partner, url, key)

    joining.exchanges = same


@fault(kills="OCPI221-CRE-54")
def does_not_let_go(party: Any) -> None:
    """Answers a DELETE with 3000."""
    replaces_codes(party, 1000, 3000, picks=path(CREDENTIALS, "DELETE"))


@fault(kills="OCPI221-CRE-56")
def has_no_name(party: Any) -> None:
    """Leaves the business details out of its roles."""
    registration = party.platform.registration
    plain = registration.credentials

    def credentials(token: str) -> dict[str, Any]:
        told: dict[str, Any] = plain(token)
        roles = [{name: value for name, value in role.items() if name != "business_details"} for role in told["roles"]]
        return told | {"roles": roles}

    registration.credentials = credentials
