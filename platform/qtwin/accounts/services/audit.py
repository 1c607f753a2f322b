"""The audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from qtwin.accounts.acting import token_by
from qtwin.accounts.models import AuditEvent, Team, User

AGENT_CALL = "agent.call"
"""What an agent asked for, whatever came of it."""


def audit_record(
    *, action: str, user: User | None, team: Team | None, target: str = "", **data: Any
) -> AuditEvent:
    """Append one row, with the token by which the user acts.

    Rows never change, and stay when a person is erased: neither secrets nor names and addresses of
    people belong in ``data``. Who is meant is in ``target``.
    """
    return AuditEvent.objects.create(
        action=action, user=user, token=token_by(user), team=team, target=target, data=data
    )


def calls_forget(before: datetime, limit: int) -> int:
    """Delete some rows of agents' calls from before a moment; the database keeps all others."""
    rows = AuditEvent.objects.filter(action=AGENT_CALL, created_at__lt=before).order_by("pk")
    old = list(rows.values_list("pk", flat=True)[:limit])
    with transaction.atomic():
        return AuditEvent.objects.filter(pk__in=old, action=AGENT_CALL).delete()[0]
