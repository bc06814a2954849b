"""What a filled-in form of a back office may contradict: OCPI 2.2.1, and itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from evconform.harness.pics import Pics
from evconform.harness.review import reviews

Findings = Iterator[tuple[str, str]]

CONFIGURATION = ("versions_get", "credentials_get", "credentials_post", "credentials_put", "credentials_delete")
PULLS = {
    "locations_receiver_put": "locations_sender_get",
    "locations_receiver_patch": "locations_sender_get",
    "tariffs_receiver_put": "tariffs_sender_get",
    "sessions_receiver_put": "sessions_sender_get",
    "sessions_receiver_patch": "sessions_sender_get",
    "cdrs_receiver_post": "cdrs_sender_get",
    "tokens_receiver_put": "tokens_sender_get",
    "tokens_receiver_patch": "tokens_sender_get",
}
"""What is pushed, to what it is pulled by: pull is required, push is not."""


@reviews("OCPI 2.2.1, version_information_endpoint; credentials")
def configuration_is_claimed_whole(pics: Pics) -> Findings:
    """Versions and credentials are required of everybody."""
    for column, ticked in pics.messages.items():
        if lacks := [message for message in CONFIGURATION if message not in ticked]:
            yield f"messages {column}", f"without {', '.join(lacks)} nobody can register: these are required of every platform"


@reviews("OCPI 2.2.1, transport_and_format: Pull and Push")
def what_is_pushed_can_be_pulled(pics: Pics) -> Findings:
    """Pull is required of who owns the data of a module that it offers."""
    for column, ticked in pics.messages.items():
        missing = {pull for push, pull in PULLS.items() if push in ticked and pull not in ticked}
        yield from (
            (f"messages {column}", f"{pull} is not ticked: pull is required where a module is pushed") for pull in sorted(missing)
        )


@reviews("OCPI 2.2.1, credentials: CredentialsRole class")
def parties_have_their_form(pics: Pics) -> Findings:
    """A country code has two letters, a party id three letters or digits."""
    for row in pics.sections.get("party", []):
        if not re.fullmatch(r"[A-Za-z]{2}", row["country_code"]):
            yield "party country_code", f"{row['country_code']!r} is no code of two letters"
        if not re.fullmatch(r"[A-Za-z0-9]{3}", row["party_id"]):
            yield "party party_id", f"{row['party_id']!r} has not three letters or digits"


@reviews("OCPI 2.2.1, credentials: Credentials object")
def parties_are_unique(pics: Pics) -> Findings:
    """Role, party_id and country_code are unique together."""
    named = Counter((row["role"], row["country_code"].upper(), row["party_id"].upper()) for row in pics.sections.get("party", []))
    yield from (("party", f"{' '.join(role)} stands there {times} times") for role, times in named.items() if times > 1)


@reviews("OCPI 2.2.1, transport_and_format: Message Routing Headers")
def several_parties_are_said(pics: Pics) -> Findings:
    """Where there are several parties or roles, messages are routed."""
    rows = pics.sections.get("party", [])
    if len(rows) > 1 and not pics["several_parties"]:
        yield "several_parties", f"the form names {len(rows)} parties and roles, so messages need routing headers"


@reviews("OCPI 2.2.1, version_information_endpoint: VersionNumber enum")
def old_versions_are_deprecated(pics: Pics) -> Findings:
    """2.1 and 2.2 are not to be used any more."""
    offered = pics.sections.get("versions", {}).get("versions", [])
    yield from (("versions", f"{version} is deprecated") for version in ("2.1", "2.2") if version in offered)


@reviews("OCPI 2.2.1, transport_and_format: Authorization header")
def tokens_are_encoded(pics: Pics) -> Findings:
    """The credentials token is encoded in Base64."""
    if pics["token_encoding"] != "base64":
        yield "token_encoding", f"{pics['token_encoding']!r}: 2.2.1 wants Base64; judge it with --policy raw-token.toml"
