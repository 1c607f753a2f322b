"""The audit trail."""

from __future__ import annotations

from typing import Any

from qtwin.accounts.models import AuditEvent, Team, User


def audit_record(
    *, action: str, user: User | None, team: Team | None, target: str = "", **data: Any
) -> AuditEvent:
    """Append one row; secrets never belong in ``data``."""
    return AuditEvent.objects.create(action=action, user=user, team=team, target=target, data=data)
