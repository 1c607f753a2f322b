"""API tokens: made once, shown once, kept as a digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from qtwin.accounts.models import ApiToken, Scope, User
from qtwin.accounts.services.audit import audit_record

LAST_USED_STEP = timedelta(minutes=1)


def token_create(
    *, user: User, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token; the text returned beside it is never shown again.

    Raises:
        ValueError: If a scope is unknown.
    """
    unknown = sorted(set(scopes) - set(Scope.values))
    if unknown:
        raise ValueError(f"unknown scope {unknown[0]!r}; allowed: {', '.join(Scope.values)}")
    prefix, secret = f"qt_{secrets.token_hex(4)}", secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=prefix,
        digest=_digest(secret),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    audit_record(action="token.create", user=user, team=None, target=f"token:{token.pk}")
    return token, f"{prefix}.{secret}"


def token_user(text: str) -> ApiToken | None:
    """The valid token behind a text, its last use noted; None when it is not valid now."""
    prefix, _, secret = text.partition(".")
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("user")
        .filter(prefix=prefix, revoked_at=None, user__is_active=True)
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .first()
    )
    if token is None or not hmac.compare_digest(token.digest, _digest(secret)):
        return None
    if token.last_used_at is None or now - token.last_used_at > LAST_USED_STEP:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def token_revoke(*, token: ApiToken, by: User) -> None:
    """Refuse a token from the next request on."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    audit_record(action="token.revoke", user=by, team=None, target=f"token:{token.pk}")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
