"""ID tokens: believed when the provider signed them, for us, now, and for this sign-in."""

from __future__ import annotations

import hmac
from typing import Any

import jwt

from qtwin.accounts.oidc.failed import OidcFailed
from qtwin.accounts.oidc.fetch import endpoint, keys

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
"""Signatures with a key that only the provider has."""
KINDS = {"RSA", "EC", "OKP"}
NEEDED = ["iss", "sub", "aud", "exp", "iat"]
LEEWAY_S = 60


def claims_of(
    text: Any, *, document: dict[str, Any], issuer: str, client_id: str, nonce: str
) -> dict[str, Any]:
    """What the token says.

    Raises:
        OidcFailed: It is not believed.
    """
    if not isinstance(text, str):
        raise OidcFailed("no ID token was given")
    try:
        found: dict[str, Any] = jwt.decode(
            text,
            _key(text, endpoint(document, "jwks_uri")),
            algorithms=ALGORITHMS,
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY_S,
            options={"require": NEEDED},
        )
    except (jwt.PyJWTError, NotImplementedError, ValueError, TypeError) as error:
        raise OidcFailed(f"the ID token: {type(error).__name__}") from None
    _check(found, client_id=client_id, nonce=nonce)
    return found


def _check(found: dict[str, Any], *, client_id: str, nonce: str) -> None:
    if not hmac.compare_digest(str(found.get("nonce", "")).encode(), nonce.encode()):
        raise OidcFailed("the ID token is of another sign-in")
    several = isinstance(found["aud"], list) and len(found["aud"]) > 1
    if found.get("azp", None if several else client_id) != client_id:
        raise OidcFailed("the ID token was made for another client")
    if not isinstance(found["sub"], str) or not 0 < len(found["sub"]) <= 255:
        raise OidcFailed("the ID token names nobody")


def _key(text: str, address: str) -> jwt.PyJWK:
    """The key that the token names; asked for anew once, since providers change them."""
    header = jwt.get_unverified_header(text)
    for anew in (False, True):
        fitting = [
            one
            for one in keys(address, anew=anew)
            if one.get("kty") in KINDS
            and one.get("use", "sig") == "sig"
            and ("kid" not in header or one.get("kid") == header["kid"])
        ]
        if len(fitting) == 1:
            return jwt.PyJWK(fitting[0], algorithm=str(header.get("alg")))
    raise OidcFailed("no key of the provider fits the ID token")
