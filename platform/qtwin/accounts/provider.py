"""The organisation's sign-in, if one is configured."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """An OpenID Connect provider, at which QTwin is a client.

    Attributes:
        name: What the button says.
        matches_email: Whether a verified address finds the account that has it; never where no
            mail is sent, since nobody has shown then that an account's address is theirs.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    matches_email: bool


def provider() -> Provider | None:
    """None where people sign in here only."""
    if not settings.OIDC_ISSUER:
        return None
    return Provider(
        issuer=settings.OIDC_ISSUER,
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=settings.OIDC_CLIENT_SECRET,
        name=settings.OIDC_NAME,
        matches_email=settings.OIDC_MATCH_EMAIL and bool(settings.EMAIL_HOST),
    )
