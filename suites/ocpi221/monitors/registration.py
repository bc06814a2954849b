"""OCPI 2.2.1, credentials: what happens while credentials are exchanged, and what they may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpi.view import Frame, Log

Offences = Iterator[tuple[Any, str]]


def calls_back(log: Log, method: str) -> Iterator[tuple[Frame, Frame, list[Frame]]]:
    """Exchanges with the subject as the Receiver that succeeded: request, answer, and the calls of the subject in between to the
    versions of its partner that were answered well and carried the token of the request."""
    for request, answer in log.exchanges(by=log.other, method=method, module="credentials", ok=True):
        given = request.get("token")
        within = log.during(request, by=log.subject, module="versions", method="GET")
        yield request, answer, [each for each in within if each.token and each.token[0].raw == given]


@monitor("OCPI221-CRE-01")
def a_post_is_called_back(log: Log) -> Offences:
    yield from uncalled(log, "POST", "versions", "details")


@monitor("OCPI221-CRE-08")
def a_put_is_called_back(log: Log) -> Offences:
    yield from uncalled(log, "PUT", "details")  # where they are may be known


def uncalled(log: Log, method: str, *wanted: str) -> Offences:
    for request, answer, calls in calls_back(log, method):
        missing = [what for what in wanted if not any_of(calls, what == "details")]
        if missing:
            yield (request, answer), f"{answer}: {' and '.join(missing)} were not fetched with the token of the {method} before"


def any_of(calls: list[Frame], version: bool) -> bool:
    return any(bool(each.place.version) is version for each in calls)


@monitor("OCPI221-CRE-02")
def a_post_gives_a_new_token(log: Log) -> Offences:
    for request, answer in log.exchanges(by=log.other, method="POST", module="credentials", ok=True):
        token = answer.get("token")
        known = {"token A": request.token[0].raw if request.token else None, "token B": request.get("token")}
        if not token:
            yield answer, f"{answer}: no token"
        for name, other in known.items():
            if token is not None and token == other:
                yield (request, answer), f"{answer}: the token is {name}"
        if not answer.get("url") or not answer.get("roles"):
            yield answer, f"{answer}: no versions URL, or no role"


@monitor("OCPI221-CRE-07")
def a_put_gives_another_token(log: Log) -> Offences:
    given: list[Any] = []
    for request, answer in log.exchanges(by=log.other, method=("POST", "PUT"), module="credentials", ok=True):
        token, came_with = answer.get("token"), request.token[0].raw if request.token else None
        if request.method == "POST":
            log.moot(answer)  # that it gives a new one is another rule
        elif token is None or token in (came_with, request.get("token"), *given):
            yield (request, answer), f"{answer}: the token is one of before, or none"
        given.append(token)


@monitor("OCPI221-CRE-16")
def credentials_hold_the_present_token(log: Log) -> Offences:
    for request, answer in log.exchanges(by=log.other, method="GET", module="credentials", ok=True):
        if request.token is None:
            log.moot(answer)
        elif answer.get("token") != request.token[0].raw:
            yield (request, answer), f"{answer}: the token is not the one that the request came with"


@monitor("OCPI221-CRE-53", accumulates=dict)
def tokens_that_are_given_are_new(log: Log, given: dict[Any, int]) -> Offences:
    for frame in log.requests(("POST", "PUT"), module="credentials", by=log.subject):
        token = frame.get("token")
        if not isinstance(token, str):
            log.moot(frame)  # what it is to be, the shape of Credentials says
        elif frame.token and token == frame.token[0].raw:
            yield frame, f"{frame}: it gives the token that it came with"
        elif token in given:
            yield frame, f"{frame}: it gives the token that it gave in frame {given[token]}"
        elif frame.answer and frame.answer.ok:  # what was not taken may be given again
            given[token] = frame.n


@monitor("OCPI221-ROB-12")
def errors_do_not_repeat_tokens(log: Log) -> Offences:
    for frame in log.answers(by=log.subject, ok=False):
        token = frame.request.token[0] if frame.request and frame.request.token else None
        if token is None:
            log.moot(frame)
            continue
        told = [*(value for _, value in frame.headers), frame.body if isinstance(frame.body, str) else ""]
        if any(spelt in text for spelt in token.spelt.values() for text in told):
            yield frame, f"{frame}: it repeats the token of the request"
