"""All that the platform holds about one person, as one JSON document. No secret is in it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from qtwin.accounts.models import (
    ApiToken,
    AuditEvent,
    BrowserSession,
    Identity,
    Invitation,
    Membership,
    Passkey,
    User,
)
from qtwin.accounts.selectors import second_steps_of
from qtwin.archives.models import Import
from qtwin.campaigns.models import Campaign
from qtwin.comments.models import Comment, Mention, Note
from qtwin.jobs.models import Job
from qtwin.projects.models import Dataset, Project, ProjectDraft, ProjectMember
from qtwin.saved.models import SavedFilter

FORMAT = "qtwin-person/1"


def person_document(user: User) -> dict[str, Any]:
    """Lists by what they are about, each row with its id and time; the oldest first."""
    steps = second_steps_of(user)
    return {
        "format": FORMAT,
        "made_at": timezone.now(),
        "profile": {
            "id": user.pk,
            "name": user.name,
            "email": user.email,
            "created_at": user.created_at,
            "last_sign_in_at": user.last_login,
            "mention_mail": user.mention_mail,
            "has_password": user.has_usable_password(),
        },
        "second_steps": {"app": steps.app, "recovery_codes_left": steps.codes_left},
        **_ways_in(user),
        **_rights(user),
        **_deeds(user),
        **_words(user),
    }


def _ways_in(user: User) -> dict[str, Any]:
    return {
        "passkeys": _rows(
            Passkey.objects.filter(user=user), "id", "name", "created_at", "last_used_at"
        ),
        "identities": _rows(
            Identity.objects.filter(user=user),
            *("id", "issuer", "subject", "created_at", "last_used_at"),
        ),
        "sessions": _rows(
            BrowserSession.objects.filter(user=user).order_by("created_at"),
            *("id", "agent", "address", "how", "created_at", "last_seen_at"),
        ),
        "tokens": _rows(
            ApiToken.objects.filter(user=user),
            *("id", "name", "prefix", "scopes", "created_at"),
            *("expires_at", "last_used_at", "revoked_at"),
        ),
    }


def _rights(user: User) -> dict[str, Any]:
    return {
        "memberships": _rows(
            Membership.objects.filter(user=user),
            *("team_id", "team__name", "role", "may_approve", "created_at"),
        ),
        "project_roles": _rows(
            ProjectMember.objects.filter(user=user),
            *("project_id", "project__name", "role", "created_at"),
        ),
        "invitations": _rows(
            Invitation.objects.filter(email=user.email),
            *("id", "team_id", "email", "role", "created_at", "accepted_at", "revoked_at"),
        ),
    }


def _deeds(user: User) -> dict[str, Any]:
    made: list[tuple[str, QuerySet[Any], tuple[str, ...]]] = [
        ("projects", Project.objects.all(), ("name", "team_id")),
        ("campaigns", Campaign.objects.all(), ("name", "project_id", "state")),
        ("jobs", Job.objects.all(), ("project_id", "source_revision__source__name", "state")),
        ("datasets", Dataset.objects.all(), ("name", "project_id")),
        ("drafts", ProjectDraft.objects.all(), ("template",)),
        ("imports", Import.objects.all(), ("team_id", "state")),
    ]
    return {
        "audit": _rows(
            AuditEvent.objects.filter(user=user),
            *("id", "action", "target", "team_id", "data", "created_at"),
        ),
        **{
            name: _rows(rows.filter(created_by=user), "id", *fields, "created_at")
            for name, rows, fields in made
        },
    }


def _words(user: User) -> dict[str, Any]:
    """What they wrote, and where others named them, not what others wrote."""
    return {
        "comments": _rows(
            Comment.objects.filter(by=user),
            *("id", "project_id", "job_id", "measurement_id", "version_id", "text"),
            *("created_at", "edited_at", "deleted_at"),
        ),
        "mentions": _rows(
            Mention.objects.filter(user=user),
            *("id", "comment_id", "created_at", "read_at", "mailed_at"),
        ),
        "saved_filters": _rows(
            SavedFilter.objects.filter(user=user),
            *("id", "name", "path", "query", "team_id", "created_at"),
        ),
        "notes": _rows(
            Note.objects.filter(edited_by=user).order_by("edited_at"),
            *("project_id", "text", "edited_at"),
        ),
    }


def _rows(rows: QuerySet[Any], *fields: str) -> list[dict[str, Any]]:
    """Rows as objects, whose members are named as fields are: ``team__name`` is ``team_name``."""
    if not rows.ordered:
        rows = rows.order_by("created_at", "pk")
    return [
        {name.replace("__", "_"): value for name, value in row.items()}
        for row in rows.values(*fields).iterator()
    ]
