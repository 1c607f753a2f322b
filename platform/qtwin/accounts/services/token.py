"""API tokens: made once, shown once, kept as a digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from qtwin.accounts.models import ApiToken, Scope, Team, User
from qtwin.accounts.services.audit import audit_record

LIFETIME = timedelta(days=90)
LONGEST = timedelta(days=366)
LAST_USED_STEP = timedelta(minutes=1)


class TokenRefused(ValueError):
    """No such token is made; the message says why.

    Attributes:
        field: Which part of the wish is refused.
    """

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def token_create(
    *,
    user: User,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None = None,
    agent: bool = False,
    bound: bool = False,
) -> tuple[ApiToken, str]:
    """Make a token; the text returned beside it is never shown again.

    Args:
        expires_at: In 90 days unless said otherwise; in a year at the latest.

    Raises:
        TokenRefused: A scope is unknown or too much for an agent, or the expiry too late.
    """
    _check_scopes(scopes, agent=agent)
    now = timezone.now()
    if expires_at is None:
        expires_at = now + LIFETIME
    if not now < expires_at <= now + LONGEST:
        raise TokenRefused(
            f"{expires_at.isoformat()}; allowed: from now to "
            f"{(now + LONGEST).isoformat(timespec='seconds')}",
            field="expires_at",
        )
    prefix, secret = f"qt_{secrets.token_hex(4)}", secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=prefix,
        digest=_digest(secret),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
        agent=agent,
        bound=bound,
    )
    token_audit(
        "token.create",
        token,
        by=user,
        scopes=token.scopes,
        agent=agent,
        bound=bound,
        expires_at=expires_at.isoformat(timespec="seconds"),
    )
    return token, f"{prefix}.{secret}"


def token_usable(token: ApiToken) -> bool:
    """Whether it still stands, for what was begun with it."""
    rows = ApiToken.objects.filter(pk=token.pk, revoked_at=None, user__is_active=True)
    return rows.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now())).exists()


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


@transaction.atomic
def token_revoke(*, token: ApiToken, by: User) -> None:
    """Refuse a token from the next request on; once is enough."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        token_audit("token.revoke", token, by=by)


def token_audit(action: str, token: ApiToken, *, by: User | None, **data: Any) -> None:
    """A row in the trail of each team in which the token's owner is; one of none otherwise."""
    teams: list[Team | None] = list(Team.objects.filter(memberships__user=token.user_id))
    for team in teams or [None]:
        audit_record(action=action, user=by, team=team, target=f"token:{token.pk}", **data)


def _check_scopes(scopes: Sequence[str], *, agent: bool) -> None:
    allowed = [scope for scope in Scope.values if not (agent and scope == Scope.ADMIN)]
    unknown = sorted(set(scopes) - set(allowed))
    if unknown:
        raise TokenRefused(
            f"unknown scope {unknown[0]!r}; allowed: {', '.join(allowed)}", field="scopes"
        )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
