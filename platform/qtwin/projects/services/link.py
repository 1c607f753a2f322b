"""Showing a project to people without an account: by a link, or to everybody."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.projects.models import Project, ProjectLink
from qtwin.projects.visiting import PREFIX, digest_of, links_that_open

LIFETIME = timedelta(days=30)
LONGEST = timedelta(days=366)
LAST_USED_STEP = timedelta(minutes=1)


class ExpiryRefused(ValueError):
    """A link would last for ever, or not at all."""


@transaction.atomic
def project_link_create(
    *, project: Project, label: str, by: User, expires_at: datetime | None = None
) -> tuple[ProjectLink, str]:
    """Make a link; the secret returned beside it is never shown again.

    Args:
        expires_at: In 30 days unless said otherwise; in a year at the latest.

    Raises:
        ExpiryRefused: It is in the past, or later than that.
    """
    now = timezone.now()
    if expires_at is None:
        expires_at = now + LIFETIME
    if not now < expires_at <= now + LONGEST:
        latest = (now + LONGEST).isoformat(timespec="seconds")
        raise ExpiryRefused(f"{expires_at.isoformat()}; allowed: from now to {latest}")
    secret = f"{PREFIX}{secrets.token_urlsafe(32)}"
    link = ProjectLink.objects.create(
        project=project,
        label=label,
        digest=digest_of(secret),
        created_by=by,
        expires_at=expires_at,
    )
    _audit("project.link.create", link, by)
    return link, secret


@transaction.atomic
def project_link_revoke(*, link: ProjectLink, by: User) -> None:
    """Let it open nothing from the next request on; once is enough."""
    rows = ProjectLink.objects.filter(pk=link.pk, revoked_at=None)
    if rows.update(revoked_at=timezone.now()):
        _audit("project.link.revoke", link, by)


def project_link_use(*, secret: str) -> ProjectLink | None:
    """The link with the secret, its use noted; None when it opens nothing now."""
    link = links_that_open().filter(digest=digest_of(secret)).first()
    now = timezone.now()
    if link and (link.last_used_at is None or now - link.last_used_at > LAST_USED_STEP):
        ProjectLink.objects.filter(pk=link.pk).update(last_used_at=now)
    return link


@transaction.atomic
def project_publish(*, project: Project, public: bool, by: User) -> Project:
    """Show the project to everybody, or no longer."""
    if Project.objects.filter(pk=project.pk).exclude(public=public).update(public=public):
        audit_record(
            action="project.public",
            user=by,
            team=project.team,
            target=f"project:{project.pk}",
            public=public,
        )
        project.refresh_from_db(fields=["public"])
    return project


def _audit(action: str, link: ProjectLink, by: User) -> None:
    audit_record(
        action=action,
        user=by,
        team=link.project.team,
        target=f"link:{link.pk}",
        project=str(link.project_id),
        label=link.label,
        expires_at=link.expires_at.isoformat(timespec="seconds"),
    )
