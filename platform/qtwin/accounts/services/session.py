"""Browsers that are signed in: noted, and signed out from elsewhere."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from qtwin.accounts.models import BrowserSession, User
from qtwin.accounts.services.audit import audit_record
from qtwin.accounts.sessions import digest


def sign_in_note(*, user: User, how: str) -> None:
    """Put a sign-in on the trail, and clear away sessions that have run out."""
    BrowserSession.objects.filter(expire_date__lt=timezone.now()).delete()
    audit_record(action=f"sign_in.{how}", user=user, team=None, target=f"user:{user.pk}")


def session_end(*, user: User, session_id: UUID) -> bool:
    """Sign one browser out; whether it was signed in as this person."""
    ended, _ = BrowserSession.objects.filter(user=user, id=session_id).delete()
    if ended:
        audit_record(action="session.end", user=user, team=None, target=f"session:{session_id}")
    return bool(ended)


def sessions_end(*, user: User, keep: str | None) -> int:
    """Sign all browsers out but the one whose cookie is given; how many."""
    ended, _ = BrowserSession.objects.filter(user=user).exclude(session_key=digest(keep)).delete()
    if ended:
        target = f"user:{user.pk}"
        audit_record(action="session.end_others", user=user, team=None, target=target, ended=ended)
    return ended
