"""URLs as OCPI builds them: below an announced one, whether or not that ends with a slash, with one slash between the parts."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlsplit, urlunsplit


def join(base: str, *parts: str) -> str:
    """The URL below ``base``: each part percent-encoded, for an id may hold anything. A query of ``base`` stays at the end."""
    below_it = [quote(part, safe="~") for part in parts]
    try:
        scheme, host, path, query, fragment = urlsplit(base)
    except ValueError:  # a host in brackets that is none
        return "/".join([base.rstrip("/"), *below_it])
    if parts:
        path = "/".join([path.rstrip("/"), *below_it])
    return urlunsplit((scheme, host, path, query, fragment))


def below(base: str, url: str) -> tuple[str, ...] | None:
    """The decoded parts of ``url``'s path below that of ``base``; None if it is not below. Both may be targets without a host;
    where both name one, it must be the same."""
    try:
        over, under = urlsplit(base), urlsplit(url)
    except ValueError:  # a host in brackets that is none
        return None
    if over.netloc and under.netloc and over.netloc.lower() != under.netloc.lower():
        return None
    head, path = over.path.rstrip("/"), under.path
    if path != head and not path.startswith(f"{head}/"):
        return None
    return tuple(unquote(part) for part in path[len(head) :].split("/") if part)
