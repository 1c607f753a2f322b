"""One-time links: made by who runs the server, or mailed for a new password."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from qtwin.accounts.models import SignInLink, User

LIFETIME = timedelta(hours=24)
SIGN_IN = SignInLink.Purpose.SIGN_IN


def sign_in_link_create(
    *, user: User, lifetime: timedelta = LIFETIME, purpose: SignInLink.Purpose = SIGN_IN
) -> str:
    """Make a link's token; only its digest is kept."""
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        digest=_digest(token), user=user, expires_at=timezone.now() + lifetime, purpose=purpose
    )
    return token


def sign_in_link_redeem(*, token: str, purpose: SignInLink.Purpose = SIGN_IN) -> User | None:
    """The user whom a link lets in; None if it was used, has expired or never was."""
    rows = _usable(token, purpose)
    if not rows.update(used_at=timezone.now()):
        return None
    return SignInLink.objects.select_related("user").get(digest=_digest(token)).user


def sign_in_link_user(*, token: str, purpose: SignInLink.Purpose) -> User | None:
    """Whom the link would let in if it were redeemed now."""
    link = _usable(token, purpose).select_related("user").first()
    return link.user if link else None


def _usable(token: str, purpose: SignInLink.Purpose) -> QuerySet[SignInLink]:
    return SignInLink.objects.filter(
        digest=_digest(token),
        purpose=purpose,
        used_at=None,
        expires_at__gt=timezone.now(),
        user__is_active=True,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
