"""The audit trail."""

from __future__ import annotations

from typing import Any

from qtwin.accounts.acting import token_by
from qtwin.accounts.models import AuditEvent, Team, User


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
