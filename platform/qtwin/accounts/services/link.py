"""One-time sign-in links."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from qtwin.accounts.models import SignInLink, User
from qtwin.accounts.services.audit import audit_record

LIFETIME = timedelta(hours=24)


def sign_in_link_create(*, user: User, lifetime: timedelta = LIFETIME) -> str:
    """Make a link's token; only its digest is kept."""
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        digest=_digest(token), user=user, expires_at=timezone.now() + lifetime
    )
    return token


def sign_in_link_redeem(*, token: str) -> User | None:
    """The user whom a link signs in; None if it was used, has expired or never was."""
    now = timezone.now()
    redeemed = SignInLink.objects.filter(
        digest=_digest(token), used_at=None, expires_at__gt=now, user__is_active=True
    ).update(used_at=now)
    if not redeemed:
        return None
    user = SignInLink.objects.select_related("user").get(digest=_digest(token)).user
    audit_record(action="sign_in.link", user=user, team=None, target=f"user:{user.pk}")
    return user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
