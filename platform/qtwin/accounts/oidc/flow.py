"""The two halves of a sign-in: to the provider, and back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from qtwin.accounts.oidc.failed import OidcFailed
from qtwin.accounts.oidc.fetch import ask, endpoint, metadata
from qtwin.accounts.oidc.token import claims_of
from qtwin.accounts.provider import Provider

SCOPE = "openid email profile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Who somebody is, says the provider.

    Attributes:
        email: In lower case, and only if the provider has verified it; empty otherwise.
    """

    issuer: str
    subject: str
    email: str


def begin(provider: Provider, *, back: str) -> tuple[str, dict[str, str]]:
    """Where to send the browser, and what to remember until it comes back.

    Raises:
        OidcFailed: The provider cannot be reached.
    """
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    digest = hashlib.sha256(kept["verifier"].encode()).digest()
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": SCOPE,
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    address = endpoint(metadata(provider.issuer), "authorization_endpoint")
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}", kept


def end(
    provider: Provider, *, back: str, kept: Mapping[str, str], query: Mapping[str, str]
) -> Claims:
    """Who came back.

    Raises:
        OidcFailed: The browser, the provider or the token is not believed.
    """
    if not hmac.compare_digest(query.get("state", "").encode(), kept["state"].encode()):
        raise OidcFailed("the answer is to another question")
    document = metadata(provider.issuer)
    named = document.get("authorization_response_iss_parameter_supported") is True
    if query.get("iss", None if named else provider.issuer) != provider.issuer:
        raise OidcFailed("the answer is from another provider")
    if "code" not in query:
        raise OidcFailed("the provider let nobody in")
    told = _redeem(provider, document, back=back, code=query["code"], verifier=kept["verifier"])
    found = claims_of(
        told.get("id_token"),
        document=document,
        issuer=provider.issuer,
        client_id=provider.client_id,
        nonce=kept["nonce"],
    )
    email = found.get("email") if found.get("email_verified") is True else ""
    return Claims(
        issuer=provider.issuer,
        subject=found["sub"],
        email=email.strip().lower() if isinstance(email, str) else "",
    )


def _redeem(
    provider: Provider, document: dict[str, Any], *, back: str, code: str, verifier: str
) -> dict[str, Any]:
    """Tokens for a code, asked for with the client's secret in the way that the provider takes."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": verifier,
    }
    ways = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    more: dict[str, Any] = {}
    if "client_secret_basic" in ways:
        more["auth"] = (quote(provider.client_id, safe=""), quote(provider.client_secret, safe=""))
    else:
        form |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    return ask("POST", endpoint(document, "token_endpoint"), data=form, **more)
