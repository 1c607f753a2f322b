"""Documents of the provider: few, small, and by HTTPS."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.core.cache import cache

from qtwin.accounts.oidc.failed import OidcFailed

MOST_BYTES = 2**20
TIMEOUT_S = 10.0
KEPT_S = 600
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def metadata(issuer: str) -> dict[str, Any]:
    """What the provider says of itself.

    Raises:
        OidcFailed: It cannot be reached, or says that it is another.
    """
    key = f"oidc-metadata:{issuer}"
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        found = ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise OidcFailed("the discovery document is of another issuer")
        cache.set(key, found, KEPT_S)
    return found


def keys(address: str, *, anew: bool) -> list[dict[str, Any]]:
    """The provider's public keys, as JWKs."""
    key = f"oidc-keys:{address}"
    found: list[dict[str, Any]] | None = None if anew else cache.get(key)
    if found is None:
        told = ask("GET", address).get("keys")
        found = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
        cache.set(key, found, KEPT_S)
    return found


def endpoint(document: dict[str, Any], name: str) -> str:
    """An address in the metadata.

    Raises:
        OidcFailed: It is missing, or anybody on the way could read what is sent there.
    """
    address = document.get(name)
    if not isinstance(address, str) or not is_private(address):
        raise OidcFailed(f"{name} is missing or no HTTPS address")
    return address


def is_private(address: str) -> bool:
    """Whether nobody on the way can read along: HTTPS, or this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def ask(method: str, address: str, **more: Any) -> dict[str, Any]:
    """The JSON object that is answered; redirects are not followed.

    Raises:
        OidcFailed: There is none.
    """
    try:
        with httpx.stream(method, address, timeout=TIMEOUT_S, **more) as response:
            if response.status_code != httpx.codes.OK:
                raise OidcFailed(f"{urlsplit(address).path} answered {response.status_code}")
            body = b""
            for part in response.iter_bytes():
                body += part
                if len(body) > MOST_BYTES:
                    raise OidcFailed(f"{urlsplit(address).path} answered too much")
        found = json.loads(body)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
        raise OidcFailed(f"{urlsplit(address).path}: {type(error).__name__}") from None
    if not isinstance(found, dict):
        raise OidcFailed(f"{urlsplit(address).path} answered no object")
    return found
